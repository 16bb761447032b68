"""The only network code: one GET that either brings a whole answer home or says in a sentence why not.

What requests leaves open is closed here: no deadline for the whole, no cap, cut bodies taken for whole ones, proxies
and passwords taken from the environment, redirects to anywhere. Messages never show user, password or query.
"""

import socket
import threading
import time
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy
from ipaddress import ip_address
from types import MappingProxyType
from typing import TypeVar

import requests
import urllib3
from requests.utils import parse_header_links
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt, stop_before_delay
from tenacity.wait import wait_random_exponential

from lamppost import __version__
from lamppost.pull.access import Access
from lamppost.pull.address import PORTS, add_params, join_url, origin_of, show_url, split_url, split_user
from lamppost.pull.body import (
    BigBodyError,
    CutBodyError,
    SlowBodyError,
    check_length,
    inflate,
    is_markup,
    read_body,
)
from lamppost.pull.fault import fault
from lamppost.pull.trouble import PassingError, name_status, read_retry_after, translate

Value = TypeVar("Value")
NOTHING: Mapping[str, str] = MappingProxyType({})
MAX_HOPS = 5
MAX_BYTES = 256 * 2**20
GOOD = frozenset({200, 203})
VALIDATORS = {"If-None-Match": "etag", "If-Modified-Since": "last_modified"}
"""Request header → name of what an earlier answer brought (RFC 9110 §13.1)."""
REDIRECTS = {301, 302, 303, 307, 308}
PASSING = {408, 425, 429, 500, 502, 503, 504}
"""Statuses after which the same question may get an answer."""
ADVICE = {
    401: "check the key or password in the environment",
    403: "check the key or password in the environment, and what it may read",
    404: "check the address in the descriptor",
    429: "ask less often, or ask the source's operator for a higher limit",
}


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


@dataclass(frozen=True)
class _Question:
    url: str
    headers: Mapping[str, str]
    user: tuple[str, str] | None
    home: str
    expect: str
    body: bytes | None
    good: frozenset[int]


class Transport:
    """Asks sources; one instance serves a whole run.

    `deadline`: seconds for one answer with all its redirects · `silence`: seconds without a byte · `budget`: seconds
    after which no further attempt begins · `longest_wait`: cap for Retry-After and backoff · `max_bytes`: cap
    for a body, as sent and inflated · `sleep`: how waits are spent.
    """

    def __init__(
        self,
        *,
        deadline: float = 120.0,
        silence: float = 30.0,
        budget: float = 300.0,
        attempts: int = 5,
        longest_wait: float = 30.0,
        max_bytes: int = MAX_BYTES,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.deadline = deadline
        self.silence = silence
        self.budget = budget
        self.attempts = attempts
        self.longest_wait = longest_wait
        self.max_bytes = max_bytes
        self._sleep = sleep
        self._backoff = wait_random_exponential(multiplier=0.5, max=longest_wait)
        self._session = _open_session()

    def ask(
        self,
        url: str,
        access: Access,
        *,
        params: Mapping[str, str] = NOTHING,
        body: bytes | None = None,
        headers: Mapping[str, str] = NOTHING,
        expect: str = "",
        also: Collection[int] = (),
        validators: Mapping[str, str] = NOTHING,
    ) -> Response:
        """The answer to one GET, or to one POST of `body`; PullError when there is none worth having.

        `access` says who may be asked and as whom: only at `access.home` its headers, user, password and secret
        parameters, and `headers`, are sent; any other place must be public and https. With `expect` (`json`, `csv`, …)
        a page of HTML is refused. `also`: statuses that are answers too, such as 202. `validators`: `etag`,
        `last_modified` of an answer that is still known; then 304 is an answer.
        """
        bare, user = split_user(url)
        own = {**access.headers, **headers}
        if body is not None:
            own.setdefault("Content-Type", "application/json")
        for name, key in VALIDATORS.items():
            if validators.get(key):
                own[name] = validators[key]
        good = GOOD | set(also) | ({304} if validators else set())
        secret = access.query if origin_of(bare) == origin_of(access.home) else NOTHING
        question = _Question(
            add_params(bare, {**params, **secret}), own, access.user or split_user(access.home)[1] or user,
            access.home, expect, body, frozenset(good),
        )  # fmt: skip
        _check_address(question.url, "its scheme is not http or https")
        _check_reach(question.url, access.home, show_url(access.home))
        retrying = Retrying(
            retry=retry_if_exception_type(PassingError),
            stop=stop_after_attempt(self.attempts) | stop_before_delay(self.budget),
            wait=self._wait,
            sleep=self._sleep,
            reraise=True,
        )
        try:
            return retrying(self._attempt, question)
        except PassingError as error:
            tried = retrying.statistics.get("attempt_number", 1)
            found = f"{error}, {tried} times" if tried > 1 else str(error)
            raise fault(show_url(url), found, "an answer", error.do) from None

    def trail(self) -> tuple[str, ...]:
        """What was asked since the last call and what came back, a line an answer, for the run's own record."""
        return ()

    def close(self) -> None:
        """Closes what connections are still open."""
        self._session.close()

    def _wait(self, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        if isinstance(error, PassingError) and error.after is not None:
            return min(max(error.after, 0.0), self.longest_wait)
        return self._backoff(state)

    def _attempt(self, question: _Question) -> Response:
        end = time.monotonic() + self.deadline
        try:
            return _within(self.deadline, lambda: self._follow(question, end))
        except SlowBodyError:
            self._session = _open_session()  # the old one may still be held by the answer that never ended
            found = f"no whole answer within {self.deadline:g} s"
            raise fault(
                show_url(question.url), found, "one", "ask for smaller pages, or for the server's health"
            ) from None

    def _follow(self, question: _Question, end: float) -> Response:
        url, simulated = question.url, False
        for _hop in range(MAX_HOPS + 1):
            response = self._hop(url, question, end)
            simulated = simulated or response.simulated
            if response.status not in REDIRECTS:
                return _accept(response, question, simulated=simulated)
            target = join_url(url, response.headers.get("location", ""))
            _check_address(target, f"it was redirected to {show_url(target)}")
            _check_reach(target, question.home, f"{show_url(url)} (redirect)")
            url = split_user(target)[0]
        raise fault(show_url(question.url), f"more than {MAX_HOPS} redirects", "an answer", "check the address")

    def _hop(self, url: str, question: _Question, end: float) -> Response:
        at_home = origin_of(url) == origin_of(question.home)
        headers = {"Accept-Encoding": "gzip", "User-Agent": f"lamppost/{__version__}"}
        left = max(end - time.monotonic(), 0.001)
        try:
            with self._session.request(
                "GET" if question.body is None else "POST",
                url,
                data=question.body,
                headers=headers | (dict(question.headers) if at_home else {}),
                auth=question.user if at_home else None,
                timeout=(min(10.0, left), min(self.silence, left)),
                allow_redirects=False,
                stream=True,
            ) as answer:
                return self._read(answer, question, end)
        except BigBodyError:
            found = f"more than {self.max_bytes:,} bytes"
            raise fault(show_url(url), found, "less", "ask for smaller pages or fewer fields") from None
        except CutBodyError as error:
            raise PassingError(f"half an answer ({error})") from None
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            raise translate(error, url, self.silence) from None

    def _read(self, answer: requests.Response, question: _Question, end: float) -> Response:
        headers = {name.lower(): value for name, value in answer.headers.items()}
        simulated = headers.get("x-lamppost-simulated", "").strip().lower() == "true"
        if answer.status_code not in question.good:
            return Response(answer.status_code, answer.url, headers, b"", simulated)
        body = read_body(lambda size: answer.raw.read1(size, decode_content=False), end=end, max_bytes=self.max_bytes)
        whole = check_length(body, headers)
        encoding = headers.get("content-encoding", "").strip().lower()
        if encoding in {"gzip", "x-gzip"}:
            body, whole = inflate(body, max_bytes=self.max_bytes), True
        elif encoding not in {"", "identity"}:
            found = f"content encoding {encoding!r}"
            raise fault(show_url(answer.url), found, "gzip or none", "have the server honour Accept-Encoding")
        links = {
            name: link["url"]
            for link in parse_header_links(headers.get("link", ""))
            for name in link.get("rel", "").split()
        }
        return Response(answer.status_code, answer.url, headers, body, simulated, whole, links)


class _Session(requests.Session):
    """Leaves redirects to us: even when told not to follow, requests reads the whole body of one, however long."""

    def get_redirect_target(self, resp: requests.Response) -> None:
        del resp


def _open_session() -> requests.Session:
    session = _Session()
    session.trust_env = False  # no proxies, no .netrc: what the descriptor says is all that is asked
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.headers.clear()
    session.headers["Accept"] = "*/*"
    return session


def _accept(response: Response, question: _Question, *, simulated: bool) -> Response:
    """The response when it is an answer; the error it stands for when not."""
    place, status, expect = show_url(response.url), response.status, question.expect
    if status in PASSING and status not in question.good:
        raise PassingError(f"HTTP {name_status(status)}", read_retry_after(response.headers), ADVICE.get(status, ""))
    if status not in question.good:
        do = ADVICE.get(status, "check the address and its parameters in the descriptor")
        raise fault(place, f"HTTP {name_status(status)}", "200", do)
    if expect and is_markup(response.body, response.headers.get("content-type", "")):
        do = "open the address in a browser: it may ask for a login or be under repair"
        raise fault(place, f"a page of HTML or XML with HTTP {status}", expect.upper(), do)
    return Response(status, response.url, response.headers, response.body, simulated, response.whole, response.links)


def _check_address(url: str, found: str) -> None:
    parts = split_url(url)
    if parts.scheme not in PORTS or not parts.hostname or origin_of(url)[2] is None:
        raise fault(show_url(url) or "address", found, "an address such as https://host/path", "correct the address")


def _check_reach(url: str, home: str, place: str) -> None:
    """Refuses to be sent from the descriptor's own origin into somebody's network."""
    if origin_of(url) == origin_of(home):
        return
    parts = split_url(url)
    if parts.scheme != "https" or not _is_public(parts.hostname or ""):
        do = "if that is the right place, write its address into the descriptor"
        raise fault(place, f"leads to {show_url(url)}", f"{show_url(home)} or a public https address", do)


def _is_public(host: str) -> bool:
    try:
        found = socket.getaddrinfo(host, None)
    except (OSError, UnicodeError):
        return False
    return all(ip_address(str(one[4][0]).partition("%")[0]).is_global for one in found)


def _within(seconds: float, job: Callable[[], Value]) -> Value:
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
