"""Servers nobody has seen: what they say beside their records, and what would end a list that has not ended."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from lamppost.errors import PullError
from lamppost.pull.http.more import find_more
from lamppost.pull.http.paging import Paging
from lamppost.pull.http.step import Answer
from lamppost.pull.transport.links import is_garbled, read_links

Run = Callable[..., Any]
ROWS = [{"id": f"SL-{number}"} for number in range(20)]
LINK = {"by": "next_link", "path": "next"}
CURSOR = {"by": "cursor", "path": "next", "param": "after"}


@pytest.mark.parametrize(
    "header",
    [
        "<{0}>; REL=next", '<{0}>; rel="Next"', "<{0}>; rel = next", '<{0}>; title="a=b; c=d"; rel="next"',
        '<{0}>; crossorigin; rel="next"', '<{0}>; rel="next"; rel="prev"', '</1>; rel=first, <{0}>; rel="last next"',
        '</1>; title="x, <y>; rel=z"; rel="first",<{0}>;rel="next"',
    ],
)  # fmt: skip
def test_a_link_header_is_read_as_its_grammar_says(header: str) -> None:
    for address in ("/a;jsessionid=1?page=2", "/a?x=1, 2&page=2"):
        assert read_links(header.format(address))["next"] == address


def test_a_next_page_that_is_written_in_no_grammar_does_not_end_the_list() -> None:
    assert is_garbled('/a?page=2; rel="next"')
    assert not is_garbled('</a>; rel="first", </b>; title="next"')
    answer = Answer("", [], 3, {}, {"link": "/a?page=2; rel=next"})
    assert find_more(answer, Paging("link_header")) == "Link"


@pytest.mark.parametrize(
    "around",
    [
        {"totalElements": 240, "last": False}, {"d": {"__next": "/x"}}, {"pageInfo": {"hasNextPage": True}},
        {"link": [{"relation": "next", "url": "/x"}]}, {"incomplete_results": True}, {"done": False},
        {"timed_out": True}, {"partial": True}, {"LastEvaluatedKey": {"href": "x"}},
        {"answer": {"deep": {"has_more": "true"}}},
    ],
)  # fmt: skip
def test_a_sign_that_there_is_more_is_found_in_many_words(source: Any, pull: Run, around: Any) -> None:
    source.routes["/a"] = lambda _query: {"rows": ROWS, **around}
    with pytest.raises(PullError, match="says that there is more"):
        pull({"url": source.url + "/a", "records": "rows"})


def test_what_a_descriptor_says_is_well_is_no_sign(source: Any, pull: Run) -> None:
    source.routes["/a"] = lambda _query: {"rows": ROWS, "done": False}
    options = {"url": source.url + "/a", "records": "rows", "ok_when": {"done": False}}
    assert pull(options)[1].verdict == "complete"


@pytest.mark.parametrize(
    ("records", "answer"),
    [
        ("response.docs", {"response": {"numFound": 5000, "docs": ROWS}}), ("rows", {"rows": ROWS, "count": 115}),
        ("hits.hits", {"hits": {"total": {"value": 5000, "relation": "eq"}, "hits": ROWS}}),
        ("rows", {"rows": ROWS, "nhits": 5000}), ("rows", {"rows": ROWS, "page": 1, "pages": 12}),
        ("rows", {"rows": ROWS, "meta": {"total_pages": "12"}}), ("rows", {"rows": ROWS, "errors": [{"shard": 2}]}),
        ("rows", {"rows": ROWS, "success": False}),
    ],
)  # fmt: skip
def test_a_total_or_an_error_beside_the_records_is_a_doubt(source: Any, pull: Run, records: str, answer: Any) -> None:
    source.routes["/a"] = lambda _query: answer
    assert pull({"url": source.url + "/a", "records": records})[1].verdict == "unproven"


@pytest.mark.parametrize("header", ["Content-Range", "X-Total-Pages"])
def test_a_header_that_tells_of_more_is_a_doubt(source: Any, pull: Run, header: str) -> None:
    text = "items 0-19/319" if header == "Content-Range" else "12"
    source.routes["/a"] = lambda _query: (200, {header: text}, json.dumps(ROWS).encode())
    _snapshot, receipt = pull({"url": source.url + "/a"})
    assert (receipt.verdict, header.lower() in receipt.reason) == ("unproven", True)


@pytest.mark.parametrize(
    "link",
    [{"url": "/a?p=2"}, [{"relation": "next", "url": "/a?p=2"}], [{"rel": "Next", "href": "/a?p=2"}],
     [{"rel": ["next"], "href": "/a?p=2"}]],
)  # fmt: skip
def test_a_next_link_is_found_in_every_shape(source: Any, pull: Run, link: Any) -> None:
    source.routes["/a"] = lambda query: {"rows": ROWS[10:]} if query else {"rows": ROWS[:10], "next": link}
    assert pull({"url": source.url + "/a", "records": "rows", "paging": LINK})[1].received == 20


@pytest.mark.parametrize("paging", [LINK, CURSOR])
@pytest.mark.parametrize("link", [True, ["/a?p=2"], {"page": 2}])
def test_what_cannot_be_followed_does_not_end_the_list(source: Any, pull: Run, paging: Any, link: Any) -> None:
    source.routes["/a"] = lambda _query: {"rows": ROWS, "next": link}
    with pytest.raises(PullError, match="at `next` · expected a text that leads to the next page"):
        pull({"url": source.url + "/a", "records": "rows", "paging": paging})


def test_a_path_that_leads_to_nothing_beside_a_token_is_a_doubt(source: Any, pull: Run) -> None:
    source.routes["/a"] = lambda _query: {"rows": ROWS, "paging": {"cursors": {"after": "MTAx"}}}
    _snapshot, receipt = pull({"url": source.url + "/a", "records": "rows", "paging": CURSOR})
    assert (receipt.verdict, "`paging.cursors.after` may be what leads on" in receipt.reason) == ("unproven", True)


@pytest.mark.parametrize("by", ["page", "offset"])
def test_an_empty_page_in_the_middle_does_not_end_the_list(source: Any, pull: Run, by: str) -> None:
    pages = [ROWS[:10], [], ROWS[10:]]
    source.routes["/a"] = lambda query: (pages[int(query["at"]) // (1 if by == "page" else 10) :] or [[]])[0]
    first = {"by": by, "param": "at", "first": 0}
    with pytest.raises(PullError, match="page 2 is empty, and the one after it holds 10 records"):
        pull({"url": source.url + "/a", "paging": first})


@pytest.mark.parametrize("status", [400, 404, 500])
def test_a_source_that_knows_no_page_so_far_away_is_complete(source: Any, pull: Run, status: int) -> None:
    pages: Mapping[str, Any] = {"1": ROWS, "2": []}
    source.routes["/a"] = lambda query: pages.get(query["page"], (status, {}, b""))
    assert pull({"url": source.url + "/a", "paging": {"by": "page", "param": "page"}})[1].verdict == "complete"


def test_a_first_page_that_tells_of_one_before_is_a_doubt(source: Any, pull: Run) -> None:
    source.routes["/a"] = lambda query: {"rows": ROWS if query["page"] == "1" else [], "first": query["page"] == "0"}
    options = {"url": source.url + "/a", "records": "rows", "paging": {"by": "page", "param": "page"}}
    assert "correct `paging.first`" in pull(options)[1].reason


@pytest.mark.parametrize("count", ["²", "٢٠", "9" * 5000, "20.0", "1,234", True, [20], -1])
def test_a_count_that_is_no_number_is_refused_in_words(source: Any, pull: Run, count: Any) -> None:
    source.routes["/a"] = lambda _query: {"rows": ROWS, "total": count}
    with pytest.raises(PullError, match="what is at `total` is no whole number · expected digits alone"):
        pull({"url": source.url + "/a", "records": "rows", "count": "total"})


def test_a_total_that_is_no_number_is_passed_over(source: Any, pull: Run) -> None:
    source.routes["/a"] = lambda _query: {"rows": ROWS, "total": "²", "total_count": "9" * 5000}
    assert pull({"url": source.url + "/a", "records": "rows"})[1].verdict == "complete"


def test_as_many_records_as_ids_with_one_of_them_twice_is_a_doubt(source: Any, pull: Run) -> None:
    rows = [ROWS[0], ROWS[1], ROWS[1], ROWS[3]]
    source.routes["/a"] = lambda query: rows if "ids" in query else {"ids": [one["id"] for one in ROWS[:4]]}
    paging = {"by": "id_chunks", "param": "ids", "ids": {"params": {"only": "ids"}, "path": "ids"}}
    _snapshot, receipt = pull({"url": source.url + "/a", "paging": paging})
    assert (receipt.declared, receipt.received, receipt.verdict) == (4, 4, "unproven")


def test_a_right_count_with_records_on_two_pages_is_a_doubt_however_pages_are_named(source: Any, pull: Run) -> None:
    pages = {"": (ROWS[:10], "b"), "b": ([ROWS[10], ROWS[3], *ROWS[12:]], "")}
    source.routes["/a"] = lambda query: dict(
        zip(("rows", "next"), pages[query.get("after", "")], strict=True), total=20
    )
    _snapshot, receipt = pull({"url": source.url + "/a", "records": "rows", "paging": CURSOR, "count": "total"})
    assert (receipt.declared, receipt.received, receipt.verdict) == (20, 20, "unproven")


def test_a_csv_page_in_the_middle_that_just_stops_is_a_doubt(source: Any, pull: Run) -> None:
    def answer(query: Mapping[str, str]) -> Any:
        if query:
            return 200, {"Content-Type": "text/csv"}, b"id\n3\n"
        return iter([b'HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\nLink: </a?p=2>; rel="next"\r\n\r\nid\n1\n'])

    source.routes["/a"] = answer
    assert pull({"url": source.url + "/a", "format": "csv", "paging": "link_header"})[1].verdict == "unproven"


def test_pages_by_a_key_that_is_not_the_schemas_are_a_doubt_without_a_count(source: Any, pull: Run) -> None:
    rows: list[dict[str, Any]] = [{"id": str(one), "at": at} for one, at in [(1, 1), (2, 2), (3, 2), (4, 3)]]
    source.routes["/a"] = lambda query: [one for one in rows if one["at"] > int(query.get("after", 0))][:2]
    paging = {"by": "keyset", "key": "at", "params": {"after": "{last}"}}
    _snapshot, receipt = pull({"url": source.url + "/a", "paging": paging})
    assert (receipt.received, receipt.verdict) == (3, "unproven")
