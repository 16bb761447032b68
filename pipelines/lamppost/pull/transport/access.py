"""Who may be asked, as whom, and what of the answer is believed: keys of a descriptor for every adapter that asks.

headers    sent with every request to the descriptor's own address
auth       {bearer: TOKEN} | {basic: {user, password}} | {header: {X-App-Token: …}} | {query: {token: …}} |
{oauth2: {token_url, client_id, client_secret, scope, audience, credentials: header | body}} (client
credentials, RFC 6749 §4.4; `credentials` says where id and secret are sent)
allow      hosts that may be asked although their address is private or loopback: [gis.city.local]
ca         a file with the certificate of a private authority, trusted beside the public ones
rate       requests per second and host, at most
accept_types  content types that this source sends with anything, so that they say nothing: [text/html]; a page of HTML
           is refused all the same, by its first bytes
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from lamppost.pull.fault import fault
from lamppost.pull.options import Options
from lamppost.pull.transport.expect import read_type

KINDS = ("bearer", "basic", "header", "query", "oauth2")
Place = Literal["header", "body"]
PLACES: tuple[Place, ...] = ("header", "body")


@dataclass(frozen=True)
class OAuth:
    """Client credentials; the token is asked from `token_url` when it is needed, and anew after a 401."""

    token_url: str = field(repr=False)
    client_id: str = field(repr=False)
    client_secret: str = field(repr=False)
    scope: str = ""
    audience: str = ""
    credentials: Place = "header"
    """Where id and secret are sent; every server must take the header (RFC 6749 §2.3.1), some do not."""


@dataclass(frozen=True)
class Access:
    """What a descriptor says of the way in; secrets are filled in, so nothing of it may be shown."""

    home: str = field(repr=False)
    """The descriptor's own address: headers, user, password and secret parameters go there only."""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    query: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Parameters that are secrets; added to every request."""
    user: tuple[str, str] | None = field(default=None, repr=False)
    oauth: OAuth | None = None
    allow: tuple[str, ...] = ()
    ca: str = ""
    rate: float = 0.0
    """Requests per second and host; 0: as fast as the source answers."""
    types: frozenset[str] = frozenset()
    """Content types that say nothing, in lower case."""

    def at(self, url: str) -> "Access":
        """The same way in, without any secret, for another address of this descriptor."""
        return Access(home=url, allow=self.allow, ca=self.ca, rate=self.rate, types=self.types)


def read_access(options: Options, home: str) -> Access:
    """Takes the keys above; PullError for one that says nothing."""
    auth = options.block("auth")
    bearer, header = "", {}
    query: Mapping[str, str] = {}
    user, oauth = None, None
    if auth is not None:
        bearer, header, query = auth.text("bearer", ""), dict(auth.pairs("header")), auth.pairs("query")
        user, oauth = read_basic(auth), _read_oauth(auth)
        auth.close()
        if not any((bearer, header, query, user, oauth)):
            raise fault(auth.place, "nothing", f"one of {', '.join(KINDS)}", "write how to log in, or take `auth:` out")
    own = {"Authorization": f"Bearer {bearer}"} if bearer else {}
    return Access(
        home=home,
        headers={**options.pairs("headers"), **header, **own},
        query=query,
        user=user,
        oauth=oauth,
        allow=options.texts("allow"),
        ca=options.text("ca", ""),
        rate=_read_rate(options),
        types=_read_types(options),
    )


def read_basic(auth: Options) -> tuple[str, str] | None:
    """User and password of `basic:`, which may be empty; None where `auth:` says something else."""
    block = auth.block("basic")
    if block is None:
        return None
    pair = (block.text("user"), block.text("password", ""))
    block.close()
    return pair


def _read_oauth(auth: Options) -> OAuth | None:
    block = auth.block("oauth2")
    if block is None:
        return None
    oauth = OAuth(
        block.text("token_url"),
        block.text("client_id"),
        block.text("client_secret"),
        block.text("scope", ""),
        block.text("audience", ""),
        block.choice("credentials", PLACES, "header"),
    )
    block.close()
    return oauth


def _read_types(options: Options) -> frozenset[str]:
    types = options.texts("accept_types")
    for text in types:
        if text != read_type(text) or "/" not in text:
            do = "write what `lamppost pull` says that came"
            raise fault(f"{options.place}.accept_types", repr(text), "a content type such as text/html", do)
    return frozenset(types)


def _read_rate(options: Options) -> float:
    text = options.text("rate", "0")
    try:
        rate = float(text)
    except ValueError:
        rate = -1.0
    if not 0 <= rate < float("inf"):
        raise fault(f"{options.place}.rate", repr(text), "requests per second", "write a number such as 5 or 0.5")
    return rate
