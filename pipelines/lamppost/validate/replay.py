"""frictionless, and nothing else in the engine imports it: it opens a table, reads cells, and makes every error.

A replay is frictionless's own `validate` over some of the rows, each with its true number. A dialect of ours gives them,
for there rows get their numbers in frictionless; all that is said about a row is frictionless's.
"""

import csv
import functools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lamppost.validate.blocks import Buffer, Layout
from lamppost.validate.keyed import TYPES, Key
from lamppost.validate.predicates import Proof, build
from lamppost.validate.prove import Plan

Stream = Callable[[], Iterator[tuple[int, list[str]]]]
"""(record number, cells) of the rows to look at, in the order in which frictionless is to meet them."""
BREAKS = (ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError, csv.Error)
"""What frictionless lets escape instead of making an error: a signalling NaN under a bound, an instant without zone."""
_DELIMITERS = frozenset(",;\t|")
_BOM = b"\xef\xbb\xbf"
_UNKNOWN = frozenset({"foreignKeys", "uniqueKeys"})
"""Keywords of a schema that leave the whole table to frictionless."""


class BadSchemaError(Exception):
    """frictionless cannot use the schema, the dialect or the file at all; `errors` are its own."""

    def __init__(self, errors: list[Any]) -> None:
        super().__init__(errors)
        self.errors = errors


@dataclass(frozen=True)
class Opened:
    """A table that frictionless has opened: its header is read, its rows are not."""

    resource: Any

    @property
    def labels(self) -> tuple[str, ...]:
        """The header's cells."""
        return tuple(self.resource.labels)


def open_table(
    path: Path, *, schema: Mapping[str, Any] | None, dialect: Mapping[str, Any] | None, encoding: str | None
) -> Opened:
    """Open a CSV; BadSchemaError when frictionless refuses to. What is None, frictionless detects."""
    from frictionless import FrictionlessException, Schema  # noqa: PLC0415  a third of a second, and only here
    from frictionless.resources import TableResource  # noqa: PLC0415

    options: dict[str, Any] = {"dialect": _suspected().from_descriptor(dict(dialect or {}))}
    try:
        if schema is not None:
            options["schema"] = Schema.from_descriptor(dict(schema))
        resource = TableResource(
            path=path.name, basepath=str(path.parent), scheme="file", format="csv", encoding=encoding, **options
        )
        resource.open()
    except FrictionlessException as error:
        raise BadSchemaError(list(error.reasons or [error.error])) from None
    return Opened(resource)


def replay(opened: Opened, stream: Stream | None, *, limit: int, count: Callable[[Any], None] | None = None) -> Any:
    """Frictionless's report of an opened table: of the rows that `stream` gives, or of all."""
    opened.resource.dialect.stream = stream
    return opened.resource.validate(limit_errors=limit, on_row=count)


def set_stats(opened: Opened, *, rows: int, **stats: Any) -> None:
    """What frictionless would have counted, had it read the whole file; to be said before its report is made."""
    opened.resource.stats.rows = rows
    for name, value in stats.items():
        setattr(opened.resource.stats, name, value)


def plan_proofs(opened: Opened) -> Plan | None:
    """What a fast pass has to prove of each row; None when this schema leaves everything to frictionless."""
    schema = opened.resource.schema
    descriptor = schema.to_descriptor()
    names = [field.name for field in schema.fields]
    if _UNKNOWN & set(descriptor) or len(set(names)) != len(names) or list(opened.labels) != names or not names:
        return None
    if not opened.resource.header.valid or descriptor.get("fieldsMatch", "exact") not in ("exact", ["exact"]):
        return None
    proofs = {field.name: _build_proof(field) for field in schema.fields}
    keys = _find_keys(schema, proofs)
    return None if keys is None else Plan(proofs, keys)


def _build_proof(field: Any) -> Proof:
    missing = tuple(str(one) for one in (field.missing_values if field.missing_values is not None else [""]))
    return build(field.to_descriptor(), missing, field.create_cell_reader())


def _find_keys(schema: Any, proofs: Mapping[str, Proof]) -> tuple[Key, ...] | None:
    types = {field.name: field.type for field in schema.fields}
    found = [(tuple(schema.primary_key), True)] if schema.primary_key else []
    found += [((field.name,), False) for field in schema.fields if field.constraints.get("unique")]
    if any(name not in types or types[name] not in TYPES for names, _whole in found for name in names):
        return None
    return tuple(Key(tuple((name, types[name]) for name in names), proofs, whole) for names, whole in found)


def find_layout(opened: Opened, data: Buffer) -> Layout | None:
    """How the file is written; None when only Python's reader with frictionless's settings can read it."""
    resource = opened.resource
    control = resource.dialect.get_control("csv")
    plain = (
        (resource.encoding or "").lower().replace("_", "-") in {"utf-8", "utf8", "utf-8-sig", "ascii"}
        and resource.dialect.header
        and list(resource.dialect.header_rows) == [1]
        and not resource.dialect.comment_char
        and not resource.dialect.comment_rows
        and not resource.dialect.skip_blank_rows
        and resource.dialect.header_case
        and control.quote_char == '"'
        and not control.escape_char
        and not control.skip_initial_space
        and not control.null_sequence
        and control.delimiter in _DELIMITERS
        and (not resource.compression)
    )
    if not plain:
        return None
    begin = len(_BOM) if data[: len(_BOM)] == _BOM else 0
    start = _end_of_header(data, begin, control.delimiter)
    return Layout(opened.labels, control.delimiter, start) if start else None


def _end_of_header(data: Buffer, begin: int, delimiter: str) -> int:
    """The byte behind the first record; 0 when it cannot be told."""
    end = data.find(b"\n", begin) + 1 or len(data)
    line = data[begin:end]
    if b'"' in line or b"\r" in line.rstrip(b"\r\n") or not line.isascii() or not line.strip():
        return _end_by_reader(data, begin, delimiter)
    return end


def _end_by_reader(data: Buffer, begin: int, delimiter: str) -> int:
    at = begin

    def lines() -> Iterator[str]:
        nonlocal at
        while at < len(data):
            end = data.find(b"\n", at) + 1 or len(data)
            text = data[at:end].decode("utf-8")
            at = end
            yield text

    try:
        next(csv.reader(lines(), delimiter=delimiter))
    except (StopIteration, UnicodeDecodeError, csv.Error):
        return 0
    return 0 if b"\r" in bytes(data[begin:at]).rstrip(b"\r\n") else at


@functools.cache
def _suspected() -> Any:
    from frictionless import Dialect  # noqa: PLC0415

    class Suspected(Dialect):  # type: ignore[misc]  # frictionless is not read by mypy
        """Numbers rows as it is told to; without being told, as frictionless does."""

        stream: Stream | None = None

        def __bool__(self) -> bool:
            return True  # an empty dialect would be replaced by a plain one

        def read_enumerated_content_stream(self, cell_stream: Any) -> Iterator[tuple[int, list[str]]]:
            if isinstance(cell_stream, list) or self.stream is None:  # a list is frictionless's sample
                yield from super().read_enumerated_content_stream(cell_stream)
            else:
                yield from self.stream()

    return Suspected
