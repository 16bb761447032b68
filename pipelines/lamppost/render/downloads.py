"""What a reader is told of a table's files: which to take, what a spreadsheet does to it, how to get all parts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from lamppost.formats import FORMATS, Format
from lamppost.model import Table
from lamppost.render.field import title_of
from lamppost.render.files import PublishedFile, join_url
from lamppost.render.page import link, plural

Offer = tuple[str, Format, PublishedFile]
"""Address from the page, format, file."""


@dataclass(frozen=True)
class Shelf:
    """The files of one table."""

    title: str
    """Empty where the dataset has no other table."""
    offers: Sequence[Offer]
    """The whole table in each of its formats."""
    partitions: Sequence[tuple[str, Sequence[Offer]]]
    """Partition → its own files, where the whole is too large for a format."""
    parts: int
    commands: Mapping[str, str]
    """Where the CSV comes in parts: kind of computer → two lines that fetch all of them."""
    formulas: str
    """Columns with text that a spreadsheet takes for a formula, in words; empty when there is none."""
    absent: Sequence[tuple[str, str]]
    """Formats, joined by commas, and why they are not offered."""


def make_shelf(title: str, files: Sequence[PublishedFile], table: Table | None, origin: str, site: str) -> Shelf:
    """The files of one table as the page `origin` offers them; `site` is the site's own address."""
    offers = [(link(origin, one.path), FORMATS[one.format], one) for one in files]
    loose = sorted((one for one in offers if one[2].partition), key=lambda one: one[2].partition)
    formulas = {name: count for one in files for name, count in one.formulas.items()}
    return Shelf(
        title=title,
        offers=[one for one in offers if one[1].is_data and not one[2].partition],
        partitions=[(name, list(group)) for name, group in groupby(loose, key=lambda one: one[2].partition)],
        parts=len(table.parts) if table else 0,
        commands=dict(_command(one, join_url(site, one.path)) for one in files if not FORMATS[one.format].is_data),
        formulas=_tell_formulas(formulas, table),
        absent=_group_absent(files),
    )


def _command(file: PublishedFile, url: str) -> tuple[str, str]:
    name = file.path.rpartition("/")[2]
    if file.format == "sh":
        return "Linux and macOS", f"curl -fsSO {url}\nsh {name}"
    return (
        "Windows PowerShell",
        f"Invoke-WebRequest {url} -OutFile {name}\npowershell -ExecutionPolicy Bypass -File {name}",
    )


def _tell_formulas(formulas: Mapping[str, int], table: Table | None) -> str:
    """`Note (3 cells), Phone (1 cell)`."""
    titles = {one.name: title_of(one) for one in table.schema.fields} if table else {}
    return ", ".join(f"{titles.get(name, name)} ({plural(count, 'cell')})" for name, count in formulas.items())


def _group_absent(files: Sequence[PublishedFile]) -> list[tuple[str, str]]:
    found: dict[str, list[str]] = {}
    for one in files:
        for name, why in one.absent.items():
            found.setdefault(why, []).append(FORMATS[name].title)
    return [(", ".join(names), why) for why, names in found.items()]
