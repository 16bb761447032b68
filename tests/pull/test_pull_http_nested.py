"""Adapter http: lists inside records that the source cut, as SensorThings does with expanded Observations.

Written from OGC 18-088 (SensorThings API 1.1), `$expand` and `@iot.nextLink` (sections on requesting data).
"""

import json
from collections.abc import Callable
from typing import Any

import pytest

from lamppost.errors import PullError

Run = Callable[..., Any]
NESTED = {"path": "Datastreams.*.Observations", "next": "Observations@iot.nextLink"}
OPTIONS = {"records": "value", "paging": {"by": "next_link", "path": "@iot.nextLink"}}


def serve_things(source: Any) -> None:
    inner = {"Observations": [{"result": 1.10}, {"result": 2}], "Observations@iot.nextLink": "/obs?$skip=2"}
    things = [{"id": 1, "Datastreams": [inner, {"Observations": []}]}, {"id": 2, "Datastreams": []}]
    source.routes["/things"] = lambda _query: {"value": things}
    pages = {"2": {"value": [{"result": 3}], "@iot.nextLink": "/obs?$skip=3"}, "3": {"value": [{"result": 4.0}]}}
    source.routes["/obs"] = lambda query: pages[query["$skip"]]


def test_a_cut_list_inside_a_record_is_followed_and_put_in_its_place(source: Any, pull: Run) -> None:
    serve_things(source)
    snapshot, receipt = pull({"url": source.url + "/things", **OPTIONS, "nested": NESTED})
    kept = snapshot.pages[0].path.read_bytes()
    found = json.loads(kept)["value"][0]["Datastreams"][0]
    assert found == {"Observations": [{"result": 1.1}, {"result": 2}, {"result": 3}, {"result": 4.0}]}
    assert (b"1.1}" in kept, b"4.0}" in kept, receipt.received, receipt.size) == (True, True, 2, len(kept))


def test_a_cut_list_that_nobody_follows_fails_by_name(source: Any, pull: Run) -> None:
    serve_things(source)
    with pytest.raises(PullError, match=r"records with pages of their own \(`Observations@iot.nextLink`\)"):
        pull({"url": source.url + "/things", **OPTIONS})


def test_a_nested_link_to_another_place_is_refused(source: Any, other: Any, pull: Run) -> None:
    holder = {"id": 1, "Observations": [], "Observations@iot.nextLink": other.url + "/obs"}
    source.routes["/things"] = lambda _query: {"value": [holder]}
    with pytest.raises(PullError, match="its next link leads to"):
        pull({"url": source.url + "/things", **OPTIONS, "nested": "Observations"})
    assert other.asked == []


def test_a_nested_list_that_runs_in_a_circle_ends(source: Any, pull: Run) -> None:
    serve_things(source)
    source.routes["/obs"] = lambda _query: {"value": [], "@iot.nextLink": "/obs?$skip=2"}
    with pytest.raises(PullError, match="leads back to a page already read"):
        pull({"url": source.url + "/things", **OPTIONS, "nested": NESTED})


def test_a_page_whose_nested_lists_are_whole_is_kept_as_it_came(source: Any, pull: Run) -> None:
    body = b'{"value": [{"id": 1, "Observations": [ {"result": 1.10} ]}]}'
    source.routes["/things"] = lambda _query: (200, {}, body)
    snapshot, _receipt = pull({"url": source.url + "/things", **OPTIONS, "nested": "Observations"})
    assert snapshot.pages[0].path.read_bytes() == body
