"""Builders of this room's tests: a schema in a few words, a report of a few lines."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lamppost.model import Field, Report, Schema
from lamppost.validate import validate


@pytest.fixture
def schema() -> Callable[..., Schema]:
    """`schema(id={"type": "integer"}, key="id")`: values are field descriptors, or just types."""

    def _schema(key: str = "id", missing: tuple[str, ...] = ("",), **fields: Any) -> Schema:
        told = {name: {"type": one} if isinstance(one, str) else one for name, one in fields.items()}
        made = [{"name": name, **one} for name, one in told.items()]
        descriptor = {"fields": made, "missingValues": list(missing), "primaryKey": key.split()}
        parts = tuple(Field(one["name"], one["type"], one.get("title", ""), descriptor=one) for one in made)
        return Schema(parts, tuple(key.split()), missing, descriptor)

    return _schema


@pytest.fixture
def check(tmp_path: Path) -> Callable[..., Report]:
    r"""`check("id,n\\n1,x\\n", schema)`: the report of a file with these bytes."""

    def _check(content: str | bytes, schema: Schema, **options: Any) -> Report:
        path = tmp_path / "rows.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return validate(path, schema, **options)

    return _check
