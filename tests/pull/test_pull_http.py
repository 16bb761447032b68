"""Adapter http: every row, once, proven; or an error; or a receipt that says what is not proven."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest

from lamppost.errors import PullError
from lamppost.model import FieldSource

Run = Callable[..., Any]
ROWS = [{"id": f"L-{number}"} for number in range(7)]
OFFSET = {"by": "offset", "param": "offset", "limit": "limit", "size": 5}


def clamp(query: Mapping[str, str]) -> dict[str, Any]:
    """A server that never gives more than two rows, whatever it is asked for."""
    start = int(query.get("offset", 0))
    return {"rows": ROWS[start : start + 2], "total": len(ROWS)}


def test_steps_are_made_by_the_rows_received(source: Any, pull: Run) -> None:
    source.routes["/a"] = clamp
    _snapshot, receipt = pull({"url": source.url + "/a", "records": "rows", "paging": OFFSET, "count": "total"})
    assert (receipt.received, receipt.declared, receipt.distinct, receipt.pages) == (7, 7, 7, (2, 2, 2, 1))
    assert receipt.verdict == "complete"


def test_without_a_count_an_empty_page_ends_the_list_and_page_1_is_asked_again(source: Any, pull: Run) -> None:
    source.routes["/a"] = clamp
    _snapshot, receipt = pull({"url": source.url + "/a", "records": "rows", "paging": OFFSET})
    assert (receipt.received, receipt.stopped, receipt.verdict) == (7, "empty page", "complete")
    assert source.asked[-1][1]["offset"] == "0"


def test_a_count_that_does_not_match_fails(source: Any, pull: Run) -> None:
    source.routes["/a"] = lambda query: {**clamp(query), "total": 9}
    _snapshot, receipt = pull({"url": source.url + "/a", "records": "rows", "paging": OFFSET, "count": "total"})
    assert receipt.verdict == "failed"
    assert receipt.reason == "The source declares 9 records (total) and sent 7."


def test_next_links_are_followed_as_they_are(source: Any, pull: Run) -> None:
    source.routes["/a"] = lambda query: (
        {"value": ROWS[:4], "@iot.count": 7, "@iot.nextLink": "a?$skip=4"} if not query else {"value": ROWS[4:]}
    )
    paging = {"by": "next_link", "path": "@iot.nextLink"}
    snapshot, receipt = pull(
        {"url": source.url + "/a", "records": "value", "paging": paging, "count": {"path": "@iot.count"}}
    )
    assert (receipt.received, receipt.declared_by, receipt.verdict) == (7, "@iot.count", "complete")
    assert [page.path.name for page in snapshot.pages] == [f"{page.sha256}.json" for page in snapshot.pages]


def test_a_next_link_to_another_place_is_refused(source: Any, other: Any, pull: Run) -> None:
    source.routes["/a"] = lambda _query: {"value": ROWS, "next": other.url + "/a"}
    with pytest.raises(PullError, match="its next link leads to"):
        pull({"url": source.url + "/a", "records": "value", "paging": {"by": "next_link", "path": "next"}})
    assert other.asked == []


@pytest.mark.parametrize("paging", [OFFSET, {"by": "page", "param": "page"}, {"by": "next_link", "path": "next"}])
def test_a_source_that_gives_page_1_for_ever_is_found_out(source: Any, pull: Run, paging: Any) -> None:
    source.routes["/a"] = lambda query: {"rows": ROWS, "next": f"/a?n={int(query.get('n', 0)) + 1}"}
    with pytest.raises(PullError, match="page 2 repeats page 1"):
        pull({"url": source.url + "/a", "records": "rows", "paging": paging})


def test_pages_are_asked_until_one_is_empty_and_a_short_one_ends_nothing(source: Any, pull: Run) -> None:
    pages = [ROWS[:2], ROWS[2:3], ROWS[3:7], []]
    source.routes["/a"] = lambda query: pages[int(query["page"]) - 1]
    _snapshot, receipt = pull({"url": source.url + "/a", "paging": {"by": "page", "param": "page"}})
    assert (receipt.received, receipt.pages, receipt.verdict) == (7, (2, 1, 4), "complete")


def test_tokens_and_link_headers_lead_on(source: Any, pull: Run) -> None:
    source.routes["/t"] = lambda query: {"rows": ROWS[3:]} if query.get("after") else {"rows": ROWS[:3], "token": "x"}
    source.routes["/l"] = lambda query: (
        (200, {}, b'[{"id": "2"}]') if query else (200, {"Link": '</l?p=2>; rel="next"'}, b'[{"id": "1"}]')
    )
    cursor = {"by": "cursor", "param": "after", "path": "token"}
    assert pull({"url": source.url + "/t", "records": "rows", "paging": cursor})[1].received == 7
    assert pull({"url": source.url + "/l", "paging": "link_header"})[1].received == 2


def test_rows_that_come_twice_in_a_source_that_stands_still_are_its_own(source: Any, pull: Run) -> None:
    rows = [*ROWS, ROWS[0]]
    source.routes["/a"] = lambda query: rows[int(query["offset"]) : int(query["offset"]) + 2]
    _snapshot, receipt = pull({"url": source.url + "/a", "paging": OFFSET})
    assert (receipt.received, receipt.distinct, receipt.verdict) == (8, 7, "complete")
    assert receipt.reason.endswith("1 records came twice, and so they did in a second pass.")


def test_rows_that_move_in_both_passes_are_unproven(source: Any, pull: Run) -> None:
    def insert(query: Mapping[str, str]) -> Any:
        newer = [{"id": f"new-{number}"} for number in range(len(source.asked) // 5)]
        return [*newer, *ROWS][int(query["offset"]) :][:3]

    source.routes["/a"] = insert
    _snapshot, receipt = pull({"url": source.url + "/a", "paging": OFFSET})
    assert (receipt.verdict, receipt.reason) == ("unproven", "Page 1 changed while the pages after it were pulled.")


def test_rows_that_moved_once_are_pulled_again(source: Any, pull: Run) -> None:
    def insert(query: Mapping[str, str]) -> Any:
        rows = ROWS if len(source.asked) < 2 else [{"id": "new"}, *ROWS]
        return rows[int(query["offset"]) :][:3]

    source.routes["/a"] = insert
    _snapshot, receipt = pull({"url": source.url + "/a", "paging": OFFSET})
    assert (receipt.received, receipt.distinct, receipt.verdict) == (8, 8, "complete")


def test_an_arcgis_layer_is_read_while_it_says_there_is_more(source: Any, pull: Run) -> None:
    def query_layer(query: Mapping[str, str]) -> Any:
        if query.get("returnCountOnly") == "true":
            return {"count": len(ROWS)}
        start = int(query["resultOffset"])
        return {"features": ROWS[start : start + 3], **({"more": True} if start + 3 < len(ROWS) else {})}

    source.routes["/a"] = query_layer
    paging = {"by": "offset", "param": "resultOffset", "more": "more", "size": 5}
    count = {"params": {"returnCountOnly": True}, "path": "count"}
    _snapshot, receipt = pull({"url": source.url + "/a", "records": "features", "paging": paging, "count": count})
    assert (receipt.received, receipt.stopped, receipt.declared_by) == (7, "more not set", "returnCountOnly")
    assert len(source.asked) == 3 + 2


def test_a_count_that_moves_in_both_passes_is_not_complete(source: Any, pull: Run) -> None:
    source.routes["/a"] = lambda query: {"count": len(source.asked)} if "c" in query else {"rows": ROWS[:6]}
    count = {"params": {"c": 1}, "path": "count"}
    _snapshot, receipt = pull({"url": source.url + "/a", "records": "rows", "count": count})
    assert (receipt.verdict, receipt.reason) == (
        "unproven",
        "The source's count (c) moved from 4 to 6 while it was pulled.",
    )


def test_an_error_in_a_good_answer_is_an_error(source: Any, pull: Run) -> None:
    source.routes["/a"] = lambda _query: {"error": {"code": 498, "message": "Invalid token."}}
    with pytest.raises(PullError, match=r"an error as its answer: error = .*Invalid token"):
        pull({"url": source.url + "/a", "records": "features", "fail_when": ["error"]})


@pytest.mark.parametrize("body", [b"{", b'{"rows": 3}', b"", b"[1, NaN]", b"[" * 100_000, b'"\xff"'])
def test_what_is_no_list_of_records_is_an_error(source: Any, pull: Run, body: bytes) -> None:
    source.routes["/a"] = lambda _query: (200, {}, body)
    with pytest.raises(PullError, match="expected"):
        pull({"url": source.url + "/a", "records": "rows"})


def test_an_empty_list_is_told_as_it_is(source: Any, pull: Run) -> None:
    source.routes["/a"] = lambda _query: []
    snapshot, receipt = pull({"url": source.url + "/a"})
    assert (receipt.received, receipt.verdict, len(snapshot.pages)) == (0, "complete", 1)


def list_networks(query: Mapping[str, str]) -> Any:
    if "after" in query:
        return [{"id": "N/3", "name": "Park", "kinds": ["camera"]}]
    items = b'[{"id": "N 1", "name": "Hall", "kinds": ["wifi"]}, {"id": "N2", "name": "Pool", "kinds": ["wifi"]}]'
    return 200, {"Link": '</networks?after=2>; rel="next"'}, items


def test_each_item_of_a_listing_is_asked_and_gives_its_columns(source: Any, pull: Run) -> None:
    source.routes = {
        "/networks": list_networks,
        "/networks/N%201/counts": lambda _query: [{"at": "1"}, {"at": "2"}],
        "/networks/N2/counts": lambda _query: [{"at": "1"}],
    }
    items = {
        "path": "/networks",
        "paging": "link_header",
        "only": {"kinds": "wifi"},
        "take": {"id": "id", "place": "name"},
    }
    snapshot, receipt = pull({"url": source.url, "path": "/networks/{id}/counts", "for_each": items})
    assert [page.context for page in snapshot.pages] == [
        (("id", "N 1"), ("place", "Hall")),
        (("id", "N2"), ("place", "Pool")),
    ]
    assert (receipt.received, receipt.pages, receipt.verdict) == (3, (2, 1), "complete")
    assert receipt.reason.startswith("For each of 2 items of /networks:")


def test_an_empty_listing_proves_nothing(source: Any, pull: Run) -> None:
    source.routes["/networks"] = lambda _query: []
    _snapshot, receipt = pull(
        {"url": source.url, "path": "/{id}", "for_each": {"path": "/networks", "take": {"id": "id"}}}
    )
    assert (receipt.received, receipt.verdict) == (0, "unproven")


def test_a_first_pull_asks_from_the_same_midnight_at_every_hour(source: Any, pull: Run) -> None:
    source.routes["/a"] = lambda _query: []
    pull(
        {
            "url": source.url + "/a",
            "params": {"$filter": "at ge {since}", "to": "{until}"},
            "window": {"initial": "P31D"},
        }
    )
    assert source.asked[0][1] == {"$filter": "at ge 2026-10-22T00:00:00Z", "to": "2026-11-22T17:00:00Z"}


def test_a_later_pull_starts_at_the_cursor_minus_the_lookback(source: Any, pull: Run) -> None:
    in_november, in_2100 = 1795330800000, 4102444800000
    source.routes["/a"] = lambda _query: [{"id": "a", "ms": in_november}, {"id": "b", "ms": in_2100}]
    _snapshot, receipt = pull(
        {"url": source.url + "/a", "params": {"from": "{since}"}, "window": {"initial": "P31D"}},
        fields={"seen_at": FieldSource("ms", "epoch_ms")},
        cursor_field="seen_at",
        cursor="2026-11-20T00:00:00Z",
        lookback=timedelta(days=2),
    )
    assert source.asked[0][1] == {"from": "2026-11-18T00:00:00Z"}
    assert (receipt.cursor_before, receipt.cursor_after) == ("2026-11-20T00:00:00Z", "2026-11-22T07:00:00Z")


def test_long_stretches_are_asked_in_parts(source: Any, pull: Run) -> None:
    source.routes["/a"] = lambda _query: []
    params = {"from": "{since}", "to": "{until}"}
    pull({"url": source.url + "/a", "params": params, "window": {"initial": "P90D", "size": "P60D"}})
    ends = [(query["from"][:10], query["to"][:10]) for _path, query, _headers in source.asked]
    assert ends == [("2026-08-24", "2026-10-23"), ("2026-10-23", "2026-11-22")]


def test_two_equal_pulls_of_the_sandbox_give_equal_receipts(source: Any, other: Any, pull: Run) -> None:
    for server in (source, other):
        server.routes["/v1/a"] = lambda _query: (200, {"X-Lamppost-Simulated": "true"}, b'[{"id": "1"}]')
    one, two = (pull({"url": server.url + "/v1/a"}) for server in (source, other))
    assert one[1] == two[1]
    assert (one[1].source, one[1].simulated, one[0].simulated) == ("sandbox/v1/a", True, True)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"pagin": "none"}, r"pull\.pagin: an option nobody reads .* did you mean `paging`"),
        ({"paging": {"by": "pages"}}, r"pull\.paging\.by: 'pages' · expected one of none, next_link"),
        ({"paging": {"by": "page"}}, r"pull\.paging\.param: nothing"),
        (
            {"params": {"a": "{sinse}"}, "window": {"initial": "P1D"}},
            r"\{sinse\} · expected one of \{since\}, \{until\}",
        ),
        ({"window": {"initial": "31 days"}}, r"pull\.window\.initial: '31 days' · expected a duration"),
    ],
)
def test_an_option_that_means_nothing_is_an_error(source: Any, pull: Run, options: Any, message: str) -> None:
    source.routes["/a"] = lambda _query: []
    with pytest.raises(PullError, match=message):
        pull({"url": source.url + "/a", **options})
