"""Which addresses may be asked: public ones, and those that somebody named; judged by number, after the look-up.

A name says nothing: `127.1`, `0x7f000001` and `a.example` may all be this machine, and may be so only the second time
they are looked up. So the transport connects to the very address that was judged here.
"""

import socket
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from lamppost.errors import PullError
from lamppost.pull.fault import fault
from lamppost.pull.transport.address import PORTS, origin_of, show_url, split_url

Address = IPv4Address | IPv6Address
Found = tuple[int, tuple[str | int, ...] | tuple[int, bytes]]
"""Address family and socket address, as `socket.getaddrinfo` gives them."""
Setting = tuple[int, int, int | bytes]
"""What `socket.setsockopt` takes."""

METADATA = "a cloud's metadata address"
KINDS4: tuple[tuple[str, str], ...] = (
    ("168.63.129.16/32", METADATA),  # Azure; public by its number
    ("100.100.100.200/32", METADATA),  # Alibaba
    ("192.0.0.192/32", METADATA),  # Oracle
    ("169.254.0.0/16", "a link-local address"),  # RFC 3927; most clouds answer at .169.254
    ("0.0.0.0/8", "an unspecified address"),  # RFC 1122 §3.2.1.3; Linux takes it for this machine
    ("127.0.0.0/8", "a loopback address"),
    ("10.0.0.0/8", "a private address"),  # RFC 1918
    ("172.16.0.0/12", "a private address"),
    ("192.168.0.0/16", "a private address"),
    ("100.64.0.0/10", "a private address"),  # shared, RFC 6598
    ("224.0.0.0/4", "a multicast address"),
    ("192.0.0.0/24", "a reserved address"),  # RFC 6890
    ("192.0.2.0/24", "a reserved address"),  # documentation, RFC 5737
    ("192.88.99.0/24", "a reserved address"),  # 6to4 relays, RFC 7526
    ("198.18.0.0/15", "a reserved address"),  # benchmarks, RFC 2544
    ("198.51.100.0/24", "a reserved address"),
    ("203.0.113.0/24", "a reserved address"),
    ("240.0.0.0/4", "a reserved address"),
)
KINDS6: tuple[tuple[str, str], ...] = (
    ("fd00:ec2::254/128", METADATA),  # Amazon
    ("fd20:ce::254/128", METADATA),  # Google
    ("::/128", "an unspecified address"),
    ("::1/128", "a loopback address"),
    ("fe80::/10", "a link-local address"),
    ("fec0::/10", "a private address"),  # site-local, RFC 3879
    ("fc00::/7", "a private address"),  # RFC 4193
    ("ff00::/8", "a multicast address"),
    ("::ffff:0:0/96", "an IPv4 address in disguise"),  # mapped, RFC 4291 §2.5.5.2
    ("::/96", "an IPv4 address in disguise"),  # compatible, the same §2.5.5.1
    ("2002::/16", "an IPv4 address in disguise"),  # 6to4, RFC 3056
    ("2001::/32", "an IPv4 address in disguise"),  # Teredo, RFC 4380
    ("64:ff9b:1::/48", "an IPv4 address in disguise"),  # NAT64 of the network's own, RFC 8215
    ("2001:db8::/32", "a reserved address"),  # documentation, RFC 3849
    ("3fff::/20", "a reserved address"),  # documentation, RFC 9637
    ("2001::/23", "a reserved address"),  # RFC 2928
)
NAT64 = ip_network("64:ff9b::/96")
"""RFC 6052 §2.1: how a network without IPv4 reaches all of it, so what counts is the address inside."""
GLOBAL6 = ip_network("2000::/3")
NETWORKS = tuple((ip_network(text), kind) for text, kind in KINDS4 + KINDS6)
NEVER_BY_NAME = frozenset(
    {METADATA, "a link-local address", "an unspecified address", "a multicast address", "an IPv4 address in disguise"}
)
"""No server of a city is there: a name that leads there was turned, and only the number itself can allow it."""


class UnreachableError(Exception):
    """The host leads where nobody said that it may; the message names its kind of address, never the address."""


def name_kind(address: Address) -> str:
    """What keeps an address from being asked, such as `a loopback address`; empty for a public one."""
    if address in NAT64:
        return name_kind(IPv4Address(int(address) & 0xFFFFFFFF))
    for network, kind in NETWORKS:
        if address in network:
            return kind
    return "" if isinstance(address, IPv4Address) or address in GLOBAL6 else "a reserved address"


def write_host(host: str) -> str:
    """A host in the one spelling that two of them can be compared in: lower case, IDNA, no brackets, no last dot."""
    bare = host.strip().strip("[]").partition("%")[0].rstrip(".").lower()
    try:
        return str(ip_address(bare))
    except ValueError:
        pass
    try:
        return bare.encode("idna").decode("ascii") if bare and not bare.isascii() else bare
    except UnicodeError:
        return bare


@dataclass(frozen=True)
class Reach:
    """What may be asked although it is not public."""

    hosts: frozenset[str] = frozenset()
    origins: frozenset[tuple[str, int]] = frozenset()
    """Host and port."""

    def names(self, host: str, port: int | None) -> bool:
        """True when this host, or this host with this port, was allowed by that spelling."""
        return write_host(host) in self.hosts or (write_host(host), port) in self.origins

    def find(self, host: str, port: int) -> list[Found]:
        """Where `host` is, as far as it may be asked; UnreachableError when there is nothing else, OSError for none."""
        try:
            answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except UnicodeError:
            raise socket.gaierror(socket.EAI_NONAME, "no host name") from None
        found: list[Found] = []
        refused = ""
        for family, _type, _protocol, _name, place in answers:
            kind = self.judge(host, port, str(place[0]))
            refused = refused or kind
            if not kind:
                found.append((family, place))
        if not found:
            raise UnreachableError(refused)
        return found

    def call(self, host: str, port: int, seconds: float | None, settings: Iterable[Setting] = ()) -> socket.socket:
        """A connected socket to the first address that answers, of those that `find` gives; raises as it does.

        `seconds` are for connecting, and for each answer after that.
        """
        trouble = OSError("no address")
        for family, place in self.find(host, port):
            line = socket.socket(family, socket.SOCK_STREAM)
            try:
                for one in settings:
                    line.setsockopt(*one)
                line.settimeout(seconds)
                line.connect(place)
            except OSError as error:
                line.close()
                trouble = error
            except BaseException:
                line.close()
                raise
            else:
                return line
        raise trouble

    def refuse(self, url: str, place: str, error: UnreachableError) -> PullError:
        """The error for an address that may not be asked; says how to allow it."""
        host = origin_of(url)[1]
        do = _advise(host)
        if str(error) in NEVER_BY_NAME:
            do = f"if that is the right place, have {host} name a proper one"
        found = "its host" if show_url(url) == place else f"it leads to {show_url(url)}, which"
        return fault(place, f"{found} has {error}", "a public address", do)

    def judge(self, host: str, port: int, number: str) -> str:
        """Empty when `host`, which was found at the address `number`, may be asked there; else the kind of address."""
        kind = name_kind(ip_address(number.partition("%")[0]))
        if not kind or self.names(number, port) or (kind not in NEVER_BY_NAME and self.names(host, port)):
            return ""
        return kind


def check_address(url: str, found: str) -> None:
    """Refuses every scheme but http and https, and whatever two readers could take for two different hosts."""
    parts = split_url(url)
    odd = any(one == "\\" or one <= " " or one == "\x7f" for one in parts.netloc)
    if parts.scheme.lower() not in PORTS or not parts.hostname or origin_of(url)[2] is None or odd:
        raise fault(show_url(url) or "address", found, "one such as https://host/path", "correct the address")


def check_reach(url: str, home: str, reach: Reach, place: str) -> None:
    """Refuses to leave the descriptor's own origin without TLS, other than for a host that is allowed by name."""
    scheme, host, port = origin_of(url)
    if origin_of(url) == origin_of(home) or scheme == "https" or reach.names(host, port):
        return
    do = _advise(host)
    raise fault(place, f"leads to {show_url(url)}", f"{show_url(home)} or an https address", do)


def _advise(host: str) -> str:
    """Never to allow a cloud's own address: who follows such a link hands out the machine's keys."""
    try:
        kind = name_kind(ip_address(write_host(host)))
    except ValueError:
        kind = ""
    if kind in NEVER_BY_NAME:
        return f"ask the source's operator why it leads to {kind}: no data of a city is there"
    return f"if that is the right place, write `allow: [{host}]` under `pull:` in the descriptor"


@lru_cache(maxsize=64)
def read_reach(descriptor: tuple[str, ...], own: frozenset[str]) -> Reach:
    """The reach of one pull: `allow:` of its descriptor (of an address, the host counts) and what the run allows.

    An address among the run's own, such as the sandbox's, allows its port only.
    """
    hosts = {_read_host(one) for one in descriptor} | {write_host(one) for one in own if "://" not in one}
    return Reach(frozenset(hosts - {""}), frozenset(_list_origins(own)))


def _read_host(text: str) -> str:
    if "://" in text:
        return write_host(origin_of(text)[1])
    host, _colon, port = text.rpartition(":")
    return write_host(host if port.isdigit() and (":" not in host or host.endswith("]")) else text)


def _list_origins(texts: Iterable[str]) -> Iterable[tuple[str, int]]:
    for text in texts:
        _scheme, host, port = origin_of(text) if "://" in text else ("", "", None)
        if host and port:
            yield write_host(host), port
