"""Signs that an answer is not all there is, although nobody asked for more (pure).

A source whose paging is not declared, or misspelt, gives its first page and nothing tells it from the whole. Names are
those of servers that are met: OData, OGC, ArcGIS, FHIR, JSON:API, HAL, Spring, Laravel, Django, GraphQL, Elasticsearch,
Solr, Opendatasoft, GitHub, DynamoDB and their like; compared without case, underscores and other marks.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple

from lamppost.notation import ABSENT, find
from lamppost.pull.content import EMPTY, is_count
from lamppost.pull.http.paging import COUNTED, LINKS, Paging
from lamppost.pull.http.step import Answer, list_relations
from lamppost.pull.transport.links import is_garbled

NEXT = frozenset({
    "next", "nextlink", "odatanextlink", "iotnextlink", "nextpage", "nexturl", "nexthref", "nextpageurl",
    "nextpagelink", "nextpagetoken", "nexttoken", "nextcursor", "nextmarker", "nextoffset", "nextrecordsurl",
    "continuationtoken", "resumptiontoken", "lastevaluatedkey", "nextpageuri", "nexturi",
})  # fmt: skip
FLAGS = frozenset({
    "exceededtransferlimit", "hasmore", "hasnext", "hasnextpage", "hasmoreitems", "hasmoreresults", "hasmorepages",
    "istruncated", "truncated", "moreresults", "moreitems", "moreavailable", "incompleteresults", "partial",
    "partialresults", "timedout", "terminatedearly", "limitexceeded", "limitreached",
})  # fmt: skip
"""True where something is missing."""
ENDS = frozenset({"last", "islast", "lastpage", "islastpage", "done", "iscomplete", "endofrecords", "endofresults"})
"""False where something is missing."""
TOTALS = frozenset({
    "numbermatched", "matched", "iotcount", "odatacount", "count", "total", "totalcount", "totalresults",
    "totalrecords", "recordstotal", "totalelements", "totalitems", "totalhits", "totalrows", "totalentries",
    "totalfeatures", "totalsize", "numfound", "nhits", "found",
})  # fmt: skip
PAGES = frozenset({"totalpages", "pages", "pagecount", "lastpage", "numpages"})
TOKENS = frozenset({"after", "cursor", "endcursor", "scrollid", "marker", "token", "pagetoken", "bookmark"})
BEFORE = frozenset({"prev", "previous", "previouspage", "prevpageurl", "previouspageurl", "hasprevious", "hasprev"})
AROUND = frozenset({
    "meta", "metadata", "pagination", "paging", "page", "pageinfo", "links", "properties", "responsemetadata", "d",
    "result", "data", "featurecollection", "context", "response", "hits", "resultset",
})  # fmt: skip
"""Where such signs stand, beside the top and what is above the records."""
ROUND = frozenset({100, 200, 250, 500, 1_000, 2_000, 2_500, 5_000, 10_000, 20_000, 25_000, 32_000, 50_000, 100_000})
"""Numbers of rows at which servers stop; below 100 too many small lists have one by chance."""
LEAST_END = 1_000
"""Of those, the least at which lists of many pages end: so far, and no farther, some let one page."""
HEADERS = {
    "x-total-count": "rows", "x-total": "rows", "fiware-total-count": "rows", "ngsild-results-count": "rows",
    "x-wp-total": "rows", "total-count": "rows", "x-total-pages": "pages", "x-wp-totalpages": "pages",
    "x-pagination-page-count": "pages", "x-pagination-total-count": "rows",
}  # fmt: skip
PAGED = frozenset({*COUNTED, *LINKS, "cursor"})
DEEPEST = 4
_RANGE = re.compile(r"(?!bytes)[a-z]*\s*\d+-\d+/(\d+)", re.IGNORECASE)
_MARKS = re.compile(r"[^a-z0-9]")


class Member(NamedTuple):
    """What stands beside the records."""

    path: str
    name: str
    """Its own name, without case and marks."""
    value: Any
    near: bool
    """At the top, above the records, or where answers speak of themselves."""


def find_more(answer: Answer, paging: Paging, records: str = "", known: Collection[str] = ()) -> str:
    """The sign that says there is more, in the source's own words: a link, or a flag; `known` paths are none."""
    if paging.by != "link_header" and answer.links.get("next"):
        return "Link: rel=next"
    if is_garbled(answer.headers.get("link", "")):
        return "Link"
    if paging.header.lower() != "x-next-page" and answer.headers.get("x-next-page"):
        return "X-Next-Page"
    for one in list_members(answer.body, records):
        if one.path in {paging.path, *known}:
            continue
        if _says_more(one):
            return one.path
    return ""


def _says_more(one: Member) -> bool:
    if one.name in ENDS and one.near and one.value in (False, "false"):
        return True
    if one.value in (*EMPTY, 0, "0"):
        return False
    if one.name in {"links", "link"}:
        return _has_next(one.value)
    if one.name in FLAGS:
        return one.value in (True, "true", "True", "1")
    return one.name in NEXT and _is_link(one.value) and (one.near or one.name != "next")


def find_doubt(answer: Answer, paging: Paging, records: str = "", *, alone: bool = True) -> str:
    """A sentence for a list that may well be cut, where no count says otherwise; `alone`: it has only this page."""
    if paging.limit_rows or paging.by == "keyset":  # a keyset's last answer counts what is left
        return ""
    for path, value in _list_totals(answer, records, alone=alone):
        return (
            f"{answer.received:,} records came, and its `{path}` says {value:,}: write `count:` if that is their "
            "number, and `paging:` to get the others."
        )
    token = _find_token(answer, paging, records) if alone else ""
    if token:
        return f"Nothing stands at `{paging.path}`, and its `{token}` may be what leads on: correct `paging.path`."
    if alone and (answer.rows in ROUND or (paging.size and answer.rows == paging.size)):
        return (
            f"The one answer holds exactly {answer.rows:,} records, a number at which servers cut: write `paging:`, "
            "`count:`, or in `paging: {by: none, limit_rows: …}` the most rows that the source sends."
        )
    if paging.by in PAGED and answer.received in ROUND and answer.received >= LEAST_END:
        return (
            f"The list ends with exactly {answer.received:,} records, a number beyond which many servers let nobody "
            "page: write `count:`, ask for less at once (`window:`), or page by a key (`paging: {by: keyset, …}`)."
        )
    return ""


def _find_token(answer: Answer, paging: Paging, records: str) -> str:
    """What looks like a token where the declared path leads to nothing at all, as a misspelt one does."""
    if not paging.path or find(answer.body, paging.path) is not ABSENT:
        return ""
    found = (one for one in list_members(answer.body, records) if one.name in TOKENS and one.value not in EMPTY)
    return next((one.path for one in found if isinstance(one.value, str)), "")


def find_before(answer: Answer, records: str) -> str:
    """A sentence for a first page that says there is one before it."""
    found = [one.path for one in list_members(answer.body, records) if one.near and _says_before(one)]
    return f"`{found[0]}` on page 1 says that there is a page before it: correct `paging.first`." if found else ""


def _says_before(one: Member) -> bool:
    if one.name in {"first", "isfirst"}:
        return one.value in (False, "false")
    return one.name in BEFORE and one.value not in (*EMPTY, 0, "0")


def _list_totals(answer: Answer, records: str, *, alone: bool) -> Iterator[tuple[str, int]]:
    """What says that there are more records than came, or more pages than the one."""
    totals = [(one.path, one.name, _inside(one.value)) for one in list_members(answer.body, records) if one.near]
    for path, name, value in totals:
        if is_count(value):
            number = int(value)
            if (name in TOTALS and number > answer.received) or (name in PAGES and alone and number > 1):
                yield path, number
    for name, kind in HEADERS.items():
        text = answer.headers.get(name, "").strip()
        if is_count(text) and (int(text) > answer.received if kind == "rows" else alone and int(text) > 1):
            yield name, int(text)
    part = _RANGE.fullmatch(answer.headers.get("content-range", "").strip())
    if part and is_count(part[1]) and int(part[1]) > answer.received:
        yield "content-range", int(part[1])


def _inside(value: Any) -> str:
    """Elasticsearch writes `total: {value: 5000, relation: eq}`."""
    return str(value.get("value", "")) if isinstance(value, Mapping) else str(value)


def list_members(body: Any, records: str) -> Iterator[Member]:
    """Everything beside the records, some steps deep, but nothing in a list and nothing in the records themselves."""
    yield from _walk(body, "", records, near=True, depth=0)


def _walk(level: Any, above: str, records: str, *, near: bool, depth: int) -> Iterator[Member]:
    for key, value in level.items() if isinstance(level, Mapping) and depth < DEEPEST else ():
        path = f"{above}.{key}".lstrip(".")
        if path == records:
            continue
        name = _MARKS.sub("", str(key).lower())
        yield Member(path, name, value, near)
        below = near and (name in AROUND or records.startswith(f"{path}."))
        yield from _walk(value, path, records, near=below, depth=depth + 1)


def _is_link(value: Any) -> bool:
    return isinstance(value, (str, int)) or (isinstance(value, Mapping) and bool(value.get("href") or value.get("url")))


def _has_next(value: Any) -> bool:
    links = value if isinstance(value, list) else [value]
    return any("next" in list_relations(one) for one in links if isinstance(one, Mapping))
