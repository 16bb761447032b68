"""Names and addresses of published files; whoever writes a file and whoever links it ask here."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256


@dataclass(frozen=True)
class PublishedFile:
    """One file that a reader can fetch; `path` is from the site's root."""

    resource: str
    format: str
    """A key of `formats.FORMATS`."""
    path: str
    size: int
    rows: int
    sha256: str
    partition: str = ""
    """The one partition that is in it; empty: the whole table."""
    formulas: Mapping[str, int] = field(default_factory=dict)
    """Of a CSV: field → cells that a spreadsheet takes for a formula."""
    absent: Mapping[str, str] = field(default_factory=dict)
    """Of a CSV: format asked for → why the table is not offered in it."""


def file_name(resource: str, extension: str, *, simulated: bool, partition: str = "") -> str:
    """`lights.csv`, `lights.2026-11.xlsx`; simulated data carry the word in the very name: `lights.simulated.csv`."""
    names = (resource, name_partition(partition), "simulated" if simulated else "", extension)
    return ".".join(name for name in names if name)


def name_partition(partition: str) -> str:
    """What a partition is called in a file's name; a value that no file can be called by gets a piece of its hash."""
    plain = re.sub(r"[^A-Za-z0-9_-]+", "-", partition)[:60]
    return plain if plain == partition else f"{plain}-{sha256(partition.encode()).hexdigest()[:8]}"


def newest_path(dataset: str, resource: str, extension: str, *, simulated: bool, partition: str = "") -> str:
    """Where the newest version's file lies, from the site's root; the bytes there change."""
    return f"data/{dataset}/{file_name(resource, extension, simulated=simulated, partition=partition)}"


def manifest_path(dataset: str, seq: int) -> str:
    """Where the manifest of one version lies, from the site's root; it never changes."""
    return f"data/{dataset}/v{seq}.json"


def fixed_path(dataset: str, part_path: str) -> str:
    """Where one object of a version lies, from the site's root; `part_path` is relative to the manifest."""
    return f"data/{dataset}/{part_path}"


def record_path(figure: str, n: int) -> str:
    """Where the n-th record of a figure lies, from the site's root; it never changes."""
    return f"figures/{figure}/{n}.json"


def join_url(site: str, path: str) -> str:
    """The absolute address of a path from the site's root."""
    return f"{site.rstrip('/')}/{path}"
