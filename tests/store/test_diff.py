"""What changed: rows by primary key, cells by field, the schema in sentences."""

from collections.abc import Sequence

import pyarrow as pa
import pytest

from lamppost.model import Field, Schema
from lamppost.store.diff import describe_schema_changes, diff

Rows = Sequence[tuple[str | None, ...]]
OLD: Rows = [("a", "1", "x"), ("b", "2", None), ("c", "3", "z")]


def schema_of(*names: str, key: Sequence[str] = ("id",)) -> Schema:
    fields = tuple(Field(name, "string", descriptor={"name": name, "type": "string"}) for name in names)
    return Schema(fields, tuple(key))


LIGHTS = schema_of("id", "watts", "type")


def table_of(rows: Rows, names: Sequence[str] = LIGHTS.names) -> pa.Table:
    return pa.table({name: pa.array([row[n] for row in rows], pa.string()) for n, name in enumerate(names)})


def listing(old: Rows, new: Rows) -> list[str]:
    return diff({"": table_of(old)}, {"": table_of(new)}, LIGHTS, LIGHTS)[1].decode().splitlines()


def test_a_first_version_has_counts_and_no_listing() -> None:
    change, data = diff(None, {"": table_of(OLD)}, LIGHTS, None)
    assert (change.added, change.removed, change.path, data) == (3, 0, "", b"")


def test_the_same_rows_in_another_order_are_no_change() -> None:
    change, data = diff({"": table_of(OLD)}, {"": table_of(OLD[::-1])}, LIGHTS, LIGHTS)
    assert (change.added, change.changed, change.removed, dict(change.fields), data) == (0, 0, 0, {}, b"")


def test_rows_and_cells_are_listed_by_key() -> None:
    assert listing(OLD, [("a", "1", None), ("b", "9", "n"), ("d", "4", None)]) == [
        "change,id,field,was,is",
        "removed,c,,,",
        "added,d,,,",
        "changed,a,type,x,",
        "changed,b,watts,2,9",
        "changed,b,type,,n",
    ]


def test_counts_name_rows_and_fields() -> None:
    new = {"": table_of([("a", "7", None), ("b", "9", None), ("d", "4", None)])}
    change, _ = diff({"": table_of(OLD)}, new, LIGHTS, LIGHTS)
    assert (change.added, change.changed, change.removed) == (1, 2, 1)
    assert dict(change.fields) == {"watts": 2, "type": 1}


def test_a_row_that_moved_to_another_partition_did_not_change() -> None:
    old = {"10": table_of(OLD[:1]), "11": table_of(OLD[1:])}
    new = {"10": table_of([]), "11": table_of(OLD)}
    assert diff(old, new, LIGHTS, LIGHTS)[1] == b""


def test_partitions_that_were_not_touched_are_not_looked_at() -> None:
    old = {"10": table_of(OLD[:1]), "11": table_of(OLD[1:])}
    change, _ = diff(old, {"11": table_of(OLD[1:2])}, LIGHTS, LIGHTS)
    assert (change.added, change.changed, change.removed) == (0, 0, 1)


def test_a_key_of_several_fields_and_a_field_with_our_name() -> None:
    schema = schema_of("id", "field", "n", key=("id", "field"))
    old, new = table_of([("a", "x", "1")], schema.names), table_of([("a", "y", "1")], schema.names)
    _, data = diff({"": old}, {"": new}, schema, schema)
    assert data.decode().splitlines() == ["change,id,key_field,field,was,is", "removed,a,x,,,", "added,a,y,,,"]


def test_a_new_field_is_a_change_and_the_cells_of_a_removed_one_are_not_listed() -> None:
    schema = schema_of("id", "watts", "lamp")
    new = table_of([("a", "1", "LED"), ("b", "2", None), ("c", "3", None)], schema.names)
    change, data = diff({"": table_of(OLD)}, {"": new}, schema, LIGHTS)
    assert change.schema_changes == ("field type removed", "field lamp added")
    assert data.decode().splitlines() == ["change,id,field,was,is", "changed,a,lamp,,LED"]


def test_cells_with_commas_and_quotes_survive() -> None:
    lines = listing([("a,b", "1", 'say "x"')], [("a,b", "1", None)])
    assert lines[1] == 'changed,"a,b",type,"say ""x""",'


@pytest.mark.parametrize(
    ("was", "now", "sentence"),
    [
        ({"type": "string"}, {"type": "integer"}, "field id: type was string, is integer"),
        (
            {"type": "string"},
            {"type": "string", "constraints": {"minLength": 2}},
            "field id: constraints was none, is minLength 2",
        ),
    ],
)
def test_schema_changes_are_sentences(was: dict[str, object], now: dict[str, object], sentence: str) -> None:
    old, new = (Schema((Field("id", "x", descriptor=one),), ("id",)) for one in (was, now))
    assert describe_schema_changes(old, new) == (sentence,)


def test_a_new_title_is_no_change_of_the_schema() -> None:
    old, new = (Schema((Field("id", "x", descriptor={"title": one}),), ("id",)) for one in "ab")
    assert describe_schema_changes(old, new) == ()
    assert describe_schema_changes(LIGHTS, schema_of(*LIGHTS.names, key=("id", "type"))) == (
        "primary key was id, is id, type",
    )
