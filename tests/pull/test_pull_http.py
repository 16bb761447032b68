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


def test_tokens_and_link_headers_lead_on(source: Any, pull: Run) -> None:
    source.routes["/t"] = lambda query: {"rows": ROWS[3:]} if query.get("after") else {"rows": ROWS[:3], "token": "x"}
    source.routes["/l"] = lambda query: (
        (200, {}, b'[{"id": "2"}]') if query else (200, {"Link": '</l?p=2>; rel="next"'}, b'[{"id": "1"}]')
    )
    cursor = {"by": "cursor", "param": "after", "path": "token"}
    assert pull({"url": source.url + "/t", "records": "rows", "paging": cursor})[1].received == 7
    assert pull({"url": source.url + "/l", "paging": "link_header"})[1].received == 2


def test_a_token_may_stand_in_a_header(source: Any, pull: Run) -> None:
    first, second = b'[{"id": "1"}]', b'[{"id": "2"}]'
    source.routes["/t"] = lambda query: (200, {}, second) if query else (200, {"X-Next": "abc"}, first)
    paging = {"by": "cursor", "param": "after", "header": "X-Next"}
    assert pull({"url": source.url + "/t", "paging": paging})[1].received == 2
    assert source.asked[1][1] == {"after": "abc"}


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


def test_a_next_link_may_be_one_of_a_list_of_links(source: Any, pull: Run) -> None:
    links = [{"rel": "self", "href": "/a"}, {"rel": "next", "href": "/a?offset=4"}]
    source.routes["/a"] = lambda query: (
        {"features": ROWS[4:], "links": links[:1], "numberMatched": 7}
        if query
        else {"features": ROWS[:4], "links": links, "numberMatched": 7}
    )
    paging = {"by": "next_link", "path": "links"}
    options = {"url": source.url + "/a", "records": "features", "paging": paging, "count": "numberMatched"}
    assert pull(options)[1].pages == (4, 3)


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


def test_a_flag_that_is_missing_ends_no_list_without_a_count(source: Any, pull: Run) -> None:
    source.routes["/a"] = lambda query: {"rows": ROWS[int(query["o"]) :][:3]}
    paging = {"by": "offset", "param": "o", "more": "exceededTransferLimit"}
    _snapshot, receipt = pull({"url": source.url + "/a", "records": "rows", "paging": paging})
    assert (receipt.received, receipt.stopped) == (7, "empty page")


def test_keys_lead_on_until_a_page_is_empty(source: Any, pull: Run) -> None:
    def after(query: Mapping[str, str]) -> Any:
        start = int(query["where"].partition(" > ")[2].strip("'")) if ">" in query["where"] else -1
        return [{"id": number} for number in range(start + 1, 7)][:3]

    source.routes["/a"] = after
    paging = {"by": "keyset", "key": "id", "params": {"where": "id > {last}"}, "limit": "n", "size": 3, "quote": "'"}
    _snapshot, receipt = pull({"url": source.url + "/a", "params": {"where": "1=1"}, "paging": paging})
    assert (receipt.pages, receipt.verdict) == ((3, 3, 1), "complete")
    assert [query["where"] for _path, query, _headers in source.asked] == ["1=1", "id > '2'", "id > '5'", "id > '6'"]


@pytest.mark.parametrize("keys", [[1, 3, 2], [1, 2, 2], ["b", "a", "c"], [1, None, 2]])
def test_keys_that_do_not_grow_are_refused(source: Any, pull: Run, keys: list[Any]) -> None:
    source.routes["/a"] = lambda query: [] if query else [{"id": key} for key in keys]
    paging = {"by": "keyset", "key": "id", "params": {"after": "{last}"}}
    with pytest.raises(PullError, match=r"without `id`|does not grow .* sorted by `id`, which must be unique"):
        pull({"url": source.url + "/a", "paging": paging})


def test_records_are_asked_for_by_their_ids(source: Any, pull: Run) -> None:
    def layer(query: Mapping[str, str]) -> Any:
        if "returnIdsOnly" in query:
            return {"objectIds": [5, 9, 7]}
        return {"features": [{"id": one} for one in query["objectIds"].split(",")]}

    source.routes["/a"] = layer
    ids = {"params": {"returnIdsOnly": True}, "path": "objectIds", "key": "id"}
    paging = {"by": "id_chunks", "ids": ids, "param": "objectIds", "size": 2}
    _snapshot, receipt = pull({"url": source.url + "/a", "records": "features", "paging": paging})
    assert (receipt.declared, receipt.declared_by, receipt.pages) == (3, "returnIdsOnly", (2, 1))
    assert (receipt.verdict, receipt.stopped) == ("complete", "all ids asked for")


def test_questions_can_be_posted_as_json(source: Any, pull: Run) -> None:
    source.routes["/q"] = lambda _query: ROWS[:3] if b'"pageNumber": 1' in source.sent[-1] else []
    body = {"query": "SELECT * WHERE at > '{since}'", "page": {"exact": True}}
    paging = {"by": "page", "param": "page.pageNumber", "limit": "page.pageSize", "size": 100, "in": "body"}
    window = {"initial": "P1D"}
    pull({"url": source.url + "/q", "method": "post", "body": body, "paging": paging, "window": window})
    assert source.sent[0] == (
        b'{"query": "SELECT * WHERE at > \'2026-11-21T00:00:00Z\'", '
        b'"page": {"exact": true, "pageNumber": 1, "pageSize": 100}}'
    )


def test_an_error_in_a_good_answer_says_what_it_holds_to_the_terminal_only(source: Any, pull: Run) -> None:
    source.routes["/a"] = lambda _query: {"error": {"code": 498, "message": "Token of Jane Doe"}}
    with pytest.raises(PullError, match=r"in `error` \(HTTP 200 OK, application/json, 56 bytes\)") as caught:
        pull({"url": source.url + "/a", "records": "features", "fail_when": ["error"]})
    assert "Jane" not in str(caught.value)
    assert caught.value.detail == 'error = {"code": "498", "message": "Token of Jane Doe"}'


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
    take = {"id": "id", "place": "name"}
    items = {"path": "/networks", "paging": "link_header", "only": {"kinds": "wifi"}, "take": take}
    snapshot, receipt = pull({"url": source.url, "path": "/networks/{id}/counts", "for_each": items})
    contexts = [(("id", "N 1"), ("place", "Hall")), (("id", "N2"), ("place", "Pool"))]
    assert [page.context for page in snapshot.pages] == contexts
    assert (receipt.received, receipt.pages) == (3, (2, 1))


def test_an_empty_listing_proves_nothing(source: Any, pull: Run) -> None:
    source.routes["/networks"] = lambda _query: []
    _snapshot, receipt = pull(
        {"url": source.url, "path": "/{id}", "for_each": {"path": "/networks", "take": {"id": "id"}}}
    )
    assert (receipt.received, receipt.verdict) == (0, "unproven")


def test_a_first_pull_asks_from_the_same_midnight_at_every_hour(source: Any, pull: Run) -> None:
    source.routes["/a"] = lambda _query: []
    params = {"$filter": "at ge {since}", "to": "{until}"}
    pull({"url": source.url + "/a", "params": params, "window": {"initial": "P31D"}})
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
        ({"paging": {"by": "page", "param": "p", "limit": "n"}}, r"pull\.paging\.size: nothing"),
        ({"paging": {"by": "page", "param": "p", "in": "body"}}, r"pull\.method: `in: body` .* `method: post`"),
        ({"paging": {"by": "keyset", "key": "id", "params": {"a": "b"}}}, r"no \{last\}"),
        ({"paging": "time_window"}, r"pull\.paging\.limit_rows: nothing"),
        ({"paging": {"by": "time_window", "limit_rows": 9}}, r"pull\.window: no `initial` and `size`"),
        ({"paging": {"by": "link_header", "otherwise": {"by": "page", "param": "p"}}}, r"'page' · expected offset"),
        ({"count": {"header": "X", "params": {"a": 1}}}, r"pull\.count: no count, or two"),
        ({"statuses": {"202": "later"}}, r"pull\.statuses\.202: 'later'"),
        ({"ok_when": {"a": {}}}, r"pull\.ok_when\.a: \{\}"),
        ({"window": {"initial": "31 days"}}, r"pull\.window\.initial: '31 days' · expected a duration"),
        ({"window": {"initial": "P1D", "form": "yyyy"}}, r"pull\.window\.form: 'yyyy'"),
        ({"window": {"initial": "P1D", "zone": "Mars"}}, r"pull\.window\.zone: 'Mars'"),
        ({"params": {"a": "{sinse}"}, "window": {"initial": "P1D"}}, r"\{sinse\} · expected one of \{since\}, \{until"),
    ],
)
def test_an_option_that_means_nothing_is_an_error(source: Any, pull: Run, options: Any, message: str) -> None:
    source.routes["/a"] = lambda _query: []
    with pytest.raises(PullError, match=message):
        pull({"url": source.url + "/a", **options})
