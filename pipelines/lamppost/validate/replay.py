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
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from lamppost.validate.bounded import bound, derive_detector
from lamppost.validate.plan import plan_proofs, plan_questions
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
    control: tuple[Any, Any]
    """(the dialect, what it says of CSV), not to be changed."""

    @property
    def names(self) -> list[str]:
        """The fields, in order."""
        return [field.name for field in self.schema.fields]

    @functools.cached_property
    def sound(self) -> bool:
        """Whether frictionless takes the schema and the dialect; it asks itself, of each table, where it validates."""
        return _is_taken(make_table(Path("table.csv"), self))

    @functools.cached_property
    def plan(self) -> Plan | None:
        """What a fast pass has to prove of each row; None when this schema leaves everything to frictionless."""
        return _try_plan(plan_proofs, self.schema) if self.sound else None

    @functools.cached_property
    def questions(self) -> Plan | None:
        """The same without a predicate: frictionless is asked of each cell."""
        return _try_plan(plan_questions, self.schema)


def _try_plan(make: Callable[[Any], Plan | None], schema: Any) -> Plan | None:
    from frictionless import FrictionlessException  # noqa: PLC0415

    try:
        return None if schema is None else make(schema)
    except (FrictionlessException, *BREAKS):
        return None  # frictionless will say what is wrong, of each table anew


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
        version = {} if profile is None else {"datapackage_version": "v2"}
        made = None if schema is None else Schema.from_descriptor(dict(schema), **version)
        return Rules(None if made is None else bound(made), dialect, encoding, profile, read_control(dialect))
    except FrictionlessException as error:
        raise BadSchemaError(list(error.reasons or [error.error])) from None


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
    from frictionless import Detector  # noqa: PLC0415
    from frictionless.resources import TableResource  # noqa: PLC0415

    options: dict[str, Any] = {} if rules.schema is None else {"schema": rules.schema}
    options |= {} if rules.profile is None else {"schema_profile": rules.profile}
    dialect = _suspected().from_descriptor(dict(rules.dialect))
    place = {"path": path.name, "basepath": str(path.parent), "scheme": "file", "format": "csv"}
    options |= {"encoding": rules.encoding, "dialect": dialect, "detector": derive_detector(Detector)}
    return Opened(TableResource(**place, **options))


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


def report_unfit(path: Path, note: str = "", *, code: str = "source-error", errors: list[Any] | None = None) -> Any:
    """A report, in frictionless's form, of a file that is no table at all, or is not looked at to its end."""
    from frictionless import Report  # noqa: PLC0415

    return Report.from_validation_task(_name(str(path)), time=0.0, errors=errors or [_make_error(code, note)])


def _make_error(code: str, note: str) -> Any:
    """An error of the source, which may have a code of ours."""
    from frictionless.errors import SourceError  # noqa: PLC0415

    return type(SourceError.__name__, (SourceError,), {"type": code, "__slots__": ()})(note=note)


def report_anything(
    path: Path, schema: Any, dialect: Mapping[str, Any] | None, encoding: str | None, limit: int
) -> Any:
    """The report that frictionless makes of whatever it takes: a workbook, a package, a file that is not there."""
    from frictionless import Detector, Dialect, FrictionlessException, Resource, Schema  # noqa: PLC0415

    options = {} if dialect is None else {"dialect": Dialect.from_descriptor(dict(dialect))}
    try:
        if schema is not None:
            options["schema"] = schema if isinstance(schema, str) else Schema.from_descriptor(dict(schema))
        resource = Resource(source=str(path), encoding=encoding, detector=derive_detector(Detector), **options)
        return resource.validate(limit_errors=limit)
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
    if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*(\.[A-Za-z0-9]+)?", path.name):
        return True
    return _is_taken(make_table(path, rules))


def _is_taken(table: Opened) -> bool:
    from frictionless import FrictionlessException  # noqa: PLC0415

    try:
        table.resource.to_descriptor(validate=True)
    except (FrictionlessException, *BREAKS):
        return False
    return True


def tell_version() -> str:
    """Which frictionless it is that says what is wrong."""
    from frictionless import __version__  # noqa: PLC0415

    return str(__version__)


def detect_encoding(head: bytes, declared: str | None) -> str | None:
    """The encoding that frictionless would read a file with; None for a name that Python does not know."""
    from frictionless import Detector  # noqa: PLC0415

    try:
        encoding: str = Detector().detect_encoding(head, encoding=declared)
    except LookupError:
        return None
    return encoding


def read_control(dialect: Mapping[str, Any]) -> tuple[Any, Any]:
    """(frictionless's dialect, what it says of CSV)."""
    from frictionless import Dialect  # noqa: PLC0415
    from frictionless.formats.csv import CsvControl  # noqa: PLC0415

    read = Dialect.from_descriptor(dict(dialect))
    return read, CsvControl.from_dialect(read)


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
