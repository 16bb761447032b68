"""Nothing that was published goes without a reason: a column, a table, a dataset."""

from datetime import date

import pytest

from .conftest import DESCRIPTOR, SCHEMA, Town

DAYS = [date(2026, 11, day) for day in range(20, 28)]
SHORT = SCHEMA.replace("  - {name: depth_m, title: Depth, type: number, description: Depth in metres.}\n", "")
GONE = "format: 1\nwithdrawn: {reason: The wells were closed.}\n"


@pytest.fixture
def published(town: Town) -> Town:
    (town.root / "datasets/wells/figures.yaml").unlink()
    town.write("docs/index.md", "---\nkind: home\nlead: Wells.\n---\n")
    town.run(DAYS[0])
    return town


def test_a_column_that_goes_without_a_word_stops_the_version_and_says_what_to_write(published: Town) -> None:
    published.write("schemas/wells.yaml", SHORT)
    published.write("datasets/wells/dataset.yaml", DESCRIPTOR + "    protect: {depth_m: drop}\n")
    outcome = published.run(DAYS[1]).outcomes["wells"]
    assert (outcome.verdict, outcome.version) == ("kept", 1)
    assert "the field `depth_m` is published in version 1 and no longer in schemas/wells.yaml" in outcome.reason
    assert "`removed: [{field: depth_m, reason: why it goes}]`" in outcome.reason


def test_with_a_reason_it_goes_and_the_version_keeps_the_reason(published: Town) -> None:
    published.write("schemas/wells.yaml", SHORT + "removed: [{field: depth_m, reason: The probe broke.}]\n")
    published.write("datasets/wells/dataset.yaml", DESCRIPTOR + "    protect: {depth_m: drop}\n")
    outcome = published.run(DAYS[1]).outcomes["wells"]
    assert outcome.verdict == "published", outcome.reason
    assert published.head("wells").tables[0].diff.schema_changes == ("field depth_m removed: The probe broke",)


def test_a_table_that_goes_needs_a_reason_too(published: Town) -> None:
    renamed = DESCRIPTOR.replace("name: wells", "name: shafts")
    published.write("datasets/wells/dataset.yaml", renamed)
    outcome = published.run(DAYS[1]).outcomes["wells"]
    assert "`removed: [{resource: wells, reason: why it goes}]`" in outcome.reason
    published.write("datasets/wells/dataset.yaml", renamed + "removed: [{resource: wells, reason: Renamed.}]\n")
    assert published.run(DAYS[2]).outcomes["wells"].verdict == "published"
    assert published.head("wells").reason == "Table wells removed: Renamed."


def test_a_withdrawn_dataset_is_asked_no_more_and_says_why_in_a_last_version(published: Town) -> None:
    published.write("datasets/wells/dataset.yaml", GONE)
    asked = len(published.source.asked)
    assert published.run(DAYS[1]).outcomes["wells"].verdict == "published"
    head = published.head("wells")
    assert (head.seq, head.withdrawn, head.reason, head.rows) == (2, True, "The wells were closed.", 8)
    assert "wells" not in published.run(DAYS[2]).outcomes
    assert (published.head("wells").seq, len(published.source.asked)) == (2, asked)


def test_a_dataset_that_comes_back_makes_a_version_that_is_not_withdrawn(published: Town) -> None:
    published.write("datasets/wells/dataset.yaml", GONE)
    published.run(DAYS[1])
    published.write("datasets/wells/dataset.yaml", DESCRIPTOR)
    assert published.run(DAYS[2]).outcomes["wells"].verdict == "published"
    assert not published.head("wells").withdrawn


def test_a_folder_that_vanishes_fails_each_run_until_somebody_says_why(published: Town) -> None:
    (published.root / "datasets/wells/dataset.yaml").unlink()
    (published.root / "datasets/wells").rmdir()
    outcome = published.run(DAYS[1]).outcomes["wells"]
    assert (outcome.verdict, outcome.version) == ("kept", 1)
    assert "`withdrawn: {reason: why it ends}`" in outcome.reason
    published.write("datasets/wells/dataset.yaml", GONE)
    assert published.run(DAYS[2]).outcomes["wells"].verdict == "published"
    (published.root / "datasets/wells/dataset.yaml").unlink()
    (published.root / "datasets/wells").rmdir()
    assert "wells" not in published.run(DAYS[3]).outcomes


def test_what_is_computed_from_a_withdrawn_dataset_stays_as_it_is(published: Town) -> None:
    deep = DESCRIPTOR.partition("resources:")[0] + (
        "resources:\n  - name: deep\n    derive: {from: [wells], sql: deep.sql}\n"
    )
    published.write("datasets/deep/dataset.yaml", deep)
    published.write("datasets/deep/deep.sql", "SELECT well_id, depth_m FROM wells WHERE depth_m > 10")
    published.write("schemas/deep.yaml", SCHEMA)
    published.run(DAYS[1])
    published.write("datasets/wells/dataset.yaml", GONE)
    record = published.run(DAYS[2])
    assert record.outcomes["wells"].verdict == "published"
    assert published.run(DAYS[3]).outcomes["deep"].verdict in {"unchanged", "not due"}
    assert published.head("deep").seq == 1
