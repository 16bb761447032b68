"""A big page of JSON cut between two records into pages that are small, so that few records are in memory at a time.

Each part is a whole document: what stands around the list of records, and some of them. Nothing of it is believed:
every part is read like any other page, so that only where a page is cut can be wrong, and there JSON itself says no.
"""

from collections.abc import Iterator

import msgspec

from lamppost.decode.json_list import BOM, find_lists
from lamppost.decode.text import is_utf8
from lamppost.errors import RefusedError
from lamppost.model import Snapshot

PART = 4 * 2**20
"""Bytes of a part, about."""
MAX_BYTES = 128 * 2**20
"""Of a page of JSON: read part by part it stays below 512 MB of memory."""
MAX_RECORDS = 4_000_000
"""In one page; every object counts."""
MAX_VALUES = 2_500_000
"""That are read at once: of a page that cannot be cut, or of one record."""
CUT = frozenset({"json", "geojson", "ndjson"})
GUESSES = 32
"""Brackets from the end on that may be the end of the list: links, a bounding box or a total often follow it."""
_RAWS = msgspec.json.Decoder(list[msgspec.Raw])


def cut_page(data: bytes, snapshot: Snapshot, place: str) -> Iterator[tuple[bytes, str]]:
    """The parts of a page and what to call each; a page that is small, or of another format, is its only part."""
    if len(data) <= PART or snapshot.decode not in CUT:
        yield data, place
        return
    if len(data) > MAX_BYTES:
        raise _refuse(place, f"{len(data):,} bytes in one piece", f"at most {MAX_BYTES:,}")
    if data.count(b"{") > MAX_RECORDS:
        raise _refuse(place, f"more than {MAX_RECORDS:,} records or parts of them", "less")
    cut = _cut_lines(data) if snapshot.decode == "ndjson" else _cut_list(data, snapshot)
    before = 0
    for part, records in [(data, 0)] if cut is None else cut:
        here = f"{place}, from record {before + 1:,} on" if before else place
        if part.count(b",") > MAX_VALUES:
            raise _refuse(here, f"more than {MAX_VALUES:,} values in one piece", "records to be taken one by one")
        yield part, here
        before += records


def _refuse(place: str, found: str, expected: str) -> RefusedError:
    return RefusedError(f"{place}: found {found}, expected {expected}; ask for smaller pages or fewer fields")


def _cut_lines(data: bytes) -> Iterator[tuple[bytes, int]]:
    start = 0
    while start < len(data):
        end = data.find(b"\n", start + PART) + 1 or len(data)
        yield data[start:end], data.count(b"\n", start, end)
        start = end


def _cut_list(data: bytes, snapshot: Snapshot) -> Iterator[tuple[bytes, int]] | None:
    """None for a page whose list of records is not to be found quickly."""
    path = snapshot.records or ("features" if snapshot.decode == "geojson" else "")
    data = data.removeprefix(BOM)
    for _frame, first, last in find_lists(data, path, GUESSES) if is_utf8(snapshot.encoding) else ():
        try:
            return _join(_RAWS.decode(memoryview(data)[first:last]), data[:first], data[last:])
        except (msgspec.MsgspecError, RecursionError):
            continue
    return None


def _join(raws: list[msgspec.Raw], head: bytes, tail: bytes) -> Iterator[tuple[bytes, int]]:
    """Whole documents of some records each; a list without records is one too."""
    part: list[bytes] = []
    size = 0
    for raw in raws:
        part.append(bytes(raw))
        size += len(part[-1])
        if size > PART:
            yield head + b"[" + b",".join(part) + b"]" + tail, len(part)
            part, size = [], 0
    if part or not raws:
        yield head + b"[" + b",".join(part) + b"]" + tail, len(part)
