"""What kind of system answers at an address (pure): told by its own marks, and never by a guess about its paging.

Each mark is a word that the system's specification requires in its answers; what has none is `unknown`, and how such a
source is paged is left as a question: page 1 taken for everything is how most rows get lost.
"""

import csv
import io
import json
import re
import zipfile
from collections.abc import Collection, Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from lamppost.notation import find
from lamppost.propose.answer import Guess, Seen, choose, doubt_count
from lamppost.propose.systems import LISTS, OBJECTS, Test

ASK = (
    "how does this source give its records page by page? Write `paging: none` if this answer is always all of them, "
    "else one of next_link, link_header, offset, page, cursor with its parameters"
)
_SHEET = re.compile(r"https://docs\.google\.com/spreadsheets/d/[\w-]+")
_DEEPEST = 3
_NEXT: tuple[str, ...] = ("next", "nextLink", "@odata.nextLink", "odata.nextLink", "links.next", "links.next.href")
_NEXT += ("paging.next", "meta.next", "pagination.next", "next_page_url", "_links.next.href")
_TOTALS = ("total", "totalCount", "total_count", "numberMatched", "count", "@odata.count", "meta.total", "totalItems")
_DELIMITERS = (",", ";", "\t", "|")


def where_to_ask(url: str) -> str:
    """The address that answers for machines where the written one answers for people."""
    parts = urlsplit(url)
    if re.search(r"/(Feature|Map)Server(/\d+)?/?$", parts.path) and "f=" not in parts.query:
        query = f"{parts.query}&f=json" if parts.query else "f=json"
        return urlunsplit(parts._replace(path=parts.path.rstrip("/"), query=query))
    if sheet := _SHEET.match(url):
        gid = re.search(r"gid=(\d+)", url)
        return f"{sheet.group(0)}/export?format=csv&gid={gid.group(1) if gid else 0}"
    return url


def recognise(seen: Seen, presets: Collection[str]) -> Guess:
    """What the answer shows; `presets` are the names that may be proposed."""
    for test in (_as_archive, _as_json, _as_markup, _as_csv):
        guess = test(seen, presets)
        if guess:
            return guess
    return Guess("The answer is neither JSON, CSV, XML nor a ZIP archive, so there is nothing to read records from.")


def _as_archive(seen: Seen, presets: Collection[str]) -> Guess | None:
    if not seen.body.startswith(b"PK\x03\x04"):
        return None
    try:
        names = zipfile.ZipFile(io.BytesIO(seen.body)).namelist()
    except zipfile.BadZipFile:
        return Guess("The answer begins like a ZIP archive and is none: it may be cut.")
    if {"stops.txt", "routes.txt", "trips.txt"} <= set(names):
        poll = {"adapter": "poll", "url": seen.url, "format": "csv", "member": "stops.txt"}
        pull = choose(presets, "gtfs", {"url": seen.url}, poll)
        return Guess("This is a GTFS timetable; each of its files is a table of its own (`member: stops.txt`).", pull)
    if "xl/workbook.xml" in names:
        says = (
            "This is an XLSX workbook: put it into a folder and use `adapter: files` with `sheet:` and `header_row:`."
        )
        return Guess(says)
    tables = [name for name in names if name.lower().endswith(".csv")]
    if not tables:
        return Guess(f"This is a ZIP archive without a CSV file; it holds {', '.join(names[:8])}.")
    pull = {"adapter": "poll", "url": seen.url, "format": "csv", "member": tables[0]}
    return Guess(f"This is a ZIP archive; its tables are {', '.join(tables[:8])}.", pull)


def _as_markup(seen: Seen, presets: Collection[str]) -> Guess | None:
    del presets
    head = seen.body[:2000].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if head.startswith((b"<!doctype html", b"<html")) or (b"<html" in head and not head.startswith(b"<?xml")):
        return Guess("This is a page for people. Look there for a link that says API, download, JSON or CSV.")
    if not head.startswith(b"<"):
        return None
    pull = {"adapter": "poll", "url": seen.url, "format": "xml", "records": "TODO"}
    return Guess("This is XML.", pull, ("which element is one record? Write its dotted path as `records:`",))


def _as_csv(seen: Seen, presets: Collection[str]) -> Guess | None:
    if _SHEET.match(seen.url):
        url = where_to_ask(seen.url)
        poll = {"adapter": "poll", "url": url, "format": "csv"}
        return Guess("This is a Google Sheet.", choose(presets, "google-sheet", {"url": url}, poll))
    try:
        text, encoding = seen.body.decode("utf-8-sig"), ""
    except UnicodeDecodeError:
        text, encoding = seen.body.decode("cp1252", "replace"), "cp1252"
    lines = [line for line in text.splitlines()[:200] if line.strip()]
    delimiter = _find_delimiter(lines)
    if not delimiter:
        return None
    pull: dict[str, Any] = {"adapter": "poll", "url": seen.url, "format": "csv"}
    questions = doubt_count(max(len(text.splitlines()) - 1, 0))
    if delimiter != ",":
        pull["dialect"] = {"delimiter": delimiter}
    if encoding:
        pull["encoding"] = encoding
        questions += (
            "the text is not UTF-8: is it cp1252, latin-1 or another? An encoding is declared, never guessed",
        )
    return Guess("This is a CSV file.", pull, questions)


def _find_delimiter(lines: Sequence[str]) -> str:
    """The sign that cuts header and rows into the same number of cells, at least two."""
    for sign in _DELIMITERS:
        widths = {len(row) for row in csv.reader(lines, delimiter=sign) if row}
        if len(lines) > 1 and max(widths) > 1 and len(widths) == 1:
            return sign
    return ""


def _as_json(seen: Seen, presets: Collection[str]) -> Guess | None:
    value = seen.value
    if isinstance(value, list):
        tests: tuple[Test, ...] = (*LISTS, _as_list)
    elif isinstance(value, dict):
        tests = (*OBJECTS, _as_object)
    else:
        return _as_ndjson(seen)
    return next((guess for test in tests if (guess := test(seen, value, presets))), None)


def _as_ndjson(seen: Seen) -> Guess | None:
    lines = [line for line in seen.body.split(b"\n")[:20] if line.strip()]
    try:
        objects = [json.loads(line) for line in lines]
    except ValueError:
        return None
    if not objects or not all(isinstance(one, dict) for one in objects):
        return None
    return Guess("This is NDJSON, one object a line.", {"adapter": "poll", "url": seen.url, "format": "ndjson"})


def _as_list(seen: Seen, value: Any, presets: Collection[str]) -> Guess | None:
    del presets
    if not value or not all(isinstance(one, dict) for one in value):
        return None
    return _word_http(seen, value, "", "This is a JSON list")


def _as_object(seen: Seen, value: Any, presets: Collection[str]) -> Guess | None:
    del presets
    found = max(_find_lists(value), key=lambda pair: len(pair[1]), default=None)
    if found is None:
        return Guess("This is a JSON object without a list of records in it.")
    return _word_http(seen, value, found[0], f"This is a JSON object; its records are at `{found[0]}`")


def _find_lists(value: Any, path: str = "", depth: int = 0) -> Iterator[tuple[str, list[Any]]]:
    for key, one in value.items():
        inner = f"{path}.{key}" if path else key
        if isinstance(one, list) and one and all(isinstance(item, dict) for item in one):
            yield inner, one
        elif isinstance(one, dict) and depth < _DEEPEST:
            yield from _find_lists(one, inner, depth + 1)


def _word_http(seen: Seen, value: Any, records: str, says: str) -> Guess:
    """Paging only where the answer itself names the next page; a total beside it becomes the proof."""
    pull: dict[str, Any] = {"adapter": "http", "url": seen.url, "records": records}
    link = next((path for path in _NEXT if isinstance(find(value, path), str) and find(value, path)), "")
    total = next((path for path in _TOTALS if type(find(value, path)) is int), "")
    questions: tuple[str, ...] = ()
    if 'rel="next"' in seen.headers.get("link", "").replace("rel=next", 'rel="next"'):
        pull["paging"], says = "link_header", f"{says}; its Link header names the next page"
    elif link:
        pull["paging"], says = {"by": "next_link", "path": link}, f"{says}; `{link}` names the next page"
    else:
        pull["paging"], questions, says = "TODO", (ASK,), f"{says}; nothing in it says how to get the rest"
    if "x-total-count" in seen.headers:
        pull["count"] = {"header": "X-Total-Count"}
    elif total:
        pull["count"] = {"path": total}
    return Guess(f"{says}.", pull, questions)
