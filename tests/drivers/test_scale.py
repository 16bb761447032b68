"""Pulls too large to be held: read table by table, settled lot by lot, and the store is what it would be anyway."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from lamppost.errors import LamppostError
from lamppost.model import Checks, Dataset, Dates, Field, Publish, Pull, Receipt, Resource, Schema
from lamppost.run.drawn import Drawn, Stream, Tally
from lamppost.run.publish import publish
from lamppost.run.sizes import USUAL, Sizes
from lamppost.store import Store, open_store

DATES = Dates(date(2026, 11, 22), datetime.combine(date(2026, 11, 22), time(12), ZoneInfo("UTC")))
TINY = Sizes(held=2, run=5, lot=4, pool=1 << 60, workers=1)
TYPES = {"sensor": "string", "at": "datetime", "value": "number"}
Row = tuple[str | None, ...]


def describe(mode: Any = "append", by: Any = "day", of: str = "at", **checks: Any) -> Dataset:
    fields = tuple(
        Field(name, kind, descriptor={"name": name, "type": kind, "constraints": {"required": name == "sensor"}})
        for name, kind in TYPES.items()
    )
    key = ["sensor", "at"]
    descriptor = {"fields": [dict(one.descriptor) for one in fields], "primaryKey": key, "missingValues": [""]}
    rules = Publish(mode, "at", None, by, of if by else "", ("csv", "parquet"))
    loose = Checks(min_rows=0, shrink=1.0, quarantine_max=1.0, **checks)
    schema = Schema(fields, tuple(key), descriptor=descriptor)
    resource = Resource("air", schema, Pull("files", {}, {}), checks=loose, publish=rules)
    return Dataset("air", "Air", "What the air holds.", (resource,))


def table_of(rows: Sequence[Row], first: int = 1) -> pa.Table:
    columns = {name: pa.array([row[n] for row in rows], pa.string()) for n, name in enumerate(TYPES)}
    return pa.table({**columns, "_row": pa.array(range(first, first + len(rows)), pa.int64())})


def draw(rows: Sequence[Row], dataset: Dataset, block: int = 0) -> Drawn:
    """The rows in one table, or as a stream of tables of `block` rows."""
    receipt = Receipt("air.csv", "files", len(rows), None, verdict="complete")
    if not block:
        return Drawn(table_of(rows), len(rows), receipt=receipt)

    def begin() -> Iterator[pa.Table]:
        for start in range(0, len(rows), block):
            yield table_of(rows[start : start + block], start + 1)

    stream = Stream(begin, lambda _tally: receipt, lambda: Tally(dataset.resources[0], DATES))
    return Drawn(stream, len(rows), receipt=receipt)


def attempt(store: Store, dataset: Dataset, rows: Sequence[Row], block: int = 0, sizes: Sizes = USUAL) -> str:
    """Publish the rows; give what was refused."""
    try:
        publish(dataset, {"air": draw(rows, dataset, block)}, store=store, private=None, dates=DATES, sizes=sizes)
    except LamppostError as error:
        return str(error)
    return ""


def files(store: Store) -> dict[str, str]:
    return {key: sha256(store.read_key(key)).hexdigest() for key in store.listing()}


AT = [
    "2026-01-01T00:00:00Z", "2026-01-01T01:00:00+01:00", "2026-01-02T05:00:00Z", "2026-01-31T23:30:00Z",
    "2026-02-01T00:30:00+01:00", "2026-02-01T07:00:00Z", "2026-03-05T00:00:00Z", "2025-12-31T23:00:00Z",
]  # fmt: skip
CLEAN = st.tuples(st.sampled_from("abc"), st.sampled_from([one for one in AT if one[-1] == "Z"]), st.just("1"))
ROW = st.tuples(st.sampled_from("abc"), st.sampled_from(AT), st.sampled_from(["1", "2", None]))
DIRTY = st.tuples(st.sampled_from(["a", "b", None]), st.sampled_from([*AT, "soon"]), st.sampled_from(["1", "2", "x"]))
PULL = st.one_of(*(st.lists(one, min_size=1, max_size=14) for one in (CLEAN, CLEAN, ROW, DIRTY)))


@settings(deadline=None, max_examples=50)
@given(
    mode=st.sampled_from(["snapshot", "append", "upsert"]),
    rules=st.lists(
        st.sampled_from([("day", "at"), ("month", "at"), ("", ""), ("value", "sensor"), ("value", "value")]),
        min_size=3, max_size=3,
    ),
    pulls=st.lists(PULL, min_size=1, max_size=3),
    block=st.integers(1, 6),
)  # fmt: skip
def test_a_stream_in_tiny_lots_leaves_the_store_that_one_table_leaves(
    mode: str, rules: list[tuple[str, str]], pulls: list[list[Row]], block: int
) -> None:
    with TemporaryDirectory() as folder:
        held, streamed = open_store(Path(folder) / "held"), open_store(Path(folder) / "streamed")
        by, of = rules[0]
        for rows, rule in zip(pulls, rules, strict=False):
            by, of = rule if len(rows) % 5 == 0 else (by, of)  # now and then another rule
            dataset = describe(mode, by, of)
            refused = attempt(held, dataset, rows)
            assert attempt(streamed, dataset, rows, block, TINY) == refused
            assert files(streamed) == files(held)


def many(days: int = 6, each: int = 5) -> list[Row]:
    return [(f"s{n}", f"2026-01-{1 + day:02d}T0{n}:00:00Z", f"{day}.{n}") for n in range(each) for day in range(days)]


def test_two_processes_leave_the_store_that_one_leaves(tmp_path: Path) -> None:
    one, two = open_store(tmp_path / "one"), open_store(tmp_path / "two")
    dataset = describe()
    for rows in (many(), [*many(7), ("s0", "2026-01-01T00:00:00Z", "9")]):
        attempt(one, dataset, rows, 4, TINY)
        attempt(two, dataset, rows, 4, replace(TINY, pool=0, workers=2))
    assert one.versions("air") == (1, 2)
    assert files(one) == files(two)


def test_a_late_row_rewrites_its_partition_alone_and_others_are_not_opened(tmp_path: Path) -> None:
    store, dataset = open_store(tmp_path / "store"), describe(grow=None)
    attempt(store, dataset, many(30))
    head = store.head("air")
    assert head is not None
    far = head.tables[0].parts[2]
    (tmp_path / "store" / "datasets" / "air" / far.path).write_bytes(b"damaged")
    late = [("s9", "2026-01-20T09:00:00Z", "1")]
    assert attempt(store, dataset, late, 4, replace(TINY, weighed=1)) == ""
    now = store.head("air")
    assert now is not None
    changed = [new.partition for new, old in zip(now.tables[0].parts, head.tables[0].parts, strict=True) if new != old]
    assert changed == ["2026-01-20"]
    assert (now.tables[0].counts.previous, now.tables[0].counts.published) == (150, 151)
