"""Settle by columns gives what settling row by row gives, over any sequence of pulls."""

from collections.abc import Callable, Mapping
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.table.settle_by_row import COUNTS, settle_by_row

from lamppost.errors import RefusedError
from lamppost.model import Resource
from lamppost.table.settle import Settled, settle

Build = Callable[..., Any]
AT = [
    "2026-01-01T00:00:00Z", "2026-01-01T01:00:00+01:00", "2025-12-31T19:00:00-05:00", "2026-01-31T23:30:00Z",
    "2026-02-01T00:30:00+01:00", "2026-02-01", "soon", None,
]  # fmt: skip
NUMBER = ["7", "007", "7.0", "8", "-1", "1e1", "10", "x", "123456789012345678901234567890"]
ROW = st.tuples(st.sampled_from("abc"), st.sampled_from(NUMBER), st.sampled_from(AT), st.sampled_from(["x", "y", None]))
KEYS = ["id", "n", "at", "id at", "n id", "id n at"]
PARTITIONS = [("", ""), ("month", "at"), ("day", "at"), ("year", "at"), ("value", "id"), ("value", "note")]
TYPES = st.fixed_dictionaries(
    {
        "id": st.just("string"), "n": st.sampled_from(["integer", "number", "string"]),
        "at": st.sampled_from(["datetime", "date", "string"]), "note": st.just("string"),
    }
)  # fmt: skip


def table_of(pull: list[tuple[str | None, ...]]) -> pa.Table:
    columns = {
        name: pa.array([row[n] for row in pull], pa.string()) for n, name in enumerate(("id", "n", "at", "note"))
    }
    return pa.table({**columns, "_row": pa.array(range(1, len(pull) + 1), pa.int64())})


def agree(pull: pa.Table, kept: Mapping[str, pa.Table], one: Resource, held: pa.Table) -> Settled | None:
    """What both ways found, or None where both refused the same rows."""
    told = settle_by_row(pull, kept, one, held)
    if isinstance(told, list):
        with pytest.raises(RefusedError) as caught:
            settle(pull, kept, one, held=held)
        assert [sample.row for sample in caught.value.issues[0].samples] == sorted(told)[:5]
        return None
    found = settle(pull, kept, one, held=held)
    assert {name: getattr(found, name) for name in COUNTS} == told.counts
    shown = {key: list(zip(*table.to_pydict().values(), strict=True)) for key, table in found.partitions.items()}
    assert shown == dict(told.partitions)
    assert list(found.partitions) == list(told.partitions)
    assert found.table.num_rows == found.settled
    assert found.fresh.num_rows == found.added + found.changed
    return found


@settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    mode=st.sampled_from(["snapshot", "append", "upsert"]),
    types=TYPES,
    key=st.sampled_from(KEYS),
    rules=st.lists(st.sampled_from(PARTITIONS), min_size=4, max_size=4),
    widths=st.lists(st.booleans(), min_size=4, max_size=4),
    pulls=st.lists(st.tuples(st.lists(ROW, max_size=7), st.lists(ROW, max_size=2)), max_size=4),
    timed=st.sampled_from(["at", "n", ""]),
)
def test_every_pull_settles_as_it_does_row_by_row(
    resource: Build, mode: str, types: dict[str, str], key: str, rules: Any, widths: Any, pulls: Any, timed: str
) -> None:
    kept: dict[str, pa.Table] = {}
    for (rows, bad), (by, of), wide in zip(pulls, rules, widths, strict=False):  # rule and columns may change any day
        fields = types | ({"more": "string"} if wide else {})
        one = resource(key=key, mode=mode, event_time=timed, partition_by=by, partition_of=of, **fields)
        found = agree(table_of(rows), kept, one, table_of(bad))
        if found:
            kept = {name: table for name, table in {**kept, **found.partitions}.items() if table.num_rows}
