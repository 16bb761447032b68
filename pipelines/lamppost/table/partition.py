"""Which partition a row lies in: a day, month or year of the date as written, or a value made safe as a file name.

Where months are partitions, the open one lies in days: written anew as a whole with each version, a month of hourly
versions would take hundreds of times its size.
"""

import re
from dataclasses import replace
from datetime import date
from hashlib import sha256
from unicodedata import normalize

import pyarrow as pa
import pyarrow.compute as pc

from lamppost.model import Publish, Resource

NONE = "none"
"""The partition of rows whose field is missing or, by day, month or year, holds no date."""
_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{1,2})(?:-([0-9]{1,2}))?)?(?![0-9])")
_LOOK = 11
"""So many characters decide about a date: its ten, and what must be no digit behind them."""
_STEPS = {"year": 1, "month": 2, "day": 3}
_MONTH = re.compile(r"[0-9]{4}-[0-9]{2}(-[0-9]{2})?")
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
    names = [_name(text, publish) for text in encoded.dictionary.to_pylist()]
    return pa.array(names, pa.string()).take(encoded.indices)


def open_month(resource: Resource, today: date) -> Resource:
    """The resource as its rows are cut on that day: with months as partitions, this month and later ones in days."""
    if resource.publish.partition_by != "month":
        return resource
    return replace(resource, publish=replace(resource.publish, days_since=today.isoformat()[:7]))


def find_month(key: str, publish: Publish) -> str:
    """The month that a day lies in where both may be partitions, so that its rows may have to move; else the key."""
    return key[:7] if publish.days_since and _MONTH.fullmatch(key) else key


def is_due_to_move(key: str, publish: Publish) -> bool:
    """True for a day of a month that has closed since, and for a month that is open after all."""
    if not (publish.days_since and _MONTH.fullmatch(key)):
        return False
    return (len(key) > len(publish.days_since)) != (key[:7] >= publish.days_since)


def _name(text: str | None, publish: Publish) -> str:
    rule = publish.partition_by
    if text is None:
        return NONE
    if rule == "value":
        return make_slug(text)
    match = _DATE.match(text)
    steps = [f"{int(step):02d}" for step in match.groups() if step] if match else []
    if len(steps) < _STEPS[rule]:
        return NONE
    key = "-".join(steps[: _STEPS[rule]])
    return "-".join(steps) if publish.days_since and key >= publish.days_since else key


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
