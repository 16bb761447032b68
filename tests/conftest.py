"""`lamps`: a small dataset that tests of the store, of figures and of `verify` publish version by version."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import settings

from lamppost.formats import csv, parquet
from lamppost.model import (
    Counts,
    Dataset,
    Field,
    Issue,
    Part,
    Publish,
    Receipt,
    Report,
    Resource,
    Sample,
    Schema,
    Table,
    Version,
)
from lamppost.store import Store, commit, compose, open_store, put_object
from lamppost.store.diff import diff

# A machine may be busy: speed is the benchmark's business. What is red is red for all: `nox -s fuzz` goes on looking.
settings.register_profile("same", deadline=None, derandomize=True)
settings.load_profile("same")

Rows = Sequence[tuple[str | None, ...]]


@dataclass(frozen=True)
class Lamps:
    """The dataset `lamps` with the table `lights`: light_id, watts_w, energy_kwh."""

    folder: Path
    store: Store
    rows: Rows = (("a", "40", "1.5"), ("b", "60", "2.25"), ("c", None, "0.125"))

    def schema(self, key: Sequence[str] = ("light_id",), **fields: str) -> Schema:
        """A schema of the named types; the lamps' own when none is named."""
        fields = fields or {"light_id": "string", "watts_w": "integer", "energy_kwh": "number"}
        described = [{"name": name, "type": kind} for name, kind in fields.items()]
        descriptor = {"fields": described, "missingValues": [""], "primaryKey": list(key)}
        return Schema(
            tuple(Field(one["name"], one["type"], descriptor=one) for one in described), tuple(key), ("",), descriptor
        )

    def table(self, rows: Rows, schema: Schema | None = None) -> pa.Table:
        """A text table as `formats.csv.read` gives it."""
        names = (schema or self.schema()).names
        return pa.table({name: pa.array([row[n] for row in rows], pa.string()) for n, name in enumerate(names)})

    def dataset(self, schema: Schema | None = None, **metadata: Any) -> Dataset:
        """The dataset, with other metadata when given."""
        words = {
            "name": "lamps",
            "title": "Street lights",
            "description": "Every lamp post.",
            "licenses": [{"name": "CC0-1.0", "path": "https://creativecommons.org/publicdomain/zero/1.0/"}],
            "contributors": [{"title": "Public Works", "roles": ["publisher"]}],
            "keywords": ["light"],
            "accrualPeriodicity": "R/P1D",
            **metadata,
        }
        resource = Resource(
            "lights", schema or self.schema(), title="Lights", publish=Publish(formats=("csv", "parquet"))
        )
        return Dataset("lamps", words["title"], words["description"], (resource,), metadata=words)

    def part(self, partition: str, rows: pa.Table, schema: Schema) -> Part:
        """One partition as objects."""
        kept = put_object(self.store, "lamps", csv.encode(rows, schema.names), "csv")
        parquet.write(rows, self.folder / "part.parquet", schema)
        twin = put_object(self.store, "lamps", self.folder / "part.parquet", "parquet")
        return Part(partition, kept.path, kept.sha256, kept.size, rows.num_rows, twin.path, twin.sha256, twin.size)

    def next_table(self, parts: Mapping[str, Rows] | None, dataset: Dataset, parent: Version | None) -> Table:
        """The table of the next version on `parent`, its objects kept."""
        schema = dataset.resources[0].schema
        new = {key: self.table(rows, schema) for key, rows in (parts or {"": self.rows}).items()}
        old = self.store.table_text(parent, "lights") if parent else None
        change, listing = diff(old, new, schema, parent.tables[0].schema if parent else None)
        if listing:
            change = replace(change, path=put_object(self.store, "lamps", listing, "csv").path)
        rows = sum(one.num_rows for one in new.values())
        counts = Counts(
            read=rows, accepted=rows, added=change.added, changed=change.changed,
            unchanged=rows - change.added - change.changed, removed=change.removed,
            previous=parent.rows if parent else 0, settled=rows, published=rows,
        )  # fmt: skip
        issue = Issue("type-error", "lights row 4", "found x", "warning", 1, (Sample(4, "watts_w", None),))
        return Table(
            "lights", schema, tuple(self.part(key, one, schema) for key, one in new.items()), counts, change,
            Report(rows), Receipt("lamps.csv", "files", rows, rows, pages=(rows,), verdict="complete"),
            Report(rows + 1, (issue,), (4,)), formats=("csv", "parquet"),
        )  # fmt: skip

    def publish(
        self, parts: Mapping[str, Rows] | None = None, *, dataset: Dataset | None = None, simulated: bool = False
    ) -> Version:
        """Commits the next version, on the parent that the rules give it."""
        dataset, head = dataset or self.dataset(), self.store.head("lamps")
        parent = None if head and head.simulated and not simulated else head
        made = compose(
            dataset, [self.next_table(parts, dataset, parent)], seq=head.seq + 1 if head else 1, parent=parent,
            date="2026-11-22", simulated=simulated, engine="1", store=self.store,
        )  # fmt: skip
        return commit(self.store, "lamps", made, int(made["version"]))


@pytest.fixture
def lamps(tmp_path: Path) -> Lamps:
    """An empty store, and what fills it."""
    return Lamps(tmp_path, open_store(tmp_path / "store"))
