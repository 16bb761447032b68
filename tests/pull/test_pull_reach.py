"""Who may be asked: nobody inside the own network, in no notation, unless a descriptor or a run names that host."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest

from lamppost.errors import PullError
from lamppost.pull import Transport
from lamppost.pull.transport.access import Access
from lamppost.pull.transport.reach import METADATA, name_kind, read_reach

ATTACKS = Path(__file__).parents[2].parent / "shared" / "attacks" / "strings.json"
EVENTS: list[list[Any]] = []
"""Lists that hear of connections and look-ups while a test listens."""


def hear(event: str, args: tuple[Any, ...]) -> None:
    if EVENTS and event in {"socket.connect", "socket.getaddrinfo"}:
        EVENTS[-1].append((event, args[1] if event == "socket.connect" else args[0]))


sys.addaudithook(hear)


@contextmanager
def listening() -> Iterator[list[Any]]:
    EVENTS.append([])
    try:
        yield EVENTS[-1]
    finally:
        EVENTS.pop()


def list_attacks() -> list[str]:
    if not ATTACKS.is_file():
        return []
    items = json.loads(ATTACKS.read_text(encoding="utf-8"))["items"]
    return [one["payload"] for one in items if one["category"] == "ssrf"]


NOTATIONS = [
    "http://localhost/", "http://LocalHost./", "http://127.0.0.1/", "http://127.1/", "http://2130706433/",
    "http://0x7f000001/", "http://0177.0.0.1/", "http://0x7f.1/", "http://0/", "http://[::]/", "http://[::1]/",
    "http://[::ffff:127.0.0.1]/", "http://[::127.0.0.1]/", "http://[64:ff9b::7f00:1]/", "http://[2002:7f00:1::]/",
    "http://[fe80::1%25lo]/", "http://[fd00:ec2::254]/latest/", "http://169.254.169.254/latest/meta-data/",
    "http://10.0.0.1/", "http://172.16.0.1/", "http://192.168.1.1/", "http://100.64.0.1/", "http://168.63.129.16/",
    "http://224.0.0.1/", "http://255.255.255.255/", "http://user:word@127.0.0.1/", "http://good.example@127.0.0.1/",
    "http://①②⑦.⓪.⓪.①/", "file:///etc/passwd", "file://localhost/etc/passwd", "gopher://127.0.0.1:70/_",
    "dict://127.0.0.1:11211/", "ftp://127.0.0.1/", "http://127.0.0.1\\@good.example/", "http://a\tb/", "//127.0.0.1/",
]  # fmt: skip


@pytest.mark.parametrize("url", [*NOTATIONS, *list_attacks()])
def test_nothing_inside_is_connected_to(url: str) -> None:
    with listening() as heard, pytest.raises(PullError, match=r" · expected .+ · "):
        Transport(attempts=1).ask(url, Access(url))
    assert [one for one in heard if one[0] == "socket.connect"] == []


@pytest.mark.parametrize("url", [*NOTATIONS, *list_attacks()])
def test_a_redirect_leads_to_nothing_inside(source: Any, url: str) -> None:
    target = url.encode().decode("latin-1")
    source.routes["/a"] = lambda _query: iter(
        [f"HTTP/1.1 302 Found\r\nLocation: {target}\r\nContent-Length: 0\r\n\r\n".encode("latin-1")]
    )
    source.routes["/"] = lambda _query: ["inside"]
    own = Transport(allow={source.url}, attempts=1)
    with listening() as heard, pytest.raises(PullError):
        own.ask(source.url + "/a", Access(source.url + "/a"))
    assert {one[1] for one in heard if one[0] == "socket.connect"} <= {source.server_address}
    assert "/" not in [path for path, _query, _headers in source.asked]


@pytest.mark.skipif(not ATTACKS.is_file(), reason="the folder ../shared with attacks is not here")
def test_the_list_of_attacks_was_found() -> None:
    assert len(list_attacks()) >= 20


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        ("8.8.8.8", ""), ("2606:4700::1111", ""), ("64:ff9b::808:808", ""),
        ("127.255.255.254", "a loopback address"), ("::1", "a loopback address"),
        ("64:ff9b::7f00:1", "a loopback address"), ("169.254.1.1", "a link-local address"),
        ("fe80::1", "a link-local address"), ("10.1.2.3", "a private address"), ("fd12::1", "a private address"),
        ("fec0::1", "a private address"), ("100.127.0.1", "a private address"), ("0.0.0.0", "an unspecified address"),
        ("::", "an unspecified address"), ("239.1.1.1", "a multicast address"), ("ff02::1", "a multicast address"),
        ("168.63.129.16", METADATA), ("192.0.0.192", METADATA), ("100.100.100.200", METADATA),
        ("fd00:ec2::254", METADATA), ("::ffff:8.8.8.8", "an IPv4 address in disguise"),
        ("2002:a9fe:a9fe::1", "an IPv4 address in disguise"), ("2001:0:1::1", "an IPv4 address in disguise"),
        ("240.0.0.1", "a reserved address"), ("198.18.0.1", "a reserved address"), ("100::1", "a reserved address"),
        ("2001:db8::1", "a reserved address"), ("5f00::1", "a reserved address"),
    ],
)  # fmt: skip
def test_an_address_is_judged_by_its_number(number: str, kind: str) -> None:
    assert name_kind(ip_address(number)) == kind


def test_a_refusal_says_what_to_write() -> None:
    with pytest.raises(PullError) as caught:
        Transport().ask("http://localhost:9/a?key=s3cret", Access("http://localhost:9/a"))
    assert str(caught.value) == (
        "http://localhost:9/a: its host has a loopback address · expected a public address · "
        "if that is the right place, write `allow: [localhost]` under `pull:` in the descriptor"
    )


@pytest.mark.parametrize("allow", ["localhost", "LOCALHOST.", "http://localhost/x", "localhost:80", "127.0.0.1"])
def test_a_descriptor_allows_a_host_by_name_number_or_address(other: Any, allow: str) -> None:
    other.routes["/a"] = lambda _query: [1]
    url = other.url + "/a"
    assert Transport().ask(url, Access(url, allow=(allow,))).body == b"[1]"


def test_one_descriptor_does_not_allow_for_another(source: Any) -> None:
    source.routes["/a"] = lambda _query: [1]
    url, one = source.url + "/a", Transport()
    one.ask(url, Access(url, allow=("127.0.0.1",)))
    with pytest.raises(PullError, match="a loopback address"):
        one.ask(url, Access(url))  # the open connection of the first is not for the second
    assert len(source.asked) == 1


def test_an_origin_that_a_run_allows_opens_its_own_port_only(source: Any, other: Any) -> None:
    source.routes["/a"] = lambda _query: [1]
    port = other.url.rpartition(":")[2]
    run = Transport(allow={source.url})
    assert run.ask(source.url + "/a", Access(source.url)).body == b"[1]"
    with pytest.raises(PullError, match="a loopback address"):
        run.ask(f"http://127.0.0.1:{port}/a", Access(f"http://127.0.0.1:{port}/a"))
    assert other.asked == []


def test_a_name_is_looked_up_once_and_that_answer_is_called(other: Any) -> None:
    other.routes["/a"] = lambda _query: [1]
    with listening() as heard:
        Transport(allow={"127.0.0.1"}).ask(other.url + "/a", Access(other.url + "/a"))
    assert [one for one in heard if one[0] == "socket.getaddrinfo"] == [("socket.getaddrinfo", "localhost")]
    assert [one[1] for one in heard if one[0] == "socket.connect"] == [other.server_address]


def test_a_name_that_was_turned_to_where_no_server_is_is_refused_although_it_is_allowed() -> None:
    by_name, by_number = read_reach(("gis.example",), frozenset()), read_reach(("168.63.129.16",), frozenset())
    assert by_name.judge("gis.example", 80, "10.0.0.7") == ""
    assert by_name.judge("gis.example", 80, "168.63.129.16") == METADATA
    assert by_number.judge("gis.example", 80, "168.63.129.16") == ""


def test_another_host_without_tls_needs_to_be_allowed(source: Any, other: Any, transport: Transport) -> None:
    source.routes["/a"] = lambda _query: (302, {"Location": other.url + "/b"}, b"")
    other.routes["/b"] = lambda _query: [1]
    url = source.url + "/a"
    assert transport.ask(url, Access(url, allow=("localhost",))).body == b"[1]"
    with pytest.raises(PullError, match=r"leads to http://localhost:\d+/b · expected .* or an https address"):
        transport.ask(url, Access(url))
