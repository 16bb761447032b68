"""Keys as hashes of the values that cells stand for: `7` and `007` are one whole number, so they have one hash."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa

from lamppost.validate.calendar import are_days, are_instants
from lamppost.validate.octets import Mask, Octets, Words, hash_cells, view
from lamppost.validate.predicates import Proof, are_integers

TYPES = frozenset({"string", "integer", "number", "date", "datetime", "boolean", "year"})
"""Types whose equal values have one canonical text; a key of another type is left to frictionless."""
_ZERO, _DASH = ord("0"), ord("-")
_NONE = "\N{SYMBOL FOR NULL}"


@dataclass(frozen=True)
class Key:
    """Fields that together must not repeat."""

    fields: tuple[tuple[str, str], ...]
    """(name, type)."""
    proofs: Mapping[str, Proof]
    whole: bool
    """A row that lacks a part is suspect: true of a primary key, not of a unique field."""

    def hash(self, columns: Mapping[str, pa.Array]) -> tuple[Words, Mask]:
        """A hash for each row, and which rows have all parts of the key."""
        found: Words | None = None
        length = len(columns[self.fields[0][0]])
        has = np.ones(length, dtype=np.bool_)
        for name, kind in self.fields:
            column = columns[name]
            text = column.dictionary_decode() if isinstance(column, pa.DictionaryArray) else column
            proof = self.proofs[name]
            has &= ~proof.find_missing(text)
            canonical, known = _write_canonical(text, kind, proof)
            has &= known
            found = hash_cells(canonical, found)
        assert found is not None, "a key has a field"
        return found, has


def _write_canonical(column: pa.StringArray, kind: str, proof: Proof) -> tuple[Octets, Mask]:
    """The cells as one text for each value; False where a cell stands for no value of the type."""
    cells = view(column)
    known = np.ones(len(cells), dtype=np.bool_)
    if kind == "string":
        return cells, known
    certain = _CERTAIN[kind](cells) if kind in _CERTAIN else np.zeros(len(cells), dtype=np.bool_)
    if bool(certain.all()):
        return cells, known
    texts = column.to_pylist()
    for place in np.flatnonzero(~certain).tolist():
        written = _canonical(texts[place], proof)
        known[place] = written is not None
        texts[place] = written or ""
    return view(pa.array(texts, pa.string())), known


def _are_plain_integers(cells: Octets) -> Mask:
    """Whole numbers as Python writes them: no zero in front, no minus zero."""
    proven = are_integers(cells)
    first = cells.windows[cells.starts] & np.uint64(0xFF)
    second = (cells.windows[cells.starts] >> np.uint64(8)) & np.uint64(0xFF)
    padded = (first == _ZERO) & (cells.lengths > 1)
    proven &= ~padded & ~((first == _DASH) & (second == _ZERO))
    return proven


_CERTAIN: Mapping[str, Callable[[Octets], Mask]] = {
    "integer": _are_plain_integers,
    "date": are_days,
    "datetime": are_instants,
}


def _canonical(text: str, proof: Proof) -> str | None:
    """The text for what a cell stands for; None for no value, and for one that cannot be a key, such as sNaN."""
    try:
        value, _notes = proof.read(text)
        return None if value is None else _write(value)
    except (ArithmeticError, TypeError, ValueError, LookupError, AttributeError):
        return None


def _write(value: Any) -> str:
    """One text for all values that are equal to each other; it may be one for more."""
    if isinstance(value, datetime):
        if value.tzinfo is None:
            return f"naive {value.isoformat()}"
        return value.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool | int):
        return str(int(value))
    if isinstance(value, Decimal | float):
        return str(hash(value))  # equal numbers have one hash, however they are written
    return str(value)
