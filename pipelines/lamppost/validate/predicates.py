"""For each field a proof: cells of which it is certain that frictionless accepts them (pure).

The obligation is one-sided: what is proven here, frictionless accepts; what is not, frictionless looks at itself, each
distinct value once. A predicate knows the canonical form of a type alone (`12`, `12.5`, `2026-11-22`,
`2026-11-22T07:00:00Z`) and never casts a text that has not that form, because every parser accepts more than another.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lamppost.validate.calendar import are_days, are_instants
from lamppost.validate.octets import (
    WORD,
    Mask,
    Octets,
    are_digits,
    find_bytes,
    pad_digits,
    replace_bytes,
    view,
)
from lamppost.validate.patterns import to_re2

Read = Callable[[str], tuple[Any, Any]]
"""frictionless's own cell reader: the value, and notes when the cell is at fault."""
EXACT = 15
"""So many significant digits a double tells apart."""
CACHE = 200_000
_DASH, _DOT, _ZERO = ord("-"), ord("."), ord("0")
_SIMPLE = frozenset(
    {"name", "type", "title", "description", "constraints", "example", "rdfType", "format", "missingValues"}
)
_BOUNDS = frozenset({"minimum", "maximum"})


@dataclass
class Proof:
    """The proof of one field; `certain` may be None, then every distinct value is shown to frictionless."""

    read: Read
    missing: tuple[str, ...]
    required: bool
    certain: Callable[[Octets, pa.StringArray], Mask] | None
    seen: dict[str, bool] = field(default_factory=dict)

    def find_missing(self, column: pa.Array) -> Mask:
        """Cells that stand for no value."""
        if isinstance(column, pa.DictionaryArray):
            return _spread(self.find_missing(column.dictionary), column)
        if self.missing == ("",):
            found: Mask = pc.equal(pc.binary_length(column), 0).to_numpy(zero_copy_only=False)
            return found
        if not self.missing:
            return np.zeros(len(column), dtype=np.bool_)
        listed: Mask = pc.is_in(column, pa.array(self.missing, pa.string())).to_numpy(zero_copy_only=False)
        return listed

    def prove(self, column: pa.Array) -> Mask:
        """True for each cell that frictionless accepts for certain."""
        if isinstance(column, pa.DictionaryArray):
            return _spread(self._ask(column.dictionary), column)
        if self.certain is None:
            return self._ask_distinct(column)
        missing = self.find_missing(column)
        proven = self.certain(view(column), column) & ~missing
        if not self.required:
            proven |= missing
        if not bool(proven.all()):
            rest = np.flatnonzero(~proven)
            proven[rest] = self._ask_distinct(column.take(pa.array(rest)))
        return proven

    def _ask_distinct(self, column: pa.StringArray) -> Mask:
        coded = column.dictionary_encode()
        return _spread(self._ask(coded.dictionary), coded)

    def _ask(self, values: pa.StringArray) -> Mask:
        if len(self.seen) > CACHE:
            self.seen.clear()
        return np.fromiter((self._accepts(value) for value in values.to_pylist()), dtype=np.bool_, count=len(values))

    def _accepts(self, value: str) -> bool:
        known = self.seen.get(value)
        if known is None:
            try:
                known = not self.read(value)[1]
            except (ArithmeticError, TypeError, ValueError, LookupError, AttributeError):
                known = False  # frictionless breaks off here; the replay shows it
            self.seen[value] = known
        return known


def build(descriptor: Mapping[str, Any], missing: tuple[str, ...], read: Read) -> Proof:
    """The proof of a field; keywords that no predicate knows leave it to frictionless."""
    constraints = dict(descriptor.get("constraints") or {})
    required = bool(constraints.pop("required", False))
    constraints.pop("unique", None)  # looked after where keys are
    certain = None
    if not set(descriptor) - _SIMPLE and descriptor.get("format", "default") == "default":
        make = _MAKERS.get(str(descriptor.get("type", "any")))
        certain = make(constraints) if make else None
    return Proof(read, missing, required, certain)


def _string(constraints: dict[str, Any]) -> Callable[[Octets, pa.StringArray], Mask] | None:
    tests: list[Callable[[Octets, pa.StringArray], Mask]] = []
    for rule, limit in constraints.items():
        test = _STRING_RULES[rule](limit) if rule in _STRING_RULES else None
        if test is None:
            return None
        tests.append(test)

    def certain(cells: Octets, column: pa.StringArray) -> Mask:
        proven = np.ones(len(cells), dtype=np.bool_)
        for test in tests:
            proven &= test(cells, column)
        return proven

    return certain


def _min_length(limit: Any) -> Callable[[Octets, pa.StringArray], Mask] | None:
    if not isinstance(limit, int):
        return None
    return lambda _cells, column: _to_mask(pc.greater_equal(pc.utf8_length(column), limit))


def _max_length(limit: Any) -> Callable[[Octets, pa.StringArray], Mask] | None:
    """A character has one byte or more."""
    return (lambda cells, _column: cells.lengths <= limit) if isinstance(limit, int) else None


def _enum(values: Any) -> Callable[[Octets, pa.StringArray], Mask] | None:
    if not isinstance(values, list) or not all(isinstance(one, str) for one in values):
        return None
    listed = pa.array(values, pa.string())
    return lambda _cells, column: _to_mask(pc.is_in(column, listed))


def _pattern(pattern: Any) -> Callable[[Octets, pa.StringArray], Mask] | None:
    safe = to_re2(pattern) if isinstance(pattern, str) else None
    return (lambda _cells, column: _to_mask(pc.match_substring_regex(column, safe))) if safe else None


_STRING_RULES: Mapping[str, Callable[[Any], Callable[[Octets, pa.StringArray], Mask] | None]] = {
    "minLength": _min_length,
    "maxLength": _max_length,
    "enum": _enum,
    "pattern": _pattern,
}


def _integer(constraints: dict[str, Any]) -> Callable[[Octets, pa.StringArray], Mask] | None:
    bounds = _read_bounds(constraints, whole=True)
    if bounds is None:
        return None

    def certain(cells: Octets, column: pa.StringArray) -> Mask:
        proven = are_integers(cells)
        return _within(proven, column, bounds, pa.int64()) if bounds else proven

    return certain


def _number(constraints: dict[str, Any]) -> Callable[[Octets, pa.StringArray], Mask] | None:
    bounds = _read_bounds(constraints, whole=False)
    if bounds is None:
        return None

    def certain(cells: Octets, column: pa.StringArray) -> Mask:
        proven = are_numbers(cells)
        return _within(proven, column, bounds, pa.float64()) if bounds else proven

    return certain


def _date(constraints: dict[str, Any]) -> Callable[[Octets, pa.StringArray], Mask] | None:
    return None if constraints else lambda cells, _column: are_days(cells)


def _datetime(constraints: dict[str, Any]) -> Callable[[Octets, pa.StringArray], Mask] | None:
    return None if constraints else lambda cells, _column: are_instants(cells)


_MAKERS: Mapping[str, Callable[[dict[str, Any]], Callable[[Octets, pa.StringArray], Mask] | None]] = {
    "string": _string,
    "integer": _integer,
    "number": _number,
    "date": _date,
    "datetime": _datetime,
}


def are_integers(cells: Octets) -> Mask:
    """One to fifteen ASCII digits, a minus before them or not."""
    cells, negative = _strip_sign(cells)
    proven: Mask = (cells.lengths >= 1) & (cells.lengths <= EXACT)
    proven &= are_digits(pad_digits(cells.word(0), cells.lengths))
    if bool((cells.lengths > WORD).any()):
        proven &= are_digits(pad_digits(cells.word(1), cells.lengths - WORD))
    del negative
    return proven


def are_numbers(cells: Octets) -> Mask:
    """At most fifteen ASCII digits, a minus before and one point between them or not."""
    cells, _negative = _strip_sign(cells)
    proven: Mask = (cells.lengths >= 1) & (cells.lengths <= EXACT)
    points = np.zeros(len(cells), dtype=np.uint8)
    for number in range(2 if bool((cells.lengths > WORD).any()) else 1):
        word = pad_digits(cells.word(number), cells.lengths - WORD * number)
        found = find_bytes(word, _DOT)
        points += np.bitwise_count(found)
        proven &= are_digits(replace_bytes(word, found, _DOT, _ZERO))
    proven &= points <= 1
    first = cells.windows[cells.starts] & np.uint64(0xFF)
    last = cells.windows[np.maximum(cells.starts + cells.lengths - 1, 0)] & np.uint64(0xFF)
    proven &= (first != _DOT) & (last != _DOT)
    return proven


def _strip_sign(cells: Octets) -> tuple[Octets, Mask]:
    negative: Mask = ((cells.windows[cells.starts] & np.uint64(0xFF)) == _DASH) & (cells.lengths > 0)
    return (cells.skip(negative.astype(np.int64)), negative) if bool(negative.any()) else (cells, negative)


def _read_bounds(constraints: dict[str, Any], *, whole: bool) -> Mapping[str, float] | None:
    """Bounds that a double holds exactly; None when a constraint is of another kind."""
    if set(constraints) - _BOUNDS:
        return None
    found: dict[str, float] = {}
    for rule, limit in constraints.items():
        if isinstance(limit, bool) or not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", str(limit)):
            return None
        try:
            exact = Decimal(str(limit))
        except InvalidOperation:
            return None
        if len(exact.as_tuple().digits) > EXACT or (whole and exact != int(exact)):
            return None
        found[rule] = int(exact) if whole else float(exact)
    return found


def _within(proven: Mask, column: pa.StringArray, bounds: Mapping[str, float], kind: pa.DataType) -> Mask:
    """The proven cells that lie inside the bounds; only they are cast, for only their form is known."""
    whole = bool(proven.all())
    rows = slice(None) if whole else np.flatnonzero(proven)
    values = (column if whole else column.take(pa.array(rows))).cast(kind).to_numpy(zero_copy_only=False)
    inside = np.ones(len(values), dtype=np.bool_)
    if "minimum" in bounds:
        inside &= values >= bounds["minimum"]
    if "maximum" in bounds:
        inside &= values <= bounds["maximum"]
    result = np.zeros(len(proven), dtype=np.bool_)
    result[rows] = inside
    return result


def _spread(values: Mask, column: pa.DictionaryArray) -> Mask:
    """What holds of the distinct cells, for every cell."""
    mask: Mask = values[column.indices.to_numpy()]
    return mask


def _to_mask(array: pa.BooleanArray) -> Mask:
    mask: Mask = array.to_numpy(zero_copy_only=False)
    return mask
