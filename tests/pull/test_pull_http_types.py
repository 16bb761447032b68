"""Sources that name a wrong content type: refused until the descriptor says that the type means nothing."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from lamppost.errors import PullError
from lamppost.model import Receipt, Snapshot

Run = Callable[..., tuple[Snapshot, Receipt]]
ROWS = json.dumps([{"id": "1"}, {"id": "2"}]).encode()
HTML = {"Content-Type": "Text/HTML; charset=utf-8"}


def serve(source: Any, body: bytes) -> dict[str, Any]:
    source.routes["/a"] = lambda _query: (200, {**HTML, "Content-Length": str(len(body))}, body)
    return {"url": source.url + "/a", "format": "json"}


@pytest.mark.parametrize("adapter", ["http", "poll"])
def test_json_that_is_sent_as_html_is_refused_with_the_way_out(source: Any, pull: Run, adapter: str) -> None:
    with pytest.raises(PullError, match=r"write `accept_types: \[text/html\]`"):
        pull(serve(source, ROWS), adapter)


@pytest.mark.parametrize("adapter", ["http", "poll"])
def test_a_type_that_the_descriptor_accepts_says_nothing(source: Any, pull: Run, adapter: str) -> None:
    _, receipt = pull({**serve(source, ROWS), "accept_types": ["text/html"]}, adapter)
    assert (receipt.verdict, receipt.received) == ("complete", 2)


@pytest.mark.parametrize("body", [b"<!doctype html><p>sign in", b"<html>", b"\xef\xbb\xbf  <!-- x --><HTML>"])
def test_a_page_of_html_is_refused_whatever_is_accepted(source: Any, pull: Run, body: bytes) -> None:
    with pytest.raises(PullError, match="a page of HTML"):
        pull({**serve(source, body), "accept_types": ["text/html"]})


@pytest.mark.parametrize("types", [["html"], ["text/html; charset=utf-8"], ["*/*"]])
def test_what_is_no_type_is_refused_before_anything_is_asked(source: Any, pull: Run, types: list[str]) -> None:
    with pytest.raises(PullError, match="expected a content type such as text/html"):
        pull({**serve(source, ROWS), "accept_types": types})
    assert source.asked == []
