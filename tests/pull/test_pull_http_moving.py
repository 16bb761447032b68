"""Adapter http on sources that change while they are read: read again, and proven or not."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from lamppost.errors import PullError

Run = Callable[..., Any]
ROWS = [{"id": f"L-{number}"} for number in range(7)]
OFFSET = {"by": "offset", "param": "offset", "limit": "limit", "size": 5}


def test_without_a_count_a_list_that_is_counted_off_is_read_twice(source: Any, pull: Run) -> None:
    source.routes["/a"] = lambda query: ROWS[int(query["offset"]) :][:3]
    _snapshot, receipt = pull({"url": source.url + "/a", "paging": OFFSET})
    assert (receipt.received, receipt.stopped, receipt.verdict) == (7, "empty page", "complete")
    asked = [query["offset"] for _path, query, _headers in source.asked]
    assert asked == ["0", "3", "6", "7", "12", "0", "3", "6", "7", "1"]  # 12: behind the end; 1: the second row


def test_a_record_that_goes_behind_the_reader_is_noticed_without_a_count(source: Any, pull: Run) -> None:
    def lose_the_fifth(query: Mapping[str, str]) -> Any:
        rows = ROWS if len(source.asked) < 3 else [*ROWS[:4], *ROWS[5:]]
        return rows[int(query["offset"]) :][:3]

    source.routes["/a"] = lose_the_fifth
    _snapshot, receipt = pull({"url": source.url + "/a", "paging": OFFSET})
    assert (receipt.received, receipt.distinct, receipt.verdict) == (6, 6, "complete")


def test_a_next_link_that_counts_rows_is_read_twice_too(source: Any, pull: Run) -> None:
    source.routes["/a"] = lambda query: {"value": ROWS[4:]} if query else {"value": ROWS[:4], "next": "a?$skip=4"}
    paging = {"by": "next_link", "path": "next"}
    assert pull({"url": source.url + "/a", "records": "value", "paging": paging})[1].verdict == "complete"
    assert len(source.asked) == 4


def test_rows_that_come_twice_in_a_source_that_stands_still_are_its_own(source: Any, pull: Run) -> None:
    source.routes["/a"] = lambda _query: {"rows": [*ROWS, *ROWS[:3]]}
    _snapshot, receipt = pull({"url": source.url + "/a", "records": "rows"})
    assert (receipt.received, receipt.distinct, receipt.verdict) == (10, 7, "complete")
    assert receipt.reason.endswith("3 records came twice, and so they did in a second pass.")


@pytest.mark.parametrize(("other", "verdict"), [({}, "unproven"), ({"lit": True}, "complete")])
def test_a_key_that_comes_again_on_another_page_is_another_version_or_a_doubt(
    source: Any, pull: Run, other: Any, verdict: str
) -> None:
    rows = [*ROWS, {**ROWS[0], **other}]
    source.routes["/a"] = lambda query: rows[int(query["offset"]) : int(query["offset"]) + 2]
    _snapshot, receipt = pull({"url": source.url + "/a", "paging": OFFSET})
    assert (receipt.received, receipt.distinct, receipt.verdict) == (8, 7, verdict)


def test_rows_that_moved_once_are_pulled_again(source: Any, pull: Run) -> None:
    def insert(query: Mapping[str, str]) -> Any:
        rows = ROWS if len(source.asked) < 2 else [{"id": "new"}, *ROWS]
        return rows[int(query["offset"]) :][:3]

    source.routes["/a"] = insert
    _snapshot, receipt = pull({"url": source.url + "/a", "paging": OFFSET})
    assert (receipt.received, receipt.distinct, receipt.verdict) == (8, 8, "complete")


def test_a_count_that_moves_in_every_pass_is_not_complete(source: Any, pull: Run) -> None:
    source.routes["/a"] = lambda query: {"count": len(source.asked)} if "c" in query else {"rows": ROWS[:6]}
    count = {"params": {"c": 1}, "path": "count"}
    _snapshot, receipt = pull({"url": source.url + "/a", "records": "rows", "count": count})
    assert receipt.verdict == "unproven"
    assert receipt.reason == "The source's count (c) moved from 4 to 6 while it was pulled."


def test_a_count_that_shrinks_on_later_pages_is_believed_on_the_first_only(source: Any, pull: Run) -> None:
    source.routes["/a"] = lambda query: (
        {"value": ROWS[4:], "@iot.count": 3} if query else {"value": ROWS[:4], "@iot.count": 7, "@iot.nextLink": "?s=4"}
    )
    paging = {"by": "next_link", "path": "@iot.nextLink"}
    count = {"path": "@iot.count", "first": True}
    _snapshot, receipt = pull({"url": source.url + "/a", "records": "value", "paging": paging, "count": count})
    assert (receipt.declared, receipt.received, receipt.verdict) == (7, 7, "complete")
    assert [query for _path, query, _headers in source.asked] == [{}, {"s": "4"}, {}]


def test_a_count_that_grows_meanwhile_does_not_trouble_a_pull_by_key(source: Any, pull: Run) -> None:
    def grow(query: Mapping[str, str]) -> Any:
        there = 4 + min(len(source.asked), 3)
        if "c" in query:
            return {"count": there}
        return {"rows": [{"id": number} for number in range(1, there) if number > int(query.get("after", 0))][:3]}

    source.routes["/a"] = grow
    paging = {"by": "keyset", "key": "id", "params": {"after": "{last}"}}
    count = {"params": {"c": 1}, "path": "count"}
    options = {"url": source.url + "/a", "records": "rows", "paging": paging, "count": count}
    _snapshot, receipt = pull(options)
    assert (receipt.verdict, receipt.declared) == ("complete", None)
    assert "moved from 5 to 7 while it was pulled" in receipt.reason


def test_ids_that_change_meanwhile_are_asked_for_again(source: Any, pull: Run) -> None:
    def layer(query: Mapping[str, str]) -> Any:
        ids = ["1", "2", "3"] if len(source.asked) < 3 else ["1", "2", "4"]
        return ids if "only" in query else [{"id": one} for one in query["in"].split(",") if one in ids]

    source.routes["/a"] = layer
    paging = {"by": "id_chunks", "ids": {"params": {"only": "ids"}, "path": "", "key": "id"}, "param": "in"}
    _snapshot, receipt = pull({"url": source.url + "/a", "paging": paging})
    assert (receipt.declared, receipt.distinct, receipt.verdict) == (3, 3, "complete")
    assert source.asked[-2][1] == {"in": "1,2,4"}


def test_a_list_whose_count_is_wrong_is_not_made_good_by_another(source: Any, pull: Run) -> None:
    source.routes["/k"] = lambda _query: [{"id": "a"}, {"id": "b"}]
    source.routes["/a"] = lambda _query: {"rows": [{"id": "1"}], "n": 2}
    source.routes["/b"] = lambda _query: {"rows": [{"id": "2"}, {"id": "3"}], "n": 1}
    items = {"path": "/k", "take": {"k": "id"}}
    _snapshot, receipt = pull({"url": source.url, "path": "/{k}", "records": "rows", "count": "n", "for_each": items})
    assert (receipt.verdict, receipt.reason) == ("unproven", "One of its lists declares 2 records and sent 1.")


@pytest.mark.parametrize("paging", [OFFSET, {"by": "page", "param": "page"}, {"by": "next_link", "path": "next"}])
def test_a_source_that_gives_page_1_for_ever_is_found_out(source: Any, pull: Run, paging: Any) -> None:
    source.routes["/a"] = lambda query: {"rows": ROWS, "next": f"/a?n={int(query.get('n', 0)) + 1}"}
    with pytest.raises(PullError, match="page 2 repeats page 1"):
        pull({"url": source.url + "/a", "records": "rows", "paging": paging})


def test_a_link_that_leads_back_ends_nothing(source: Any, pull: Run) -> None:
    source.routes["/a"] = lambda query: {"rows": [] if query else ROWS, "next": "/a?n=1"}
    with pytest.raises(PullError, match="page 3 leads back to one already read"):
        pull({"url": source.url + "/a", "records": "rows", "paging": {"by": "next_link", "path": "next"}})
