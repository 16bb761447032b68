"""What goes wrong on the wire, in our own words: those of the libraries hold whole addresses and headers (pure)."""

import socket
import ssl
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from http import HTTPStatus

import requests
import urllib3

from lamppost.errors import PullError
from lamppost.pull.address import show_url
from lamppost.pull.fault import fault

LONGEST_CHAIN = 20


class PassingError(Exception):
    """Worth asking again; `after` is what the source wished for in seconds, if anything."""

    def __init__(self, found: str, after: float | None = None, do: str = "") -> None:
        super().__init__(found)
        self.after = after
        self.do = do or "try again later, or ask the source's operator"


def translate(error: Exception, url: str, silence: float) -> PullError | PassingError:
    """The error to raise for what a library raised while `url` was asked."""
    place = show_url(url)
    chain = _causes_of(error)
    if any(isinstance(one, ssl.SSLError) for one in chain):
        return fault(place, "its certificate or TLS is not valid", "a valid one", "ask the source's operator")
    if isinstance(error, (requests.exceptions.InvalidHeader, UnicodeError)):
        do = "look for a line break or a letter outside ASCII in the environment"
        return fault(place, "a header that cannot be sent", "plain text in one line", do)
    if isinstance(error, (requests.ConnectionError, requests.Timeout, urllib3.exceptions.HTTPError, OSError)) and (
        not isinstance(error, (requests.exceptions.InvalidURL, urllib3.exceptions.LocationValueError, ValueError))
    ):
        return _describe_break(chain, silence)
    return fault(place, "an address that cannot be asked", "one such as https://host/path", "correct the address")


def _describe_break(chain: list[BaseException], silence: float) -> PassingError:
    if any(isinstance(one, socket.gaierror) for one in chain):
        return PassingError("its host name is unknown", do="check the address and this machine's network")
    if any(isinstance(one, ConnectionRefusedError) for one in chain):
        return PassingError("it refuses the connection", do="check the address, and whether the source is running")
    if any(isinstance(one, (TimeoutError, requests.Timeout, urllib3.exceptions.TimeoutError)) for one in chain):
        return PassingError(f"it was silent for {silence:g} s")
    return PassingError("half an answer (the connection broke)")


def _causes_of(error: BaseException) -> list[BaseException]:
    """The error and what it came from, also where urllib3 keeps it in `reason` or `args`."""
    chain: list[BaseException] = []
    waiting: list[object] = [error]
    while waiting and len(chain) < LONGEST_CHAIN:
        one = waiting.pop()
        if isinstance(one, BaseException) and one not in chain:
            chain.append(one)
            waiting += [one.__cause__, one.__context__, getattr(one, "reason", None), *one.args]
    return chain


def name_status(status: int) -> str:
    """`404 Not Found`; what the server wrote beside the number is not repeated."""
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def read_retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait (RFC 9110 §10.2.3); a date is measured against the answer's own Date, so no clock is needed."""
    text = headers.get("retry-after", "").strip()
    if text.isdigit():
        return float(text[:9])
    try:
        return (parsedate_to_datetime(text) - parsedate_to_datetime(headers["date"])).total_seconds()
    except (KeyError, ValueError, TypeError):
        return None
