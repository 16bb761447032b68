"""Which partition a row lies in: a day, month or year of the date as written, or a value made safe as a file name."""

import re
from hashlib import sha256
from unicodedata import normalize

import pyarrow as pa
import pyarrow.compute as pc

from lamppost.model import Publish

NONE = "none"
"""The partition of rows whose field is missing or, by day, month or year, holds no date."""
_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{1,2})(?:-([0-9]{1,2}))?)?(?![0-9])")
_LOOK = 11
"""So many characters decide about a date: its ten, and what must be no digit behind them."""
_STEPS = {"year": 1, "month": 2, "day": 3}
_RESERVED = re.compile(r"con|prn|aux|nul|com[0-9]|lpt[0-9]")
_LENGTH = 60
_DIGITS = 8


def partition_key(table: pa.Table, publish: Publish) -> pa.Array:
    """The partition of each row: `""` without a rule, `2026-11-22`, `2026-11`, `2026`, or a slug of the value.

    Dates count as written, in the zone they were written in. Two values may share a slug; their rows share a partition.
    """
    if not publish.partition_by:
        return pa.array([""] * table.num_rows, pa.string())
    cells = table.column(publish.partition_of).combine_chunks()
    if publish.partition_by != "value":
        cells = pc.utf8_slice_codeunits(cells, 0, _LOOK)
    encoded = cells.dictionary_encode(null_encoding="encode")
    names = [_name(text, publish.partition_by) for text in encoded.dictionary.to_pylist()]
    return pa.array(names, pa.string()).take(encoded.indices)


def _name(text: str | None, rule: str) -> str:
    if text is None:
        return NONE
    if rule == "value":
        return make_slug(text)
    match = _DATE.match(text)
    steps = [f"{int(step):02d}" for step in match.groups() if step] if match else []
    return "-".join(steps[: _STEPS[rule]]) if len(steps) >= _STEPS[rule] else NONE


def make_slug(text: str) -> str:
    """Lower-case ASCII letters, digits and single dashes, at most 60 characters, no name that Windows keeps for itself.

    A text that has nothing of the kind gets eight hex digits of its sha256.
    """
    plain = normalize("NFKD", text).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")
    digits = sha256(text.encode()).hexdigest()[:_DIGITS]
    if not slug:
        return digits
    if len(slug) > _LENGTH:
        return f"{slug[: _LENGTH - _DIGITS - 1].rstrip('-')}-{digits}"
    return f"{slug}-{digits}" if _RESERVED.fullmatch(slug) else slug
