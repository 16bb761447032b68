"""Records of runs and figures."""

import json
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lamppost.errors import StoreError, TakenError
from lamppost.model import FigureRecord, Outcome, RunRecord
from lamppost.model.run import Verdict
from lamppost.store import Store, commit_figure, encode_figure, open_store, parse_figure, write_run
from lamppost.store.manifest import dump
from lamppost.store.place import Place

RECORD = FigureRecord(
    name="lamps", n=1, value="1200.4", shown="1,200", rounded="1200", title="Lamps", unit="", round=0, note="",
    sql="SELECT 1", inputs={"b": 2, "a": 1}, input_hashes={"b": "y", "a": "x"}, date="2026-11-22",
)  # fmt: skip
RUN = RunRecord(
    0,
    "2026-11-22T07:00:00+00:00",
    "2026-11-22T07:00:09+00:00",
    {"b": Outcome("b", "kept"), "a": Outcome("a", "failed")},
    ("x",),
)


@pytest.fixture
def store(place: Place) -> Store:
    return Store(place)


def test_runs_are_numbered_as_they_come_and_read_newest_first(store: Store) -> None:
    assert [write_run(store, RUN).seq, write_run(store, RUN).seq] == [1, 2]
    assert list(store.runs()) == [replace(RUN, seq=2), replace(RUN, seq=1)]
    assert list(next(store.runs()).outcomes) == ["b", "a"]


def test_the_last_outcome_of_a_dataset_is_the_newest_that_says_more_than_not_due(store: Store) -> None:
    write_run(store, RUN)
    write_run(store, replace(RUN, outcomes={"a": Outcome("a", "not due"), "b": Outcome("b", "published")}))
    assert store.last_outcomes() == {"a": Outcome("a", "failed"), "b": Outcome("b", "published")}


def test_the_last_outcomes_of_some_are_looked_for_no_further_than_needed(store: Store) -> None:
    store.create("runs/1.json", b'{"format": 9}')
    write_run(store, RUN)
    assert list(store.last_outcomes(["a", "b"])) == ["b", "a"]
    with pytest.raises(StoreError, match=r"^runs/1\.json: format 9; this engine knows 1"):
        store.last_outcomes()


def spoil_all_but(store: Store, *kept: int) -> None:
    """Makes each other run record one that nobody could read."""
    for key in [one for one in store.listing() if one.startswith("runs/")]:
        if key not in {f"runs/{number}.json" for number in kept}:
            store.replace(key, b'{"format": 9}')


def test_a_run_says_where_the_last_outcome_is_of_what_it_tells_nothing_of(store: Store) -> None:
    idle = {name: Outcome(name, "not due", version=1) for name in "ab"}
    write_run(store, RUN)
    write_run(store, replace(RUN, outcomes={"a": Outcome("a", "published"), "c": Outcome("c", "pending")}))
    for _ in range(20):
        write_run(store, replace(RUN, outcomes=idle))
    spoil_all_but(store, 1, 2, 22)
    assert store.last_outcomes() == {"a": Outcome("a", "published"), "b": RUN.outcomes["b"]}


@pytest.mark.parametrize("spoilt", [b"", None])
def test_a_last_outcome_that_is_lost_gives_way_to_the_one_before(store: Store, spoilt: bytes | None) -> None:
    write_run(store, RUN)
    write_run(store, replace(RUN, outcomes={"a": Outcome("a", "published")}))
    write_run(store, replace(RUN, outcomes={}))
    store.remove("runs/2.json") if spoilt is None else store.replace("runs/2.json", spoilt)
    assert store.last_outcomes() == RUN.outcomes


def test_a_record_that_is_only_half_written_hides_nothing_once_it_is_whole(store: Store) -> None:
    write_run(store, RUN)
    write_run(store, replace(RUN, outcomes={"a": Outcome("a", "published")}))
    whole = store.read_key("runs/2.json")
    store.replace("runs/2.json", whole[:20])
    write_run(store, replace(RUN, outcomes={}))
    store.replace("runs/2.json", whole)
    write_run(store, replace(RUN, outcomes={}))
    assert store.last_outcomes()["a"] == Outcome("a", "published")


@settings(max_examples=30)
@given(
    runs=st.lists(
        st.dictionaries(st.sampled_from("abcd"), st.sampled_from(["published", "failed", "not due", "pending"])),
        max_size=8,
    ),
    old=st.sets(st.integers(1, 8)),
    torn=st.sets(st.integers(1, 8)),
)
def test_what_is_read_by_pointers_is_what_all_records_together_say(
    runs: list[dict[str, Verdict]], old: set[int], torn: set[int]
) -> None:
    with TemporaryDirectory() as folder:
        store = open_store(Path(folder))
        for number, verdicts in enumerate(runs, start=1):
            told = {name: Outcome(name, verdict, read=number) for name, verdict in verdicts.items()}
            write_run(store, replace(RUN, outcomes=told))
            if number in old:  # as an older engine writes it
                block = json.loads(store.read_key(f"runs/{number}.json"))
                block.pop("last", None)
                store.replace(f"runs/{number}.json", dump(block))
        for number in torn & set(range(1, len(runs) + 1)):
            store.replace(f"runs/{number}.json", b"{")
        expected: dict[str, Outcome] = {}
        for record in store.runs():
            for name, one in record.outcomes.items():
                if one.verdict not in {"not due", "pending"}:
                    expected.setdefault(name, one)
        assert store.last_outcomes() == expected


@pytest.mark.parametrize("cut", [0, 1, 40, -3])
def test_a_run_record_that_was_cut_is_passed_over_and_named_once(
    store: Store, cut: int, caplog: pytest.LogCaptureFixture
) -> None:
    write_run(store, RUN)
    write_run(store, RUN)
    store.replace("runs/2.json", store.read_key("runs/2.json")[:cut])
    for _ in range(2):
        assert [one.seq for one in store.runs()] == [1]
    (said,) = [one.getMessage() for one in caplog.records if one.name.startswith("lamppost")]
    assert said.startswith("runs/2.json: not a record: ")
    assert write_run(store, RUN).seq == 3


def test_a_figure_has_its_newest_record(store: Store) -> None:
    assert (store.figure_head("lamps"), store.figures()) == (None, {})
    commit_figure(store, RECORD)
    commit_figure(store, replace(RECORD, n=2, value="1300"))
    head = store.figure_head("lamps")
    assert head is not None
    assert (head.n, store.figures()) == (2, {"lamps": head})


def test_a_record_is_read_as_it_was_kept(store: Store) -> None:
    commit_figure(store, RECORD)
    assert store.figure_head("lamps") == RECORD
    assert store.figure_path("lamps", 1).read_bytes() == encode_figure(RECORD)
    assert b'"inputs": {\n    "a": 1,\n    "b": 2' in encode_figure(RECORD)


def test_a_records_number_is_given_once(store: Store) -> None:
    commit_figure(store, RECORD)
    with pytest.raises(TakenError):
        commit_figure(store, RECORD)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"[]", "not a record"),
        (b"{", "not a record"),
        (b'{"format": 9}', "format 9; this engine knows 1"),
        (b'{"format": 1, "name": "x"}', "not a figure record"),
        (encode_figure(RECORD).replace(b'"a": "x"', b'"c": "x"'), "differ"),
    ],
)
def test_what_is_no_record_is_refused_by_place(data: bytes, words: str) -> None:
    with pytest.raises(StoreError, match=words) as caught:
        parse_figure(data, "figures/lamps/1.json")
    assert str(caught.value).startswith("figures/lamps/1.json: ")
