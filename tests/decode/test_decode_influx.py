"""InfluxDB's JSON: columns and values become rows, and what was cut or went wrong is refused."""

import json
from typing import Any

import pytest

from lamppost.decode import DECODERS, Records
from lamppost.errors import RefusedError
from lamppost.model import Snapshot

PLAIN = {"name": "pm25", "columns": ["time", "value"], "values": [[1, 0.50], [2, None]]}


def decode(*documents: Any) -> Records:
    data = "\n".join(one if isinstance(one, str) else json.dumps(one) for one in documents).encode()
    return DECODERS["influx"](data, Snapshot((), "influx"), "the answer")


def answer(*series: Any, **more: Any) -> dict[str, Any]:
    return {"results": [{"statement_id": 0, "series": list(series), **more}]}


def test_a_row_has_its_columns_its_tags_and_its_measurement() -> None:
    found = decode(answer(PLAIN, {**PLAIN, "tags": {"sensor": "s1"}, "values": [[3, 7]]}))
    assert list(found.rows) == [
        {"name": "pm25", "time": "1", "value": "0.5"}, {"name": "pm25", "time": "2", "value": None},
        {"name": "pm25", "sensor": "s1", "time": "3", "value": "7"},
    ]  # fmt: skip


def test_a_column_called_name_is_the_sources_own() -> None:
    (row,) = decode(answer({"name": "lamps", "columns": ["name"], "values": [["Elm St"]]})).rows
    assert row == {"name": "Elm St"}


def test_nothing_found_is_no_row_and_no_error() -> None:
    assert list(decode({"results": [{"statement_id": 0}]}).rows) == []


def test_chunks_are_joined_and_only_the_last_must_be_whole() -> None:
    cut = answer({**PLAIN, "partial": True}, partial=True)
    assert len(decode(cut, cut, answer(PLAIN)).rows) == 6
    with pytest.raises(RefusedError, match=r"rows that were cut \(`partial`\)"):
        decode(cut, cut)


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({"results": [{"statement_id": 0, "error": "database not found: nope"}]}, r"an error \(`error`\)"),
        ({"error": "timeout"}, r"an error \(`error`\)"), ([], "no `results`"), ({"rows": []}, "no `results`"),
        ({"results": 5}, "no list at `results`"), (answer({"columns": ["a"]}, partial=1), "cut"),
        (answer({"columns": ["a", "b"], "values": [[1]]}), "row 1 of a series"), (answer([1]), "no list at `columns`"),
        (answer({"columns": ["a"], "values": [{}]}), "row 1"), (answer({"columns": [1], "values": []}), "no names"),
        (answer({"columns": ["a", "a"], "values": []}), "more than once"),
        (answer({"columns": ["a"], "tags": {"a": "x"}, "values": []}), "more than once"),
        ('{"results": [{"series": [', "expected JSON"), ('{"results": [{"a": 1, "a": 2}]}', "more than once"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_refused_and_not_quoted(document: Any, message: str) -> None:
    with pytest.raises(RefusedError, match=message) as caught:
        decode(document)
    assert "nope" not in str(caught.value)
