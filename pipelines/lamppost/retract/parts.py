"""Parts without the rows taken out: written again as CSV and Parquet, under the names of their new hashes."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from lamppost.formats import csv, parquet
from lamppost.model import Dataset, Part, Publish, Schema
from lamppost.retract.find import Found
from lamppost.store import Store, put_object
from lamppost.store.manifest import describe_part, dump

STRUCK = "objects/redacted"
"""Where a part of a thinned version says that its bytes were; their hash would tell what was in them."""


@dataclass
class Bench:
    """A dataset's objects as they are and as they are going to be; what was written once is not written again."""

    name: str
    store: Store
    draft: Store
    folder: Path
    """For a file that is on its way."""
    publish: Mapping[str, Publish]
    """Table → how its Parquet is sorted; a table that is declared no more has none."""
    made: dict[tuple[str, tuple[str, ...]], tuple[dict[str, Any] | None, int]] = field(default_factory=dict)

    def holds(self, path: str) -> bool:
        """True when the object is still there, as it was or made anew."""
        return self.draft.holds(self.name, path)

    def read(self, path: str) -> bytes:
        """An object's bytes."""
        return self.draft.read_key(self.draft.key(self.name, path))

    def read_json(self, path: str) -> dict[str, Any]:
        """An object that is a report or a receipt."""
        block: dict[str, Any] = json.loads(self.read(path))
        return block

    def keep_json(self, path: str, block: Mapping[str, Any]) -> str:
        """Path of the block as an object; the old one when nothing in it changed."""
        return path if block == self.read_json(path) else put_object(self.draft, self.name, dump(block), "json").path

    def write_part(self, key: str, rows: pa.Table, schema: Schema, resource: str, *, twin: bool) -> dict[str, Any]:
        """One partition as objects; `twin`: as Parquet too."""
        kept = put_object(self.draft, self.name, csv.encode(rows, schema.names), "csv")
        part = Part(key, kept.path, kept.sha256, kept.size, rows.num_rows)
        if twin:
            path = self.folder / "twin.parquet"
            order = parquet.sort_names(self.publish.get(resource, Publish()), schema)
            parquet.write(rows, path, schema, order)
            other = put_object(self.draft, self.name, path, "parquet")
            part = Part(key, kept.path, kept.sha256, kept.size, rows.num_rows, other.path, other.sha256, other.size)
        return describe_part(part)

    def cut_part(self, block: Mapping[str, Any], schema: Schema, found: Found) -> tuple[dict[str, Any] | None, int]:
        """The part without the rows, None when no row is left, and how many went; its rows must be there."""
        key = (block["path"], schema.primary_key)
        if key not in self.made:
            rows = csv.read(self.read(block["path"]))
            marked = found.mark(rows, schema.primary_key)
            taken = int(marked.sum())
            left = rows.filter(pa.array(~marked)) if taken else rows
            resource = found.wanted.resource
            made = dict(block) if not taken else None
            if taken and left.num_rows:
                made = self.write_part(block["partition"], left, schema, resource, twin="parquet" in block)
            self.made[key] = made, taken
        return self.made[key]


def make_bench(store: Store, draft: Store, folder: Path, name: str, declared: Dataset | None) -> Bench:
    """The bench of one dataset, as the city declares it now."""
    return Bench(name, store, draft, folder, {one.name: one.publish for one in declared.resources} if declared else {})


def named_objects(manifest: bytes) -> frozenset[str]:
    """Paths of all objects that a manifest names."""
    return frozenset(_walk(json.loads(manifest)))


def _walk(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield from [value] if value.startswith("objects/") else []
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _walk(one)


def strike(block: Mapping[str, Any], number: int) -> dict[str, Any]:
    """A part whose rows were thinned, without the hash of its bytes."""
    path = f"{STRUCK}-{number}"
    struck = {**block, "path": f"{path}.csv", "hash": "sha256:", "bytes": 0}
    return struck | (
        {"parquet": {"path": f"{path}.parquet", "hash": "sha256:", "bytes": 0}} if "parquet" in block else {}
    )


def describe_files(resource: dict[str, Any], parts: Sequence[Mapping[str, Any]]) -> None:
    """Makes a Data Resource name the parts that there are now; hash and size only of a part that is whole."""
    resource["path"] = parts[0]["path"] if len(parts) == 1 else [one["path"] for one in parts]
    resource["rows"] = sum(one["rows"] for one in parts)
    for key in ("bytes", "hash"):
        resource.pop(key, None)
    if len(parts) == 1 and parts[0]["hash"] != "sha256:":
        resource |= {"bytes": parts[0]["bytes"], "hash": parts[0]["hash"], "rows": resource.pop("rows")}
