"""`format: influx`: recorded answers of InfluxDB 1.x in JSON, pulled with options alone."""

from collections.abc import Callable
from typing import Any

import pytest

from lamppost.errors import PullError

ASK = """
adapter: http
allow: [127.0.0.1]
path: /query
format: influx
fail_when: [results.*.error]
paging: {by: none, limit_rows: 1000}
fields: {time: time, value: value}
"""


@pytest.mark.parametrize(("name", "rows"), [("influx1-query.json", 3), ("influx1-chunked.ndjson", 5)])
def test_recorded_answers_are_read_row_by_row(
    source: Any, take: Callable[..., Any], recorded: Callable[[str], bytes], name: str, rows: int
) -> None:
    source.routes["/query"] = lambda _query: (200, {}, recorded(f"captured/{name}"))
    taken = take(f"url: {source.url}{ASK}", "time")
    assert (len(taken.rows), taken.receipt.received, taken.receipt.verdict) == (rows, rows, "complete")
    assert taken.rows[0] == {"time": "2026-01-01T00:00:00Z", "value": "0.5", "_row": 1}


def test_fault_07_an_error_in_http_200_is_an_error(source: Any, take: Any, recorded: Any) -> None:
    source.routes["/query"] = lambda _query: (200, {}, recorded("captured/influx1-error-in-200.json"))
    with pytest.raises(PullError, match="an error"):
        take(f"url: {source.url}{ASK}", "time")


def test_fault_12_a_chunk_that_is_the_last_and_says_partial_is_cut(source: Any, take: Any, recorded: Any) -> None:
    whole = recorded("captured/influx1-chunked.ndjson").splitlines(keepends=True)
    source.routes["/query"] = lambda _query: (200, {}, b"".join(whole[:2]))
    with pytest.raises(PullError, match="rows that were cut"):
        take(f"url: {source.url}{ASK}", "time")
