"""What the proof needs of a page: how many records, their keys and times, and the answer around them (pure).

The records themselves are read later, strictly, by `decode`. Here they are only walked over: msgspec checks the syntax
of every byte but makes values of the wanted keys alone, a hundred times faster than making all of them. Whatever it
does not take as it is (a byte order mark, a key with dots in it, a number where a text was) is looked at the slow way.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter
from typing import Any

import msgspec
import pyarrow as pa
from msgspec import UNSET, Raw, UnsetType

from lamppost.decode import DECODERS, Records
from lamppost.decode.json_list import BOM, MAX_AROUND
from lamppost.decode.parts import CUT, MAX_BYTES, MAX_RECORDS
from lamppost.decode.records import Shortcut
from lamppost.decode.xml_text import NODE_LIMIT, list_records, parse_xml
from lamppost.errors import PullError, RefusedError
from lamppost.model import Snapshot
from lamppost.model.pull import Decode
from lamppost.notation import ABSENT, find
from lamppost.pull.content import find_records, parse_json
from lamppost.pull.fault import fault

Column = list[str | None]
MAX_LINES = 6_000_000
"""Of a CSV, whose rows take less room."""
MAX_HEAD = 2**20
MAX_VALUES = 2_500_000
"""In one answer that has to be read the slow way."""
MOST_VALUES: Mapping[Decode, int] = {"csv": 30_000_000, "ndjson": MAX_VALUES * 2, "influx": MAX_VALUES // 4}
"""In one answer of a format that is read as a whole to be counted: what fits into 512 MB once it is read."""
_BLOCK = 1 << 14
_SMALLER = "ask for smaller pages or fewer fields"
Check = Callable[[Any], None]
_LEVEL = msgspec.json.Decoder(dict[str, Raw])
_RAWS = msgspec.json.Decoder(list[Raw])
_ODD = (msgspec.MsgspecError, AttributeError, LookupError, RecursionError, UnicodeDecodeError, ValueError)
"""What the fast way raises for a page that it does not understand."""


class _HugeError(Exception):
    """There is far more around the records than an answer has to say of itself."""


@dataclass(frozen=True)
class Glance:
    """One page, as far as it was looked at."""

    rows: int
    body: Any
    """The answer; its records may be left out of it."""
    columns: Mapping[str, Column]
    """dotted path → what each record has there, as text."""
    hashes: Callable[[], list[int]]
    """One number a record, equal for records that are equal to the letter."""
    records: Sequence[Any] = ()
    """Only where they were asked for."""


@dataclass(frozen=True)
class Lens:
    """How the pages of one list are looked at."""

    records: str = ""
    decode: Decode = "json"
    paths: tuple[str, ...] = ()
    """Where in a record the wanted texts stand."""
    encoding: str = "utf-8"
    dialect: tuple[tuple[str, str], ...] = ()
    judged: bool = True
    """Rules look at each record of a stream."""
    whole: bool = False
    """Make values of all records: somebody wants more of them than the texts at `paths`."""

    @property
    def root(self) -> str:
        """Dotted path to the list of records."""
        return self.records or ("features" if self.decode == "geojson" else "")

    def parse(self, body: bytes, place: str) -> Any:
        """The whole answer as values, JSON or XML."""
        if self.decode != "xml":
            return parse_json(body, place)
        try:
            return parse_xml(body, place, encoding=self.encoding)
        except RefusedError as error:
            raise PullError(str(error), issues=error.issues) from None

    def look(self, body: bytes, place: str, check: Check) -> Glance:
        """The glance at one answer; `check` refuses an error in disguise before its records are missed."""
        self._check_amount(body, place)
        if self.decode in {"json", "geojson"}:
            try:
                seen = None if self.whole else _look_fast(self, body, check)
            except _HugeError:
                raise fault(place, f"more than {MAX_AROUND:,} bytes beside its records", "records", _SMALLER) from None
            return seen or self._look_slowly(body, place, check)
        return self._look_decoded(body, place, check)

    def _check_amount(self, body: bytes, place: str) -> None:
        """Few bytes can be very many values, each of which takes a hundred times its room once it is read."""
        if self.decode in CUT and len(body) > MAX_BYTES:
            raise fault(place, f"{len(body):,} bytes", f"at most {MAX_BYTES:,}", _SMALLER)
        sign = {"xml": b"<", "ndjson": b"\n", "csv": b"\n", "influx": b"["}.get(self.decode, b"{")
        most = {"csv": MAX_LINES, "xml": 2 * NODE_LIMIT}.get(self.decode, MAX_RECORDS)  # an element begins and ends
        if body.count(sign) > most:
            raise fault(place, f"more than {most:,} records or parts of them", "less", _SMALLER)
        values = MAX_VALUES // 2 if self.decode == "ndjson" and self.judged else MOST_VALUES.get(self.decode)
        if values and body.count(b",") > values:
            raise fault(place, f"more than {values:,} values", "less", _SMALLER)
        if self.decode == "csv" and len(body) > MAX_HEAD and body.find(b"\n", 0, MAX_HEAD) < 0:
            raise fault(place, f"a first line of more than {MAX_HEAD:,} bytes", "a header", "check the address")

    def _look_slowly(self, body: bytes, place: str, check: Check) -> Glance:
        if body.count(b",") > MAX_VALUES:
            raise fault(place, f"more than {MAX_VALUES:,} values", "less", _SMALLER)
        root = parse_json(body, place)
        check(root)
        found = find_records(root, self.root, place)
        if self.decode == "geojson":
            found = list(self._decode(body, place).rows)
        return glance_at(found, self.paths, root)

    def _look_decoded(self, body: bytes, place: str, check: Check) -> Glance:
        if self.decode == "xml":
            root = self.parse(body, place)
            check(root)
            try:
                return glance_at(list_records(root, self.records, place), self.paths, root)
            except RefusedError as error:
                raise PullError(str(error), issues=error.issues) from None
        found = self._decode(body, place)
        stream = found.rows if self.decode == "ndjson" and self.judged else ()
        for one in stream or ([found.frame] if found.frame else []):
            check(one)
        return glance_at(found.rows, self.paths, found.frame or None)

    def _decode(self, body: bytes, place: str) -> Records:
        """As the rows will be read, so that both count alike."""
        page = Snapshot((), self.decode, self.records, self.encoding, self.dialect)
        try:
            return DECODERS[self.decode](body, page, place)
        except RefusedError as error:
            raise PullError(str(error), issues=error.issues) from None


def glance_at(records: Sequence[Any], paths: Sequence[str], body: Any = None) -> Glance:
    """The glance at records whose values were made already, or at the columns in their place."""
    if isinstance(records, Shortcut) and records.columns is not None:
        table = records.columns
        columns = {path: _take_column(table, path) for path in paths}
        return Glance(len(records), body, columns, lambda: _hash_rows(table), records)
    made = records.records if isinstance(records, Shortcut) and records.records is not None else records
    columns = {path: [_write(find(one, path)) for one in made] for path in paths}
    return Glance(len(records), body, columns, lambda: [hash(repr(one)) for one in made], records)


def _take_column(table: pa.Table, path: str) -> Column:
    return table.column(path).to_pylist() if path in table.column_names else [None] * table.num_rows


def _hash_rows(table: pa.Table) -> list[int]:
    """A block of rows at a time, so that few of their cells are Python's."""
    return [
        hash(row)
        for batch in table.to_batches(max_chunksize=_BLOCK)
        for row in zip(*(column.to_pylist() for column in batch.columns), strict=True)
    ]


def _write(value: Any) -> str | None:
    return None if value is ABSENT or value is None else str(value)


def _look_fast(lens: Lens, body: bytes, check: Check) -> Glance | None:
    """The same without making values; None for a page that is not plain, or not what was expected."""
    body = body.removeprefix(BOM)
    try:
        around, raw = _split(Raw(body), lens.root.split(".")) if lens.root else ([], Raw(body))
        sight = _make_sight(lens.paths, lens.decode == "geojson")
        columns, rows = sight.read(raw)
    except _ODD:
        return None
    check(around)
    return Glance(rows, around, columns, lambda: [hash(bytes(one)) for one in _RAWS.decode(raw)])


def _split(raw: Raw, steps: list[str]) -> tuple[Any, Raw]:
    """The answer with an empty list where its records stand, and the records."""
    level = _LEVEL.decode(raw)
    for end in range(len(steps), 0, -1):
        key = ".".join(steps[:end])
        if key in level:
            inner = level.pop(key)
            if sum(len(bytes(one)) for one in level.values()) > MAX_AROUND:
                raise _HugeError
            around = {name: parse_json(bytes(one), "") for name, one in level.items()}
            below, found = _split(inner, steps[end:]) if steps[end:] else ([], inner)
            return {**around, key: below}, found
    raise LookupError


@dataclass(frozen=True)
class _Sight:
    """A decoder of lists of records, and where in what it makes each wanted text stands."""

    decoder: "msgspec.json.Decoder[Any]"
    places: Mapping[str, tuple[str, ...]]
    """wanted path → attributes, the first that is set counts."""
    odd: tuple[str, ...]
    """Attributes of which none may be set: keys with dots in them, which a dotted path could mean too."""

    def read(self, raw: Raw) -> tuple[dict[str, Column], int]:
        """Path → column, and the number of records; LookupError for a page that wants a closer look."""
        found = self.decoder.decode(raw)
        for attribute in self.odd:
            if any(one is not UNSET for one in map(attrgetter(attribute), found)):
                raise LookupError(attribute)
        return {path: _read_column(found, names) for path, names in self.places.items()}, len(found)


def _read_column(found: Sequence[Any], attributes: tuple[str, ...]) -> Column:
    first = list(map(attrgetter(attributes[0]), found))
    for attribute in attributes[1:]:
        if UNSET in first:
            first = [b if a is UNSET else a for a, b in zip(first, map(attrgetter(attribute), found), strict=True)]
    kinds = set(map(type, first))
    if kinds == {str}:
        return first
    return [None if one is UNSET or one is None else str(one) for one in first]


@lru_cache(maxsize=64)
def _make_sight(paths: tuple[str, ...], geojson: bool) -> _Sight:
    wanted = {path: _name_places(path, geojson=geojson) for path in paths}
    tree: dict[str, Any] = {}
    for path in [one for places in wanted.values() for one in places]:
        _plant(tree, path.split("."))
    names: dict[str, str] = {}
    odd: list[str] = []
    kind = _make_struct(tree, "", "", names, odd)
    places = {path: tuple(names[one] for one in found) for path, found in wanted.items()}
    return _Sight(msgspec.json.Decoder(list[kind]), places, tuple(odd))  # type: ignore[valid-type]


def _name_places(path: str, *, geojson: bool) -> tuple[str, ...]:
    """Where a field of a feature stands before `decode` has made one flat record of it (RFC 7946 §3.2)."""
    if not geojson:
        return (path,)
    bare = path.removeprefix("properties.")
    if bare.partition(".")[0] == "geometry":
        return (bare,)
    return (f"properties.{bare}", bare) if bare == "id" else (f"properties.{bare}",)


def _plant(tree: dict[str, Any], steps: list[str]) -> None:
    if any(step.isdigit() or step in {"", "*"} for step in steps):
        raise LookupError(steps)
    for step in steps[:-1]:
        tree = tree.setdefault(step, {})
        if tree is None:
            raise LookupError(steps)
    if tree.setdefault(steps[-1], None) is not None:
        raise LookupError(steps)


def _make_struct(tree: Mapping[str, Any], above: str, attribute: str, names: dict[str, str], odd: list[str]) -> Any:
    """A Struct with a field for each branch of the tree, and one for each key that would be meant instead of two."""
    fields: list[tuple[str, Any, Any]] = []
    for number, (key, below) in enumerate(tree.items()):
        name = f"f{number}"
        here = f"{attribute}.{name}".lstrip(".")
        path = f"{above}.{key}".lstrip(".")
        if below is None:
            kind: Any = str | int | None | UnsetType
            names[path] = here
        else:
            kind = _make_struct(below, path, here, names, odd)
            for count, joined in enumerate(_join_steps(key, below)):
                fields.append((f"{name}x{count}", Raw | UnsetType, msgspec.field(default=UNSET, name=joined)))
                odd.append(f"{attribute}.{name}x{count}".lstrip("."))
        default = {"default": UNSET} if below is None else {}
        fields.append((name, kind, msgspec.field(name=key, **default)))
    return msgspec.defstruct("Seen", fields, kw_only=True, gc=False)


def _join_steps(key: str, below: Mapping[str, Any]) -> list[str]:
    """`a.b` and `a.b.c` for what stands at a, b, c."""
    joined = [f"{key}.{name}" for name in below]
    return joined + [one for name, rest in below.items() if rest for one in _join_steps(f"{key}.{name}", rest)]
