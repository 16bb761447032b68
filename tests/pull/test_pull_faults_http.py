"""Adapter http against the faults of reference/sources.md section 5, by their numbers.

10 to 16 are in test_pull_faults_http_answers.py; 7, 8, 20, 21, 30 and 38 are also in test_pull_http_shapes.py and
test_pull_http_window.py.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from lamppost.errors import PullError

Run = Callable[..., Any]
ROWS = [{"id": f"L-{number}"} for number in range(7)]
OFFSET = {"by": "offset", "param": "offset", "limit": "limit", "size": 5}
HTML = (502, {"Content-Type": "text/html"}, b"<html><h1>502 Bad Gateway</h1></html>")


def serve(source: Any, answer: Callable[[Mapping[str, str]], Any], rows: list[Any] = ROWS) -> dict[str, Any]:
    source.routes["/a"] = answer
    assert rows
    return {"url": source.url + "/a", "records": "rows", "paging": OFFSET}


def clamp(query: Mapping[str, str]) -> dict[str, Any]:
    """A server that never gives more than two rows, whatever it is asked for."""
    start = int(query.get("offset", 0))
    return {"rows": ROWS[start : start + 2], "total": len(ROWS)}


def test_source_fault_01_steps_are_made_by_the_rows_received(source: Any, pull: Run) -> None:
    _snapshot, receipt = pull({**serve(source, clamp), "count": "total"})
    assert (receipt.received, receipt.declared, receipt.distinct, receipt.pages) == (7, 7, 7, (2, 2, 2, 1))
    assert receipt.verdict == "complete"


def test_source_fault_01_a_count_that_does_not_match_fails(source: Any, pull: Run) -> None:
    _snapshot, receipt = pull({**serve(source, lambda query: {**clamp(query), "total": 9}), "count": "total"})
    assert receipt.verdict == "failed"
    assert receipt.reason == "The source declares 9 records (total) and sent 7."


SIGNS: list[dict[str, Any]] = [
    {"@iot.nextLink": "a?$skip=7"},
    {"exceededTransferLimit": True},
    {"properties": {"exceededTransferLimit": True}},
    {"links": [{"rel": "self", "href": "a"}, {"rel": "next", "href": "a?p=2"}]},
    {"meta": {"has_more": True}},
    {"hasMore": True},
    {"paging": {"next": {"href": "/a?p=2"}}},
]


@pytest.mark.parametrize(
    "paging", ["none", None, {"by": "next_link", "path": "follow"}, {"by": "time_window", "limit_rows": 9}]
)
@pytest.mark.parametrize("sign", SIGNS)
def test_source_fault_02_paging_that_is_not_declared_is_an_error(
    source: Any, pull: Run, paging: Any, sign: Any
) -> None:
    source.routes["/a"] = lambda _query: {"rows": ROWS, **sign}
    options = {"url": source.url + "/a", "records": "rows", "window": {"initial": "PT0H", "size": "P1D"}}
    with pytest.raises(PullError, match=r"says that there is more .* · expected `paging:` that fits the source"):
        pull({**options, **({"paging": paging} if paging else {})})


def test_source_fault_02_a_link_header_that_nobody_follows_is_an_error(source: Any, pull: Run) -> None:
    source.routes["/a"] = lambda _query: (200, {"Link": '</a?page=2>; rel="next"'}, json.dumps(ROWS).encode())
    with pytest.raises(PullError, match=r"says that there is more \(`Link: rel=next`\)"):
        pull({"url": source.url + "/a"})


def test_source_fault_02_a_round_number_of_rows_is_not_proven(source: Any, pull: Run) -> None:
    source.routes["/a"] = lambda _query: {"rows": [{"id": number} for number in range(500)]}
    _snapshot, receipt = pull({"url": source.url + "/a", "records": "rows"})
    assert receipt.verdict == "unproven"
    assert receipt.reason.startswith("The one answer holds exactly 500 records, a number at which servers cut")


def test_source_fault_02_a_total_that_nobody_declared_is_a_doubt(source: Any, pull: Run) -> None:
    source.routes["/a"] = lambda _query: {"rows": ROWS, "total": 4500}
    _snapshot, receipt = pull({"url": source.url + "/a", "records": "rows"})
    assert (receipt.verdict, "its `total` says 4,500" in receipt.reason) == ("unproven", True)


def test_source_fault_02_a_round_number_that_is_counted_is_complete(source: Any, pull: Run) -> None:
    source.routes["/a"] = lambda _query: {"rows": [{"id": number} for number in range(500)], "total": 500}
    assert pull({"url": source.url + "/a", "records": "rows", "count": "total"})[1].verdict == "complete"


def test_source_fault_03_more_with_no_rows_goes_on(source: Any, pull: Run) -> None:
    pages = {0: (ROWS[:3], True), 3: ([], True), 8: (ROWS[3:], False)}

    def layer(query: Mapping[str, str]) -> Any:
        rows, more = pages[int(query["offset"])]
        return {"rows": rows, "exceededTransferLimit": more}

    options = serve(source, layer)
    paging = {**OFFSET, "more": "exceededTransferLimit"}
    _snapshot, receipt = pull({**options, "paging": paging})
    assert (receipt.received, receipt.stopped) == (7, "exceededTransferLimit not set")


def test_source_fault_03_more_with_no_rows_for_ever_ends(source: Any, pull: Run) -> None:
    options = serve(source, lambda _query: {"rows": [], "more": True})
    with pytest.raises(PullError, match="100 empty pages in a row"):
        pull({**options, "paging": {**OFFSET, "more": "more"}})


@pytest.mark.parametrize("stamp", [False, True])
def test_source_fault_04_an_offset_that_is_ignored_is_found_out(source: Any, pull: Run, stamp: bool) -> None:
    def page_1(_query: Mapping[str, str]) -> Any:
        return {"rows": [{**row, "seen": len(source.asked) if stamp else 0} for row in ROWS], "more": True}

    options = serve(source, page_1)
    with pytest.raises(PullError, match="page 2 repeats page 1 · expected other records"):
        pull(options)


def test_source_fault_04_a_page_that_begins_again_is_found_out(source: Any, pull: Run) -> None:
    options = serve(source, lambda query: {"rows": ROWS[: 4 + int(query["offset"])]})
    with pytest.raises(PullError, match="page 2 begins as page 1"):
        pull(options)


def test_source_fault_05_rows_sent_twice_do_not_make_up_for_rows_never_sent(source: Any, pull: Run) -> None:
    rows = [*ROWS[:4], *ROWS[2:5]]  # seven rows as declared, five of them different
    options = serve(source, lambda query: {"rows": rows[int(query["offset"]) :][:4], "total": 7})
    _snapshot, receipt = pull({**options, "count": "total"})
    assert (receipt.received, receipt.declared, receipt.distinct, receipt.verdict) == (7, 7, 5, "unproven")
    assert receipt.reason.startswith("2 records came on two pages, in every pass: the source does not sort them")


def insert_and_delete(rows: list[Any]) -> None:
    """One comes at the top, one goes at the end."""
    rows.insert(0, {"id": rows[0]["id"] + 1})
    rows.pop()


def delete_three(rows: list[Any]) -> None:
    """Three go at the top."""
    del rows[:3]


def churn(change: Callable[[list[Any]], None], *, total: bool) -> Callable[[Mapping[str, str]], Any]:
    """A thousand rows, newest first, that change between any two questions."""
    rows = [{"id": number} for number in range(1000, 0, -1)]

    def answer(query: Mapping[str, str]) -> Any:
        page = {"rows": rows[int(query["offset"]) :][:100], **({"total": len(rows)} if total else {})}
        change(rows)
        return page

    return answer


@pytest.mark.parametrize("total", [True, False])
@pytest.mark.parametrize("change", [insert_and_delete, delete_three])
def test_source_fault_06_a_source_that_never_stands_still_is_not_proven(
    source: Any, pull: Run, change: Any, total: bool
) -> None:
    options = serve(source, churn(change, total=total))
    _snapshot, receipt = pull({**options, **({"count": "total"} if total else {})})
    assert receipt.distinct < 1000
    assert receipt.verdict == ("failed" if total and change is delete_three else "unproven")
    assert "the source changed in each of 3 passes; page by a key that only grows instead" in receipt.reason


def test_source_fault_06_keys_lose_nothing_of_a_source_that_never_stands_still(source: Any, pull: Run) -> None:
    rows = [{"id": number} for number in range(1, 1001)]

    def answer(query: Mapping[str, str]) -> Any:
        page = [row for row in rows if row["id"] > int(query.get("after", 0))][:100]
        del rows[:3]
        return page

    source.routes["/a"] = answer
    paging = {"by": "keyset", "key": "id", "params": {"after": "{last}"}}
    _snapshot, receipt = pull({"url": source.url + "/a", "paging": paging})
    assert (receipt.received, receipt.distinct, receipt.verdict) == (1000, 1000, "complete")


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        ({"error": {"code": 400}}, {"fail_when": ["error"]}),
        ({"results": [{"statement_id": 0, "error": "x"}]}, {"fail_when": ["results.*.error"]}),
        ({"success": False, "error": {"__type": "x"}}, {"ok_when": {"success": True}}),
        ([{"code": 404, "description": "x"}], {"fail_when": ["0.code"]}),
        ({"rows": [{"id": 1}, {"id": 2, "fault": "x"}]}, {"fail_when": ["rows.*.fault"]}),
    ],
)
def test_source_fault_07_an_error_inside_http_200_is_an_error(source: Any, pull: Run, body: Any, rule: Any) -> None:
    source.routes["/a"] = lambda _query: body
    records = "" if isinstance(body, list) else "rows"
    with pytest.raises(PullError, match=r"\(HTTP 200 OK, application/json, \d+ bytes\)"):
        pull({"url": source.url + "/a", "records": records, **rule})


def test_source_fault_08_html_with_http_200_is_no_data(source: Any, pull: Run) -> None:
    source.routes["/a"] = lambda _query: (200, {}, b"<!DOCTYPE html><p>Sign in, Jane</p>")
    with pytest.raises(PullError, match=r"a page of HTML \(HTTP 200 OK, application/json, 35 bytes\)") as caught:
        pull({"url": source.url + "/a"})
    assert "Jane" not in str(caught.value)


@pytest.mark.parametrize(
    "paging",
    [
        OFFSET,
        {"by": "cursor", "param": "offset", "path": "token", "limit": "limit", "size": 5},
        {"by": "next_link", "path": "next", "limit": "limit", "size": 5},
        {"by": "keyset", "key": "n", "params": {"offset": "{last}"}, "limit": "limit", "size": 5},
    ],
    ids=lambda paging: paging["by"],
)
def test_source_fault_09_a_page_that_is_too_big_for_the_server_is_made_smaller(
    source: Any, pull: Run, paging: Any
) -> None:
    def fragile(query: Mapping[str, str]) -> Any:
        start, limit = int(query.get("offset", 0)), int(query["limit"])
        more = {"token": start + limit, "next": f"/a?offset={start + limit}&limit={limit}"} if start + limit < 7 else {}
        page = [{**row, "n": number} for number, row in enumerate(ROWS, 1)][start:][:limit]
        return HTML if limit > 2 else {"rows": page, **more}

    _snapshot, receipt = pull({**serve(source, fragile), "paging": paging})
    assert (receipt.received, receipt.distinct, receipt.pages) == (7, 7, (2, 2, 2, 1))
    assert receipt.verdict == ("unproven" if paging["by"] == "keyset" else "complete")  # `n` is not the schema's key


def test_source_fault_09_ids_are_asked_for_in_smaller_chunks(source: Any, pull: Run) -> None:
    def fragile(query: Mapping[str, str]) -> Any:
        ids = query.get("in", "").split(",")
        return ROWS and (list("abcdefg") if "ids" in query else HTML if len(ids) > 2 else [{"id": one} for one in ids])

    source.routes["/a"] = fragile
    paging = {"by": "id_chunks", "ids": {"params": {"ids": 1}, "path": "", "key": "id"}, "param": "in", "size": 5}
    _snapshot, receipt = pull({"url": source.url + "/a", "paging": paging})
    assert (receipt.pages, receipt.distinct, receipt.verdict) == ((2, 2, 2, 1), 7, "complete")


def test_source_fault_09_a_server_that_cannot_give_one_record_is_refused(source: Any, pull: Run) -> None:
    options = serve(source, lambda _query: HTML)
    with pytest.raises(PullError, match="HTTP 502 Bad Gateway, text/html"):
        pull(options)
    assert [query["limit"] for _path, query, _headers in source.asked] == ["5"] * 4 + ["2", "1"]
