"""Compares what people see, pages and newest files, with the records and versions behind it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

import pyarrow.parquet as pq

from lamppost.formats import FORMATS, geojson
from lamppost.formats import json as json_format
from lamppost.formats.typed import typed
from lamppost.model import Table, Version
from lamppost.render.files import file_name
from lamppost.store.objects import inside, measure
from lamppost.verify.seen import Finding, Seen, read_small


def check_newest(seen: Seen, name: str) -> Iterator[Finding]:
    """The newest files for people have the hash that datapackage.json says and hold the newest version's rows."""
    folder = seen.store.dataset(name)
    package = json.loads(read_small(inside(folder, "datapackage.json")))
    head = seen.versions.get((name, seen.store.versions(name)[-1]))
    for resource in package["resources"]:
        path = inside(folder, str(resource["path"]))
        place = f"data/{name}/{path.name}"
        sha256, size = measure(path)
        if (f"sha256:{sha256}", size) != (resource["hash"], resource["bytes"]):
            yield Finding(place, f"is {size} bytes with sha256 {sha256}; datapackage.json says {resource['hash']}")
        elif head is not None and not _holds_parts(seen, head, resource["name"], path):
            yield Finding(place, f"holds other rows than version {head.seq}, the newest one")


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
        for one in sorted({"json", "geojson", "parquet"}.intersection(table.formats)):
            file = inside(seen.store.dataset(name), file_name(table.resource, one, simulated=head.simulated))
            place = f"data/{name}/{file.name}"
            if not file.is_file():
                yield Finding(place, f"is missing; expected version {head.seq} as {FORMATS[one].title}")
            elif not _holds_rows(seen, head, table, one, file):
                yield Finding(
                    place, f"does not hold version {head.seq} as this lamppost writes it; build the site again"
                )


def _holds_rows(seen: Seen, version: Version, table: Table, name: str, file: Path) -> bool:
    text = seen.store.table_whole(version, table.resource)
    if name == "parquet":
        return bool(pq.read_table(file).equals(typed(text, table.schema)))
    encode = {"json": json_format.encode, "geojson": geojson.encode}[name]
    return file.read_bytes() == encode(text, table.schema)


def check_page(seen: Seen, page: Path, place: str) -> Iterator[Finding]:
    """Every figure in one page's HTML is what its record says, the mark of simulated data included."""
    data = b"" if page.is_symlink() else read_small(page)
    if b"data-figure" not in data:
        return
    reader = FigureReader()
    reader.feed(data.decode("utf-8", "replace"))
    reader.close()
    for one in reader.found:
        record = seen.records.get((one.name, one.number))
        if record is None:
            yield Finding(place, f"shows record {one.number} of figure {one.name}, which is not here or cannot be read")
        elif (one.value, one.text.strip()) != (record.rounded, record.shown):
            said = f"{one.text.strip()} (value {one.value})"
            yield Finding(place, f"shows {said} for figure {one.name}; record {record.n} says {record.shown}")
        elif record.simulated and not one.is_marked:
            yield Finding(place, f"shows figure {one.name} without the mark of simulated data; expected the mark")


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
