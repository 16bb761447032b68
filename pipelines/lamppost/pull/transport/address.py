"""Addresses: what two of them share, how one is shown, and how secrets are kept out of what is shown (pure)."""

import json
import re
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterable, Mapping
from urllib.parse import SplitResult, parse_qsl, quote, quote_plus, unquote, urlencode, urljoin, urlsplit, urlunsplit

PORTS = {"http": 80, "https": 443}
SHORTEST_SECRET = 4
"""Shorter values are not hidden: they would take every `12` out of every message, and protect nothing."""
SHORTEST_CODE = 5
"""The same for the part of a Base64 text that stands for a value."""
LONGEST_SHOWN = 300


def split_url(url: str) -> SplitResult:
    """The parts of an address, all empty for one that cannot be taken apart, such as `http://[::1`."""
    try:
        return urlsplit(url)
    except ValueError:
        return SplitResult("", "", "", "", "")


def join_url(base: str, link: str) -> str:
    """Where `link`, found at `base`, leads; empty for one that cannot be taken apart."""
    try:
        return urljoin(base, link)
    except ValueError:
        return ""


def origin_of(url: str) -> tuple[str, str, int | None]:
    """Scheme, host and port, the default port filled in (RFC 6454 §4); a broken port gives None."""
    parts = split_url(url)
    try:
        port = parts.port
    except ValueError:
        port = None
    return parts.scheme.lower(), (parts.hostname or "").lower(), port or PORTS.get(parts.scheme.lower())


def show_url(url: str) -> str:
    """The address as it may be printed: no user, no password, no query, no fragment, nothing a terminal obeys."""
    parts = split_url(url)
    bare = urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
    shown = "".join(one if one.isprintable() else quote(one, errors="replace") for one in bare)
    return shown if len(shown) <= LONGEST_SHOWN else shown[:LONGEST_SHOWN] + "…"


def name_source(url: str, *, simulated: bool) -> str:
    """The address for a receipt; a sandbox listens on another port each time, so there its host is called `sandbox`."""
    return "sandbox" + split_url(url).path if simulated else show_url(url)


def split_user(url: str) -> tuple[str, tuple[str, str] | None]:
    """The address without user and password, and these two apart, decoded."""
    parts = split_url(url)
    bare = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
    if parts.username is None:
        return bare, None
    return bare, (unquote(parts.username), unquote(parts.password or ""))


def add_path(url: str, path: str) -> str:
    """`path` appended to the address' own path, whatever query it has."""
    if not path:
        return url
    parts = split_url(url)
    return urlunsplit(parts._replace(path=parts.path.rstrip("/") + "/" + path.lstrip("/")))


def add_params(url: str, params: Mapping[str, str]) -> str:
    """The parameters appended to whatever query there is; spaces as %20, because some OData servers keep a plus."""
    if not params:
        return url
    parts = split_url(url)
    query = urlencode(params, quote_via=quote, safe="$")
    return urlunsplit(parts._replace(query=f"{parts.query}&{query}" if parts.query else query))


def list_params(url: str) -> frozenset[str]:
    """The names of the parameters in the address."""
    return frozenset(name for name, _text in parse_qsl(split_url(url).query, keep_blank_values=True))


def hide_secrets(text: str, filled: Mapping[str, str]) -> str:
    """`text` with every value that was filled in for a `${NAME}` turned back into `${NAME}`.

    Of a value that is itself an address only user, password and the query's values are hidden: host and path are
    what a reader needs in order to act. A key that stands in a path belongs into a `${NAME}` of its own.
    """
    forms = [(form, name) for name, value in filled.items() for form in _forms_of(value)]
    for form, name in sorted(forms, key=lambda pair: (-len(pair[0]), pair)):
        text = text.replace(form, "${" + name + "}")
    return text


def _forms_of(value: str) -> Iterable[str]:
    parts = {part for one in _secrets_of(value) for part in (one, one.strip())}
    shapes = {shape for part in parts for shape in _spell(part)}
    codes = {code for part in parts for code in _encode(part)}
    return [one for one in shapes if len(one) >= SHORTEST_SECRET] + [one for one in codes if len(one) >= SHORTEST_CODE]


def _secrets_of(value: str) -> list[str]:
    """What of a value is secret: all of it, or of an address user, password and the query's values."""
    if not re.match(r"[a-z][a-z0-9+.-]*://", value, re.IGNORECASE):
        return [value]
    query = split_url(value).query
    raw = [one.partition("=")[2] for one in query.split("&")]
    user = split_user(value)[1] or ()
    written = split_url(value).netloc.rpartition("@")[0].partition(":")
    return [*user, written[0], written[2], *raw, *(one for _name, one in parse_qsl(query))]


def _spell(part: str) -> Iterable[str]:
    """The value as it stands in addresses, forms, JSON and Python's messages."""
    safe = quote(part, safe="", errors="replace")
    lower = re.sub("%..", lambda found: found.group().lower(), safe)
    return (
        part, quote(part, errors="replace"), safe, lower, quote_plus(part, errors="replace"),
        repr(part)[1:-1], json.dumps(part)[1:-1], json.dumps(part, ensure_ascii=False)[1:-1],
    )  # fmt: skip


def _encode(part: str) -> Iterable[str]:
    """The value inside Base64 text (RFC 4648 §4, §5), at each of the three places where it can begin.

    Only characters that the value alone decides: so it is found within `user:password` too, whoever the user is.
    """
    for data in {part.encode("utf-8", "replace"), part.encode("latin-1", "replace")}:
        for shift in range(3):
            first, last = -(-shift * 8 // 6), (shift + len(data)) * 8 // 6
            for encode in (b64encode, urlsafe_b64encode):
                yield encode(bytes(shift) + data).decode()[first:last]
