"""Explain: what the adapter http would ask and how it would prove it, in words, without asking."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from lamppost.errors import PullError
from lamppost.model import Field, Pull, Resource, Schema
from lamppost.pull import Transport
from lamppost.pull.explain.explanation import Explanation
from lamppost.pull.explain.http import explain_http
from lamppost.pull.job import Job

NOW = datetime(2026, 11, 22, 17, 20, tzinfo=UTC)
COUNT = {"params": {"returnCountOnly": True}, "path": "count"}


def explain(options: Mapping[str, Any], cursor: str | None = None, lookback: timedelta | None = None) -> Explanation:
    pull = Pull("http", {"url": "${LAMPS_URL}", **options}, {}, lookback=lookback)
    resource = Resource("lights", Schema((Field("id", "string"),), ("id",)), pull=pull)
    return explain_http(Job("streetlights/lights", resource, pull, cursor, Path(), NOW, Transport()))


def test_pages_and_count_are_told_in_order() -> None:
    paging = {"by": "offset", "param": "resultOffset", "limit": "resultRecordCount", "size": 1000}
    told = explain({"path": "/query", "params": {"f": "json", "where": "1=1"}, "paging": paging, "count": COUNT})
    assert told.asks == (
        "Asks for the number of records (returnCountOnly) before the first page and after the last.",
        (
            "Asks ${LAMPS_URL}/query with f=json, where=1=1. Goes on with `resultOffset` by as many records as came, "
            "1,000 records at a time (`resultRecordCount`)."
        ),
    )
    assert told.proof[0].startswith("As many records must come as `returnCountOnly` declares")
    assert told.refusals == ()


def test_items_windows_and_statuses_are_told() -> None:
    told = explain(
        {
            "for_each": {"path": "/networks", "take": {"network": "id"}, "only": {"kind": "wifi"}},
            "path": "/networks/{network}",
            "params": {"t": "{since}"},
            "window": {"initial": "P30D", "size": "P1D"},
            "statuses": {202: "pending", 404: "none"},
        },
        cursor="2026-11-20T17:00:00Z",
        lookback=timedelta(days=1),
    )
    assert told.asks[1] == "Then once for each item, of those only where kind=wifi: {network} is its `id`."
    assert told.asks[3].startswith("It does so for each of 3 windows of time of 1 day, from 2026-11-19T17:00:00Z")
    assert told.asks[-2:] == (
        "HTTP 202 means not ready yet: the pull ends before it, and asks again next time.",
        "HTTP 404 means no records.",
    )


@pytest.mark.parametrize(
    ("paging", "asked", "proven"),
    [
        ("none", "One answer is all of it.", "The one answer came whole"),
        ({"by": "next_link", "path": "next"}, "at the same host only.", "the last one names no next page"),
        ({"by": "page", "param": "p"}, "page by page until one is empty.", "a second pass gave the same"),
        ({"by": "keyset", "key": "id", "params": {"a": "{last}"}}, "last record's `id`", "Pages followed `id` upwards"),
        ({"by": "id_chunks", "ids": {"path": "ids"}, "param": "in"}, "100 at a time.", "as `ids` declares"),
    ],
)
def test_every_way_of_paging_has_its_words(paging: Any, asked: str, proven: str) -> None:
    told = explain({"paging": paging})
    assert asked in told.asks[-1]
    assert proven in told.proof[0]


@pytest.mark.parametrize(
    ("paging", "told"),
    [
        (
            {"by": "offset", "param": "o", "first": 1},
            "before `o` 1, behind the last page and whether the second record",
        ),
        ({"by": "page", "param": "p"}, "before `p` 1, behind the last page."),
        ("link_header", "(1,000, 10,000 and their like) leaves it unproven"),
        ("none", "(100, 10,000 and their like) leaves it unproven"),
    ],
)
def test_what_is_asked_and_doubted_in_place_of_a_count_is_told(paging: Any, told: str) -> None:
    assert told in " ".join(explain({"paging": paging}).proof)
    assert told not in " ".join(explain({"paging": paging, "count": COUNT}).proof)


def test_edges_of_windows_and_types_that_are_not_believed_are_told() -> None:
    window = {"initial": "P3D", "size": "P1D"}
    options = {"params": {"t": "{since}"}, "accept_types": ["text/html"]}
    assert "`overlap: PT1S` under `window:`" in explain({**options, "window": window}).asks[-1]
    assert "overlap" not in " ".join(explain({**options, "window": {**window, "overlap": "PT1S"}}).asks)
    assert explain({**options, "window": window}).proof[-1].startswith("The content type text/html is not believed")


def test_a_time_without_a_window_and_a_window_without_a_time_are_refused() -> None:
    assert "no `window:` says how far back" in explain({"params": {"t": "{since}"}}).refusals[0]
    assert "each gets all" in explain({"window": {"initial": "P1D"}}).refusals[0]


def test_no_secret_is_told_and_nonsense_is_an_error() -> None:
    headers = {"Authorization": "Bearer ${LAMPS_KEY}"}
    told = explain({"headers": headers, "auth": {"query": {"token": "${LAMPS_TOKEN}"}}})
    assert not [one for one in told.asks if "LAMPS_KEY" in one or "LAMPS_TOKEN" in one]
    with pytest.raises(PullError, match="expected one of none, next_link"):
        explain({"paging": "sometimes"})
