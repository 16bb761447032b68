"""Suites that nobody here wrote: what each says of a file, the decoders say too."""

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lamppost.decode.delimited import decode_csv
from lamppost.decode.json_text import parse_json
from lamppost.decode.text import decode_text
from lamppost.errors import RefusedError
from lamppost.model import Snapshot

Build = Callable[..., Any]

SHARED = Path(__file__).parents[2].parent / "shared" / "attacks"
pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason="the folder ../shared with attacks is not here")


def suite(name: str) -> dict[str, bytes]:
    if not SHARED.is_dir():
        return {}
    items = json.loads((SHARED / name).read_text(encoding="utf-8"))["items"]
    return {key: base64.b64decode(value) for key, value in items.items()}


JSON_FILES = suite("jsontestsuite.json")
SPECTRUM = suite("csv-spectrum.json")
STRICTER = {"y_object_duplicated_key.json", "y_object_duplicated_key_and_value.json"}


def is_json(data: bytes) -> bool:
    try:
        parse_json(decode_text(data, "utf-8", "here"), "here")
    except RefusedError:
        return False
    return True


@pytest.mark.parametrize("name", sorted(JSON_FILES))
def test_json_is_accepted_and_refused_as_the_suite_says(name: str) -> None:
    accepted = is_json(JSON_FILES[name])
    if name.startswith("y_"):
        assert accepted is (name not in STRICTER)
    if name.startswith("n_"):
        assert not accepted


@pytest.mark.parametrize("name", sorted(one for one in SPECTRUM if one.startswith("csvs/")))
def test_csv_parses_to_the_json_beside_it(name: str) -> None:
    found = decode_csv(SPECTRUM[name], Snapshot((), "csv"), "here")
    expected = json.loads(SPECTRUM[name.replace("csvs/", "json/").replace(".csv", ".json")])
    # one file of the suite names a column otherwise than its JSON; line ends inside cells differ in form only
    if name != "csvs/location_coordinates.csv":
        rows = [{key: (value or "").replace("\r\n", "\n") for key, value in row.items()} for row in found.rows]
        assert rows == [{key: value.replace("\r\n", "\n") for key, value in row.items()} for row in expected]


def test_naughty_strings_pass_through_unchanged(take: Build) -> None:
    strings = json.loads((SHARED / "blns.json").read_text(encoding="utf-8"))["items"]
    table = take("json", json.dumps([{"text": one} for one in strings]).encode())
    assert table["text"].to_pylist() == strings
