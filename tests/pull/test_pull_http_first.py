"""Pages that are counted from 0 or from 1: what stands before the first number asked for is looked at too."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from lamppost.errors import PullError
from lamppost.model import Receipt, Snapshot

Run = Callable[..., tuple[Snapshot, Receipt]]
ROWS = [{"id": f"r{number}"} for number in range(9)]


def serve(source: Any, **pages: list[Any]) -> None:
    """`p0=…`: what the page with that number holds; others are empty."""
    source.routes["/a"] = lambda query: pages.get(f"p{query.get('page', query.get('skip', ''))}", [])


def ask(source: Any, **paging: Any) -> Mapping[str, Any]:
    return {"url": source.url + "/a", "paging": {"by": "page", "param": "page", **paging}}


def test_pages_from_0_are_read_where_the_descriptor_says_so(source: Any, pull: Run) -> None:
    serve(source, p0=ROWS[:5], p1=ROWS[5:])
    _, receipt = pull(ask(source, first=0))
    assert (receipt.verdict, receipt.received, receipt.pages) == ("complete", 9, (5, 4))


def test_a_source_that_counts_from_0_is_not_read_from_1(source: Any, pull: Run) -> None:
    serve(source, p0=ROWS[:4], p1=ROWS[4:])
    with pytest.raises(PullError, match=r"`page` 0 holds records too.*write `first: 0` under `paging:`"):
        pull(ask(source))


def test_a_source_that_gives_page_1_for_0_as_well_is_whole(source: Any, pull: Run) -> None:
    serve(source, p0=ROWS[:4], p1=ROWS[:4], p2=ROWS[4:])
    assert pull(ask(source))[1].received == 9


def test_a_source_that_gives_page_0_for_1_as_well_is_not_read_from_0(source: Any, pull: Run) -> None:
    serve(source, p0=ROWS[:4], p1=ROWS[:4], p2=ROWS[4:])
    with pytest.raises(PullError, match="page 2 repeats page 1"):
        pull(ask(source, first=0))


def test_rows_that_are_skipped_from_1_leave_none_before(source: Any, pull: Run) -> None:
    serve(source, p0=ROWS, p1=ROWS[1:])
    with pytest.raises(PullError, match="`skip` 0 holds records too"):
        pull({"url": source.url + "/a", "paging": {"by": "offset", "param": "skip", "first": 1}})


def test_a_count_makes_the_look_before_needless(source: Any, pull: Run) -> None:
    source.routes["/a"] = lambda query: {"rows": {"1": ROWS[:4], "2": ROWS[4:]}.get(query["page"], []), "total": 9}
    pull({**ask(source), "records": "rows", "count": "total"})
    assert "0" not in [query["page"] for _path, query, _headers in source.asked]
