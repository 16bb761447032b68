"""Answers as they go over the wire, byte by byte, and what a transport makes of them."""

from typing import Any

import pytest

from lamppost.errors import PullError
from lamppost.pull import Response, Transport
from lamppost.pull.transport.access import Access

JSON = "Content-Type: application/json"
CSV = b"id,name\n" + b"".join(b"%d,row%d\n" % (n, n) for n in range(500))


def raw(*lines: str, body: bytes = b"", status: str = "200 OK", end: str = "Connection: close") -> bytes:
    """An answer as it goes over the wire, with these header lines."""
    return "\r\n".join([f"HTTP/1.1 {status}", *lines, end, "", ""]).encode() + body


def sized(body: bytes, *lines: str, status: str = "200 OK") -> bytes:
    return raw(*lines, f"Content-Length: {len(body)}", body=body, status=status)


def ask(source: Any, transport: Transport, *answers: bytes, expect: str = "json", **options: Any) -> Response:
    """Asks /a, which sends one answer after another, the last one for ever."""
    left = list(answers)
    source.routes["/a"] = lambda _query: iter([left.pop(0) if len(left) > 1 else left[0]])
    return transport.ask(source.url + "/a", Access(source.url + "/a"), expect=expect, **options)


def refused(source: Any, transport: Transport, *answers: bytes, expect: str = "json", **options: Any) -> str:
    with pytest.raises(PullError) as caught:
        ask(source, transport, *answers, expect=expect, **options)
    return str(caught.value)
