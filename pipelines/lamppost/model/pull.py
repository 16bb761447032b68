"""What a pull brings home: the raw bytes, and the proof that nothing is missing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from lamppost.model.issue import Issue

Verdict = Literal["complete", "unproven", "failed"]
Decode = Literal["json", "ndjson", "csv", "geojson", "influx", "xml", "xlsx", "xls", "ods"]
"""The formats that `decode` reads."""


@dataclass(frozen=True)
class Page:
    """One answer of the source, on disk in private/ exactly as it came."""

    path: Path
    sha256: str
    size: int
    context: tuple[tuple[str, str], ...] = ()
    """Values that the request knew and the answer does not repeat, such as the id in its address."""
    rows: int = 0
    """Records that the pull counted in it."""
    name: str = ""
    """What the source calls it: the file's name; empty where pages have none."""


@dataclass(frozen=True)
class Snapshot:
    """All pages of one pull, in order."""

    pages: tuple[Page, ...]
    decode: Decode
    records: str = ""
    """Dotted path from a JSON page's root to its list of records; empty: the root is the list."""
    encoding: str = "utf-8"
    dialect: tuple[tuple[str, str], ...] = ()
    """CSV: `delimiter`, `quotechar`; XLSX: `sheet`, `header_row`."""
    simulated: bool = False
    issues: tuple[Issue, ...] = ()
    """What the pull noticed and a reader should know: stale data, gaps in a device's counter, undecodable messages."""
    memory: Mapping[str, str] = field(default_factory=dict)
    """What the next pull wants to know, such as an ETag; kept in private/ once the version is committed."""
    unchanged: bool = False
    """The source says, or the bytes show, that nothing is new since the memory that this pull was given."""
    cursor_limit: str = ""
    """An instant that the cursor must not pass, whatever the rows say: what lies after it was not ready yet."""


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
    """Records in each page that has any."""
    size: int = 0
    """Bytes received."""
    sizes: tuple[int, ...] = ()
    """Bytes of each page that has records."""
    digests: tuple[str, ...] = ()
    """HMAC-SHA256 of each such page with the city's secret: the city can prove what came, and nobody can guess it."""
    span: tuple[str, str] | None = None
    """First and last time in the data."""
    stopped: str = ""
    """Why the pull stopped: `no next link`, `page shorter than asked`, `end of file`."""
    cursor_before: str | None = None
    cursor_after: str | None = None
    verdict: Verdict = "failed"
    reason: str = ""
    """One sentence that says how completeness was proven, or why it was not."""
    notes: tuple[str, ...] = ()
    """Facts in sentences, for readers: by which operation coordinates were converted, and how exact it is."""
    accepted: str = ""
    """Why it is published although it is not proven, in the words of the descriptor."""
    simulated: bool = False
