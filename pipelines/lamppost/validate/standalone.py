"""Any CSV, outside a city: frictionless's own report object for object, only sooner.

What is not declared, frictionless detects, as its own command does. A file that cannot be taken apart for certain goes
to frictionless unchanged.
"""

import hashlib
import os
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain
from pathlib import Path
from typing import Any, Self

from lamppost.errors import LamppostError
from lamppost.validate.blocks import SIZE, Layout, Source
from lamppost.validate.layout import find_layout
from lamppost.validate.plan import plan_proofs
from lamppost.validate.prove import FIRST, Pass, Plan
from lamppost.validate.replay import (
    BREAKS,
    CUT_OFF,
    BadSchemaError,
    Opened,
    Rules,
    is_fit,
    make_table,
    open_table,
    read_rules,
    replay,
    report_sound,
    set_stats,
)
from lamppost.validate.small import BYTES, is_small, prove_small, starts_badly
from lamppost.validate.tokens import UnprovableError

LIMIT = 1000
"""frictionless's own default."""
_CHUNK = 2**20
"""Smaller pieces would take turns with the pass too often."""


class BrokenOffError(LamppostError):
    """frictionless cannot finish this file: a value in it, or a bound in the schema, makes it fail itself."""


def report_file(
    path: Path,
    *,
    schema: Mapping[str, Any] | None = None,
    dialect: Mapping[str, Any] | None = None,
    encoding: str | None = None,
    limit: int = LIMIT,
    size: int = SIZE,
) -> Any:
    """The `Report` that frictionless makes of one CSV; equal to what `Resource.validate` gives, seconds apart.

    BadSchemaError when frictionless cannot use the schema at all, BrokenOffError where it breaks off. Of a report that
    stopped at `limit`, hashes and bytes are absent.
    """
    rules = read_rules(schema, dialect, encoding)
    with Source(path) as source:
        try:
            report = _report_quickly(path, rules, source, limit, size)
        except (UnprovableError, BadSchemaError):
            report = None
        except BREAKS as error:
            raise _break_off(path, error) from error
    try:
        return report or replay(make_table(path, rules), None, limit=limit)
    except BREAKS as error:
        raise _break_off(path, error) from error


def _break_off(path: Path, error: BaseException) -> BrokenOffError:
    if isinstance(error, CUT_OFF):
        advice = "expected a whole compressed file; fetch it again"
    else:
        advice = (
            "expected values and bounds that can be compared (all instants with a zone or all without, no signalling "
        )
        advice += "NaN) and a pattern that Python knows; correct the file or the schema"
    return BrokenOffError(f"{path.name}: frictionless breaks off with {type(error).__name__}: {error}; {advice}")


def _report_quickly(path: Path, rules: Rules, source: Source, limit: int, size: int) -> Any:
    """The report by the fast pass; None when it cannot be had that way."""
    whole = size > FIRST and rules.questions
    if whole and source.size <= BYTES and starts_badly(source, whole):
        return None
    layout = find_layout(source, path, rules)
    if layout is None or not is_fit(path, rules):
        return None
    if whole and is_small(source, layout) and list(layout.labels) == rules.names:
        return _report_small(path, source, layout, rules, whole)
    return _report_large(path, rules, source, layout, limit, size) if rules.sound else None


def _report_large(path: Path, rules: Rules, source: Source, layout: Layout, limit: int, size: int) -> Any:
    opened = open_table(path, rules) if rules.schema is None else None
    plan = rules.plan if opened is None else plan_proofs(opened.resource.schema)
    if plan is None or list(layout.labels) != list(plan.proofs):
        if opened:
            opened.close()
        return None
    with _Hashing(path) as hashing:
        quick = Pass(source, layout, plan, size, far=hashing.start)
        suspects = quick.suspects()
        first = next(suspects, None)
        if first is None and opened is None:
            stats = {"rows": quick.records - 1, "bytes": source.size, **hashing.result()}
            return report_sound(path, list(layout.labels), **stats)
        opened = opened or open_table(path, rules)
        if not opened.plain:
            opened.close()
            return None
        rows = suspects if first is None else chain([first], suspects)
        return _report(opened, quick, rows, hashing, limit)


def _report_small(path: Path, source: Source, layout: Layout, rules: Rules, plan: Plan) -> Any:
    rows = prove_small(source, layout, plan)
    if rows is None or not rules.sound:
        return None
    with _Hashing(path) as hashing:
        return report_sound(path, list(layout.labels), rows=rows, bytes=source.size, **hashing.result())


def _report(
    opened: Opened, quick: Pass, suspects: Iterator[tuple[int, list[str]]], hashing: "_Hashing", limit: int
) -> Any:
    last = 1

    def rows() -> Iterator[tuple[int, list[str]]]:
        nonlocal last
        for number, cells in suspects:
            last = max(last, number)
            yield number, cells
        set_stats(opened, rows=quick.records - 1, bytes=quick.source.size, **hashing.result())

    report = replay(opened, rows, limit=limit)
    stats = report.tasks[0].stats
    if report.tasks[0].warnings:
        stats["rows"] = last - 1
        for name in ("md5", "sha256", "bytes"):
            stats.pop(name, None)
    return report


class _Hashing:
    """The hashes of a file, made beside the pass over it; of a report that stopped early nobody needs them."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stop = threading.Event()
        self._pool = ThreadPoolExecutor(1)
        self._running: Future[dict[str, str]] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._stop.set()
        self._pool.shutdown()

    def start(self) -> None:
        """Go to work in a thread; a small file is hashed when it is asked for."""
        self._running = self._pool.submit(self._hash)

    def result(self) -> dict[str, str]:
        """Both, by name."""
        return self._running.result() if self._running else self._hash()

    def _hash(self) -> dict[str, str]:
        md5, sha256 = hashlib.md5(usedforsecurity=False), hashlib.sha256()
        with self._path.open("rb", buffering=0) as file:
            buffer = memoryview(bytearray(min(_CHUNK, os.fstat(file.fileno()).st_size)))
            while not self._stop.is_set() and (size := file.readinto(buffer)):
                md5.update(buffer[:size])
                sha256.update(buffer[:size])
        return {"md5": md5.hexdigest(), "sha256": sha256.hexdigest()}
