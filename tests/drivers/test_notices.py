"""What a run found is told as it was found: to the terminal, to the summary, and to GitHub at the line of YAML."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from lamppost.annotations import annotate_run
from lamppost.console import list_faults, tell_briefly, tell_issue
from lamppost.load import load_city
from lamppost.model import Dates, Issue, RunRecord
from lamppost.pull import Transport
from lamppost.run import Setting, run
from lamppost.summary import summarise
from tests.drivers.conftest import DESCRIPTOR, Town, make_well

DAY = date(2026, 11, 22)
KEY = "s3cr3t-of-the-wells"
ROWS = "datasets/wells/dataset.yaml"


def notice(town: Town) -> tuple[RunRecord, dict[str, Sequence[Issue]]]:
    """A run at noon, and what it told."""
    city = load_city(town.root)
    told: dict[str, Sequence[Issue]] = {}
    now = datetime.combine(DAY, time(12), ZoneInfo(city.time_zone))
    transport = Transport(sleep=lambda _: None, deadline=2.0, allow={"127.0.0.1"})
    setting = Setting(city, town.store, Dates(DAY, now), {"WELLS_URL": town.url, "WELLS_KEY": KEY}, transport)
    return run(replace(setting, notice=told.__setitem__)), told


def spoil(town: Town) -> None:
    town.source.items = [make_well(n) | ({"depth_m": "deep"} if n == 3 else {}) for n in range(1, 41)]


def test_a_published_version_tells_what_was_held_back(town: Town) -> None:
    spoil(town)
    record, told = notice(town)
    (issue,) = told["wells"]
    assert tell_issue(issue).startswith("type-error at record 3, well_id w3: Depth (`depth_m`): found 'deep', expected")
    assert "| type-error: Depth " in summarise(record, told)
    assert annotate_run(record, told) == []  # nothing in a file of the city's is at fault


def test_the_terminal_shows_a_line_a_kind_of_fault_and_says_where_the_rest_is(town: Town) -> None:
    spoil(town)
    record, told = notice(town)
    head, dataset, fault, hint = list_faults(record.outcomes, told)
    assert (head, dataset) == ("\nFound in what came, the first place of each kind:", "wells (1 quarantined)")
    assert fault == "  record 3: Depth (`depth_m`): found 'deep', expected a number such as 12.5 m"
    assert hint.startswith("What to do about each: ")
    (_, _, whole) = list_faults(record.outcomes, told, verbose=True)
    assert whole == f"  {tell_issue(told['wells'][0])}"


def test_of_many_kinds_of_fault_the_first_three_are_shown(town: Town) -> None:
    spoil(town)
    record, told = notice(town)
    lines = list(list_faults(record.outcomes, {"wells": [told["wells"][0]] * 5}))
    assert (len(lines), lines[-2]) == (7, "  and 2 more")


def test_what_failed_says_so_itself_and_is_not_told_twice(town: Town) -> None:
    town.source.items = [{"well_id": f"w{n}", "depth_m": "deep", "owner": "Ann"} for n in range(1, 9)]
    record, told = notice(town)
    assert told["wells"]
    assert list(list_faults(record.outcomes, told)) == []


def test_a_finding_about_a_table_ends_before_what_to_do() -> None:
    issue = Issue("future-value", "field planned_date", "found 3 days ahead, expected none; list the field", "warning")
    assert tell_briefly(issue) == "warning, field planned_date: found 3 days ahead, expected none"


def test_drift_is_shown_at_the_line_that_is_to_be_changed(town: Town) -> None:
    town.source.items = [{"well_id": f"w{n}", "depth_m": "deep", "owner": "Ann"} for n in range(1, 9)]
    record, told = notice(town)
    lines = [line.partition("::")[2].partition("::")[0] for line in annotate_run(record, told)]
    assert lines == [
        "error file=schemas/wells.yaml,line=3,col=3,title=undeclared-column",
        "error file=schemas/wells.yaml,line=4,col=5,title=retyped-column",
    ]
    assert "| retyped-column, undeclared-column |" in summarise(record, told)


def test_a_descriptor_at_fault_is_shown_at_its_line(town: Town) -> None:
    town.write(ROWS, DESCRIPTOR.replace("mode: snapshot", "mode: snap"))
    (line,) = [one for one in annotate_run(*notice(town)) if "dataset.yaml" in one]
    assert line.startswith(f"::error file={ROWS},line=12,col=21,title=")


def test_no_notice_holds_what_the_environment_filled_in(town: Town) -> None:
    town.write(ROWS, DESCRIPTOR.replace("path: /wells,", 'path: /wells, headers: {X-Key: "${WELLS_KEY}"},'))
    town.source.items = [make_well(n) | {KEY: "x"} for n in range(1, 9)]
    _record, told = notice(town)
    assert [one.code for one in told["wells"]] == ["undeclared-column"]
    assert KEY not in told["wells"][0].message


def test_rows_that_are_held_back_are_told_of_also_when_nothing_is_new(town: Town) -> None:
    spoil(town)
    notice(town)
    town.write(ROWS, DESCRIPTOR.replace("P1D}\n    publish", "PT1S}\n    publish"))
    record, told = notice(town)
    assert (record.outcomes["wells"].verdict, record.outcomes["wells"].quarantined) == ("unchanged", 1)
    assert [one.code for one in told["wells"]] == ["type-error"]


def test_a_pull_that_cannot_be_read_is_told_with_its_code(town: Town) -> None:
    town.write(ROWS, DESCRIPTOR.replace("records: items, count: {path: total}", "format: csv"))
    town.source.raw, town.source.kind = b"well_id,depth_m\nw1,1\nw2,2,3\n", "text/csv"
    record, told = notice(town)
    assert record.outcomes["wells"].verdict == "failed"
    assert [(one.code, one.samples[0].note) for one in told["wells"]] == [("ragged-row", "line 3: 3 cells, expected 2")]
    assert "ragged-row" in summarise(record, told)
