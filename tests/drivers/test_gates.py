"""The gates in a run: what they stop, what goes to quarantine, and what a reader is told."""

import re
from datetime import date, timedelta

import pytest

from tests.drivers.conftest import DESCRIPTOR, MKDOCS, SCHEMA, Town, make_well

DAY = date(2026, 11, 22)
NEXT = DAY + timedelta(days=1)
ROWS = "datasets/wells/dataset.yaml"
DEPTH = "- {name: depth_m, title: Depth, type: number, description: Depth in metres.}"
PLACED = SCHEMA.replace(
    "primaryKey",
    "  - {name: longitude, title: Longitude, type: number, description: East.}\n"
    "  - {name: latitude, title: Latitude, type: number, description: North.}\nprimaryKey",
)
TIMED = SCHEMA.replace("primaryKey", "  - {name: seen_at, title: Seen, type: datetime, description: When.}\nprimaryKey")
VISITS = (
    DESCRIPTOR.replace("Wells", "Visits")
    .replace("name: wells", "name: visits")
    .replace("path: /wells,", "path: /visits, fields: {visit_id: well_id, well: seen},")
    + "    checks: {references: {well: wells.well_id}, quarantine: {max: 50%}}\n"
)
VISIT = SCHEMA.replace("well_id", "visit_id").replace("name: depth_m", "name: well").replace("number", "string")


def many(count: int = 60, **more: object) -> list[dict[str, object]]:
    return [make_well(number) | more for number in range(1, count + 1)]


def declare(town: Town, checks: str, schema: str = SCHEMA) -> None:
    town.write(ROWS, f"{DESCRIPTOR}    checks: {checks}\n")
    town.write("schemas/wells.yaml", schema)


def test_source_fault_31_a_change_of_unit_refuses_the_version_until_the_city_says_it_is_right(town: Town) -> None:
    town.source.items = many()
    town.run()
    town.source.items = [one | {"depth_m": float(one["depth_m"]) * 1000} for one in many()]  # type: ignore[arg-type]
    outcome = town.run(NEXT).outcomes["wells"]
    assert outcome.verdict == "kept"
    assert "1,000 times what they were" in outcome.reason
    declare(town, "{severity: {unit-change: ignore}}")
    assert town.run(NEXT + timedelta(days=1)).outcomes["wells"].verdict == "published"


def test_rows_outside_of_the_city_go_to_quarantine(town: Town) -> None:
    town.write("mkdocs.yml", MKDOCS.rstrip() + "\n    boundary: [-76, 40, -75, 41]\n")
    declare(town, "{inside: city}", PLACED)
    town.source.items = [*many(40, longitude=-75.5, latitude=40.5), make_well(41) | {"longitude": 2, "latitude": 48}]
    outcome = town.run().outcomes["wells"]
    assert (outcome.verdict, outcome.quarantined, outcome.published) == ("published", 1, 40)
    report = town.head("wells").tables[0].incoming
    assert report is not None
    assert [(one.code, one.count, one.samples[0].row) for one in report.issues] == [("outside-boundary", 1, 41)]
    assert report.issues[0].samples[0].place == "record 41, well_id w41"
    kept = (town.root / "private/quarantine/wells/wells.csv").read_text(encoding="utf-8").splitlines()
    assert kept[0].startswith("_row,_place,_codes,well_id,")
    assert kept[1].startswith("41,record 41,outside-boundary longitude,w41,")
    assert b"w41" not in b"".join(path.read_bytes() for path in (town.root / "store").rglob("*.csv"))


def test_too_many_rows_in_quarantine_refuse_the_version_and_say_why(town: Town) -> None:
    declare(town, "{}", PLACED)
    town.source.items = many(longitude=0, latitude=0)
    outcome = town.run().outcomes["wells"]
    assert outcome.verdict == "kept"
    assert "60 of 60 rows failed (100.0%)" in outcome.reason
    assert "[null-island, 60, first at record 1, well_id w1]" in outcome.reason


def test_a_renamed_column_refuses_the_version_with_the_line_to_paste(town: Town) -> None:
    town.source.items = many()
    town.run()
    town.source.items = [{"well_id": one["well_id"], "tiefe": one["depth_m"]} for one in many()]
    outcome = town.run(NEXT).outcomes["wells"]
    assert outcome.verdict == "kept"
    assert "it has the same values" in outcome.reason
    assert "`fields: {well_id: well_id, depth_m: tiefe}`" in outcome.reason
    assert town.store.versions("wells") == (1,)


def paste(town: Town, path: str, old: str, new: str) -> None:
    """Do in a file what a message says."""
    text = (town.root / path).read_text(encoding="utf-8")
    assert old in text
    town.write(path, text.replace(old, new))


def find_patch(reason: str, begin: str) -> str:
    found = re.search(rf"{re.escape(begin)} `(.*?)`", reason)
    assert found
    return found[1]


def test_the_patch_for_a_renamed_column_heals(town: Town) -> None:
    town.source.items = many()
    town.run()
    town.source.items = [{"well_id": one["well_id"], "tiefe": one["depth_m"]} for one in many()]
    patch = find_patch(town.run(NEXT).outcomes["wells"].reason, "write under `pull:`")
    paste(town, ROWS, "adapter: http,", f"adapter: http, {patch},")
    assert town.run(NEXT, "wells").outcomes["wells"].verdict == "unchanged"


@pytest.mark.parametrize(
    ("told", "kind"), [("{} metres", "number"), ("deep, {}", "string"), ("2026-11-{:02.0f}", "date")]
)
def test_the_patch_for_a_retyped_column_heals(town: Town, told: str, kind: str) -> None:
    town.source.items = [make_well(n) | {"depth_m": told.format(n % 9 + 10)} for n in range(1, 61)]
    line = find_patch(town.run().outcomes["wells"].reason, "the line for the schema is")
    paste(town, "schemas/wells.yaml", DEPTH, line)
    assert town.run(DAY, "wells").outcomes["wells"].verdict == "published"
    assert town.head("wells").tables[0].schema.field("depth_m").type == kind


def test_the_patch_for_a_new_column_heals(town: Town) -> None:
    town.source.items = many(owner="City")
    line = find_patch(town.run().outcomes["wells"].reason, "the line for the schema is")
    paste(town, "schemas/wells.yaml", "primaryKey", f"  {line}\nprimaryKey")
    assert town.run(DAY, "wells").outcomes["wells"].verdict == "published"
    assert town.head("wells").tables[0].schema.names == ("well_id", "depth_m", "owner")


def test_every_drift_is_said_at_once(town: Town) -> None:
    town.run()
    town.source.items = [{"well_id": f"w{n}", "depth_m": "deep", "owner_name": "Ann"} for n in range(1, 9)]
    reason = town.run(NEXT).outcomes["wells"].reason
    assert "`- {name: owner_name, type: string" in reason
    assert "`- {name: depth_m, type: string, title: Depth, description: Depth in metres.}`" in reason
    assert "Ann" not in reason


@pytest.mark.parametrize(
    ("checks", "rows", "said"),
    [
        ("{rows: {min: 50, shrink: 100%}}", 40, "found 40 rows to publish, expected at least 50"),
        ("{rows: {shrink: 10%}}", 40, "20 of 60 rows would go (33.3%), expected at most 10.0%"),
        ("{rows: {grow: 10%}}", 80, "20 rows would come to 60 (+33%), expected at most +10%"),
    ],
)
def test_a_table_of_another_size_than_declared_is_refused(town: Town, checks: str, rows: int, said: str) -> None:
    town.source.items = many()
    town.run()
    declare(town, checks)
    town.source.items = many(rows)
    outcome = town.run(NEXT).outcomes["wells"]
    assert (outcome.verdict, said in outcome.reason) == ("kept", True)


def test_records_that_are_suddenly_long_are_told_of(town: Town) -> None:
    town.source.items = many(120)
    town.run()
    declare(town, "{severity: {size-swing: error}}")
    town.write(ROWS, (town.root / ROWS).read_text(encoding="utf-8") + "    protect: {more: drop}\n")
    town.source.items = many(120, more="x" * 200)
    assert "a record has " in town.run(NEXT).outcomes["wells"].reason


def test_a_warning_is_published_with_its_version(town: Town) -> None:
    town.source.items = many()
    town.run()
    town.source.items = [make_well(n) if n > 55 else {"well_id": f"w{n}", "depth_m": None} for n in range(1, 61)]
    town.run(NEXT)
    report = town.head("wells").tables[0].incoming
    assert report is not None
    assert [(one.code, one.severity) for one in report.issues] == [("null-jump", "warning")]


def test_fresh_answers_with_old_data_say_so_even_when_nothing_changed(town: Town) -> None:
    declare(town, "{}", TIMED)
    town.write(ROWS, DESCRIPTOR.replace("mode: snapshot", "mode: upsert, event_time: seen_at"))
    town.source.items = many(10, seen_at="2026-11-22T08:00:00Z")
    assert town.run().outcomes["wells"].reason == ""
    outcome = town.run(DAY + timedelta(days=93)).outcomes["wells"]
    assert outcome.verdict == "unchanged"
    assert "93 days old" in outcome.reason


def test_a_declared_age_refuses_what_is_older(town: Town) -> None:
    town.write(
        ROWS,
        DESCRIPTOR.replace("mode: snapshot", "mode: upsert, event_time: seen_at") + "    checks: {age: {max: P2D}}\n",
    )
    town.write("schemas/wells.yaml", TIMED)
    town.source.items = many(10, seen_at="2026-11-10T08:00:00Z")
    assert town.run().outcomes["wells"].verdict == "kept"


def test_a_key_is_looked_up_in_the_version_committed_just_before(town: Town) -> None:
    town.write(ROWS, f"{DESCRIPTOR}    protect: {{seen: drop}}\n")
    town.write("datasets/visits/dataset.yaml", VISITS)
    town.write("schemas/visits.yaml", VISIT)
    town.source.items = [make_well(n) | {"seen": "w1" if n < 8 else "w99"} for n in range(1, 9)]
    outcomes = town.run().outcomes
    assert list(outcomes)[:2] == ["wells", "visits"]  # not by name: the keys come first
    assert (outcomes["visits"].verdict, outcomes["visits"].quarantined) == ("published", 1)
    table = town.head("visits").tables[0]
    assert table.receipt is not None
    assert "Each `well` was looked up in `well_id` of wells, version 1." in table.receipt.notes
    assert table.incoming is not None
    assert [(one.code, one.samples[0].value) for one in table.incoming.issues] == [("missing-reference", "w99")]


def test_a_key_written_with_zeros_before_it_is_the_same_integer(town: Town) -> None:
    town.write(ROWS, f"{DESCRIPTOR}    protect: {{seen: drop}}\n")
    town.write("schemas/wells.yaml", SCHEMA.replace("type: string", "type: integer"))
    town.write("datasets/visits/dataset.yaml", VISITS)
    town.write("schemas/visits.yaml", VISIT.replace("type: string", "type: integer"))
    town.source.items = [{"well_id": n, "depth_m": 1.5, "seen": f"00{n}"} for n in range(1, 9)]
    visits = town.run().outcomes["visits"]
    assert (visits.verdict, visits.quarantined) == ("published", 0)


def test_a_key_to_a_dataset_without_a_version_waits_for_it(town: Town) -> None:
    town.write("datasets/visits/dataset.yaml", VISITS)
    town.write("schemas/visits.yaml", VISIT)
    outcome = town.run(DAY, "visits").outcomes["visits"]
    assert outcome.verdict == "kept"
    assert "wells.well_id, which has no version yet" in outcome.reason


def test_the_first_of_two_rows_with_one_key_stays(town: Town) -> None:
    town.source.items = [*many(40), {"well_id": "w1", "depth_m": 77}, make_well(2)]
    town.run()
    table = town.head("wells").tables[0]
    assert (table.counts.read, table.counts.quarantined, table.counts.deduplicated) == (42, 1, 1)
    rows = town.store.table_whole(town.head("wells"), "wells").to_pylist()
    assert {"well_id": "w1", "depth_m": "1.5"} in rows


@pytest.mark.parametrize(("first", "second", "stays"), [("08", "09", "77"), ("09", "08", "1.5")])
def test_in_upsert_the_newest_of_two_rows_stays_and_the_other_is_deduplicated(
    town: Town, first: str, second: str, stays: str
) -> None:
    town.write(ROWS, DESCRIPTOR.replace("mode: snapshot", "mode: upsert, event_time: seen_at"))
    town.write("schemas/wells.yaml", TIMED)
    day = "2026-11-22T{}:00:00Z".format
    town.source.items = [
        make_well(1) | {"seen_at": day(first)},
        {"well_id": "w1", "depth_m": 77, "seen_at": day(second)},
    ]
    town.run()
    counts = town.head("wells").tables[0].counts
    assert (counts.quarantined, counts.deduplicated, counts.superseded, counts.published) == (0, 1, 0, 1)
    assert town.store.table_whole(town.head("wells"), "wells")["depth_m"].to_pylist() == [stays]
