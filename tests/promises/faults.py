"""What goes wrong between a source and us, one after another, as a server on loopback does it byte by byte."""

import gzip
import itertools
import json
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from tests.promises.sources import CSV, RECORDS
from tests.pull.conftest import Source
from tests.pull.wire import raw, sized

Route = Callable[[Mapping[str, str]], Any]
TEXT, PACKED = "Content-Type: text/csv", "Content-Encoding: gzip"
SHORT = gzip.compress(CSV)
HTML = b"<!DOCTYPE html><title>Sign in</title>"
ERRORS = {
    "socrata": b'{"code": "query.compiler.malformed", "error": true, "message": "no such column"}',
    "arcgis": b'{"error": {"code": 498, "message": "Invalid token."}}',
    "ckan": b'{"help": "", "success": false, "error": {"__type": "Not Found Error"}}',
}
SLOW = 0.2
"""Seconds of silence, which is more than the transport's patience in these tests."""


def write_all() -> dict[str, Route]:
    """Name of the fault → the route that has it, in the place of a good CSV."""
    return {name: _always(parts) for name, parts in {**_cut(), **_refused(), **_mislabelled()}.items()} | {
        "endless body": lambda _query: _endless(),
        "one byte at a time": lambda _query: _drip(sized(CSV, TEXT)),
        "slow first byte": lambda _query: _wait(sized(CSV, TEXT)),
    }


def _always(parts: tuple[bytes, ...]) -> Route:
    return lambda _query: iter(parts)


def _cut() -> dict[str, tuple[bytes, ...]]:
    """Half an answer."""
    return {
        "reset in the header": (b"HTTP/1.1 200 OK\r\nContent-", Source.reset),
        "reset in the body": (sized(CSV, TEXT)[:-9], Source.reset),
        "no answer at all": (b"",),
        "length too large": (raw(TEXT, "Content-Length: 99", body=CSV),),
        "length too small": (raw(TEXT, "Content-Length: 9", body=CSV),),
        "two lengths": (raw(TEXT, "Content-Length: 9", f"Content-Length: {len(CSV)}", body=CSV),),
        "cut chunk": (raw(TEXT, "Transfer-Encoding: chunked", body=b"20\r\nid,name,value\n1,a"),),
        "ends with the connection": (raw(TEXT, body=CSV[:-6]),),
        "cut gzip": (sized(SHORT[:-9], TEXT, PACKED),),
        "gzip of a wrong sum": (sized(SHORT[:-8] + b"\0\0\0\0" + SHORT[-4:], TEXT, PACKED),),
        "rubbish behind gzip": (sized(SHORT + b"GARBAGE", TEXT, PACKED),),
        "gzip in gzip": (sized(gzip.compress(SHORT), TEXT, PACKED),),
        "called gzip and is none": (sized(CSV, TEXT, PACKED),),
    }


def _refused() -> dict[str, tuple[bytes, ...]]:
    """Another status than 200, and places that are not to be asked."""
    places = {
        "loop": "/csv", "a file": "file:///etc/passwd", "metadata": "http://169.254.169.254/latest/",
        "a private place": "http://10.0.0.1/rows.csv", "ourselves": "http://[::1]:9/",
    }  # fmt: skip
    waits = ("0", "86400", "Wed, 21 Oct 2099 07:28:00 GMT", "soon")
    numbers = (400, 401, 403, 404, 410, 500, 502, 503, 504)
    return {
        **{f"status {one}": (sized(b"no", TEXT, status=f"{one} No"),) for one in numbers},
        **{f"wait {one}": (sized(b"", f"Retry-After: {one}", status="429 Too Many"),) for one in waits},
        **{f"redirect to {name}": (sized(b"", f"Location: {to}", status="302 Found"),) for name, to in places.items()},
        "permanent loop": (sized(b"", "Location: /csv", status="301 Moved"),),
        "not modified, unasked": (b"HTTP/1.1 304 Not Modified\r\n\r\n",),
        "no content": (b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n",),
        "a part, unasked": (sized(CSV[:20], TEXT, "Content-Range: bytes 0-19/32", status="206 Partial Content"),),
    }


def _mislabelled() -> dict[str, tuple[bytes, ...]]:
    """200, and something else than was asked for."""
    return {
        "empty": (sized(b"", TEXT),),
        "HTML": (sized(HTML, TEXT),),
        "HTML that says so": (sized(HTML, "Content-Type: text/html"),),
        **{f"error of {name}": (sized(body, "Content-Type: application/json"),) for name, body in ERRORS.items()},
        "another charset": (sized("id,name,value\n1,ä,1\n2,ö,2\n".encode("latin-1"), TEXT + "; charset=utf-8"),),
        "half of the rows": (sized(CSV[:20], TEXT),),
        "no rows": (sized(CSV[:14], TEXT),),
        "rows twice, and different": (sized(CSV + b"1,z,9\n", TEXT),),
    }


def _endless() -> Iterator[bytes]:
    yield raw(TEXT, body=CSV)
    for number in itertools.count(4):
        yield b"".join(b"%d,x,1\n" % one for one in range(number * 10_000, number * 10_000 + 10_000))


def _drip(answer: bytes) -> Iterator[bytes]:
    for place in range(len(answer)):
        yield answer[place : place + 1]
        time.sleep(SLOW / 10)


def _wait(answer: bytes) -> Iterator[bytes]:
    time.sleep(SLOW)
    yield answer


def write_pages() -> dict[str, Route]:
    """Faults of a source that gives its records page by page, says how many there are, and where the next page is."""
    good = {"1": page(RECORDS[:2], "2"), "2": page(RECORDS[2:])}
    return {
        "a page comes twice": _paged({**good, "2": page(RECORDS[:2])}),
        "a page is missing": _paged({"1": good["1"]}),
        "a page is empty": _paged({**good, "2": page([])}),
        "fewer than the total": _paged({"1": page(RECORDS[:2])}),
        "more than the total": _paged({**good, "2": page([*RECORDS[2:], {"id": "4", "name": "d", "value": 4}])}),
        "the total changes": _paged({**good, "2": page(RECORDS[2:], total=4)}),
        "the cursor goes in a ring": _paged({**good, "2": page(RECORDS[2:], "1")}),
        "other columns on page 2": _paged({**good, "2": page([{"id": "3", "called": "c", "value": 3}])}),
        "an error on page 2": _paged({**good, "2": ERRORS["arcgis"]}),
        "no total": _paged({"1": b'{"rows": []}'}),
    }


def page(records: list[dict[str, Any]], after: str = "", total: int = len(RECORDS)) -> bytes:
    """One answer of such a source."""
    return json.dumps({"rows": records, "total": total, **({"after": after} if after else {})}).encode()


def _paged(pages: Mapping[str, bytes]) -> Route:
    missing = sized(b"{}", "Content-Type: application/json", status="404 Not Found")
    answers = {number: sized(body, "Content-Type: application/json") for number, body in pages.items()}
    return lambda query: iter([answers.get(query.get("page", "1"), missing)])
