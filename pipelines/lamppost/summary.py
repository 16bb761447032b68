"""The closing table as Markdown, for the page that GitHub shows of a run: what staff read without opening a log."""

from pathlib import Path

from lamppost.model import Outcome, RunRecord

WORDS = {
    "published": "new version",
    "unchanged": "nothing new",
    "pending": "not yet ready",
    "kept": "**refused**",
    "failed": "**failed**",
    "not due": "not due",
}
HEAD = "| dataset | result | version | read | published | quarantined |\n|---|---|--:|--:|--:|--:|"


def summarise(record: RunRecord) -> str:
    """A table of all datasets, then each failure in full and what stays published meanwhile."""
    rows = [_row(one) for _, one in sorted(record.outcomes.items())]
    simulated = any(one.simulated for one in record.outcomes.values())
    said = (
        ["**Simulated data.** What has no address yet was asked of the sandbox; every page says so."]
        if simulated
        else []
    )
    said += [_explain(one) for _, one in sorted(record.outcomes.items()) if one.reason]
    said += [f"- {_plain(problem)}" for problem in record.problems]
    return "\n".join(["## What this run did", "", HEAD, *rows, "", *said]) + "\n"


def write_summary(record: RunRecord, path: str) -> None:
    """Append the summary to the file that GitHub names in GITHUB_STEP_SUMMARY; an empty path is no file."""
    if path:
        with Path(path).open("a", encoding="utf-8", newline="\n") as file:
            file.write(summarise(record))


def _row(one: Outcome) -> str:
    mark = " (simulated)" if one.simulated else ""
    numbers = (
        ("", "", "") if one.verdict == "not due" else (f"{one.read:,}", f"{one.published:,}", f"{one.quarantined:,}")
    )
    return f"| {one.dataset}{mark} | {WORDS[one.verdict]} | {one.version or ''} | {' | '.join(numbers)} |"


def _explain(one: Outcome) -> str:
    kept = f" Version {one.version} stays published." if one.version else " Nothing was published before."
    return f"- **{one.dataset}**: {_plain(one.reason)}{kept}"


def _plain(text: str) -> str:
    """One line in which no character of a source can become Markdown or HTML."""
    return "".join(f"&#{ord(one)};" if one in "<>&[]`*_|\\!" else one for one in " ".join(text.split()))
