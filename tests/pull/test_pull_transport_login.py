"""OAuth 2.0 client credentials: one login a run, a new one after a 401, none at all after a refusal."""

import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs

import pytest

from lamppost.errors import PullError
from lamppost.pull import Transport
from lamppost.pull.options import Options
from lamppost.pull.transport.access import Access, OAuth, read_access

Answer = tuple[int, dict[str, str], bytes]


@pytest.fixture
def town(source: Any) -> Any:
    """A source whose /data wants the newest token, which /token gives."""
    source.tokens = []

    def give(_query: Mapping[str, str]) -> Any:
        source.tokens.append(f"token-{len(source.tokens) + 1}")
        return {"access_token": source.tokens[-1], "token_type": "Bearer", "expires_in": 3600}

    def show(_query: Mapping[str, str]) -> Any:
        sent = source.asked[-1][2].get("authorization", "")
        return [1] if source.tokens and sent == f"Bearer {source.tokens[-1]}" else (401, {}, b"")

    source.routes |= {"/token": give, "/data": show}
    return source


def come(source: Any, **more: Any) -> Access:
    return Access(source.url + "/data", oauth=OAuth(source.url + "/token", "us er", "s:cret", **more))


def paths(source: Any) -> list[str]:
    return [path for path, _query, _headers in source.asked]


def test_a_token_is_asked_once_for_all_requests_of_a_run(town: Any, transport: Transport) -> None:
    for _page in range(3):
        assert transport.ask(town.url + "/data", come(town)).body == b"[1]"
    assert paths(town) == ["/token", "/data", "/data", "/data"]


def test_id_and_secret_are_sent_form_encoded_in_the_header(town: Any, transport: Transport) -> None:
    transport.ask(town.url + "/data", come(town, scope="read all", audience="city"))
    assert town.asked[0][2]["authorization"] == "Basic dXMrZXI6cyUzQWNyZXQ="  # us+er:s%3Acret
    assert parse_qs(town.sent[0].decode()) == {
        "grant_type": ["client_credentials"], "scope": ["read all"], "audience": ["city"],
    }  # fmt: skip


def test_id_and_secret_are_sent_in_the_body_where_a_descriptor_says_so(town: Any, transport: Transport) -> None:
    transport.ask(town.url + "/data", come(town, credentials="body"))
    assert "authorization" not in town.asked[0][2]
    assert parse_qs(town.sent[0].decode())["client_secret"] == ["s:cret"]


def test_source_fault_16_a_token_that_dies_in_mid_pull_is_asked_anew_and_the_page_again(
    town: Any, transport: Transport
) -> None:
    transport.ask(town.url + "/data", come(town))
    town.tokens.append("what the server takes now")
    assert transport.ask(town.url + "/data", come(town), params={"page": "2"}).body == b"[1]"
    assert [query for path, query, _headers in town.asked if path == "/data"] == [{}, {"page": "2"}, {"page": "2"}]


def test_source_fault_16_a_token_that_dies_between_two_attempts_is_asked_anew(town: Any, transport: Transport) -> None:
    show, turns = town.routes["/data"], iter(["503", "dead"])

    def falter(query: Mapping[str, str]) -> Any:
        turn = next(turns, "")
        if turn == "dead":
            town.tokens.append("another")
        return (503, {}, b"") if turn == "503" else show(query)

    town.routes["/data"] = falter
    assert transport.ask(town.url + "/data", come(town)).body == b"[1]"
    assert paths(town) == ["/token", "/data", "/data", "/token", "/data"]


def test_a_new_token_that_is_refused_too_ends_the_pull(town: Any, transport: Transport) -> None:
    town.routes["/data"] = lambda _query: (401, {}, b"")
    with pytest.raises(PullError, match=r"/data: HTTP 401 Unauthorized.*check the key or password"):
        transport.ask(town.url + "/data", come(town))
    assert paths(town) == ["/token", "/data", "/token", "/data"]


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        ((400, {}, b'{"error": "invalid_client"}'), "the login was refused: invalid_client"),
        ((401, {}, b'{"error": "say this: s3cret"}'), "no token in the answer (HTTP 401 Unauthorized, "),
        ((403, {}, b""), "HTTP 403 Forbidden"), ((200, {}, b"{}"), "no token in the answer"),
        ((200, {}, b'{"access_token": "x", "token_type": "mac"}'), "a token that is no bearer token"),
        ((200, {}, b"<html>Sign in"), "a page of HTML"), ((302, {"Location": "/b"}, b""), "a POST was redirected to"),
    ],
)  # fmt: skip
def test_source_fault_17_a_login_that_is_refused_is_not_tried_again(
    town: Any, transport: Transport, answer: Answer, found: str
) -> None:
    town.routes["/token"] = lambda _query: answer
    for _dataset in range(3):
        with pytest.raises(PullError) as caught:
            transport.ask(town.url + "/data", come(town))
        assert found in str(caught.value)
        assert "s3cret" not in str(caught.value)
        transport.begin()
    assert paths(town) == ["/token"]


def test_a_login_that_only_fails_for_now_is_tried_again_but_not_for_every_attempt(
    town: Any, transport: Transport
) -> None:
    give = town.routes["/token"]
    town.routes["/token"] = lambda _query: (503, {}, b"")
    with pytest.raises(PullError, match=r"/token: HTTP 503 Service Unavailable.*, 3 times · expected a token"):
        transport.ask(town.url + "/data", come(town))
    assert paths(town) == ["/token"] * 3
    town.routes["/token"] = give
    assert transport.ask(town.url + "/data", come(town)).body == b"[1]"


def test_the_login_is_nowhere_that_nobody_allowed(town: Any, other: Any, transport: Transport) -> None:
    away = Access(town.url + "/data", oauth=OAuth(other.url + "/token", "id", "secret"))
    with pytest.raises(PullError, match=r"auth\.oauth2\.token_url: leads to http://localhost"):
        transport.ask(town.url + "/data", away)
    assert other.asked == town.asked == []


def test_the_token_goes_home_only(town: Any, other: Any, transport: Transport) -> None:
    town.routes["/data"] = lambda _query: (302, {"Location": other.url + "/b"}, b"")
    other.routes["/b"] = lambda _query: [1]
    access = Access(town.url + "/data", oauth=come(town).oauth, allow=("localhost",))
    assert transport.ask(town.url + "/data", access).body == b"[1]"
    assert "authorization" not in other.asked[0][2]


AUTH: Mapping[str, Callable[[Access], object]] = {
    '{"bearer": "t"}': lambda access: access.headers == {"Authorization": "Bearer t"},
    '{"basic": {"user": "a"}}': lambda access: access.user == ("a", ""),
    '{"header": {"X-App-Token": "t"}}': lambda access: access.headers == {"X-App-Token": "t"},
    '{"query": {"token": "t"}}': lambda access: access.query == {"token": "t"},
    '{"oauth2": {"token_url": "https://a/t", "client_id": "i", "client_secret": "s", "credentials": "body"}}': (
        lambda access: access.oauth == OAuth("https://a/t", "i", "s", credentials="body")
    ),
}


@pytest.mark.parametrize("auth", AUTH)
def test_a_descriptor_says_how_to_log_in(auth: str) -> None:
    access = read_access(Options({"auth": json.loads(auth)}, "pull"), "https://a/")
    assert AUTH[auth](access)
    assert not any(one in repr(access) for one in ("'t'", "'s'"))


@pytest.mark.parametrize("auth", [{}, {"basic": {}}, {"token": "t"}, {"oauth2": {"token_url": "x", "client_id": "y"}}])
def test_a_descriptor_that_does_not_say_how_is_refused(auth: Any) -> None:
    with pytest.raises(PullError, match=r"pull\.auth"):
        read_access(Options({"auth": auth}, "pull"), "https://a/")


def test_secret_parameters_go_home_only_and_once(source: Any, other: Any, transport: Transport) -> None:
    access = Access(source.url, query={"token": "t"}, headers={"X-Key": "k"}, allow=("localhost",))
    source.routes["/a"] = other.routes["/a"] = lambda _query: [1]
    for url in (source.url + "/a", source.url + "/a?token=t", other.url + "/a"):
        transport.ask(url, access)
    assert [query for _path, query, _headers in source.asked] == [{"token": "t"}] * 2
    assert (other.asked[0][1], "x-key" in other.asked[0][2]) == ({}, False)
