"""What a run did as Markdown, for the page that GitHub shows of it: what staff read without opening a log."""

import html
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from lamppost.load.pinpoint import DRIFT
from lamppost.model import Issue, Outcome, RunRecord
from lamppost.validate.report import escape, tabulate

WORDS = {
    "published": "new version",
    "unchanged": "nothing new",
    "pending": "not yet ready",
    "kept": "**refused**",
    "failed": "**failed**",
    "not due": "not due",
}
LONGEST = 60
"""Lines of a verb that the page shows."""
HEAD = (
    "| dataset | result | version | read | published | quarantined | columns that drifted | seconds |\n"
    "|---|---|--:|--:|--:|--:|---|--:|"
)


def summarise(record: RunRecord, notices: Mapping[str, Sequence[Issue]] = MappingProxyType({})) -> str:
    """A table of all datasets, each failure in full with what stays published meanwhile, then what was found in rows.

    `notices`: dataset → the issues of this run.
    """
    ordered = sorted(record.outcomes.items())
    rows = [_row(one, notices.get(name, ())) for name, one in ordered]
    simulated = any(one.simulated for one in record.outcomes.values())
    said = (
        ["**Simulated data.** What has no address yet was asked of the sandbox; every page says so.", ""]
        if simulated
        else []
    )
    said += [_explain(one) for _, one in ordered if one.reason]
    said += [f"- {escape(problem)}" for problem in record.problems]
    for name, _ in ordered:
        said += ["", f"### What was found in {name}", "", *tabulate(notices[name])] if notices.get(name) else []
    return "\n".join(["## What this run did", "", HEAD, *rows, "", *said]) + "\n"


def write_summary(record: RunRecord, path: str, notices: Mapping[str, Sequence[Issue]] = MappingProxyType({})) -> None:
    """Append the summary to the file that GitHub names in GITHUB_STEP_SUMMARY; an empty path is no file."""
    if path:
        with Path(path).open("a", encoding="utf-8", newline="\n") as file:
            file.write(summarise(record, notices))


def write_lines(title: str, lines: Sequence[str], path: str) -> None:
    """Append what a verb printed, letter by letter, as `write_summary` does; `path` as there.

    Old lines are left out beyond the first `LONGEST`: a page of GitHub's has an end.
    """
    if path:
        more = [f"… and {len(lines) - LONGEST:,} older"] if len(lines) > LONGEST else []
        text = html.escape("\n".join([*lines[:LONGEST], *more]), quote=False)
        with Path(path).open("a", encoding="utf-8", newline="\n") as file:
            file.write(f"## {title}\n\n<pre>\n{text}\n</pre>\n")


def _row(one: Outcome, issues: Sequence[Issue]) -> str:
    mark = " (simulated)" if one.simulated else ""
    drift = ", ".join(sorted({issue.code for issue in issues if issue.code in DRIFT}))
    numbers = (
        ("", "", "", "", "")
        if one.verdict == "not due"
        else (f"{one.read:,}", f"{one.published:,}", f"{one.quarantined:,}", drift or "none", f"{one.seconds:,.1f}")
    )
    return f"| {one.dataset}{mark} | {WORDS[one.verdict]} | {one.version or ''} | {' | '.join(numbers)} |"


def _explain(one: Outcome) -> str:
    kept = f" Version {one.version} stays published." if one.version else " Nothing was published before."
    return f"- **{one.dataset}**: {escape(one.reason)}{kept}"
