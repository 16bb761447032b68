"""The driver forward: one failing dataset never stops the others and never costs what was published."""

import os
import time
from datetime import date, timedelta

import pytest

from lamppost.run import record
from tests.drivers.conftest import DESCRIPTOR, FIGURES, MKDOCS, SCHEMA, Town

DAY = date(2026, 11, 22)


def test_a_first_run_publishes_a_version_and_a_figure(town: Town) -> None:
    outcome = town.run().outcomes["wells"]
    assert (outcome.verdict, outcome.reason) == ("published", "")
    assert (outcome.version, outcome.read, outcome.published) == (1, 8, 8)
    assert town.store.figures()["deepest-well"].shown == "12.0"


def test_the_same_rows_make_no_second_version(town: Town) -> None:
    town.run()
    assert town.run(DAY + timedelta(days=1)).outcomes["wells"].verdict == "unchanged"
    assert town.store.versions("wells") == (1,)


def test_nothing_is_asked_before_its_time(town: Town) -> None:
    town.run()
    asked = len(town.source.asked)
    assert town.run().outcomes["wells"].verdict == "not due"
    assert len(town.source.asked) == asked


def test_a_dataset_that_was_named_runs_whether_due_or_not(town: Town) -> None:
    town.run()
    assert town.run(DAY, "wells").outcomes["wells"].verdict == "unchanged"


def test_a_changed_descriptor_is_due_at_once(town: Town) -> None:
    town.run()
    town.write("datasets/wells/dataset.yaml", DESCRIPTOR.replace("title: Wells", "title: Public wells"))
    assert town.run().outcomes["wells"].verdict == "published"
    assert town.head("wells").descriptor["title"] == "Public wells"


def test_every_change_of_rows_is_counted_and_listed(town: Town) -> None:
    town.run()
    town.source.items = [{"well_id": "w1", "depth_m": 99}, *town.source.items[2:], {"well_id": "w9", "depth_m": 1}]
    town.run(DAY + timedelta(days=1))
    table = town.head("wells").tables[0]
    assert (table.diff.added, table.diff.changed, table.diff.removed) == (1, 1, 1)
    listing = town.store.path("wells", table.diff.path).read_text(encoding="utf-8")
    assert "changed,w1,depth_m,1.5,99" in listing
    assert "removed,w2,,," in listing


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        ({"status": 503}, "503"),
        ({"raw": b"<html><body>Sign in</body></html>", "kind": "text/html"}, "html"),
        ({"raw": b'{"total": 8, "items": [{"well_id": "w1"', "promise": 40}, ""),
        ({"items": []}, "no rows"),
        ({"raw": b'{"total": 500, "items": [{"well_id": "w1", "depth_m": 1}]}'}, "500"),
    ],
)
def test_a_source_gone_bad_keeps_the_last_version_and_says_why(town: Town, spoil: dict[str, object], said: str) -> None:
    town.run()
    for name, value in spoil.items():
        setattr(town.source, name, value)
    outcome = town.run(DAY + timedelta(days=1)).outcomes["wells"]
    assert outcome.verdict in {"failed", "kept"}
    assert said in outcome.reason.lower()
    assert town.store.versions("wells") == (1,)


def test_an_unset_address_fails_that_dataset_by_name(town: Town) -> None:
    town.write("datasets/wells/dataset.yaml", DESCRIPTOR.replace("WELLS_URL", "OTHER_URL"))
    outcome = town.run().outcomes["wells"]
    assert outcome.verdict == "failed"
    assert "OTHER_URL" in outcome.reason


def test_a_broken_descriptor_fails_only_its_own_dataset(town: Town) -> None:
    town.write("datasets/pumps/dataset.yaml", "format: 1\ntitle: Pumps\ntitle: Twice\n")
    outcomes = town.run().outcomes
    assert outcomes["wells"].verdict == "published"
    assert outcomes["pumps"].verdict == "failed"
    assert "datasets/pumps/dataset.yaml:3" in outcomes["pumps"].reason


def test_bad_rows_stay_out_and_never_cost_a_good_one(town: Town) -> None:
    town.write("datasets/wells/dataset.yaml", DESCRIPTOR + "    checks: {quarantine: {max: 20%}}\n")
    town.run()
    town.source.items[3]["depth_m"] = "deep"
    outcome = town.run(DAY + timedelta(days=1)).outcomes["wells"]
    assert (outcome.quarantined, outcome.version) == (1, 1)
    assert town.head("wells").rows == 8
    assert "w4" in (town.root / "private/quarantine/wells/wells.csv").read_text(encoding="utf-8")


def test_too_many_bad_rows_refuse_the_version(town: Town) -> None:
    for item in town.source.items[:4]:
        item["depth_m"] = "deep"
    outcome = town.run().outcomes["wells"]
    assert (outcome.verdict, outcome.version) == ("kept", None)
    assert "4 of 8 rows failed" in outcome.reason


def test_a_transform_that_raises_is_told_in_a_sentence(town: Town) -> None:
    town.write("datasets/wells/transform.py", "def transform(table):\n    return table['nothing']\n")
    outcome = town.run().outcomes["wells"]
    assert outcome.verdict in {"failed", "kept"}
    assert "transform.py" in outcome.reason


def test_a_derived_dataset_follows_its_inputs(town: Town) -> None:
    derived = DESCRIPTOR.replace("title: Wells", "title: Deep wells").replace("name: wells", "name: deep-wells")
    start, _, rest = derived.partition("    pull:")
    start += "    derive: {from: [wells], sql: deep.sql}\n"
    town.write("datasets/deep-wells/dataset.yaml", start + rest.partition("\n")[2])
    town.write("datasets/deep-wells/deep.sql", "SELECT well_id, depth_m FROM wells WHERE depth_m > 6 ORDER BY well_id")
    town.write("schemas/deep-wells.yaml", SCHEMA)
    assert town.run().outcomes["deep-wells"].published == 4
    town.source.items.append({"well_id": "w9", "depth_m": 50})
    assert town.run(DAY + timedelta(days=1)).outcomes["deep-wells"].published == 5
    assert town.head("deep-wells").tables[0].inputs == {"wells": 2}


def test_a_figure_that_fails_is_a_problem_of_the_run_not_its_end(town: Town) -> None:
    town.write("datasets/wells/figures.yaml", FIGURES + "  - {name: none, title: None, sql: SELECT nope FROM wells}\n")
    record = town.run()
    assert record.outcomes["wells"].verdict == "published"
    assert any(one.startswith("figure none") for one in record.problems)


def test_what_nobody_foresaw_in_a_figure_is_a_problem_of_the_run_not_its_end(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fall(*_given: object) -> None:
        raise KeyError("what a source sent")

    monkeypatch.setattr(record, "compute", fall)
    found = town.run()
    assert found.outcomes["wells"].verdict == "published"
    (problem,) = found.problems
    assert problem.startswith("figure deepest-well: KeyError in ")
    assert "what a source sent" not in problem


def test_made_up_rows_never_replace_real_ones(town: Town) -> None:
    town.run()
    town.source.kind = "application/json\r\nX-Lamppost-Simulated: true"
    town.source.items.append({"well_id": "w9", "depth_m": 50})
    outcome = town.run(DAY + timedelta(days=1)).outcomes["wells"]
    assert outcome.verdict == "kept"
    assert "simulated" in outcome.reason


def test_the_first_real_version_stands_on_nothing_simulated(town: Town) -> None:
    town.source.kind = "application/json\r\nX-Lamppost-Simulated: true"
    assert town.run().outcomes["wells"].simulated
    town.source.kind, town.source.items = "application/json", town.source.items[:2]
    town.run(DAY + timedelta(days=1))
    head = town.head("wells")
    assert (head.seq, head.parent, head.simulated, head.rows) == (2, None, False, 2)
    assert not town.store.figures()["deepest-well"].simulated


def test_raw_bytes_are_kept_for_thirty_days(town: Town) -> None:
    town.run()
    (snapshot,) = (town.root / "private/snapshots").rglob("*.json")
    old = time.time() - 31 * 24 * 3600
    os.utime(snapshot, (old, old))
    town.run(DAY)
    assert not snapshot.exists()


def test_a_city_that_keeps_nothing_private_has_no_raw_bytes_after_a_run(town: Town) -> None:
    town.write("mkdocs.yml", MKDOCS + "    private: none\n")
    assert town.run().outcomes["wells"].verdict == "published"
    assert not list((town.root / "build").rglob("*.json"))
    assert not (town.root / "private").exists()


def test_a_folder_with_an_impossible_name_fails_alone(town: Town) -> None:
    for name in ("Deep Wells", "wells"):
        town.write(f"datasets/{name}/dataset.yaml", DESCRIPTOR)
    verdicts = {name: one.verdict for name, one in town.run().outcomes.items()}
    assert verdicts == {"Deep Wells": "failed", "wells": "published"}


def test_a_damaged_version_fails_its_dataset_alone(town: Town) -> None:
    town.write("datasets/springs/dataset.yaml", DESCRIPTOR)
    town.write("schemas/springs.yaml", SCHEMA)
    town.run()
    town.store.manifest_path("springs", 1).write_text("{", encoding="utf-8")
    outcomes = town.run(DAY + timedelta(days=1)).outcomes
    assert (outcomes["springs"].verdict, outcomes["wells"].verdict) == ("failed", "unchanged")
    assert "not a manifest" in outcomes["springs"].reason


def test_a_run_that_pretended_to_be_later_does_not_put_off_the_next(town: Town) -> None:
    town.run(DAY + timedelta(days=5000))
    assert town.run(DAY).outcomes["wells"].verdict == "unchanged"


def test_a_key_that_is_not_unique_is_refused_though_upsert_forgives_it_on_the_way_in(town: Town) -> None:
    town.write("datasets/wells/dataset.yaml", DESCRIPTOR.replace("snapshot", "upsert"))
    town.source.items[1]["depth_m"] = town.source.items[0]["depth_m"]
    town.run()
    town.write("schemas/wells.yaml", SCHEMA.replace("[well_id]", "[depth_m]"))
    outcome = town.run().outcomes["wells"]
    assert (outcome.verdict, outcome.version) == ("kept", 1)
    assert "the key (Depth (`depth_m`)) occurs in an earlier row" in outcome.reason
