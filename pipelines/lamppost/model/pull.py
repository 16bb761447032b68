"""What a pull brings home: the raw bytes, and the proof that nothing is missing."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Verdict = Literal["complete", "unproven", "failed"]


@dataclass(frozen=True)
class Page:
    """One answer of the source, on disk in private/ exactly as it came."""

    path: Path
    sha256: str
    size: int
    context: tuple[tuple[str, str], ...] = ()
    """Values that the request knew and the answer does not repeat, such as the id in its address."""


@dataclass(frozen=True)
class Snapshot:
    """All pages of one pull, in order."""

    pages: tuple[Page, ...]
    decode: Literal["json", "ndjson", "csv", "geojson", "xlsx"]
    records: str = ""
    """Dotted path from a JSON page's root to its list of records; empty: the root is the list."""
    encoding: str = "utf-8"
    dialect: tuple[tuple[str, str], ...] = ()
    """CSV: `delimiter`, `quotechar`; XLSX: `sheet`, `header_row`."""
    simulated: bool = False


@dataclass(frozen=True)
class Receipt:
    """Declared against received; holds no clock time, so that two equal pulls give equal receipts."""

    source: str
    """The address without user, password and query; for files the file's name."""
    adapter: str
    received: int
    declared: int | None
    declared_by: str = ""
    """Where the declared count came from, in the source's own words: `@iot.count`, `returnCountOnly`."""
    distinct: int | None = None
    pages: tuple[int, ...] = ()
    """Records in each page."""
    size: int = 0
    """Bytes received."""
    stopped: str = ""
    """Why the pull stopped: `no next link`, `page shorter than asked`, `end of file`."""
    cursor_before: str | None = None
    cursor_after: str | None = None
    verdict: Verdict = "failed"
    reason: str = ""
    """One sentence that says how completeness was proven, or why it was not."""
    simulated: bool = False
