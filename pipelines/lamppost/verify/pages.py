"""Compares what people see, pages and newest files, with the records and versions behind it."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from itertools import islice
from pathlib import Path
from typing import Any

from lamppost.formats import FORMATS, geojson, is_whole, parquet
from lamppost.formats import json as json_format
from lamppost.model import Table, Version
from lamppost.render.files import file_name
from lamppost.store.objects import inside, measure
from lamppost.verify.seen import Finding, Seen, read_small

COMPARED = frozenset({"json", "ndjson", "geojson", "parquet"})
"""Formats that are written again, or read back, and compared with the version."""
OPENED = re.compile(r"<data(?=[\s>/])", re.IGNORECASE)
MOST = 100
"""Findings of one page."""
LONGEST = 4_096
"""Letters of a figure's element."""


def check_newest(seen: Seen, name: str) -> Iterator[Finding]:
    """The newest files for people have the hash that datapackage.json says and hold the newest version's rows."""
    folder = seen.store.dataset(name)
    package = json.loads(read_small(inside(folder, "datapackage.json")))
    head = seen.versions.get((name, seen.store.versions(name)[-1]))
    for resource in package["resources"]:
        if isinstance(resource["path"], list):
            yield from _check_parts(name, head, resource)
            continue
        path = inside(folder, str(resource["path"]))
        place = f"data/{name}/{path.name}"
        sha256, size = measure(path)
        if (f"sha256:{sha256}", size) != (resource["hash"], resource["bytes"]):
            yield Finding(place, f"is {size} bytes with sha256 {sha256}; datapackage.json says {resource['hash']}")
        elif head is not None and not _holds_parts(seen, head, resource["name"], path):
            yield Finding(place, f"holds other rows than version {head.seq}, the newest one")


def _check_parts(name: str, head: Version | None, resource: Mapping[str, Any]) -> Iterator[Finding]:
    """A table that is too large for one CSV names the very parts of the newest version."""
    table = head.table(resource["name"]) if head else None
    if table is not None and resource["path"] != [one.path for one in table.parts]:
        yield Finding(f"data/{name}/datapackage.json", f"{resource['name']}: names other parts than the newest version")


def _holds_parts(seen: Seen, version: Version, resource: str, path: Path) -> bool:
    """True when the file is the parts of the table one after the other, with the header once."""
    table = version.table(resource)
    parts = [seen.store.path(version.dataset, one.path).read_bytes() for one in table.parts] if table else []
    return path.read_bytes() == b"".join(parts[:1] + [one.partition(b"\n")[2] for one in parts[1:]])


def check_copies(seen: Seen, name: str) -> Iterator[Finding]:
    """The newest version in its other formats: the same values, as this engine writes them."""
    head = seen.versions.get((name, seen.store.versions(name)[-1]))
    for table in head.tables if head else ():
        assert head is not None
        size = sum(part.size for part in table.parts)
        for one in sorted(COMPARED.intersection(table.formats)):
            if not is_whole(one, table.rows, size):
                continue
            file = inside(seen.store.dataset(name), file_name(table.resource, one, simulated=head.simulated))
            place = f"data/{name}/{file.name}"
            if not file.is_file():
                yield Finding(place, f"is missing; expected version {head.seq} as {FORMATS[one].title}")
            elif not _holds_rows(seen, head, table, one, file):
                yield Finding(
                    place, f"does not hold version {head.seq} as this lamppost writes it; build the site again"
                )


def _holds_rows(seen: Seen, version: Version, table: Table, name: str, file: Path) -> bool:
    parts = list(seen.store.table_text(version, table.resource).values())
    if name == "parquet":
        return parquet.holds(file, parts, table.schema)
    if name == "ndjson":
        lines = b"".join(b"\n".join(rows) + b"\n" for rows in json_format.encode_rows(parts, table.schema))
        return file.read_bytes() == lines
    pieces = {"json": json_format.pieces, "geojson": geojson.pieces}[name]
    return file.read_bytes() == b"".join(pieces(parts, table.schema))


def check_page(seen: Seen, page: Path, place: str) -> Iterator[Finding]:
    """Every figure in one page's HTML is what its record says, the mark of simulated data included."""
    data = b"" if page.is_symlink() else read_small(page)
    if b"data-figure" not in data.lower():
        return
    yield from islice(_compare_shown(seen, data.decode("utf-8", "replace"), place), MOST)


def _compare_shown(seen: Seen, html: str, place: str) -> Iterator[Finding]:
    for one in find_figures(html):
        record = seen.records.get((one.name, one.number))
        if record is None:
            yield Finding(place, f"shows record {one.number} of figure {one.name}, which is not here or cannot be read")
        elif (one.value, one.text.strip()) != (record.rounded, record.shown):
            said = f"{one.text.strip()} (value {one.value})"
            yield Finding(place, f"shows {said} for figure {one.name}; record {record.n} says {record.shown}")
        elif record.simulated and not one.is_marked:
            yield Finding(place, f"shows figure {one.name} without the mark of simulated data; expected the mark")


def find_figures(html: str) -> Iterator["Shown"]:
    """The `<data data-figure>` elements of a page, each parsed by itself, so that a hostile page takes no longer."""
    for match in OPENED.finditer(html):
        reader = FigureReader()
        reader.feed(html[match.start() : match.start() + LONGEST].partition("</data")[0] + "</data>")
        reader.close()
        yield from reader.found[:1]


@dataclass
class Shown:
    """One `<data class="figure">` element of a page."""

    name: str
    number: int
    value: str
    is_marked: bool
    text: str = ""


class FigureReader(HTMLParser):
    """Collects the figures of one page; class names, not places, say what is a figure."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[Shown] = []
        self.is_open = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Opens a figure."""
        values = {key: value or "" for key, value in attrs}
        if tag == "data" and "data-figure" in values:
            number = values.get("data-version", "")
            marked = "figure--simulated" in values.get("class", "").split()
            self.found.append(
                Shown(values["data-figure"], int(number) if number.isdecimal() else 0, values.get("value", ""), marked)
            )
            self.is_open = True

    def handle_endtag(self, tag: str) -> None:
        """Closes a figure."""
        if tag == "data":
            self.is_open = False

    def handle_data(self, data: str) -> None:
        """Adds what stands inside a figure."""
        if self.is_open:
            self.found[-1].text += data
