"""What the fast JSON reader accepts is, cell for cell, what the strict one gives; everything else it leaves alone."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lamppost.decode import DECODERS
from lamppost.decode.json_quick import Quick, read_lines, read_list
from lamppost.decode.json_strict import Numeral, parse_json
from lamppost.decode.records import Shortcut
from lamppost.decode.text import decode_text
from lamppost.model import Snapshot
from lamppost.notation import find
from lamppost.table.convert import write_text

SUITE = Path(__file__).parents[2].parent / "shared" / "attacks" / "jsontestsuite.json"
MANY = settings(deadline=None, max_examples=150)


def as_numerals(value: Any) -> Any:
    """The value with whole numbers as the strict reader gives them."""
    if isinstance(value, dict):
        return {key: as_numerals(one) for key, one in value.items()}
    if isinstance(value, list):
        return [as_numerals(one) for one in value]
    return Numeral(value) if isinstance(value, int) and not isinstance(value, bool) else value


def shape(value: Any) -> Any:
    """A value that is equal only to one of the same types and order of keys."""
    if isinstance(value, dict):
        return [(key, shape(one)) for key, one in value.items()]
    return [shape(one) for one in value] if isinstance(value, list) else (type(value).__name__, value)


def assert_same(quick: Quick | None, strict: Any) -> None:
    """Nothing, or the same."""
    if quick is None:
        return
    assert quick.count == len(strict)
    if quick.columns is None:
        assert shape(as_numerals(quick.records)) == shape(strict)
    else:
        names = list(dict.fromkeys(name for row in strict for name in row))
        assert quick.columns.column_names == names
        cells = [{name: write_text(row.get(name)) for name in names} for row in strict]
        assert quick.columns.to_pylist() == cells


def assert_agreement(data: bytes, path: str = "") -> Quick | None:
    """Reads both ways; the strict one may refuse only what the fast one left alone."""
    quick = read_list(data, path)
    if quick is not None:
        strict = parse_json(decode_text(data, "utf-8", "here"), "here")
        assert_same(quick, find(strict, path))
    return quick


def test_a_page_of_flat_records_becomes_columns() -> None:
    quick = assert_agreement(b'{"next": null, "value": [{"a": 1.10, "b": "x", "c": true}]}', "value")
    assert quick is not None
    assert quick.columns is not None
    assert quick.columns.to_pylist() == [{"a": "1.10", "b": "x", "c": "true"}]


def test_nested_records_stay_records() -> None:
    quick = assert_agreement(b'[{"a": {"b": [1, 1.50, "x"]}, "c": null}]')
    assert quick is not None
    assert quick.columns is None


@pytest.mark.parametrize(
    "data",
    [
        b'[{"a": 1, "a": 1}]',
        b'[{"a": "x", "a": "x"}]',
        b'[{"a": 1, "a" : 2}]',
        b'[{"a": 1, "\\u0061": 2}]',
        b'[{"a": {"b": 1, "b": 2}}]',
        b'[{"a": {"b": 1, "\\u0062": "\\u0022"}}]',
        b'[{"a": "\\u0022\\u0022", "a": "\\"\\""}]',
        b'[{"a": "1", "b": 2}, {"a": "1", "a": "3", "b": 2}]',
        b'[{"a": 1}, {"a": 2, "b": 1, "b": 2}]',
        b'[{"a": -0}]',
        b'[{"a": 1.5}, {"a": -0}]',
        b'[{"a": [-0]}]',
        b'[{"a": 1}, {"a": "2"}, {"a": "2"}]',
        b'[{"a": NaN}]',
        b'[{"a": "x\ty"}]',
        b'[{"a": "\xff"}]',
        b'[{"a": "\\ud800"}]',
        b'[{"a": 1}] x',
        b'[{"a": 1},]',
        b'[{"a": 01}]',
    ],
)
def test_what_cannot_be_proven_is_left_to_the_strict_reader(data: bytes) -> None:
    assert read_list(data, "") is None or assert_agreement(data) is not None
    assert read_lines(data[1:-1]) is None or b"}, {" not in data


def test_a_number_that_stands_in_for_the_list_cannot_be_planted() -> None:
    planted = b'{"other": {"value": [{"a": 1}]}, "data": {"value": -0.271828e-77}}'
    assert read_list(planted, "data.value") is None
    assert read_list(b'{"data": {"value": [{"a": 1}]}, "x": -0.271828e-77}', "data.value") is not None


def test_a_list_inside_a_text_is_no_list() -> None:
    assert read_list(b'{"x": "\\"value\\": [{\\"a\\": 1}]"}', "value") is None
    assert_agreement(b'{"x": "\\"value\\": [", "value": [{"a": 1}]}', "value")


def test_keys_that_some_records_lack_are_null_and_counted() -> None:
    quick = assert_agreement(b'[{"a": 1, "b": "x"}, {"a": 2}, {"b": null, "a": 3}]')
    assert quick is not None
    assert quick.columns is not None
    assert quick.columns.to_pydict() == {"a": ["1", "2", "3"], "b": ["x", None, None]}


@pytest.mark.skipif(not SUITE.is_file(), reason="the folder ../shared with attacks is not here")
def test_the_suite_of_json_texts_is_read_alike_in_every_place() -> None:
    items = json.loads(SUITE.read_text(encoding="utf-8"))["items"]
    shallow = [
        one for one in map(base64.b64decode, items.values()) if one.count(b"[") < 200
    ]  # as deep as a test can go
    for text in shallow:
        assert_agreement(text)
        assert_agreement(b'[{"a":' + text + b"}]")
        assert_agreement(b'[{"a":1},{"a":' + text + b"}]")
        assert_agreement(b'{"x":' + text + b',"value":[{"a":"b"}]}', "value")


SPACE = st.sampled_from(["", "", "", " ", "\n", "\t", "\r\n", " \n "])
NUMBER = st.from_regex(r"-?(0|[1-9][0-9]{0,25})(\.[0-9]{1,6})?([eE][+-]?[0-9]{1,3})?", fullmatch=True)
ESCAPED = st.sampled_from(['\\"', "\\\\", "\\n", "\\u0022", "\\u00e9", "\\ud83d\\ude00", "\\ud800", '\\":', "\\/"])
CHARACTERS = st.characters(codec="utf-8", exclude_characters='"\\', min_codepoint=32)
TEXT = st.lists(st.one_of(CHARACTERS, ESCAPED, st.sampled_from([":", "{", "-0", " :", "NaN"])), max_size=5)
STRING = TEXT.map(lambda parts: '"' + "".join(parts) + '"')
SCALAR = st.one_of(STRING, NUMBER, st.sampled_from(["true", "false", "null", "-0", "0", "NaN", "1."]))


def write_list(values: list[str]) -> str:
    return "[" + ",".join(values) + "]"


def write_object(pairs: list[tuple[str, str]]) -> str:
    return "{" + ",".join(f"{key}:{value}" for key, value in pairs) + "}"


KEY = st.one_of(st.sampled_from(['"a"', '"b"', '"\\u0061"', '"c.d"', '""', '"value"', '"_x"']), STRING)
VALUE = st.recursive(
    st.tuples(SPACE, SCALAR, SPACE).map("".join),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(write_list),
        st.lists(st.tuples(KEY, inner), max_size=3).map(write_object),
    ),
    max_leaves=6,
)
RECORD = st.lists(st.tuples(st.tuples(SPACE, KEY, SPACE).map("".join), VALUE), max_size=4).map(write_object)


@pytest.mark.parametrize(
    "cells",
    [
        ["1", "true"], ["1.5", "false", "1"], ["1", '"1"'], ["1", "null", "2"], ["0", "1.0"], ["1.5", "null", "-0"],
        ["9223372036854775808", "1"], ["null", "12345678901234567890123", "-1"], ["0.1000", "1e5", "-0.0"],
        ["true", "null"], ["true", "1"], ['"a"', '"\\u0000"', "null"], ["null", "null"], ["null"] * 25 + ["1"],
        ["1"] * 25 + ["true"], ["1"] * 25 + ['"2"'], ['"x"'] * 25 + ["3"], ["1"] * 25 + ["{}"], ["true"] * 25 + ["1"],
    ],
)  # fmt: skip
def test_columns_of_every_kind_are_read_alike(cells: list[str]) -> None:
    assert_agreement(write_list([f'{{"a": {one}}}' for one in cells]).encode())


@MANY
@given(st.lists(RECORD, max_size=4).map(write_list))
def test_whatever_is_accepted_is_what_the_strict_reader_gives(text: str) -> None:
    assert_agreement(text.encode("utf-8", "surrogatepass"))


@MANY
@given(st.lists(st.tuples(NUMBER, STRING, st.sampled_from(["true", "null", "-0"])), min_size=1, max_size=5), st.data())
def test_flat_records_with_a_changed_byte_are_read_alike(rows: list[tuple[str, str, str]], data: st.DataObject) -> None:
    text = write_list([f'{{"n": {number}, "t" : {string}, "f":{flag}}}' for number, string, flag in rows]).encode()
    at = data.draw(st.integers(0, len(text) - 1))
    put = data.draw(st.sampled_from([b"", b'"', b"\\", b",", b":", b"0", b"-", b" ", b"\xff", b"}", b'"t":1,', b"\n"]))
    whole = b'{"value": ' + text[:at] + put + text[at + 1 :] + b', "n": []}'
    assert_agreement(whole, "value")
    assert_agreement(text[:at] + put + text[at:])


LINE_PARTS = st.sampled_from(['{"a": 1}', '{"a": -0}', '{"a":"x", "a":"y"}', "{}", '{"a":[{}', "{}]}", "[1]", " ", ","])


@MANY
@given(st.lists(st.one_of(RECORD, LINE_PARTS, st.sampled_from(["\n", "\r\n", "\u00a0", "\x1c"])), max_size=6))
@example(["{}", " {}", "\n", '{"a":[{}', "\n", "{}]}"])
def test_lines_are_read_alike(parts: list[str]) -> None:
    data = "\n".join(parts).encode("utf-8", "surrogatepass")
    quick = read_lines(data)
    if quick is not None and data.strip():
        lines = decode_text(data, "utf-8", "here").split("\n")
        assert_same(quick, [parse_json(line, "here") for line in lines if line.strip()])


@pytest.mark.parametrize("decode", ["json", "ndjson"])
def test_who_looks_at_the_rows_gets_them_from_the_strict_reader(decode: Any) -> None:
    text = b'{"n": 1, "z": 1.50}'
    rows = DECODERS[decode](b"[" + text + b"]" if decode == "json" else text, Snapshot((), decode), "here").rows
    assert isinstance(rows, Shortcut)
    assert (len(rows), shape(dict(rows[0]))) == (1, [("n", ("Numeral", "1")), ("z", ("Numeral", "1.50"))])
