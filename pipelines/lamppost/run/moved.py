"""Which parts of the version before hold a key that has come again, where a key may lie in any partition.

Told by sorted hashes: one met by chance only has settling look at a part in vain, for it compares the keys themselves.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lamppost.formats.codes import flatten
from lamppost.model import Part, Schema
from lamppost.run.hashes import Kept
from lamppost.run.spool import Spooled
from lamppost.table.keys import find_normal, is_one_way, read_instant, read_number
from lamppost.validate import KeyIndex
from lamppost.validate.octets import NO_WORDS, Words, hash_cells, view

LONGEST = 1000
"""Numbers of more characters are not written out."""


@dataclass(frozen=True)
class Shelf:
    """The hashes of one table's parts; `read` gives a part's rows."""

    kept: Kept
    schema: Schema
    read: Callable[[Part], pa.Table]

    def find_met(self, good: Spooled, parts: Sequence[Part]) -> tuple[Part, ...]:
        """Parts that an incoming row goes to, or one of whose keys came again; in their order."""
        wanted = _hash_incoming(good, self.schema)
        found = tuple(
            part
            for part in parts
            if part.partition in good.sizes or (len(wanted) and _meet(wanted, self._find_hashes(part)))
        )
        self.kept.sweep(parts)
        return found

    def _find_hashes(self, part: Part) -> Words:
        found = self.kept.find(part, lambda: self._index(part))
        assert found is not None, "rows have hashes"
        return np.frombuffer(found.keys[0], "<u8")

    def _index(self, part: Part) -> KeyIndex:
        hashes = np.unique(hash_keys(self.read(part), self.schema))
        return KeyIndex(part.rows, (hashes.astype("<u8").tobytes(),))


def _hash_incoming(good: Spooled, schema: Schema) -> Words:
    """The hashes of all keys that came, each once."""
    if good.table is not None:
        return np.unique(hash_keys(good.table, schema))
    return np.unique(np.concatenate([NO_WORDS, *(hash_keys(good.read([key]), schema) for key in good.sizes)]))


def _meet(wanted: Words, kept: Words) -> bool:
    """Whether two sorted runs have a hash in common."""
    few, many = sorted((wanted, kept), key=len)
    if not len(few):
        return False
    at = np.minimum(np.searchsorted(many, few), len(many) - 1)
    return bool((many[at] == few).any())


def hash_keys(table: pa.Table, schema: Schema) -> Words:
    """A hash for each row, the same for rows whose primary keys mean the same, in whatever table they are."""
    found: Words | None = None
    for name in schema.primary_key:
        texts = _write_plain(flatten(table.column(name)), schema.field(name).type)
        missing = texts.is_null().to_numpy(zero_copy_only=False)
        found = hash_cells(view(pc.fill_null(texts, "")), found, missing if bool(missing.any()) else None)
    return NO_WORDS if found is None else found


def _write_plain(texts: pa.StringArray, kind: str) -> pa.StringArray:
    """One text for all that mean the same: the one that needs no second look, where there is one."""
    change = _PLAIN.get(kind) or find_normal(kind, kind)
    if change is None:
        return texts
    encoded = texts.dictionary_encode()
    longest = pc.max(pc.utf8_length(encoded.dictionary)).as_py() or 0
    if longest <= LONGEST and is_one_way(encoded.dictionary, kind):
        return texts
    written = [None if text is None else change(text) for text in encoded.dictionary.to_pylist()]
    return pa.array(written, pa.string()).take(encoded.indices)


def _write_number(text: str) -> str:
    """Without an exponent, unless it is very long that way: the choice depends on nothing but the number."""
    normal = _NORMAL_NUMBER(text)
    if not read_number(text):  # none at all, or zero
        return normal
    mantissa, _mark, exponent = normal.partition("E")
    sign, digits, shift = mantissa[: mantissa.startswith("-")], mantissa.lstrip("-"), int(exponent)
    if len(digits) + abs(shift) > 2 * LONGEST:
        return normal
    if shift >= 0:
        return f"{sign}{digits}{'0' * shift}"
    digits = digits.rjust(1 - shift, "0")
    return f"{sign}{digits[:shift]}.{digits[shift:]}"


def _write_instant(text: str) -> str:
    found = read_instant(text)
    return text if found is None else found.isoformat().removesuffix("+00:00") + "Z"


def _find(kind: str) -> Callable[[str], str]:
    change = find_normal(kind, kind)
    assert change is not None, f"a {kind} may be written in many ways"
    return change


_NORMAL_NUMBER = _find("number")
_PLAIN = {"integer": _write_number, "number": _write_number, "year": _write_number, "datetime": _write_instant}
