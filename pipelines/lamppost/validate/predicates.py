"""For each field a proof: cells of which it is certain that frictionless accepts them (pure).

The obligation is one-sided: what is proven here, frictionless accepts; what is not, frictionless looks at itself, each
distinct value once. A predicate knows the canonical form of a type alone (`12`, `12.5`, `2026-11-22`,
`2026-11-22T07:00:00Z`) and never casts a text that has not that form, because every parser accepts more than another.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lamppost.validate.calendar import bind, read_days, read_instants
from lamppost.validate.numerals import are_integers_within, are_numbers_within, read_bounds
from lamppost.validate.octets import WORD, Mask, Octets, one_of
from lamppost.validate.patterns import to_re2
from lamppost.validate.shapes import find_shape, fit

Read = Callable[[str], tuple[Any, Any]]
"""frictionless's own cell reader: the value, and notes when the cell is at fault."""
Test = Callable[[Octets], Mask]
CACHE = 200_000
_FEW = 16
"""So many short texts are compared one by one sooner than looked up."""
_WIDEST = 4
"""Bytes of a character at most."""
_SIMPLE = frozenset(
    {"name", "type", "title", "description", "constraints", "example", "rdfType", "format", "missingValues"}
)
_TRUTHS = {"trueValues": ("true", "True", "TRUE", "1"), "falseValues": ("false", "False", "FALSE", "0")}


@dataclass
class Proof:
    """The proof of one field; `certain` may be None, then every distinct value is shown to frictionless."""

    read: Read
    missing: tuple[str, ...]
    required: bool
    certain: Test | None
    seen: dict[str, bool] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._is_missing = None if self.missing == ("",) else list_texts(self.missing)

    def find_missing(self, cells: Octets) -> Mask:
        """Cells that stand for no value."""
        if self._is_missing is None:
            found: Mask = cells.lengths == 0
            return found
        return self._is_missing(cells)

    def prove(self, cells: Octets, missing: Mask) -> Mask:
        """True for each cell that frictionless accepts for certain."""
        if self.certain is None:
            return self._ask(cells)
        proven = self.certain(cells)
        if bool(missing.any()):
            proven = proven & ~missing if self.required else proven | missing
        if not bool(proven.all()):
            rest = np.flatnonzero(~proven)
            proven[rest] = self._ask(cells.take(rest))
        return proven

    def _ask(self, cells: Octets) -> Mask:
        """What frictionless says of each distinct cell."""
        if len(self.seen) > CACHE:
            self.seen.clear()
        coded = cells.text.dictionary_encode()
        values = coded.dictionary.to_pylist()
        accepted = np.fromiter((self.accepts(value) for value in values), dtype=np.bool_, count=len(values))
        spread: Mask = accepted[coded.indices.to_numpy()]
        return spread

    def accepts(self, value: str) -> bool:
        """What frictionless says of one cell; asked once."""
        known = self.seen.get(value)
        if known is None:
            known = self.seen[value] = accepts(self.read, value)
        return known


def accepts(read: Read, value: str) -> bool:
    """Whether frictionless has nothing to say against the cell; where it breaks off, the replay shows it."""
    try:
        return not read(value)[1]
    except (ArithmeticError, TypeError, ValueError, LookupError, AttributeError, RecursionError):
        return False


def build(descriptor: Mapping[str, Any], missing: tuple[str, ...], read: Read) -> Proof:
    """The proof of a field; keywords that no predicate knows leave it to frictionless."""
    constraints = dict(descriptor.get("constraints") or {})
    required = constraints.pop("required", False) is not False
    constraints.pop("unique", None)  # looked after where keys are
    certain = None
    kind = str(descriptor.get("type", "any"))
    if "enum" in constraints and kind != "array":
        certain = list_texts(_accepted(map(_write, constraints["enum"] or ()), read))
    elif kind == "boolean" and not constraints:
        texts = (str(one) for key, usual in _TRUTHS.items() for one in descriptor.get(key) or usual)
        certain = list_texts(_accepted(texts, read))
    elif not set(descriptor) - _SIMPLE and descriptor.get("format", "default") == "default":
        make = _MAKERS.get(kind)
        certain = make(constraints) if make else None
    return Proof(read, missing, required, certain)


def _write(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _accepted(texts: Iterable[str], read: Read) -> tuple[str, ...]:
    """Those texts that frictionless takes: a listed value may still be too small for a bound beside the list."""
    return tuple(dict.fromkeys(text for text in texts if accepts(read, text)))


def list_texts(texts: Sequence[str]) -> Test:
    """Which cells are one of the texts."""
    written = [text.encode("utf-8", "surrogatepass") for text in texts]
    if len(written) <= _FEW and all(len(one) <= WORD for one in written):
        return lambda cells: one_of(cells, written)
    listed = pa.array([text for text in texts if _is_unicode(text)], pa.string())
    return lambda cells: _to_mask(pc.is_in(cells.text, listed))


def _is_unicode(text: str) -> bool:
    """A lone surrogate, which YAML can hold, is in no file."""
    return not any("\ud800" <= letter <= "\udfff" for letter in text)


def _string(constraints: Mapping[str, Any]) -> Test | None:
    tests = [_STRING_RULES[rule](limit) if rule in _STRING_RULES else None for rule, limit in constraints.items()]
    known = [test for test in tests if test is not None]
    if len(known) < len(tests):
        return None
    if len(known) == 1:
        return known[0]

    def certain(cells: Octets) -> Mask:
        proven = np.ones(len(cells), dtype=np.bool_)
        for test in known:
            proven &= test(cells)
        return proven

    return certain


def _min_length(limit: Any) -> Test | None:
    """So many characters have so many bytes at least, and four times as many at most."""
    if not isinstance(limit, int):
        return None

    def certain(cells: Octets) -> Mask:
        enough: Mask = cells.lengths >= (limit if cells.ascii else limit * _WIDEST)
        if cells.ascii or bool(enough.all()):
            return enough
        return _to_mask(pc.greater_equal(pc.utf8_length(cells.text), limit))

    return certain


def _max_length(limit: Any) -> Test | None:
    """A character has one byte or more."""
    return (lambda cells: cells.lengths <= limit) if isinstance(limit, int) else None


def _pattern(pattern: Any) -> Test | None:
    if not isinstance(pattern, str):
        return None
    places = find_shape(pattern)
    if places:
        return fit(places)
    safe = to_re2(pattern)
    return (lambda cells: _to_mask(pc.match_substring_regex(cells.text, safe))) if safe else None


_STRING_RULES: Mapping[str, Callable[[Any], Test | None]] = {
    "minLength": _min_length,
    "maxLength": _max_length,
    "pattern": _pattern,
}


def _integer(constraints: Mapping[str, Any]) -> Test | None:
    bounds = read_bounds(constraints, whole=True)
    return None if bounds is None else lambda cells: are_integers_within(cells, bounds)


def _number(constraints: Mapping[str, Any]) -> Test | None:
    bounds = read_bounds(constraints, whole=False)
    return None if bounds is None else lambda cells: are_numbers_within(cells, bounds)


_MAKERS: Mapping[str, Callable[[Mapping[str, Any]], Test | None]] = {
    "any": lambda constraints: None if constraints else accept_all,
    "string": _string,
    "integer": _integer,
    "number": _number,
    "date": lambda constraints: bind(read_days, constraints),
    "datetime": lambda constraints: bind(read_instants, constraints),
}


def accept_all(cells: Octets) -> Mask:
    """Of a field that takes anything."""
    return np.ones(len(cells), dtype=np.bool_)


def _to_mask(array: pa.BooleanArray) -> Mask:
    mask: Mask = array.to_numpy(zero_copy_only=False)
    return mask
