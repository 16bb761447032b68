"""What is seen of a page at a glance is what reading it strictly shows."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lamppost.errors import PullError
from lamppost.pull.glance import Lens

PATHS = ("id", "attributes.OBJECTID", "properties.at")
keys = st.sampled_from(["id", "attributes", "attributes.OBJECTID", "OBJECTID", "properties", "at", "other", "a\"'é"])
scalars = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text(max_size=5)
)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3), max_leaves=8
)
records = st.lists(st.dictionaries(keys, values, max_size=5), max_size=4)


def look(body: bytes, *, whole: bool, records_at: str = "rows", decode: Any = "json", paths: Any = PATHS) -> Any:
    found = Lens(records_at, decode, paths, whole=whole).look(body, "the answer", lambda _root: None)
    return found.rows, found.columns


@given(records)
def test_the_fast_way_sees_what_the_slow_one_sees(rows: list[Any]) -> None:
    body = json.dumps({"before": [1.50], "rows": rows, "after": {"rows": 2}}).encode()
    assert look(body, whole=False) == look(body, whole=True)


@pytest.mark.parametrize(
    "rows",
    [
        '[{"id": 12345678901234567890123}]',
        '[{"id": 1e2}]',
        '[{"id": 1.10}]',
        '[{"id": true}]',
        '[{"id": "\\u0041"}]',
        '[{"attributes.OBJECTID": 1, "attributes": {"OBJECTID": 2}}]',
        '[{"attributes": null}]',
        '[{"attributes": [{"OBJECTID": 2}]}]',
        '[{"id": {"x": 1}}]',
        "[1, 2]",
        "[]",
    ],
)
def test_odd_pages_are_seen_as_they_are(rows: str) -> None:
    body = f'{{"rows": {rows}}}'.encode()
    assert look(body, whole=False) == look(body, whole=True)


def test_features_are_seen_as_the_flat_records_they_become() -> None:
    features = [
        {"type": "Feature", "id": "a", "properties": {"w": 1}, "geometry": None},
        {"type": "Feature", "id": "b", "properties": {"w": 2, "id": "c"}, "geometry": None},
    ]
    body = json.dumps({"type": "FeatureCollection", "features": features}).encode()
    for paths in (("id", "w"), ("id", "properties.w")):
        expected = (2, dict(zip(paths, (["a", "c"], ["1", "2"]), strict=True)))
        assert look(body, whole=False, records_at="", decode="geojson", paths=paths) == expected
    assert look(body, whole=True, records_at="", decode="geojson", paths=("id", "w"))[1]["id"] == ["a", "c"]


@pytest.mark.parametrize(
    "body", [b'{"rows": [{"id": 1}', b'{"rows": [{"id": 01}]}', b'{"rows": [NaN]}', b'{"rows": {}}']
)
def test_what_is_no_page_is_refused_either_way(body: bytes) -> None:
    for whole in (False, True):
        with pytest.raises(PullError, match="expected"):
            look(body, whole=whole)


def test_records_are_found_below_the_top_and_at_it() -> None:
    assert look(b'{"data": {"en": {"list": [{"id": "1"}]}}}', whole=False, records_at="data.en.list")[0] == 1
    assert look(b'{"data.en": {"list": [{"id": "1"}]}}', whole=False, records_at="data.en.list")[0] == 1
    assert look(b'\xef\xbb\xbf[{"id": "1"}]', whole=False, records_at="")[1]["id"] == ["1"]
