"""No secret in any message or trail, in any form: canaries in all places where a descriptor can put one."""

import base64
import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, quote_plus

import pytest

from lamppost.errors import PullError
from lamppost.pull import Transport
from lamppost.pull.transport.access import Access, OAuth
from lamppost.pull.transport.address import hide_secrets, show_url

CANARIES = [
    "us€r-Canary",
    "p@ss/Canary+1",
    "qu€ry=Canary&2",
    "he'ad\"er-Canary",
    "cl1ent Canary",
    "s3cret:Canary",
    "tok3n-Canary",
]
USER, PASSWORD, QUERY, HEADER, CLIENT, SECRET, TOKEN = CANARIES


def spell(secret: str) -> set[str]:
    """Every form in which a secret gets around."""
    safe = quote(secret, safe="")
    lower = re.sub("%..", lambda found: found.group().lower(), safe)
    plain = {secret, quote(secret), safe, lower, quote_plus(secret), json.dumps(secret)[1:-1], repr(secret)[1:-1]}
    pairs = [secret, f"a:{secret}", f"ab:{secret}", f"abc:{secret}", f"{secret}:pass", f"x{secret}yz"]
    data = [one.encode() for one in pairs]
    return plain | {encode(one).decode() for one in data for encode in (base64.b64encode, base64.urlsafe_b64encode)}


def hides(text: str) -> bool:
    """True when no core of a canary is left: neither plain nor within Base64."""
    cores = [one for one in CANARIES if one in text or quote(one, safe="") in text]
    return not cores and "Canary" not in text and "anary" not in text


@pytest.mark.parametrize("secret", CANARIES)
def test_a_secret_is_hidden_in_every_form(secret: str) -> None:
    for form in spell(secret):
        hidden = hide_secrets(f"before {form} after", {"NAME": secret})
        assert "${NAME}" in hidden, form
        assert secret not in hidden


def test_of_a_base64_pair_nothing_of_the_secret_is_left() -> None:
    for user in ("a", "ab", "abc"):
        pair = base64.b64encode(f"{user}:{PASSWORD}".encode()).decode()
        left = hide_secrets(pair, {"KEY": PASSWORD}).replace("${KEY}", "")
        assert len(left) <= 8


def test_of_an_address_user_password_and_query_are_hidden() -> None:
    url = f"https://{quote(USER)}:{quote(PASSWORD, safe='')}@a.example/data?key={quote(QUERY)}&sig=abc%3d"
    text = f"{url} {USER} {PASSWORD} {QUERY} abc= abc%3d " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
    hidden = hide_secrets(text, {"URL": url})
    assert hides(hidden)
    assert "abc" not in hidden
    assert "a.example/data" in hidden


def test_an_address_is_shown_without_what_a_terminal_obeys() -> None:
    assert show_url("http://u:p@a.example/\x1b[2J\u202e?key=1#x") == "http://a.example/%1B[2J%E2%80%AE"
    assert len(show_url("http://a.example/" + "x" * 9999)) == 301


def meet(source: Any) -> dict[str, Any]:
    """Each way in which a question can end badly."""
    return {
        "401": lambda _query: (401, {}, QUERY.encode()),
        "html": lambda _query: (200, {"Content-Type": "text/html"}, f"<html>{TOKEN}".encode()),
        "503": lambda _query: (503, {"X-Echo": HEADER.encode().decode("latin-1")}, SECRET.encode()),
        "type": lambda _query: (200, {"Content-Type": f"image/x; {TOKEN}"}, b"\x89PNG"),
        "away": lambda _query: (302, {"Location": f"http://{CLIENT[:6]}:{TOKEN}@10.0.0.1/b?k={quote(QUERY)}"}, b""),
        "cut": lambda _query: iter([b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n" + PASSWORD.encode()]),
        "gzip": lambda _query: (200, {"Content-Encoding": "gzip"}, PASSWORD.encode()),
        "coding": lambda _query: (200, {"Content-Encoding": TOKEN}, b"x"),
        "transfer": lambda _query: iter([f"HTTP/1.1 200 OK\r\nTransfer-Encoding: {TOKEN}\r\n\r\nx".encode()]),
        "header": lambda _query: iter([f"HTTP/1.1 200 {TOKEN}\r\nno header {SECRET}\r\n\r\n".encode()]),
        "status": lambda _query: iter([f"HTTP/9.9 {TOKEN}\r\n\r\n".encode()]),
        "good": lambda _query: [1],
    }


@pytest.mark.parametrize(
    "way", ["401", "html", "503", "type", "away", "cut", "gzip", "coding", "transfer", "header", "status", "good"]
)
def test_no_message_and_no_trail_holds_a_secret(
    source: Any, transport: Transport, caplog: pytest.LogCaptureFixture, way: str
) -> None:
    source.routes |= {"/a": meet(source)[way], "/token": lambda _query: {"access_token": TOKEN}}
    url = source.url.replace("//", f"//{quote(USER)}:{quote(PASSWORD, safe='')}@") + f"/a?key={quote(QUERY)}"
    oauth = OAuth(source.url + f"/token?tenant={quote(QUERY)}", CLIENT, SECRET)
    said: list[str] = []
    for access in (Access(url), Access(url, headers={"X-Key": "head-Canary"}, query={"k": QUERY}, oauth=oauth)):
        said += [tell(transport, url, access), repr(access)]
    said += [*transport.trail(), caplog.text]
    assert hides("\n".join(said))
    assert len(said) >= 7


def tell(transport: Transport, url: str, access: Access) -> str:
    try:
        return repr(transport.ask(url, access, expect="json").status)
    except PullError as error:
        return (
            f"{error} {error.__cause__!r} {error.__context__!r}" if error.__suppress_context__ is False else str(error)
        )


def test_the_last_word_of_a_login_holds_no_secret(source: Any, transport: Transport) -> None:
    access = Access(source.url, oauth=OAuth(source.url + "/token", CLIENT, SECRET))
    answers: Mapping[str, Any] = {"error": "invalid_client", "error_description": f"{CLIENT} {SECRET}"}
    source.routes["/token"] = lambda _query: (400, {}, json.dumps(answers).encode())
    assert hides(tell(transport, source.url + "/a", access) + "".join(transport.trail()))
