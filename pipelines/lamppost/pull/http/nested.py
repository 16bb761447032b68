"""Lists inside records that have pages of their own (`Observations@iot.nextLink`): fetched and put in their place.

The page that is kept is then not the source's bytes alone: each nested list holds all its pages, written as they came.
"""

import re
from collections.abc import Callable
from typing import Any

import msgspec
from msgspec import Raw

from lamppost.notation import ABSENT, find
from lamppost.pull.content import parse_json
from lamppost.pull.fault import fault
from lamppost.pull.glance import Lens
from lamppost.pull.http.form import Nested
from lamppost.pull.http.guard import MAX_PAGES

Ask = Callable[[str], bytes]
"""Gives the answer to the address of a next page, relative or whole."""
MARK = b'.nextLink"'
_LINK = re.compile(rb'"([^"\\]*@[a-z]+\.nextLink)"\s*:\s*"[^"]')
_LEVEL = msgspec.json.Decoder(dict[str, Raw])
_LIST = msgspec.json.Decoder(list[Raw])


def holds_links(body: bytes, around: Any) -> bool:
    """Whether records hold links to more of themselves; `around` is the answer, which may have one of its own."""
    top = around if isinstance(around, dict) else {}
    own = sum(1 for key, value in top.items() if key.endswith(".nextLink") and isinstance(value, str) and value)
    return body.count(MARK) > own and len(_LINK.findall(body)) > own


def name_links(body: bytes) -> str:
    """The names of the links in a body, for a message."""
    return ", ".join(sorted({f"`{one.decode('utf-8', 'replace')}`" for one in _LINK.findall(body)}))


def merge_nested(body: bytes, lens: Lens, nested: Nested, ask: Ask, place: str) -> bytes:
    """The answer with every nested list whole and without its next link; numbers stay as they were written."""
    if f'"{nested.next}"'.encode() not in body:
        return body
    try:
        return _rewrite(Raw(body), lens.root.split(".") if lens.root else [], _each(nested, ask, place))
    except (msgspec.MsgspecError, KeyError) as error:
        found = f"no lists at `{nested.path}` in its records ({type(error).__name__})"
        raise fault(place, found, "what `nested:` says", "correct `nested:` in the descriptor") from None


def _each(nested: Nested, ask: Ask, place: str) -> Callable[[Raw], bytes]:
    """Rewrites a list of records."""
    steps = nested.path.split(".")

    def complete(holder: Raw) -> bytes:
        level = _LEVEL.decode(holder)
        link = level.pop(nested.next, None)
        if link is None or not (address := msgspec.json.decode(link)):
            return bytes(holder)
        items = [*_LIST.decode(level[steps[-1]]), *_follow(address, nested, ask, place)]
        level[steps[-1]] = Raw(b"[" + b",".join(map(bytes, items)) + b"]")
        return msgspec.json.encode(level)

    def rewrite_record(record: Raw) -> bytes:
        return _rewrite(record, steps[:-1], complete) if MARK in bytes(record) else bytes(record)

    return lambda found: b"[" + b",".join(map(rewrite_record, _LIST.decode(found))) + b"]"


def _rewrite(raw: Raw, steps: list[str], change: Callable[[Raw], bytes]) -> bytes:
    """`raw` with what stands at `steps` changed; what is not there stays away."""
    if not steps:
        return change(raw)
    if steps[0] == "*":
        return b"[" + b",".join(_rewrite(one, steps[1:], change) for one in _LIST.decode(raw)) + b"]"
    level = _LEVEL.decode(raw)
    if steps[0] in level:
        level[steps[0]] = Raw(_rewrite(level[steps[0]], steps[1:], change))
    return msgspec.json.encode(level)


def _follow(address: str, nested: Nested, ask: Ask, place: str) -> list[Raw]:
    """All items from the page at `address` on."""
    items: list[Raw] = []
    asked: set[str] = set()
    while address:
        if address in asked or len(asked) >= MAX_PAGES:
            raise fault(place, f"`{nested.next}` leads back to a page already read", "an end", "ask its operator")
        asked.add(address)
        body = ask(address)
        page = parse_json(body, place)
        if not isinstance(find(page, nested.records), list):
            raise fault(place, f"no list at `{nested.records}` behind `{nested.next}`", "one", "correct `nested:`")
        items += _LIST.decode(_take(Raw(body), nested.records.split(".") if nested.records else []))
        link = find(page, nested.link)
        address = "" if link is ABSENT or not link else str(link)
    return items


def _take(raw: Raw, steps: list[str]) -> Raw:
    for step in steps:
        raw = _LEVEL.decode(raw)[step]
    return raw
