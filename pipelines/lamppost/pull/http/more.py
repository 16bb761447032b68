"""Signs that an answer is not all there is, although nobody asked for more (pure).

A source whose paging is not declared, or misspelt, gives its first page and nothing tells it from the whole.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from lamppost.pull.http.paging import Answer, Paging

LINKS = frozenset({
    "next", "nextlink", "@odata.nextlink", "@iot.nextlink", "odata.nextlink", "next_link", "next_page", "nextpage",
    "next_url", "nexturl", "next_page_url", "nextpagetoken", "next_page_token", "next_cursor", "nextcursor",
    "nextrecordsurl", "continuationtoken", "continuation_token",
})  # fmt: skip
FLAGS = frozenset({"exceededtransferlimit", "hasmore", "has_more", "hasnext", "has_next", "hasnextpage", "istruncated"})
TOTALS = frozenset({
    "numbermatched", "@iot.count", "@odata.count", "odata.count", "total", "totalcount", "total_count", "totalresults",
    "total_results", "recordstotal", "total_records", "totalrecords",
})  # fmt: skip
AROUND = frozenset({
    "meta", "metadata", "pagination", "paging", "page", "page_info", "pageinfo", "links", "_links", "properties",
    "response_metadata", "d", "result", "data", "featurecollection",
})  # fmt: skip
"""Where such signs stand, beside the top."""
ROUND = frozenset({100, 200, 250, 500, 1_000, 2_000, 2_500, 5_000, 10_000, 20_000, 25_000, 32_000, 50_000, 100_000})
"""Numbers of rows at which servers stop; below 100 too many small lists have one by chance."""
COUNT_HEADERS = ("x-total-count", "x-total", "fiware-total-count", "ngsild-results-count")


def find_more(answer: Answer, paging: Paging) -> str:
    """The sign that says there is more, in the source's own words: a link, or a flag that is true."""
    if answer.links.get("next") and paging.by != "link_header":
        return "Link: rel=next"
    for path, name, value in _list_members(answer.body):
        if path == paging.path or value in (None, "", False, "false", 0, "0"):
            continue
        if name in FLAGS or (name in LINKS and _is_link(value)) or (name == "links" and _has_next(value)):
            return path
    return ""


def find_doubt(answer: Answer, paging: Paging, *, counted: bool) -> str:
    """A sentence for an answer that may well have been cut, where no count says otherwise."""
    if counted or paging.limit_rows:
        return ""
    totals = [(path, value) for path, name, value in _list_members(answer.body) if name.strip("@") in _BARE]
    totals += [(name, answer.headers[name]) for name in COUNT_HEADERS if name in answer.headers]
    for path, value in totals:
        if str(value).isdigit() and int(value) > answer.rows:
            return (
                f"The one answer holds {answer.rows:,} records, and its `{path}` says {int(value):,}: write "
                "`count:` if that is their number, and `paging:` to get the others."
            )
    if answer.rows in ROUND or (paging.size and answer.rows == paging.size):
        return (
            f"The one answer holds exactly {answer.rows:,} records, a number at which servers cut: write `paging:`, "
            "`count:`, or in `paging: {by: none, limit_rows: …}` the most rows that the source sends."
        )
    return ""


_BARE = frozenset(name.strip("@") for name in TOTALS)


def _list_members(body: Any) -> Iterator[tuple[str, str, Any]]:
    """Dotted path, name in lower case and value of what stands at the top or one step below it."""
    for key, value in body.items() if isinstance(body, Mapping) else ():
        yield key, key.lower().lstrip("@") if key.startswith("@number") else key.lower(), value
        if isinstance(value, Mapping) and key.lower() in AROUND:
            for inner, below in value.items():
                name = inner.lower().lstrip("@") if inner.startswith("@number") else inner.lower()
                yield f"{key}.{inner}", name, below


def _is_link(value: Any) -> bool:
    return isinstance(value, (str, int)) or (isinstance(value, Mapping) and bool(value.get("href")))


def _has_next(value: Any) -> bool:
    return isinstance(value, list) and any(isinstance(one, Mapping) and one.get("rel") == "next" for one in value)
