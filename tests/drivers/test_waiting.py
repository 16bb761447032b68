"""Pulled more often than published: what came waits in private/, and becomes one version when that is due."""

import json
import os
import shutil
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from click.testing import CliRunner

from lamppost.cli import main
from lamppost.pull import pull_resource
from lamppost.run import draw

from .conftest import Town
from .meters import DAY, QUARTER, SCHEMA, WHOLE, City, Meters, read


@pytest.fixture
def city(town: Town) -> City:
    town.source.__class__ = Meters
    town.source.items = [read(1, 0), read(2, 0)]
    made = City(town.root.parent / "city", town.url, town.source)
    made.write()
    return made


def public_bytes(city: City) -> bytes:
    files = (path for path in city.root.rglob("*") if path.is_file() and "private" not in path.parts)
    return b"".join(path.read_bytes() for path in files)


def test_rows_wait_in_private_until_a_version_is_due(city: City) -> None:
    assert city.run().verdict == "published"
    city.source.items.append(read(1, 10, 4711))
    outcome = city.run(QUARTER)
    assert (outcome.verdict, outcome.version, outcome.read) == ("unchanged", 1, 1)
    assert outcome.reason == "1 pull waits with 1 record; a version is made 1 day after the last."
    assert city.waiting == ["1.1"]
    assert b"4711" not in public_bytes(city)
    city.source.items.append(read(2, 20, 4712))
    assert "2 pulls wait with 2 records" in city.run(2 * QUARTER).reason
    assert city.run(DAY).verdict == "published"
    assert city.head.seq == 2
    assert {row[2] for row in city.rows()} == {"1", "4711", "4712"}
    assert city.waiting == []


def test_one_version_says_what_each_pull_brought(city: City) -> None:
    city.run()
    for number in range(1, 4):
        city.source.items += [read(10 * number + one, 15 * number - 1) for one in range(number)]
        city.run(number * QUARTER)
    city.run(DAY)
    table = city.head.tables[0]
    assert table.receipt is not None
    assert (table.receipt.received, table.receipt.declared, table.receipt.verdict) == (6, 6, "complete")
    assert "3 pulls waited for this version, with 1, 2, 3 records, oldest first." in table.receipt.notes
    assert (table.receipt.cursor_before, table.receipt.cursor_after) == (read(1, 0)["read_at"], read(1, 44)["read_at"])
    assert len(table.receipt.sizes) == len(table.receipt.digests) == 3
    assert (table.counts.read, table.counts.added, table.counts.holds()) == (6, 6, True)


def test_each_pull_goes_on_from_the_one_before_it(city: City) -> None:
    city.run()
    for number in (1, 2, 3):
        city.source.items.append(read(5, 15 * number - 1))
        city.run(number * QUARTER)
    asked = [parse_qs(urlsplit(one).query)["since"][0] for one in city.source.asked[1:]]
    assert asked == [read(5, minutes)["read_at"] for minutes in (0, 14, 29)]


def test_what_comes_after_a_quiet_day_is_published_at_once(city: City) -> None:
    city.run()
    city.source.items.append(read(1, 3 * 24 * 60))
    assert city.run(3 * DAY + QUARTER).verdict == "published"
    city.source.items.append(read(2, 3 * 24 * 60))
    assert city.run(3 * DAY + 2 * QUARTER).verdict == "unchanged"


def test_a_run_by_hand_publishes_what_waits(city: City) -> None:
    city.run()
    city.source.items.append(read(1, 10))
    city.run(QUARTER)
    assert city.run(2 * QUARTER, "meters").verdict == "published"
    assert (len(city.rows()), city.waiting) == (3, [])


def test_nothing_waits_without_a_private_folder(city: City) -> None:
    city.write()
    mkdocs = city.root / "mkdocs.yml"
    mkdocs.write_text(mkdocs.read_text() + "    private: none\n")
    city.run()
    assert city.run(QUARTER).verdict == "not due"
    assert city.run(DAY).verdict == "unchanged"


def test_a_snapshot_is_pulled_when_a_version_is_due(city: City) -> None:
    city.write(WHOLE, "{mode: snapshot, every: P1D}")
    city.run()
    assert city.run(QUARTER).verdict == "not due"
    city.source.items.append(read(3, 0))
    assert city.run(DAY).verdict == "published"


def test_rows_that_fail_are_counted_in_the_version_and_set_apart_by_pull(city: City) -> None:
    city.run()
    for number in (1, 2):
        city.source.items += [read(1, 15 * number - 1), read(2, 15 * number - 1, f"wet{number}")]
        assert city.run(number * QUARTER).quarantined == 1
    outcome = city.run(DAY)
    table = city.head.tables[0]
    assert (outcome.read, outcome.quarantined, table.counts.quarantined, table.counts.added) == (4, 2, 2, 2)
    assert table.incoming is not None
    samples = [sample for one in table.incoming.issues for sample in one.samples]
    assert [(one.row, one.place.split(",")[0]) for one in samples] == [(2, "pull 1 of 2"), (4, "pull 2 of 2")]
    said = (city.root / "private/quarantine/meters/meters.csv").read_text()
    assert [line.split(",")[0] for line in said.splitlines()[1:]] == ["1.1", "1.2"]


def test_a_row_is_judged_by_the_day_on_which_it_came(city: City) -> None:
    city.run()
    city.source.items += [read(1, 10), read(2, 25 * 60)]
    assert city.run(QUARTER).quarantined == 1
    city.source.items = []
    assert city.run(DAY).quarantined == 1
    assert {row[1] for row in city.rows()} == {read(1, 0)["read_at"], read(1, 10)["read_at"]}


def test_a_pull_that_fails_or_is_refused_leaves_what_waits(city: City) -> None:
    city.run()
    city.source.items.append(read(1, 10))
    city.run(QUARTER)
    city.source.raw = b'{"total": 3, "items": []}'
    assert city.run(2 * QUARTER).verdict in {"failed", "kept"}
    city.source.raw = json.dumps({"total": 1, "items": [read(2, 20, "wet")]}).encode()
    assert city.run(3 * QUARTER).verdict == "kept"
    assert city.waiting == ["1.1"]
    city.source.raw = None
    city.source.items.append(read(2, 20, 7))
    assert city.run(4 * QUARTER).verdict == "unchanged"
    city.run(DAY)
    assert [row[2] for row in city.rows()] == ["1", "1", "1", "7"]


def test_a_failure_when_a_version_is_due_loses_nothing(city: City) -> None:
    city.run()
    city.source.items.append(read(1, 10))
    city.run(QUARTER)
    city.source.status = 500
    assert city.run(DAY).verdict == "failed"
    city.source.status = 200
    assert city.run(DAY + QUARTER).verdict == "published"
    assert len(city.rows()) == 3


def test_what_waits_is_read_by_the_schema_of_the_day_it_is_published(city: City) -> None:
    city.run()
    city.source.items.append(read(1, 10))
    city.run(QUARTER)
    more = "  - {name: seal, title: Seal, type: string, description: On the meter.}\nprimaryKey"
    city.write(schema=SCHEMA.replace("primaryKey", more))
    assert city.run(2 * QUARTER).verdict == "published"
    table = city.store.table_whole(city.head, "meters").to_pylist()
    assert {one["read_at"]: one["seal"] for one in table}[read(1, 10)["read_at"]] == "s1"


def test_what_waits_is_refused_when_the_new_schema_does_not_fit_it(city: City) -> None:
    city.run()
    city.source.items.append(read(1, 10))
    city.run(QUARTER)
    city.write(schema=SCHEMA.replace("type: number", "type: integer, constraints: {minimum: 50}"))
    outcome = city.run(2 * QUARTER)
    assert (outcome.verdict, city.waiting) == ("kept", ["1.1"])
    assert "failed" in outcome.reason
    city.write()
    assert city.run(3 * QUARTER).verdict == "published"


def test_a_damaged_pull_is_refused_by_name_and_asked_for_again_once_deleted(city: City) -> None:
    city.run()
    for number in (1, 2):
        city.source.items.append(read(number, 15 * number - 1, number + 1))
        city.run(number * QUARTER)
    (page,) = [one for one in city.room.glob("1.1/*") if one.name != "pull.json"]
    page.unlink()
    page.write_bytes(b'{"total": 1, "items": []}')
    outcome = city.run(DAY)
    assert outcome.verdict == "kept"
    assert "private/waiting/meters/meters/1.1 holds a page" in outcome.reason
    shutil.rmtree(city.room / "1.1")
    city.source.asked.clear()
    assert city.run(DAY + QUARTER).verdict == "published"
    assert parse_qs(urlsplit(city.source.asked[0]).query)["since"] == [read(1, 0)["read_at"]]
    assert sorted(row[2] for row in city.rows()) == ["1", "1", "2", "3"]


def test_a_pull_whose_note_cannot_be_read_is_refused_by_name(city: City) -> None:
    city.run()
    city.source.items.append(read(1, 10))
    city.run(QUARTER)
    for spoilt in (b"", b"[]", b'{"format": 2}', b'{"format": 1, "snapshot": 3}'):
        (city.room / "1.1" / "pull.json").write_bytes(spoilt)
        outcome = city.run(DAY)
        assert (outcome.verdict, city.head.seq) == ("kept", 1)
        assert "private/waiting/meters/meters/1.1" in outcome.reason


def test_a_half_written_folder_is_nothing(city: City) -> None:
    city.run()
    (city.room / ".new-x").mkdir(parents=True)
    (city.room / ".new-x" / "pull.json").write_text("{")
    city.source.items.append(read(1, 10))
    assert city.run(DAY).verdict == "published"
    assert (city.waiting, len(city.rows())) == ([], 3)
    os.utime(city.room / ".new-x", (0, 0))
    city.source.items.append(read(1, 25 * 60))
    city.run(2 * DAY + QUARTER)
    assert not list(city.room.iterdir())


def test_a_source_with_nothing_new_is_asked_conditionally_while_rows_wait(city: City) -> None:
    city.write(WHOLE)
    city.run()
    city.source.items.append(read(1, 10))
    city.run(QUARTER)
    assert city.run(2 * QUARTER).verdict == "unchanged"
    assert city.waiting == ["1.1"]
    city.run(DAY)
    assert len(city.rows()) == 3


def test_pages_that_wait_outlive_the_snapshots(city: City) -> None:
    city.run()
    city.source.items.append(read(1, 10))
    city.run(QUARTER)
    shutil.rmtree(city.root / "private" / "snapshots")
    city.run(DAY)
    assert len(city.rows()) == 3


def test_without_the_private_folder_the_source_is_asked_since_the_version(city: City) -> None:
    city.run()
    for number in (1, 2):
        city.source.items.append(read(1, 15 * number - 1))
        city.run(number * QUARTER)
    shutil.rmtree(city.root / "private")
    assert city.run(3 * QUARTER).verdict == "published"
    assert (len(city.rows()), city.waiting) == (4, [])


def test_a_table_that_waits_and_one_that_does_not_are_published_together(city: City) -> None:
    city.write()
    pumps = WHOLE.replace("PT15M", "P1D")
    more = f"  - name: pumps\n    pull: {pumps}\n    protect: {{seal: drop}}\n    publish: {{mode: snapshot}}\n"
    with (city.root / "datasets/meters/dataset.yaml").open("a", encoding="utf-8") as file:
        file.write(more)
    (city.root / "schemas/meters.yaml").rename(city.root / "schemas/meters.meters.yaml")
    (city.root / "schemas/meters.pumps.yaml").write_text(SCHEMA, encoding="utf-8")
    city.run()
    city.source.items.append(read(1, 10))
    city.source.asked.clear()
    city.run(QUARTER)
    assert len(city.source.asked) == 1
    city.source.status = 500
    assert city.run(DAY).verdict == "failed"
    assert city.waiting == ["1.1"]
    city.source.status = 200
    assert city.run(DAY + QUARTER).verdict == "published"
    assert [one.rows for one in city.head.tables] == [3, 3]
    assert city.waiting == []


def test_what_was_retracted_does_not_come_back_from_where_it_waits(city: City) -> None:
    city.write(WHOLE)
    city.run()
    city.source.items.append(read(1, 10, 5))
    city.run(QUARTER)
    words = ["--rows", f"m2/{read(2, 0)['read_at']}", "--reason", "Asked for.", "--by", "IT", "--yes"]
    done = CliRunner().invoke(main, ["--city", str(city.root), "retract", "meters", *words])
    assert done.exit_code == 0, done.output
    told = "LOOK HERE YOURSELF: private/waiting/meters may hold it; `lamppost run meters` publishes what waits"
    assert told in done.output
    assert city.waiting == ["1.1"]
    city.source.items.pop(1)
    city.run(DAY)
    counts = city.head.tables[0].counts
    assert (city.head.seq, {row[0] for row in city.rows()}) == (2, {"m1"})
    assert (counts.read, counts.filtered, counts.added) == (5, 1, 1)


def test_nothing_comes_back_from_where_it_waits_once_all_was_retracted(city: City) -> None:
    city.run()
    city.source.items.append(read(3, 10))
    city.run(QUARTER)
    done = CliRunner().invoke(
        main, ["--city", str(city.root), "retract", "meters", "--reason", "All.", "--by", "IT", "--yes"]
    )
    assert done.exit_code == 0, done.output
    city.source.items = [read(1, 20)]
    assert city.run(DAY).verdict == "kept"
    city.run(DAY, "meters")
    assert {row[0] for row in city.rows()} == {"m1"}


def test_pulls_of_a_table_that_is_gone_are_forgotten(city: City) -> None:
    city.run()
    gone = city.room.parent / "pumps" / "1.1"
    gone.mkdir(parents=True)
    city.source.items.append(read(1, 10))
    city.run(DAY)
    assert not gone.parent.exists()
    other = city.root / "private" / "waiting" / "pumps" / "pumps" / "1.1"
    other.mkdir(parents=True)
    city.run(DAY + QUARTER)
    assert other.exists()
    for path in (other, other.parent, other.parent.parent):
        os.utime(path, (0, 0))
    city.run(DAY + 2 * QUARTER)
    assert not other.parent.parent.exists()


def test_the_first_real_pull_asks_for_everything_whatever_a_rehearsal_got_to(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    def rehearse(*given: Any, **more: Any) -> Any:
        snapshot, receipt = pull_resource(*given, **more)
        return replace(snapshot, simulated=True), receipt

    monkeypatch.setattr(draw, "pull_resource", rehearse)
    assert city.run().simulated
    monkeypatch.undo()
    city.source.items = [read(number, -10 * number) for number in range(1, 4)]
    assert (city.run(DAY).published, city.head.simulated) == (3, False)


def test_status_says_that_rows_wait(city: City) -> None:
    city.run()
    city.source.items.append(read(1, 10))
    city.run(QUARTER)
    done = CliRunner().invoke(main, ["--city", str(city.root), "status", "--today", "2026-11-22"])
    assert "fine; 1 pull waits with 1 record; a version is made 1 day after the last." in done.output
