"""`paging:` of a descriptor (pure); how to ask for the rest is in step.py.

none          one answer
next_link     {path}: the address of the next page stands in the body: a text, {href: …}, or a list of links with `rel`
link_header   the Link header names it (RFC 8288)
offset        {param, limit, size, first: 0, more}: rows to skip; `more` is what in the body is true while there is more
page          {param, limit, size, first: 1}: number of a page
cursor        {path | header, param, limit, size}: a token for the next page
keyset        {key, params: {where: "id > {last}"}, limit, size, quote: "'"}: params that replace others from the second
              question on; `{last}` is the last record's key, in quotes and its own quotes doubled with `quote`
time_window   {limit_rows}: each window is one answer; one with so many rows was cut, and its window is halved
id_chunks     {ids: {params, path}, param, size: 100, join: ",", key}: a list of ids first, then the records by id

`in: body` (with `method: post`) puts all these into the JSON body, a dotted name leads into it: page.pageNumber.
`otherwise: {by: offset, …}` beside next_link or link_header is used where a link leads nowhere.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from lamppost.pull.fault import fault
from lamppost.pull.options import Options

By = Literal["none", "next_link", "link_header", "offset", "page", "cursor", "keyset", "time_window", "id_chunks"]
WAYS: tuple[By, ...] = (
    "none", "next_link", "link_header", "offset", "page", "cursor", "keyset", "time_window", "id_chunks",
)  # fmt: skip
LINKS = frozenset({"next_link", "link_header"})
COUNTED = frozenset({"offset", "page"})
"""Ways in which a record that comes or goes meanwhile moves all records after it."""
OPEN = frozenset({"none", "time_window"})
"""Ways in which one answer is all."""


@dataclass(frozen=True)
class Ids:
    """A list of ids to ask for first."""

    params: Mapping[str, str]
    path: str
    key: str = ""
    """Dotted path to the id in a record."""


@dataclass(frozen=True)
class Paging:
    """`paging:` as the table above says."""

    by: By = "none"
    path: str = ""
    header: str = ""
    param: str = ""
    limit: str = ""
    """The parameter that holds `size`."""
    size: int = 0
    first: int = 0
    more: str = ""
    key: str = ""
    params: Mapping[str, str] = field(default_factory=dict)
    quote: str = ""
    limit_rows: int = 0
    ids: Ids | None = None
    join: str = ","
    inside: bool = False
    """`in: body`."""
    otherwise: "Paging | None" = None

    @property
    def is_open(self) -> bool:
        """One answer is all there is."""
        return self.by in OPEN


def read_paging(options: Options | None) -> Paging:
    """`paging:` as written; a lone word is `{by: word}`."""
    if options is None:
        return Paging()
    by = options.choice("by", WAYS)
    paging = Paging(
        by,
        limit=options.text("limit", "") if by not in OPEN else "",
        size=options.number("size", 100 if by == "id_chunks" else 0) if by not in OPEN else 0,
        inside=by not in LINKS and options.choice("in", ("query", "body"), "query") == "body",
    )
    paging = _READERS[by](paging, options)
    options.close()
    if paging.limit and not paging.size:
        raise fault(f"{options.place}.size", "nothing", f"how many records `{paging.limit}` asks for", "write `size:`")
    return paging


def _read_open(paging: Paging, options: Options) -> Paging:
    limit = options.number("limit_rows", 0)
    if paging.by == "time_window" and not limit:
        raise fault(
            f"{options.place}.limit_rows", "nothing", "the most rows that the source sends at once",
            "look it up in the source's documentation",
        )  # fmt: skip
    return replace(paging, limit_rows=limit)


def _read_link(paging: Paging, options: Options) -> Paging:
    below = options.block("otherwise")
    otherwise = None if below is None else read_paging(below)
    if below is not None and otherwise and otherwise.by != "offset":
        raise fault(f"{below.place}.by", repr(otherwise.by), "offset", "only rows can be counted on from any page")
    return replace(paging, path=options.text("path") if paging.by == "next_link" else "", otherwise=otherwise)


def _read_offset(paging: Paging, options: Options) -> Paging:
    return replace(paging, param=options.text("param"), first=options.number("first", 0), more=options.text("more", ""))


def _read_page(paging: Paging, options: Options) -> Paging:
    return replace(paging, param=options.text("param"), first=options.number("first", 1))


def _read_cursor(paging: Paging, options: Options) -> Paging:
    header = options.text("header", "")
    return replace(paging, param=options.text("param"), header=header, path="" if header else options.text("path"))


def _read_keyset(paging: Paging, options: Options) -> Paging:
    params = options.pairs("params")
    if not any("{last}" in text for text in params.values()):
        do = "write what asks for the records after {last}"
        raise fault(f"{options.place}.params", "no {last}", 'such as where: "id > {last}"', do)
    return replace(paging, key=options.text("key"), params=params, quote=options.text("quote", ""))


def _read_chunks(paging: Paging, options: Options) -> Paging:
    return replace(paging, param=options.text("param"), join=options.text("join", ","), ids=read_ids(options, "ids"))


def read_ids(options: Options, name: str) -> Ids:
    """`ids: {params, path, key}`."""
    block = options.block(name)
    if block is None:
        raise fault(
            f"{options.place}.{name}", "nothing", "{params, path} of the list of ids", "write how to ask for it"
        )
    ids = Ids(block.pairs("params"), block.text("path", ""), block.text("key", ""))
    block.close()
    return ids


_READERS = {
    "none": _read_open,
    "time_window": _read_open,
    "next_link": _read_link,
    "link_header": _read_link,
    "offset": _read_offset,
    "page": _read_page,
    "cursor": _read_cursor,
    "keyset": _read_keyset,
    "id_chunks": _read_chunks,
}
