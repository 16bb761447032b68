"""One request and its one answer, read whole, against a clock and under every cap."""

import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TypeVar

import requests
import urllib3

from lamppost import __version__
from lamppost.pull.fault import fault
from lamppost.pull.transport.address import show_url
from lamppost.pull.transport.body import (
    BigBodyError,
    BrokenBodyError,
    CutBodyError,
    Gzip,
    Plain,
    SlowBodyError,
    check_length,
    read_body,
)
from lamppost.pull.transport.connect import has_surplus
from lamppost.pull.transport.links import read_links
from lamppost.pull.transport.trouble import PassingError, translate

Value = TypeVar("Value")
LONGEST_CONNECT = 10.0
OWN = {"Accept-Encoding": "gzip", "User-Agent": f"lamppost/{__version__}"}


@dataclass(frozen=True)
class Response:
    """A whole answer with status 200 or 203, or with another that the asker takes for one."""

    status: int
    url: str
    """Where it came from after redirects, query included: to be shown only through `show_url`."""
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes
    """Inflated."""
    simulated: bool = False
    whole: bool = True
    """The transfer showed its end; False for a body that just stopped when the connection closed."""
    links: Mapping[str, str] = field(default_factory=dict)
    """The Link header (RFC 8288): relation → address as sent."""
    is_read: bool = True
    """False where the status made the body worth nothing, so that it was left on the wire."""


@dataclass(frozen=True, repr=False)
class Request:
    """What is sent; `good` are the statuses whose body is read."""

    url: str
    headers: Mapping[str, str]
    user: tuple[str, str] | None
    body: bytes | None
    good: frozenset[int]

    @property
    def method(self) -> str:
        """GET, or POST with a body."""
        return "GET" if self.body is None else "POST"


@dataclass(frozen=True)
class Limits:
    """Seconds without a byte; bytes of a body, as sent and inflated; how many times as big as sent it may become."""

    silence: float
    max_bytes: int
    max_ratio: float


def exchange(session: requests.Session, request: Request, limits: Limits, end: float) -> Response:
    """The answer; PassingError where asking again may help, PullError where not, SlowBodyError after `end`.

    `end` is a time of the monotonic clock. UnreachableError when the host leads where it may not.
    """
    left = max(end - time.monotonic(), 0.001)
    user = None if request.user is None else tuple(one.encode() for one in request.user)  # RFC 7617 §2.1: UTF-8
    try:
        with session.request(
            request.method,
            request.url,
            data=request.body,
            headers={**OWN, **request.headers},
            auth=user,  # type: ignore[arg-type]  # bytes are taken as they are, texts become Latin-1
            timeout=(min(LONGEST_CONNECT, left), min(limits.silence, left)),
            allow_redirects=False,
            stream=True,
        ) as answer:
            return _read(answer, request, limits, end)
    except BigBodyError as error:
        raise fault(show_url(request.url), str(error), "less", "ask for smaller pages or fewer fields") from None
    except CutBodyError as error:
        raise PassingError(f"half an answer ({error})") from None
    except BrokenBodyError as error:
        raise PassingError(f"a broken answer ({error})") from None
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as error:
        raise translate(error, request.url, limits.silence) from None


def _read(answer: requests.Response, request: Request, limits: Limits, end: float) -> Response:
    status, url = answer.status_code, answer.url
    headers = {name.lower(): value for name, value in answer.headers.items()}
    simulated = headers.get("x-lamppost-simulated", "").strip().lower() == "true"
    if status not in request.good:
        return Response(status, url, headers, b"", simulated, is_read=False)
    into = _choose(headers.get("content-encoding", ""), limits)
    body = read_body(lambda size: answer.raw.read1(size, decode_content=False), into, end=end)
    whole = status == HTTPStatus.NOT_MODIFIED or check_length(into.received, headers)
    if whole and has_surplus(answer):
        raise CutBodyError(f"more than the {into.received} bytes came that it declares")
    whole = whole or (isinstance(into, Gzip) and into.received > 0)  # its trailer was seen
    return Response(status, url, headers, body, simulated, whole, read_links(headers.get("link", "")))


def _choose(encoding: str, limits: Limits) -> Plain:
    coding = encoding.strip().lower()
    if coding in {"gzip", "x-gzip"}:
        return Gzip(limits.max_bytes, limits.max_ratio)
    if coding not in {"", "identity"}:
        raise BrokenBodyError("its content encoding is neither gzip nor none, as was asked")
    return Plain(limits.max_bytes)


def within(seconds: float, job: Callable[[], Value]) -> Value:
    """What `job` gives or raises, or SlowBodyError once `seconds` are over.

    It runs on a thread of its own, because name lookup, TLS and headers that drip byte by byte pass every timeout
    that a socket has; one that hangs is left behind and ends with the process at the latest.
    """
    future: Future[Value] = Future()

    def work() -> None:
        try:
            future.set_result(job())
        except Exception as error:  # noqa: BLE001 - whatever it is, it is raised again where it is waited for
            future.set_exception(error)

    threading.Thread(target=work, name="lamppost-get", daemon=True).start()
    try:
        return future.result(timeout=seconds)
    except TimeoutError:
        raise SlowBodyError from None
