"""frictionless, and nothing else in the engine imports it: it opens a table, reads cells, and makes every error.

A replay is frictionless's own `validate` over some of the rows, each with its true number. A dialect of ours gives it
these, for there rows get their numbers in frictionless; all that is said about a row is frictionless's.
"""

import csv
import functools
import json
import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from lamppost.validate.blocks import Layout, Source, read_header, read_lines
from lamppost.validate.keyed import Key
from lamppost.validate.predicates import Proof, build
from lamppost.validate.prove import Plan

Stream = Callable[[], Iterator[tuple[int, list[str]]]]
"""(record number, cells) of the rows to look at, in the order in which frictionless is to meet them."""
CUT_OFF = (EOFError, zlib.error)
"""A compressed file that ends too soon, or is damaged."""
BREAKS = (
    *(ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError, csv.Error, re.error),
    *CUT_OFF,
)
"""What frictionless lets escape instead of making an error: a signalling NaN under a bound, an instant without zone."""
PROFILE = "https://datapackage.org/profiles/2.0/dataresource.json"
_DELIMITERS = frozenset(",;\t|")
_BOM = b"\xef\xbb\xbf"
_BUFFER = 100_000
"""So many bytes frictionless looks at to tell the encoding,"""
_SAMPLE = 100
"""and so many lines to tell the dialect."""


class BadSchemaError(Exception):
    """frictionless cannot use the schema, the dialect or the file at all; `errors` are its own."""

    def __init__(self, errors: list[Any]) -> None:
        super().__init__(errors)
        self.errors = errors


@dataclass(frozen=True)
class Rules:
    """A schema, a dialect and an encoding as frictionless reads them; what is None, it detects in each file."""

    schema: Any
    dialect: Mapping[str, Any]
    encoding: str | None
    profile: str | None
    """The version of Data Package to read them by; without, frictionless reads a lone table by version 1."""
    plan: Plan | None = None
    """What a fast pass has to prove of each row; None when this schema leaves everything to frictionless."""

    @property
    def names(self) -> list[str]:
        """The fields, in order."""
        return [field.name for field in self.schema.fields]


def read_rules(
    schema: Mapping[str, Any] | None,
    dialect: Mapping[str, Any] | None,
    encoding: str | None,
    profile: str | None = None,
) -> Rules:
    """The rules for files to come; kept, for a thousand files may share them. BadSchemaError when unusable."""
    try:
        return _read_rules(json.dumps(schema), json.dumps(dialect or {}), encoding, profile)
    except (TypeError, ValueError):  # a value that JSON does not know, such as a date in YAML
        return _make_rules(schema, dialect or {}, encoding, profile)


@functools.lru_cache(maxsize=32)
def _read_rules(schema: str, dialect: str, encoding: str | None, profile: str | None) -> Rules:
    return _make_rules(json.loads(schema), json.loads(dialect), encoding, profile)


def _make_rules(
    schema: Mapping[str, Any] | None, dialect: Mapping[str, Any], encoding: str | None, profile: str | None
) -> Rules:
    from frictionless import FrictionlessException, Schema  # noqa: PLC0415  a third of a second, and only here

    try:
        _suspected().from_descriptor(dict(dialect))
        version = {} if profile is None else {"datapackage_version": "v2"}
        made = None if schema is None else Schema.from_descriptor(dict(schema), **version)
    except FrictionlessException as error:
        raise BadSchemaError(list(error.reasons or [error.error])) from None
    rules = Rules(made, dialect, encoding, profile)
    try:
        make_table(Path("table.csv"), rules).resource.to_descriptor(validate=True)
        return rules if made is None else replace(rules, plan=plan_proofs(made))
    except (FrictionlessException, *BREAKS):
        return rules  # frictionless will say what is wrong, of each table anew


@dataclass(frozen=True)
class Opened:
    """A table that frictionless has opened: its header is read, its rows are not."""

    resource: Any

    def close(self) -> None:
        """Leave it; a replay does so itself."""
        self.resource.close()

    @property
    def plain(self) -> bool:
        """Its header is the first record and is what the schema wants."""
        dialect = self.resource.dialect
        return bool(dialect.header and list(dialect.header_rows) == [1] and self.resource.header.valid)


def make_table(path: Path, rules: Rules) -> Opened:
    """A table that frictionless opens when it validates, and whose being unfit to be opened it reports."""
    from frictionless.resources import TableResource  # noqa: PLC0415

    options: dict[str, Any] = {} if rules.schema is None else {"schema": rules.schema}
    options |= {} if rules.profile is None else {"schema_profile": rules.profile}
    dialect = _suspected().from_descriptor(dict(rules.dialect))
    place = {"path": path.name, "basepath": str(path.parent), "scheme": "file", "format": "csv"}
    return Opened(TableResource(**place, encoding=rules.encoding, dialect=dialect, **options))


def open_table(path: Path, rules: Rules) -> Opened:
    """Open a CSV; BadSchemaError when frictionless refuses to."""
    from frictionless import FrictionlessException  # noqa: PLC0415

    try:
        table = make_table(path, rules)
        table.resource.open()
    except FrictionlessException as error:
        raise BadSchemaError(list(error.reasons or [error.error])) from None
    return table


def replay(opened: Opened, stream: Stream | None, *, limit: int) -> Any:
    """The report that frictionless makes of an opened table: of the rows that `stream` gives, or of all."""
    opened.resource.dialect.stream = stream
    return opened.resource.validate(limit_errors=limit)


def set_stats(opened: Opened, **stats: Any) -> None:
    """What frictionless would have counted, had it read the whole file; to be said before its report is made."""
    for name, value in stats.items():
        setattr(opened.resource.stats, name, value)


def report_sound(path: Path, labels: list[str], **stats: Any) -> Any:
    """The report that frictionless makes of a table in which nothing is wrong."""
    from frictionless import Report  # noqa: PLC0415

    named = _name(path.name)
    named.stats = SimpleNamespace(fields=len(labels), **stats)
    return Report.from_validation_task(named, time=0.0, labels=labels)


def report_unfit(path: Path, note: str = "", *, errors: list[Any] | None = None) -> Any:
    """A report, in frictionless's form, of a file that is no table at all."""
    from frictionless import Report  # noqa: PLC0415
    from frictionless.errors import SourceError  # noqa: PLC0415

    return Report.from_validation_task(_name(str(path)), time=0.0, errors=errors or [SourceError(note=note)])


def report_anything(
    path: Path, schema: Any, dialect: Mapping[str, Any] | None, encoding: str | None, limit: int
) -> Any:
    """The report that frictionless makes of whatever it takes: a workbook, a package, a file that is not there."""
    from frictionless import Dialect, FrictionlessException, Resource  # noqa: PLC0415

    options = {} if dialect is None else {"dialect": Dialect.from_descriptor(dict(dialect))}
    options |= {} if schema is None else {"schema": schema}
    try:
        return Resource(source=str(path), encoding=encoding, **options).validate(limit_errors=limit)
    except FrictionlessException as error:
        raise BadSchemaError(list(error.reasons or [error.error])) from None


def _name(path: str) -> SimpleNamespace:
    """A table by name, as frictionless names files."""
    from frictionless import Detector  # noqa: PLC0415

    named = SimpleNamespace(path=path, extrapaths=[], innerpath=None, name="", scheme="file", format="csv")
    named.compression, named.type, named.place = None, "table", path
    Detector().detect_resource(named)
    named.stats = SimpleNamespace(md5=None, sha256=None, bytes=None, fields=None, rows=None)
    return named


def is_fit(path: Path, rules: Rules) -> bool:
    """Whether frictionless would take a file of this name at all."""
    from frictionless import FrictionlessException  # noqa: PLC0415

    if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*(\.[A-Za-z0-9]+)?", path.name):
        return True
    try:
        make_table(path, rules).resource.to_descriptor(validate=True)
    except FrictionlessException:
        return False
    return True


def plan_proofs(schema: Any) -> Plan | None:
    """The proofs of a schema whose fields are the header, one for one."""
    descriptor = schema.to_descriptor()
    names = [field.name for field in schema.fields]
    if descriptor.get("foreignKeys") or len(set(names)) != len(names) or not names:
        return None
    if any(not name or name != name.strip() for name in names):  # frictionless strips what stands in the header
        return None
    if descriptor.get("fieldsMatch", "exact") not in ("exact", ["exact"]):
        return None
    proofs = {field.name: _build_proof(field) for field in schema.fields}
    keys = _find_keys(schema, proofs)
    return None if keys is None else Plan(proofs, keys)


def _build_proof(field: Any) -> Proof:
    own = field.has_defined("missing_values") or not field.schema
    missing = tuple(field.missing_values if own else field.schema.missing_values)
    return build(field.to_descriptor(), missing, field.create_cell_reader())


def _find_keys(schema: Any, proofs: Mapping[str, Proof]) -> tuple[Key, ...] | None:
    types = {field.name: field.type for field in schema.fields}
    found = [(tuple(schema.primary_key), True)] if schema.primary_key else []
    found += [((field.name,), False) for field in schema.fields if field.constraints.get("unique")]
    if any(name not in types for names, _whole in found for name in names):
        return None
    return tuple(Key(tuple((name, types[name]) for name in names), proofs, whole) for names, whole in found)


def find_layout(source: Source, path: Path, rules: Rules) -> Layout | None:
    """How the file is written, without opening it; None when only frictionless can tell."""
    from frictionless import Detector  # noqa: PLC0415

    if not source.size or path.suffix.lower() in {".zip", ".gz", ".bz2", ".xz"}:
        return None
    head = source.read(0, min(source.size, _BUFFER))[: min(source.size, _BUFFER)].tobytes()
    try:
        encoding = Detector().detect_encoding(head, encoding=rules.encoding)
    except LookupError:
        return None
    delimiter = _find_delimiter(source, head, rules) if encoding in {"utf-8", "utf-8-sig"} else None
    if delimiter is None:
        return None
    labels, start = read_header(
        source, len(_BOM) if encoding == "utf-8-sig" and head.startswith(_BOM) else 0, delimiter
    )
    return Layout(tuple(label.strip() for label in labels), delimiter, start)  # as frictionless does


def _find_delimiter(source: Source, head: bytes, rules: Rules) -> str | None:
    """The delimiter of a plain dialect, declared or told from a sample as frictionless's parser does; else None."""
    from frictionless import Dialect  # noqa: PLC0415
    from frictionless.formats.csv import CsvControl  # noqa: PLC0415

    dialect = Dialect.from_descriptor(dict(rules.dialect))
    control = CsvControl.from_dialect(dialect)
    if not (control.has_defined("delimiter") and control.has_defined("skip_initial_space")):
        begin = len(_BOM) if head.startswith(_BOM) else 0
        sample = "".join(read_lines(source, begin, _SAMPLE))
        try:
            told = csv.Sniffer().sniff(sample, control.get_defined("delimiter", default=",\t;|"))
        except csv.Error:
            told = csv.excel
        control.set_not_defined("delimiter", told.delimiter, distinct=True)
        control.set_not_defined("skip_initial_space", told.skipinitialspace, distinct=True)
    plain = (
        dialect.header
        and list(dialect.header_rows) == [1]
        and dialect.header_case
        and not (dialect.comment_char or dialect.comment_rows or dialect.skip_blank_rows)
        and control.quote_char == '"'
        and not (control.escape_char or control.skip_initial_space)
        and control.delimiter in _DELIMITERS
    )
    return control.delimiter if plain else None


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
