"""What goes wrong on the wire, in our own words: those of the libraries hold whole addresses and headers (pure)."""

import socket
import ssl
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from http import HTTPStatus

import requests
import urllib3

from lamppost.errors import PullError
from lamppost.pull.fault import fault
from lamppost.pull.transport.address import show_url
from lamppost.pull.transport.body import TwoLengthsError

LONGEST_CHAIN = 20
PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Statuses after which the same question may get an answer."""
ADVICE = {
    204: "check the address and its parameters: this is where a source has nothing to say",
    206: "have the server send the whole: a part was not asked for",
    304: "have the server, or a cache before it, send the content: nothing was said to be known already",
    401: "check the key or password in the environment",
    403: "check the key or password in the environment, and what it may read",
    404: "check the address in the descriptor",
    410: "find where the source has moved: it says that this is gone for good",
    429: "ask less often (`rate:`), or ask the source's operator for a higher limit",
}
RESETS = ("x-ratelimit-reset", "x-rate-limit-reset", "ratelimit-reset")
EPOCH = 10**8
"""Greater numbers are seconds since 1970, smaller ones seconds to go."""
CERTIFICATES = {
    9: ("its certificate is not valid yet", "ask the source's operator, or check this machine's clock"),
    10: ("its certificate has expired", "ask the source's operator to renew it"),
    18: ("its certificate is self-signed", "write the path of that certificate as `ca:`, or ask for a public one"),
    19: ("its certificate is from an authority that is not public", "write the path of its certificate as `ca:`"),
    20: ("its certificate is from an authority that is not known", "write the path of its certificate as `ca:`"),
    21: ("its certificate comes without those above it", "ask the source's operator, or write their path as `ca:`"),
    23: ("its certificate was revoked", "ask the source's operator"),
    62: ("its certificate is for another host", "use the host name that the certificate is for"),
    64: ("its certificate is for another address", "use the host name that the certificate is for"),
}
"""OpenSSL's verification codes (x509_vfy.h, X509_V_ERR_*) → what was found, what to do."""
CUT_TLS = (ssl.SSLEOFError, ssl.SSLZeroReturnError, ssl.SSLSyscallError)


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
    broken = next((one for one in chain if isinstance(one, ssl.SSLError)), None)
    if broken is not None and not any(isinstance(one, CUT_TLS) for one in chain):
        found, do = _name_tls(broken)
        return fault(place, found, "a valid certificate", do)
    if any(isinstance(one, TwoLengthsError) for one in chain):
        return PassingError("a broken answer (it declares two lengths)")
    if isinstance(error, (requests.exceptions.InvalidHeader, UnicodeError)):
        do = "look for a line break or a letter outside ASCII in the environment"
        return fault(place, "a header that cannot be sent", "plain text in one line", do)
    if isinstance(error, (requests.ConnectionError, requests.Timeout, urllib3.exceptions.HTTPError, OSError)) and (
        not isinstance(error, (requests.exceptions.InvalidURL, urllib3.exceptions.LocationValueError, ValueError))
    ):
        return _describe_break(chain, silence)
    return fault(place, "an address that cannot be asked", "one such as https://host/path", "correct the address")


def _name_tls(error: ssl.SSLError) -> tuple[str, str]:
    """What was found, what to do."""
    other = "its certificate or TLS is not valid", "ask the source's operator"
    if isinstance(error, ssl.SSLCertVerificationError):
        return CERTIFICATES.get(error.verify_code, other)
    if error.reason in {"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE"}:
        return "it does not speak TLS", "check the port, or whether the address begins with http://"
    return other


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


def is_passing(status: int, headers: Mapping[str, str]) -> bool:
    """True when the same question may get an answer later; some say 403 when the hour's share is used up."""
    return status in PASSING or (status == HTTPStatus.FORBIDDEN and headers.get("x-ratelimit-remaining") == "0")


def read_wait(headers: Mapping[str, str], now: float) -> float | None:
    """Seconds that the source wishes to be left alone; None when it says nothing that can be, such as a time gone by.

    Retry-After (RFC 9110 §10.2.3) comes first, then the rate limit headers that vendors agree on. A point in time is
    measured against the answer's own Date; only without one `now`, in seconds since 1970, is needed.
    """
    date = _read_date(headers.get("date", ""))
    here = now if date is None else date
    after = headers.get("retry-after", "").strip()
    point = _read_date(after)
    wishes = [_read_number(after), None if point is None else point - here]
    for name in RESETS:
        reset = _read_number(headers.get(name, "").strip())
        wishes.append(reset - here if reset is not None and reset > EPOCH else reset)
    return next((one for one in wishes if one is not None and one > 0), None)


def _read_number(text: str) -> float | None:
    if not (text.isascii() and text.replace(".", "", 1).isdigit()):
        return None
    number = float(text[:20])
    return number / 1000 if number > EPOCH * 1000 else number  # some send milliseconds


def _read_date(text: str) -> float | None:
    try:
        return parsedate_to_datetime(text).timestamp()
    except (ValueError, TypeError, OverflowError):
        return None
