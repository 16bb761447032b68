"""Builders that all tests of the room use: bytes become a table, a few words become a resource."""

from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from lamppost.model import Field, FieldSource, Page, Publish, Pull, Resource, Schema, Snapshot
from lamppost.table.read import read

Take = Callable[..., pa.Table]


@pytest.fixture
def take(tmp_path: Path) -> Take:
    """`take("csv", b"…", b"…", fields={…}, context=[{…}], dialect={…})`: the table read from these pages."""

    def _take(
        decode: Any, *pages: bytes, fields: Any = None, context: Any = (), dialect: Any = None, **options: Any
    ) -> pa.Table:
        held = [dict(one) for one in context] or [{}] * len(pages)
        made = tuple(_write_page(tmp_path, data, tuple(known.items())) for data, known in zip(pages, held, strict=True))
        snapshot = Snapshot(made, decode, dialect=tuple((dialect or {}).items()), **options)
        sources = {
            name: one if isinstance(one, FieldSource) else FieldSource(one) for name, one in (fields or {}).items()
        }
        return read(snapshot, Pull("files", {}, sources))

    return _take


def _write_page(folder: Path, data: bytes, context: tuple[tuple[str, str], ...]) -> Page:
    digest = sha256(data).hexdigest()
    path = folder / digest
    path.write_bytes(data)
    return Page(path, digest, len(data), context)


@pytest.fixture
def resource() -> Callable[..., Resource]:
    """`resource("id", n="integer", key="id", mode="upsert")`: fields in order, text unless typed."""

    def _resource(*texts: str, key: str = "id", mode: Any = "snapshot", **rest: Any) -> Resource:
        given = {name: rest.pop(name) for name in ("event_time", "partition_by", "partition_of") if name in rest}
        own = {name: rest.pop(name) for name in ("drop", "key_content", "pull") if name in rest}
        types = dict.fromkeys(texts, "string") | rest
        fields = tuple(Field(name, kind, descriptor={"name": name, "type": kind}) for name, kind in types.items())
        schema = Schema(fields, tuple(key.split()))
        return replace(Resource("rows", schema, publish=Publish(mode=mode, **given)), **own)

    return _resource


@pytest.fixture
def rows() -> Callable[..., pa.Table]:
    """`rows("id n", "1 a", "2 -")`: a text table with `_row`; `-` is null."""

    def _rows(header: str, *lines: str) -> pa.Table:
        names = header.split()
        cells = [[None if cell == "-" else cell for cell in line.split()] for line in lines]
        columns = {name: pa.array([row[index] for row in cells], pa.string()) for index, name in enumerate(names)}
        return pa.table({**columns, "_row": pa.array(range(1, len(lines) + 1), pa.int64())})

    return _rows
