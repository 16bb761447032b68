"""A key may lie in any partition: only those that hold one that came again are settled, and nothing else changes."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, time
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lamppost.errors import LamppostError
from lamppost.model import Checks, Dataset, Dates, Field, Part, Publish, Pull, Receipt, Resource, Schema
from lamppost.retract.traces import find_traces, remove
from lamppost.run import parts as settling
from lamppost.run.drawn import Drawn
from lamppost.run.lot import read_part
from lamppost.run.lots import plan_lots
from lamppost.run.moved import LONGEST, hash_keys
from lamppost.run.publish import publish
from lamppost.run.sizes import USUAL, Sizes
from lamppost.store import Store, open_store
from lamppost.table.keys import number_keys

DATES = Dates(date(2026, 11, 22), datetime.combine(date(2026, 11, 22), time(12), ZoneInfo("UTC")))
WHOLE, APART = USUAL, replace(USUAL, lot=0)
NAMES = ("id", "sub", "at", "seen", "value")
SPELLINGS = {
    "string": ["1", "01", "a"],
    "number": ["1", "1.0", "10E-1", "01", "2", "2.50", "2.5", "-0", "0"],
    "datetime": ["2026-01-01T00:00:00Z", "2026-01-01T01:00:00+01:00", "2026-01-02T00:00:00Z"],
}
DAYS = ["2026-01-01T05:00:00Z", "2026-01-02T05:00:00Z", "2026-01-03T00:30:00+01:00", "2026-02-01T00:00:00Z", None]
Row = tuple[str | None, ...]


def describe(kind: str = "number", mode: Any = "append", **publish: Any) -> Dataset:
    kinds = dict(zip(NAMES, (kind, "string", "datetime", "datetime", "string"), strict=True))
    fields = tuple(Field(name, of, descriptor={"name": name, "type": of}) for name, of in kinds.items())
    descriptor = {
        "fields": [dict(one.descriptor) for one in fields], "primaryKey": ["id", "sub"], "missingValues": [""],
    }  # fmt: skip
    rules = replace(Publish(mode, "seen", None, "day", "at", ("csv",)), **publish)
    loose = Checks(min_rows=0, shrink=1.0, quarantine_max=1.0)
    schema = Schema(fields, ("id", "sub"), descriptor=descriptor)
    resource = Resource("air", schema, Pull("files", {}, {}), checks=loose, publish=rules)
    return Dataset("air", "Air", "What the air holds.", (resource,))


def table_of(rows: Sequence[Row]) -> pa.Table:
    columns = {name: pa.array([row[n] for row in rows], pa.string()) for n, name in enumerate(NAMES)}
    return pa.table({**columns, "_row": pa.array(range(1, len(rows) + 1), pa.int64())})


def attempt(store: Store, dataset: Dataset, rows: Sequence[Row], sizes: Sizes, private: Path | None = None) -> str:
    """Publish the rows; give what was refused."""
    receipt = Receipt("air.csv", "files", len(rows), None, verdict="complete")
    drawn = Drawn(table_of(rows), len(rows), receipt=receipt)
    try:
        publish(dataset, {"air": drawn}, store=store, private=private, dates=DATES, sizes=sizes)
    except LamppostError as error:
        return str(error)
    return ""


def files(store: Store) -> dict[str, str]:
    return {key: sha256(store.read_key(key)).hexdigest() for key in store.listing()}


def find_kept(private: Path) -> list[Path]:
    return sorted((private / "memory" / "air" / "air.keys").glob("*"))


@contextmanager
def watched(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The partitions that are read, as they are read."""
    seen: list[str] = []
    read = read_part

    def note(place: str, part: Part, path: Path) -> pa.Table:
        seen.append(part.partition)
        return read(place, part, path)

    with monkeypatch.context() as patch:
        patch.setattr(settling, "read_part", note)
        yield seen


def spoil(private: Path, how: int) -> None:
    """What may happen to files that nobody looks after."""
    for number, path in enumerate(find_kept(private)):
        kept, place = path.read_bytes(), (how * 31 + number) % max(path.stat().st_size, 1)
        match (how + number) % 5:
            case 1:
                path.unlink()
            case 2:
                path.write_bytes(kept[:place])
            case 3:
                path.write_bytes(kept[:place] + bytes([kept[place] ^ 1]) + kept[place + 1 :])
            case 4:
                path.write_bytes(find_kept(private)[0].read_bytes())


def make_rows(kind: str) -> st.SearchStrategy[list[Row]]:
    key = st.sampled_from([*SPELLINGS[kind], None])
    row = st.tuples(key, st.sampled_from(["x", "y", None]), *map(st.sampled_from, (DAYS, DAYS, ["p", "q", None])))
    return st.lists(row, min_size=1, max_size=8)


@settings(deadline=None, max_examples=20)
@given(
    kind=st.sampled_from(sorted(SPELLINGS)), mode=st.sampled_from(["append", "upsert"]),
    by=st.sampled_from(["day", "month", "value"]), spoilt=st.lists(st.integers(0, 99), min_size=4, max_size=4),
    private=st.booleans(), data=st.data(),
)  # fmt: skip
def test_the_store_is_what_settling_everything_at_once_leaves(
    kind: str, mode: str, by: str, spoilt: list[int], private: bool, data: st.DataObject
) -> None:
    dataset = describe(kind, mode, partition_by=by)
    with TemporaryDirectory() as folder:
        root = Path(folder)
        whole, apart = open_store(root / "whole"), open_store(root / "apart")
        for how in spoilt:
            rows = data.draw(make_rows(kind))
            refused = attempt(whole, dataset, rows, WHOLE)
            assert attempt(apart, dataset, rows, APART, root / "private" if private else None) == refused
            assert files(apart) == files(whole)
            spoil(root / "private", how)


def fill(root: Path, dataset: Dataset, days: int = 9) -> Store:
    store = open_store(root / "store")
    for first in range(1, days + 1, 3):
        rows: list[Row] = [(str(n), "x", f"2026-03-{n:02d}T05:00:00Z", None, "p") for n in range(first, first + 3)]
        assert attempt(store, dataset, rows, APART, root / "private") == ""
    return store


def test_only_partitions_that_rows_come_from_or_go_to_are_settled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dataset = describe()
    store = fill(tmp_path, dataset)
    attempt(store, dataset, [("100", "x", "2026-03-20T05:00:00Z", None, "p")], APART, tmp_path / "private")
    monkeypatch.setattr(settling, "NEAREST", 0)  # which are weighed, but not settled
    settled = list[list[str]]()
    plan = plan_lots

    def note(sizes: Any, parts: Sequence[Part], **options: Any) -> Any:
        settled.append([part.partition for part in parts])
        return plan(sizes, parts, **options)

    monkeypatch.setattr(settling, "plan_lots", note)
    with watched(monkeypatch) as read:
        moved: Row = ("2.0", "x", "2026-03-08T05:00:00Z", None, "q")
        assert attempt(store, dataset, [moved], APART, tmp_path / "private") == ""
    assert settled == [["2026-03-02", "2026-03-08"]]
    assert read == ["2026-03-20"], "the one part that was new, to remember its keys"
    table = store.head("air")
    assert table is not None
    counts = table.tables[0].counts
    assert (counts.changed, counts.added, counts.previous) == (1, 0, 10)
    assert [part.partition for part in table.tables[0].parts][1] == "2026-03-03", "the other has gone"


def test_what_is_kept_is_of_parts_that_are_there_and_no_others(tmp_path: Path) -> None:
    dataset = describe()
    store = fill(tmp_path, dataset)
    for value in ("r", "s"):
        head = store.head("air")
        assert head is not None
        rows: list[Row] = [("1", "x", "2026-03-08T05:00:00Z", None, value)]
        assert attempt(store, dataset, rows, APART, tmp_path / "private") == ""
        parts = head.tables[0].parts
        assert [path.name for path in find_kept(tmp_path / "private")] == sorted(
            part.hash for part in parts if part.partition != "2026-03-08"
        )


@pytest.mark.parametrize("change", [lambda kept: kept[:-1] + bytes([kept[-1] ^ 1]), lambda _kept: b"", None])
def test_what_is_spoilt_or_of_another_part_is_not_believed(
    tmp_path: Path, change: Callable[[bytes], bytes] | None
) -> None:
    dataset = describe()
    store = fill(tmp_path, dataset)
    attempt(store, dataset, [("100", "x", "2026-03-20T05:00:00Z", None, "p")], APART, tmp_path / "private")
    kept = find_kept(tmp_path / "private")
    assert len(kept) == 9
    contents = [path.read_bytes() for path in kept]
    for path, was, other in zip(kept, contents, [*contents[1:], contents[0]], strict=True):
        path.write_bytes(change(was) if change else other)
    rows: list[Row] = [(str(n), "x", "2026-03-20T05:00:00Z", None, "q") for n in range(1, 10)]
    assert attempt(store, dataset, rows, APART, tmp_path / "private") == ""
    head = store.head("air")
    assert head is not None
    assert [part.partition for part in head.tables[0].parts] == ["2026-03-20"]
    assert [path.read_bytes() for path in kept] == contents


def test_a_retraction_takes_what_is_kept_with_it(tmp_path: Path) -> None:
    fill(tmp_path, describe())
    assert find_kept(tmp_path / "private")
    for path in find_traces(tmp_path / "private", tmp_path, ["air"]):
        remove(path)
    assert not find_kept(tmp_path / "private")


def test_a_disk_that_takes_nothing_is_no_failure(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    dataset = describe()
    store = fill(tmp_path, dataset, days=3)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "memory").write_text("a file where a folder is wanted")
    assert attempt(store, dataset, [("1", "x", "2026-03-08T05:00:00Z", None, "r")], APART, tmp_path / "full") == ""
    assert "keys are not remembered" in caplog.text


def test_few_rows_are_settled_at_once_and_nothing_is_kept(tmp_path: Path) -> None:
    dataset = describe()
    store = fill(tmp_path, dataset, days=3)
    assert attempt(store, dataset, [("1", "x", "2026-03-08T05:00:00Z", None, "r")], WHOLE, tmp_path / "other") == ""
    assert not find_kept(tmp_path / "other")


TEXTS: dict[str, Callable[[], st.SearchStrategy[str]]] = {
    "number": lambda: st.from_regex(r"\A[-+]?(0|[0-9]{1,4})(\.[0-9]{0,3})?([eE][-+]?[0-9]{1,2})?\Z") | st.sampled_from(
        ["NaN", "1Ex", "", "1" + "0" * LONGEST, f"1E{LONGEST}", f"10E{LONGEST - 1}", "0." + "0" * LONGEST + "1",
         f"1E-{LONGEST + 1}", f"1E{3 * LONGEST}", f"10E{3 * LONGEST - 1}", "1" + "0" * 3 * LONGEST, "1E999999999"]
    ),
    "datetime": lambda: st.builds(
        lambda hour, zone: f"2026-01-01T{hour:02d}:00:00{zone}",
        st.integers(0, 23), st.sampled_from(["Z", "", "+01:00", "-05:00", ".000", ".5Z"]),
    ) | st.sampled_from(["soon", "2026-01-01", "2026-02-30T00:00:00Z"]),
    "date": lambda: st.sampled_from(["2026-1-2", "2026-01-02", "2026-01-03", "x"]),
    "boolean": lambda: st.sampled_from(["1", "true", "TRUE", "0", "false", "x"]),
    "string": lambda: st.text(max_size=20),
}  # fmt: skip


@settings(deadline=None, max_examples=300)
@given(kind=st.sampled_from(sorted(TEXTS)), data=st.data())
def test_a_hash_is_the_same_for_keys_that_mean_the_same_in_whatever_table(kind: str, data: st.DataObject) -> None:
    schema = Schema((Field("id", kind), Field("sub", "string")), ("id", "sub"))
    cells = st.tuples(st.none() | TEXTS[kind](), st.sampled_from(["", "x", None]))
    rows = data.draw(st.lists(cells, min_size=1, max_size=8))
    table = pa.table({name: pa.array([row[n] for row in rows], pa.string()) for n, name in enumerate(("id", "sub"))})
    alone = np.concatenate([hash_keys(table.slice(n, 1), schema) for n in range(len(rows))])
    numbers = number_keys(table, schema)
    assert ((alone[:, None] == alone) == (numbers[:, None] == numbers)).all()
    assert (alone == hash_keys(table, schema)).all()
