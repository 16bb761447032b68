"""A table in parts: what was found of a part is good until its bytes, the schema or the engine change.

A part keeps eight bytes for each key of each row: its hash, sorted. Only where a hash stands in two parts are their
rows read again, and compared as frictionless compares them: by value.
"""

import hashlib
import json
import struct
import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from lamppost.model import Issue, Schema
from lamppost.validate.blocks import Source
from lamppost.validate.layout import find_layout
from lamppost.validate.octets import Words
from lamppost.validate.predicates import accept_all
from lamppost.validate.prove import HEADER, Pass, Plan
from lamppost.validate.replay import PROFILE, BadSchemaError, read_rules, tell_version
from lamppost.validate.table import DIALECT, describe
from lamppost.validate.tokens import UnprovableError
from lamppost.validate.words import Finding, group_findings

ENGINE = 1
"""To be raised whenever a report or a hash of the same bytes may come out otherwise than before."""
_MAGIC = b"LKI1"
_COUNT = struct.Struct("<IQ")
_LENGTH = struct.Struct("<Q")


@dataclass(frozen=True)
class KeyIndex:
    """The hashes of a part's keys, little-endian and sorted: of its primary key first, then of each unique field."""

    rows: int
    keys: tuple[bytes, ...]

    def to_bytes(self) -> bytes:
        """As kept; equal in every process and on every machine."""
        parts = [_MAGIC, _COUNT.pack(len(self.keys), self.rows)]
        for key in self.keys:
            parts += [_LENGTH.pack(len(key)), key]
        return b"".join(parts)

    @classmethod
    def from_bytes(cls, kept: bytes) -> "KeyIndex":
        """What `to_bytes` wrote; ValueError for anything else."""
        try:
            many, rows = _COUNT.unpack_from(kept, len(_MAGIC))
            at, keys = len(_MAGIC) + _COUNT.size, []
            for _key in range(many):
                (length,) = _LENGTH.unpack_from(kept, at)
                keys.append(kept[at + _LENGTH.size : at + _LENGTH.size + length])
                at += _LENGTH.size + length
        except struct.error:
            at, rows, keys = -1, 0, []
        if kept[: len(_MAGIC)] != _MAGIC or at != len(kept):
            message = f"found {len(kept)} bytes that are no index of keys, expected what KeyIndex.to_bytes wrote"
            raise ValueError(f"{message}; make it anew from the part")
        return cls(rows, tuple(keys))


@dataclass(frozen=True)
class Repeat:
    """A key that stood in an earlier part already; data rows count from 1."""

    fields: tuple[str, ...]
    primary: bool
    partition: str
    row: int
    before: str
    before_row: int
    text: str = ""
    """The value as written; of a key of many fields the first one's."""


def fingerprint(schema: Schema) -> str:
    """What a kept report rests on beside the bytes: the schema, this engine, frictionless, Python's way of hashing."""
    told = [describe(schema), DIALECT, ENGINE, tell_version(), sys.hash_info.width]
    return hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()


def index_keys(path: Path, schema: Schema) -> KeyIndex | None:
    """The hashes of a CSV (UTF-8, comma, LF, header); None when only frictionless can tell its rows apart."""
    found: list[list[Words]] = []
    try:
        with Source(path) as source:
            quick = _open(source, path, schema)
            for _base, judged in quick.blocks():
                found.append([words for words, _places in judged.hashes])
    except (BadSchemaError, UnprovableError):
        return None
    none = [np.zeros(0, dtype=np.uint64)] * len(quick.plan.keys)
    runs = (np.sort(np.concatenate(words)) for words in zip(none, *found, strict=True))
    return KeyIndex(quick.records - HEADER, tuple(run.astype("<u8").tobytes() for run in runs))


def find_repeats(
    indexes: Mapping[str, KeyIndex],
    schema: Schema,
    fetch: Callable[[str], Path],
    *,
    changed: Collection[str] | None = None,
) -> tuple[Repeat, ...]:
    """Keys that stand in more than one part, by value; `fetch` gives the CSV of a part that has such a hash.

    Only pairs with a part in `changed` are looked at. What repeats inside one part, its own report says.
    """
    touched = set(indexes if changed is None else changed)
    found: list[Repeat] = []
    for place in range(max((len(index.keys) for index in indexes.values()), default=0)):
        hashes = {name: np.frombuffer(index.keys[place], "<u8") for name, index in indexes.items()}
        twice = _find_shared(hashes, touched)
        names = [name for name, words in hashes.items() if len(twice) and bool(_are_in(twice, words).any())]
        found += _compare(place, names, twice, schema, fetch)
    return tuple(found)


def tell_repeats(repeats: Sequence[Repeat], schema: Schema) -> tuple[Issue, ...]:
    """One issue for each key, its samples numbered as in their own part."""
    return group_findings(
        (
            Finding("primary-key", one.row, note=_note(one))
            if one.primary
            else Finding("unique-error", one.row, one.fields[0], one.text, _note(one))
            for one in repeats
        ),
        schema,
    )


def _note(repeat: Repeat) -> str:
    return f"the same as in row {repeat.before_row} of {repeat.before}"


def _find_shared(hashes: Mapping[str, Words], touched: Collection[str]) -> Words:
    """Hashes of a touched part that another part has too."""
    fresh = [np.unique(words) for name, words in hashes.items() if name in touched]
    merged = np.sort(np.concatenate(fresh)) if fresh else np.zeros(0, dtype=np.uint64)
    shared = [merged[1:][merged[1:] == merged[:-1]]]
    known = np.unique(merged)
    shared += [known[_are_in(known, words)] for name, words in hashes.items() if name not in touched]
    return np.unique(np.concatenate(shared))


def _are_in(wanted: Words, ordered: Words) -> Any:
    """Which wanted hashes stand in a sorted run."""
    if not len(ordered):
        return np.zeros(len(wanted), dtype=np.bool_)
    at = np.minimum(np.searchsorted(ordered, wanted), len(ordered) - 1)
    return ordered[at] == wanted


def _compare(
    place: int, names: Sequence[str], twice: Words, schema: Schema, fetch: Callable[[str], Path]
) -> Iterator[Repeat]:
    """The true values of rows with those hashes, part by part: each that was met in an earlier part is a repeat."""
    met: dict[Any, tuple[str, int]] = {}
    for name in names:
        with Source(fetch(name)) as source:
            quick = _open(source, fetch(name), schema)
            key = quick.plan.keys[place]
            for row in list(_find_rows(quick, place, twice)):
                cells = dict(zip(quick.layout.labels, quick.fetch(row), strict=True))
                value = key.read(cells)
                if value is None:
                    continue
                before = met.get(value)
                met[value] = (name, row - HEADER)
                if before and before[0] != name:
                    fields = tuple(field for field, _kind in key.fields)
                    yield Repeat(fields, key.whole, *met[value], *before, cells[fields[0]])


def _find_rows(quick: Pass, place: int, twice: Words) -> Iterator[int]:
    """Records with one of those hashes."""
    for base, judged in quick.blocks():
        words, places = judged.hashes[place]
        hit = np.flatnonzero(_are_in(words, twice))
        yield from (base + (hit if places is None else places[hit])).tolist()


def _open(source: Source, path: Path, schema: Schema) -> Pass:
    """A pass over a part that proves nothing and hashes every key; UnprovableError where it cannot be had."""
    rules = read_rules(describe(schema), DIALECT, "utf-8", PROFILE)
    layout = find_layout(source, path, rules)
    if layout is None or rules.plan is None or list(layout.labels) != rules.names:
        raise UnprovableError
    proofs = {name: replace(proof, required=False, certain=accept_all) for name, proof in rules.plan.proofs.items()}
    return Pass(source, layout, Plan(proofs, tuple(replace(key, nulls=True) for key in rules.plan.keys)))
