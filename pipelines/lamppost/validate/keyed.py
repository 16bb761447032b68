"""Keys as hashes of the values that cells stand for: `7` and `007` are one whole number, so they have one hash."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import numpy as np

from lamppost.validate.calendar import are_days, are_instants
from lamppost.validate.numerals import EXACT, are_integers
from lamppost.validate.octets import Mask, Octets, Words, hash_cells, of_texts
from lamppost.validate.predicates import Proof

_ZERO, _DASH = ord("0"), ord("-")
_AS_WRITTEN = frozenset({"string", "any"})


@dataclass(frozen=True)
class Hashed:
    """The keys of some rows."""

    words: Words
    has: Mask
    """Rows that have all parts of the key."""
    troubled: Mask | None = None
    """Rows with a value that cannot be a key, such as a list: frictionless breaks off there."""


@dataclass(frozen=True)
class Key:
    """Fields that together must not repeat."""

    fields: tuple[tuple[str, str], ...]
    """(name, type)."""
    proofs: Mapping[str, Proof]
    whole: bool
    """A row that lacks a part is suspect: true of a primary key, not of a unique field."""
    nulls: bool = False
    """A part that is lacking counts as a value of its own, as in frictionless; for rows that are known to be valid."""

    def hash(self, columns: Mapping[str, Octets], missing: Mapping[str, Mask]) -> Hashed:
        """A hash for each row, equal for equal keys."""
        found: Words | None = None
        has = np.full(len(columns[self.fields[0][0]]), not self.nulls, dtype=np.bool_)
        troubled: Mask | None = None
        for name, kind in self.fields:
            cells, known, trouble = _write_canonical(columns[name], kind, self.proofs[name], missing[name])
            has = has | known if self.nulls else has & known
            if trouble is not None:
                troubled = trouble if troubled is None else troubled | trouble
            found = hash_cells(cells, found, ~known if self.nulls else None)
        assert found is not None, "a key has a field"
        return Hashed(found, has, troubled)

    def read(self, cells: Mapping[str, str]) -> tuple[Any, ...] | None:
        """The values of one row's key as frictionless compares them; None for none, and for what cannot be a key."""
        try:
            values = tuple(self.proofs[name].read(cells[name])[0] for name, _kind in self.fields)
            hash(values)
        except (ArithmeticError, TypeError, ValueError, LookupError, AttributeError, RecursionError):
            return None
        return None if set(values) == {None} else values


def _write_canonical(cells: Octets, kind: str, proof: Proof, missing: Mask) -> tuple[Octets, Mask, Mask | None]:
    """The cells as one text for each value; where a cell stands for a value; where for one that is no key."""
    if kind in _AS_WRITTEN:
        return cells, ~missing, None
    certain = _CERTAIN[kind](cells) if kind in _CERTAIN else np.zeros(len(cells), dtype=np.bool_)
    certain = certain & ~missing
    if bool(certain.all()):
        return cells, certain, None
    texts = cells.text.to_pylist()
    known, trouble = certain.copy(), np.zeros(len(cells), dtype=np.bool_)
    for place in np.flatnonzero(~certain).tolist():
        written = _canonical(texts[place], proof)
        known[place], trouble[place] = bool(written), written is None
        texts[place] = written or ""
    return of_texts(texts), known, trouble


def _are_plain_integers(cells: Octets) -> Mask:
    """Whole numbers as Python writes them: no zero in front, no minus zero."""
    first, second = cells.head & np.uint64(0xFF), (cells.head >> np.uint64(8)) & np.uint64(0xFF)
    padded = (first == _ZERO) & (cells.lengths > 1)
    proven: Mask = are_integers(cells) & ~padded & ~((first == _DASH) & (second == _ZERO))
    return proven


_CERTAIN: Mapping[str, Callable[[Octets], Mask]] = {
    "integer": _are_plain_integers,
    "number": _are_plain_integers,
    "date": are_days,
    "datetime": are_instants,
}


def _canonical(text: str, proof: Proof) -> str | None:
    """The text for what a cell stands for; empty for no value, None for a value that no key can have, such as sNaN."""
    try:
        value, _notes = proof.read(text)
        return "" if value is None else write(value)
    except (ArithmeticError, TypeError, ValueError, LookupError, AttributeError, RecursionError):
        return None


def write(value: Any) -> str:
    """One text for all values that are equal to each other, in any process; it may be one for more."""
    number = hash(value)  # equal values have equal hashes, or no key could be looked up
    if isinstance(value, time | date):
        return _write_moment(value)
    if isinstance(value, int):
        return str(int(value))
    if isinstance(value, Decimal | float) and _is_short_whole(value):
        return str(int(value)) if value else "0"
    return f"# {number}"


def _write_moment(value: time | date) -> str:
    """Python hashes moments with a seed of the process; those with a zone are compared by when they are in UTC."""
    if isinstance(value, datetime):
        if value.tzinfo is None:
            return f"naive {value.isoformat()}"
        return value.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"
    if isinstance(value, date):
        return value.isoformat()
    of_day = timedelta(hours=value.hour, minutes=value.minute, seconds=value.second, microseconds=value.microsecond)
    offset = value.utcoffset()
    return f"naive {of_day}" if offset is None else f"{of_day - offset}Z"


def _is_short_whole(value: Decimal | float) -> bool:
    """A whole number that may also have been written in the canonical way; zero may have any exponent."""
    if not value:
        return True
    if isinstance(value, float):
        return abs(value) < 10.0**EXACT and value.is_integer()
    return value.is_finite() and value.adjusted() <= EXACT and value == value.to_integral()
