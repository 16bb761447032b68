"""The Link header (RFC 8288), read as its grammar says: a link that is missed is a page that never comes (pure).

The reader in requests passes over `REL=next`, over `rel="next"` behind a title that has an equals sign in it, and over
addresses with a semicolon.
"""

import re
from collections.abc import Iterator, Mapping

_TARGET = re.compile(r"<([^<>]*)>")
_PARAM = re.compile(r'\s*;\s*([^\s=;,"<>]*)\s*(?:=\s*("(?:[^"\\]|\\.)*"|[^\s;,"]*))?')
_ESCAPE = re.compile(r"\\(.)")
_NEXT = re.compile(r'rel\s*=\s*"?[^";,]*\bnext\b', re.IGNORECASE)


def read_links(text: str) -> Mapping[str, str]:
    """Relation in lower case → address as sent; of two with the same relation the first counts."""
    found: dict[str, str] = {}
    for target, relations in _list_links(text):
        for name in relations.lower().split():
            found.setdefault(name, target)
    return found


def is_garbled(text: str) -> bool:
    """True where somebody wrote of a next page, and not as the grammar wants it."""
    return "next" not in read_links(text) and bool(_NEXT.search(text))


def _list_links(text: str) -> Iterator[tuple[str, str]]:
    """Address and relations of each link (section 3: a parameter counts where it comes first)."""
    at = 0
    while target := _TARGET.search(text, at):
        at = target.end()
        params: dict[str, str] = {}
        while param := _PARAM.match(text, at):
            at = param.end()
            value = param[2] or ""
            params.setdefault(param[1].lower(), _ESCAPE.sub(r"\1", value[1:-1]) if value.startswith('"') else value)
        yield target[1].strip(), params.get("rel", "")
