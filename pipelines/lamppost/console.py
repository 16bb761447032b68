"""What a run looks like in a terminal: progress per dataset and stage, then a closing table and where to look."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType, TracebackType
from typing import Self

from rich.cells import cell_len
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.text import Text

from lamppost.model import PLAN, City, Dataset, Dates, Issue, Outcome, RunRecord

MARKS = {
    "published": "new version",
    "unchanged": "nothing new",
    "pending": "not yet ready",
    "kept": "REFUSED",
    "failed": "FAILED",
    "not due": "not due",
}
NONE = "\N{EN DASH}"
"""Stands where there is no version yet."""
GONE = "its folder is gone, or says withdrawn; what was published stays"
LOG_WIDTH = 140
FIGURES = "figures"
"""Many and quick: shown where they move, not listed in a log."""
FAILING = frozenset({"failed", "kept"})
"""The reason says it all."""
KINDS = 3
"""Kinds of fault that are shown of one dataset."""
_COUNT = re.compile(r" \([\d,]+ such \w+\)")
STYLES = {"published": "green", "kept": "bold red", "failed": "bold red", "not due": "dim"}


class RunConsole:
    """Shows the stage that runs now; on a terminal it moves, in a log file each stage is one line."""

    def __init__(self) -> None:
        self._console = Console()
        if not self._console.is_terminal:  # a log has no width to fit into
            self._console.width = LOG_WIDTH
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.fields[dataset]:<26}"),
            TextColumn("{task.description}"),
            TimeElapsedColumn(),
            console=self._console,
            transient=True,
            disable=not self._console.is_terminal,
        )
        self._task = self._progress.add_task("start", dataset="", total=None)

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop moving; safe to call twice."""
        self._progress.stop()

    def tell(self, dataset: str, stage: str) -> None:
        """Say that `dataset` enters `stage`."""
        self._progress.update(self._task, dataset=dataset, description=stage)
        if not self._console.is_terminal and dataset != FIGURES:
            self._console.print(f"{dataset}: {stage}", highlight=False)

    def summarise(
        self,
        record: RunRecord,
        city: City,
        notices: Mapping[str, Sequence[Issue]] = MappingProxyType({}),
        *,
        verbose: bool = False,
    ) -> None:
        """Print the closing table, what was found in rows, each failure in full, and where to look next."""
        self._console.print(_table(record.outcomes), soft_wrap=True)
        for line in list_faults(record.outcomes, notices, verbose=verbose):
            self._note(line)
        for outcome in record.outcomes.values():
            if outcome.reason:
                kept = f". Version {outcome.version} stays published." if outcome.version else ""
                self._warn(f"{outcome.dataset}: {outcome.reason.rstrip('.') if kept else outcome.reason}{kept}")
        for problem in record.problems:
            self._warn(problem)
        if any(outcome.simulated for outcome in record.outcomes.values()):
            sentence = "Simulated data: made-up numbers, not the city's. Every page says so."
            self._console.print(sentence, style="yellow")
        record_path = f"{city.store}/runs/{record.seq}.json"
        self._console.print(f"Record: {record_path}. Next: lamppost build", markup=False, highlight=False)

    def _note(self, sentence: str) -> None:
        self._console.print(sentence, markup=False, highlight=False, soft_wrap=True)

    def _warn(self, sentence: str) -> None:
        self._console.print(sentence, style="red", markup=False, highlight=False, soft_wrap=True)


def list_faults(
    outcomes: Mapping[str, Outcome], notices: Mapping[str, Sequence[Issue]], *, verbose: bool = False
) -> Iterator[str]:
    """What was found in rows of the datasets that did not fail: a line a kind of fault, and where it says what to do.

    `verbose`: every kind, with the schema's own words and what to do.
    """
    found = {name: notices[name] for name in outcomes if notices.get(name) and outcomes[name].verdict not in FAILING}
    if found:
        yield f"\nFound in what came, {'in full' if verbose else 'the first place of each kind'}:"
    for name, issues in found.items():
        yield f"{name} ({outcomes[name].quarantined:,} quarantined)"
        yield from (
            f"  {tell_issue(one) if verbose else tell_briefly(one)}" for one in issues[: None if verbose else KINDS]
        )
        if not verbose and len(issues) > KINDS:
            yield f"  and {len(issues) - KINDS} more"
    if found and not verbose:
        yield "What to do about each: after a build on the dataset's page, under Checks; with --verbose here.\n"


def tell_issue(issue: Issue) -> str:
    """`type-error at line 14: Depth …`: the code, the first place, what was found and what to do."""
    place = _first_place(issue)
    return f"{issue.code}{f' at {place}' if place else ''}: {issue.message}"


def tell_briefly(issue: Issue) -> str:
    """`line 14: Depth (`depth_m`): found 'deep', expected a number (6 such cells)`: place, found, expected; no more."""
    place = _first_place(issue).partition(", ")[0] or issue.place
    note = issue.samples[0].note if issue.samples else ""
    end = (
        issue.message.find(note) + len(note)
        if note and note in issue.message
        else len(issue.message.partition("; ")[0])
    )
    count = _COUNT.match(issue.message, end)
    mark = "warning, " if issue.severity == "warning" else ""
    return f"{mark}{place}: {issue.message[:end]}{count.group() if count else ''}"


def _first_place(issue: Issue) -> str:
    return next((one.place for one in issue.samples if one.place), "")


def _table(outcomes: Mapping[str, Outcome]) -> Text:
    names = ("version", "read", "published", "quarantined", "seconds")
    rows = [
        (name, MARKS[one.verdict], str(one.version or NONE), *_numbers(one), _page(name))
        for name, one in sorted(outcomes.items())
    ]
    styles = [STYLES.get(one.verdict, "") for _, one in sorted(outcomes.items())]
    return _align([("dataset", "result", *names, "page"), *rows], ["bold", *styles], right=range(2, 2 + len(names)))


def _page(name: str) -> str:
    return "plan/index.html" if name == PLAN else f"datasets/{name}.html"


def _align(rows: Sequence[Sequence[str]], styles: Sequence[str], *, right: Collection[int] = ()) -> Text:
    """Columns two blanks apart, those in `right` to the right; the last is as long as it is.

    Of a thousand rows rich's own table takes a third of a second to draw. Text, never markup: a message may hold
    brackets of its own.
    """
    widths = [max(map(cell_len, column)) for column in zip(*rows, strict=True)]
    drawn = Text()
    for row, style in zip(rows, styles, strict=True):
        *cells, end = (
            (" " * (width - cell_len(cell)) + cell) if number in right else cell + " " * (width - cell_len(cell))
            for number, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        drawn.append("  ".join([*cells, end.rstrip()]).rstrip() + "\n", style)
    drawn.right_crop()
    return drawn


def _numbers(one: Outcome) -> tuple[str, str, str, str]:
    if one.verdict == "not due":
        return "", "", "", ""
    return f"{one.read:,}", f"{one.published:,}", f"{one.quarantined:,}", f"{one.seconds:.1f}"


def show_status(
    datasets: Sequence[Dataset], faults: Mapping[str, Sequence[Issue]], outcomes: Mapping[str, Outcome], dates: Dates
) -> bool:
    """Print one line a dataset, the plan and what has lost its folder too; give True when any is late or failing."""
    found = list(_list_states(datasets, faults, outcomes, dates))
    rows = [("dataset", "version", "last asked", "state"), *(row for row, _ in found)]
    styles = ["bold", *("bold red" if bad else "" for _, bad in found)]
    Console().print(_align(rows, styles), soft_wrap=True)
    return any(bad for _, bad in found)


def _list_states(
    datasets: Sequence[Dataset], faults: Mapping[str, Sequence[Issue]], outcomes: Mapping[str, Outcome], dates: Dates
) -> Iterator[tuple[tuple[str, str, str, str], bool]]:
    """Name, version, when it was last asked for, state; and whether that is bad."""
    for dataset in sorted(datasets, key=lambda one: one.name):
        outcome = outcomes.get(dataset.name)
        state, bad = _state(dataset, outcome, dates)
        version, asked = (outcome.version, outcome.checked_at) if outcome else (None, "never")
        yield (dataset.name, str(version or NONE), asked, state), bad
    for name, issues in sorted(faults.items()):
        yield (name, "", "", f"cannot be read: {issues[0].place}: {issues[0].message}"), True
    known = {*faults, *(dataset.name for dataset in datasets)}
    for name, outcome in sorted(outcomes.items()):
        if name not in known and outcome.version:
            bad = outcome.verdict in FAILING
            state = f"{MARKS[outcome.verdict]}: {outcome.reason}" if bad else "fine" if name == PLAN else GONE
            yield (name, str(outcome.version), outcome.checked_at, state), bad


def _state(dataset: Dataset, outcome: Outcome | None, dates: Dates) -> tuple[str, bool]:
    if outcome is None:
        return "never run; run `lamppost run`", True
    if outcome.verdict in {"failed", "kept"}:
        return f"{MARKS[outcome.verdict]}: {outcome.reason}", True
    asked = datetime.fromisoformat(outcome.checked_at).astimezone(dates.now.tzinfo).date()
    if dataset.promise and dates.today > asked + max(dataset.promise, timedelta(days=1)):
        return f"late: promised {dataset.accrual_periodicity}", True
    waits = outcome.reason if outcome.verdict == "unchanged" else ""
    return f"fine; {waits}" if waits else "fine", False
