"""Connections that lead only where they may: what a host name stands for is judged, and that very address is called.

There is no second look-up that could give another answer; TLS still checks the certificate against the host's name.
"""

import logging
import socket
import ssl
from contextlib import suppress
from functools import cached_property, partial
from http.client import HTTPResponse
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from weakref import WeakSet

import requests
import urllib3
from requests.adapters import HTTPAdapter
from requests.utils import DEFAULT_CA_BUNDLE_PATH
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool
from urllib3.util.ssl_ import create_urllib3_context

from lamppost.pull.fault import fault
from lamppost.pull.transport.body import TwoLengthsError
from lamppost.pull.transport.reach import Reach

HOSTS = 128
"""Hosts to which connections are kept open."""


class _Reply(HTTPResponse):
    """Refuses two lengths, and looks, once all of the declared length was read, whether more has come.

    A server that counts characters for bytes sends such answers, and nobody else notices. Sees only what has arrived;
    never waits.
    """

    surplus = False

    def begin(self) -> None:
        """Reads status and headers."""
        super().begin()
        if len({one.strip() for one in self.headers.get_all("content-length", [])}) > 1:
            raise TwoLengthsError

    def _close_conn(self) -> None:
        line = getattr(getattr(self.fp, "raw", None), "_sock", None)
        if line is not None and self.length == 0:
            patience = line.gettimeout()
            with suppress(OSError, ValueError):  # nothing there, or TLS wants to read first
                line.settimeout(0)
                self.surplus = bool(self.fp.peek(1))
            with suppress(OSError):
                line.settimeout(patience)
        super()._close_conn()  # type: ignore[misc]  # left out of the stubs


class _PlainConnection(HTTPConnection):
    response_class = _Reply

    def __init__(self, *args: Any, reach: Reach, made: "Made", **options: Any) -> None:
        super().__init__(*args, **options)
        self._reach = reach
        made.add(self)

    def _new_conn(self) -> socket.socket:
        return self._reach.call(self.host, self.port or self.default_port, self.timeout, self.socket_options or ())


class _SecureConnection(_PlainConnection, HTTPSConnection):
    """The same, and TLS on it: it comes first, so that it makes the socket."""


Made = WeakSet[HTTPConnection]
CONNECTIONS = {"http": _PlainConnection, "https": _SecureConnection}


class _Manager(urllib3.PoolManager):
    """Pools whose connections know how far they reach."""

    def __init__(self, reach: Reach, ca: str, **options: Any) -> None:
        super().__init__(**options)
        self.made: Made = WeakSet()
        self._reach = reach
        self._ca = ca

    def _new_pool(
        self, scheme: str, host: str, port: int, request_context: dict[str, Any] | None = None
    ) -> HTTPConnectionPool:
        options = dict(request_context or {})
        if scheme == "https":
            options["ssl_context"] = self.tls
        pool = super()._new_pool(scheme, host, port, options)
        # a class is wanted, and called like one: this is how every connection of the pool is made
        pool.ConnectionCls = partial(CONNECTIONS[scheme], reach=self._reach, made=self.made)  # type: ignore[assignment]
        return pool

    @cached_property
    def tls(self) -> ssl.SSLContext:
        """Made once, not once a connection: reading the public authorities takes longer than most requests."""
        context = create_urllib3_context()
        context.load_verify_locations(DEFAULT_CA_BUNDLE_PATH)
        if self._ca:
            try:
                context.load_verify_locations(self._ca)
            except OSError as error:
                found = "no such file" if isinstance(error, FileNotFoundError) else "a file without a certificate"
                do = "write the path of the authority's certificate, as the city's IT gave it"
                raise fault("pull.ca", found, "a certificate in PEM form", do) from None
        return context


class _Adapter(HTTPAdapter):
    def __init__(self, reach: Reach, ca: str) -> None:
        self.manager = _Manager(reach, ca, num_pools=HOSTS, maxsize=1)
        if ca:
            _ = self.manager.tls  # a wrong path is said at once
        super().__init__()

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **options: Any) -> None:
        """Takes ours for the one that requests would make."""
        del connections, maxsize, block, options
        self.poolmanager = self.manager

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """Leaves it to our TLS context, which verifies always."""
        del conn, url, verify, cert


class Session(requests.Session):
    """Leaves redirects to us: even when told not to follow, requests reads the whole body of one, however long."""

    def __init__(self, reach: Reach, ca: str) -> None:
        super().__init__()
        self.trust_env = False
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self.headers.clear()
        self.headers["Accept"] = "*/*"
        self._adapter = _Adapter(reach, ca)
        for prefix in ("http://", "https://"):
            self.mount(prefix, self._adapter)

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Finds none, so that requests does not go there."""
        del resp

    def break_off(self) -> None:
        """Ends whatever still hangs, on whatever thread, and closes the rest."""
        for connection in list(self._adapter.manager.made):
            line = connection.sock
            with suppress(OSError):
                if line is not None:
                    line.shutdown(socket.SHUT_RDWR)
        self.close()


def open_session(reach: Reach, ca: str) -> Session:
    """A session that knows no proxy, no .netrc, no cookie and no authority but the public ones and that in `ca`."""
    logging.getLogger("urllib3").setLevel(logging.CRITICAL)  # its warnings hold whole addresses and headers
    return Session(reach, ca)


def has_surplus(answer: requests.Response) -> bool:
    """True when more came than the declared length: then what was read is cut, although it looks whole."""
    return bool(getattr(getattr(answer.raw, "_original_response", None), "surplus", False))
