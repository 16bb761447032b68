"""Which machines a database may be on: inside networks too, but never where a cloud hands out its secrets."""

import socket
from collections.abc import Iterator, Sequence
from ipaddress import ip_address

from sqlalchemy.engine import URL

from lamppost.pull.fault import fault
from lamppost.pull.transport.reach import NEVER_BY_NAME, name_kind, write_host


def check_hosts(url: URL, allow: Sequence[str]) -> None:
    """PullError when a host of the address is link-local or a metadata service and `allow:` names not that number.

    Databases stand inside networks, and the address is the descriptor's own, so private ones are as good as any.
    """
    allowed = {write_host(one) for one in allow}
    for host in list_hosts(url):
        for number in _resolve(host):
            kind = name_kind(ip_address(number))
            if kind in NEVER_BY_NAME and number not in allowed:
                do = "correct the address, or put that very number under `allow:` if a database is really there"
                raise fault(host, kind, "the address of a database", do)


def list_hosts(url: URL) -> Iterator[str]:
    """The hosts that the address names, libpq's lists among them; sockets and files are none."""
    texts = [url.host or ""]
    for key in ("host", "hostaddr"):
        value = url.query.get(key, ())
        texts += [value] if isinstance(value, str) else value
    for text in ",".join(texts).split(","):
        host = text if text.count(":") > 1 else text.partition(":")[0]
        if host and not host.startswith(("/", "@")):
            yield host


def _resolve(host: str) -> Iterator[str]:
    """Every number of a name, in whatever notation that is written; none for a name that is not known."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return  # the driver says so in its own words
    for one in found:
        yield str(one[4][0]).partition("%")[0]
