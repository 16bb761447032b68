"""A schema and what is left out of it, proposed from one page of records (pure): a start to be corrected by people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any

from lamppost.propose.columns import Column, lay_flat
from lamppost.propose.infer import Kind, infer
from lamppost.propose.words import is_change, is_code, is_row_number, name_fields, names_one, needs_unit, suspect

FEW, SHORT = 12, 30
"""So few different texts, none longer, may be a list of categories."""
_COUNTED = "a number that the source's database counts, and may count anew"
UNITS = frozenset(
    {"kwh", "kw", "w", "v", "usd", "eur", "m", "km", "km2", "m2", "m3", "ft", "mi", "kg", "pct", "s", "min"}
)
UNITS |= {"h", "ugm3", "ppm", "ppb", "db", "c", "f", "hpa", "lux", "mm", "l", "bytes", "mbps", "meters", "percent"}
"""Last words of a name that say its unit."""


@dataclass(frozen=True)
class Hints:
    """What the source itself declares about its columns, by path."""

    dates: frozenset[str] = frozenset()
    """Columns that hold epoch milliseconds."""
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Coded values: path → code → label."""
    titles: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Proposed:
    """One field."""

    name: str
    path: str
    kind: Kind
    title: str
    notes: tuple[str, ...] = ()
    required: bool = False
    categories: tuple[tuple[str, str], ...] = ()
    """The codes that the source declares, and what each means."""


@dataclass(frozen=True)
class Proposal:
    """What may be published, what is left out and why, and what tells two rows apart."""

    fields: tuple[Proposed, ...]
    drops: tuple[tuple[str, str], ...]
    """Path, and the reason."""
    key: tuple[str, ...]
    """Empty: nothing in the records does."""
    rows: int

    @property
    def has_place(self) -> bool:
        """True when a map can be drawn of it."""
        names = {one.name for one in self.fields}
        return {"longitude", "latitude"} <= names or any(one.kind.type == "geojson" for one in self.fields)

    @property
    def renames(self) -> bool:
        """True when a field has another name than its column, or its text is converted."""
        return any(one.name != one.path or one.kind.convert for one in self.fields)


def propose(records: Sequence[Mapping[str, Any]], hints: Hints | None = None) -> Proposal:
    """The proposal for these records; what may be about a person is left out until somebody decides otherwise."""
    hints = hints or Hints()
    columns = lay_flat(records)
    drops = {one.path: reason for one in columns if (reason := _refuse(one, hints))}
    drops |= _find_twins([one for one in columns if one.path not in drops])
    kept = [one for one in columns if one.path not in drops]
    kinds = {one.path: infer(one, is_date=one.path in hints.dates) for one in kept}
    names = _name(kept, kinds)
    fields = [_propose_field(one, kinds[one.path], names[one.path], hints) for one in kept]
    key = _find_key(kept, fields)
    counted = {one.path: _COUNTED for one in fields if is_row_number(one.name) and one.name not in key}
    fields = [_mark_key(one, key) for one in fields if one.path not in counted]
    drops = {one.path: reason for one in columns if (reason := {**drops, **counted}.get(one.path, ""))}
    return Proposal(tuple(fields), tuple(drops.items()), key, len(records))


def _refuse(column: Column, hints: Hints) -> str:
    """Why a column stays inside; places, codes with labels and numbers with a decimal point name nobody."""
    values = column.values
    if not values:
        return "no value on this page, so nobody knows what it would hold"
    if column.name or column.path in hints.labels:
        return ""
    if column.path == "type" and set(values) == {"Feature"}:
        return "says Feature in every row"
    reason = suspect(column.path, () if column.numbers or column.truths else values)
    if column.lists and not reason:
        return "a list or an object; map an inner path to publish a part of it"
    return reason


def _find_twins(columns: Sequence[Column]) -> dict[str, str]:
    """Codes that a record says twice, as a GeoJSON feature does with its id."""
    first: dict[tuple[str | None, ...], str] = {}
    twins: dict[str, str] = {}
    for one in columns:
        if is_code(one.path) and len(set(one.texts)) > 1 and first.setdefault(one.texts, one.path) != one.path:
            twins[one.path] = f"says the same as `{first[one.texts]}` in every row"
    return twins


def _name(columns: Sequence[Column], kinds: Mapping[str, Kind]) -> dict[str, str]:
    """Field names; the words that a format knows (`longitude`) go first, the others make way."""
    known = {one.path: kinds[one.path].name for one in columns if kinds[one.path].name}
    known = {path: name for path, name in known.items() if list(known.values()).count(name) == 1}
    others = name_fields([one.path for one in columns if one.path not in known])
    return {path: f"{name}_2" if name in known.values() else name for path, name in others.items()} | known


def _propose_field(column: Column, kind: Kind, name: str, hints: Hints) -> Proposed:
    labels = hints.labels.get(column.path, {})
    notes = [kind.note] if kind.note else []
    if labels:
        kind = replace(kind, type="string", bounds=None)
    elif kind.type == "string":
        notes += _note_categories(column)
    if kind.type in {"integer", "number"} and not kind.bounds and _lacks_unit(name):
        notes.append("unit? if there is one, give the name a suffix such as _kwh, _usd or _m, and say it below")
    title = hints.titles.get(column.path) or _entitle(name)
    return Proposed(name, column.path, kind, title, tuple(notes), categories=tuple(labels.items()))


def _note_categories(column: Column) -> list[str]:
    """One page proves no list, so what was seen is a question, not a constraint."""
    seen = sorted(set(column.values))
    if is_code(column.path) or len(seen) > FEW or len(column.values) < 2 * len(seen):
        return []
    if max(map(len, seen)) > SHORT:
        return []
    return [f"seen: {', '.join(seen)}; if that is all there can be, add `categories: […]`"]


def _lacks_unit(name: str) -> bool:
    return needs_unit(name) and name.rpartition("_")[2] not in UNITS


def _entitle(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _find_key(columns: Sequence[Column], fields: Sequence[Proposed]) -> tuple[str, ...]:
    """The field, or the code and the time, that differ in every row and say by their name that they should."""
    whole = [(column, one) for column, one in zip(columns, fields, strict=True) if None not in column.texts]
    codes = [(column, one) for column, one in whole if _is_key(one)]
    single = [one.name for column, one in codes if len(set(column.texts)) == len(column.texts)]
    single.sort(key=is_row_number)  # stable: else in the source's order
    if single:
        return (single[0],)
    times = [
        (column, one) for column, one in whole if one.kind.type in {"date", "datetime"} and not is_change(one.path)
    ]
    for (code, one), (time, at) in product(codes, times):
        if len(set(zip(code.texts, time.texts, strict=True))) == len(code.texts):
            return one.name, at.name
    return ()


def _is_key(one: Proposed) -> bool:
    return one.kind.type in {"string", "integer"} and (is_row_number(one.name) or names_one(one.path))


def _mark_key(one: Proposed, key: Sequence[str]) -> Proposed:
    if one.name not in key:
        return one
    note = ("a database counts these: prefer the number that stands on the thing itself",)
    return replace(one, required=True, notes=one.notes + (note if is_row_number(one.name) else ()))
