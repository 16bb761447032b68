"""Datasets that are computed from one whose rows are taken out: each kept version is computed again, or emptied.

A version is computed again only when today's query, over the rows as they were, gives the very rows that it has. Where
it does not, because the query has changed or the inputs were thinned, nobody can tell which of its rows hold a trace of
what was taken out, a sum for one: then all of them go.
"""

from collections.abc import Collection, Mapping
from dataclasses import asdict, replace
from datetime import date
from hashlib import sha256
from typing import Any

import pyarrow as pa

from lamppost.derive import derive
from lamppost.errors import LamppostError
from lamppost.formats import csv
from lamppost.model import Counts, Dataset, Diff, Part, Resource, Table, Version
from lamppost.retract.chain import Change
from lamppost.retract.parts import Bench, describe_files
from lamppost.retract.table import empty_table
from lamppost.store import Store, put_object
from lamppost.store.compare import compare, missing_parts
from lamppost.store.redact import Needles, redact_report
from lamppost.table.partition import open_month
from lamppost.table.protect import protect_rows
from lamppost.table.settle import settle

Moved = Mapping[str, Collection[int]]
"""Dataset → versions of which rows changed."""


def recompute(bench: Bench, declared: Dataset | None, moved: Moved) -> Change:
    """What becomes of a version of a dataset that reads those in `moved`."""
    resources = {one.name: one for one in declared.resources if one.derive} if declared else {}

    def change(version: Version, manifest: dict[str, Any]) -> int:
        listed = {one["name"]: one for one in manifest["resources"]}
        rows = 0
        for table in version.tables:
            if any(seq in moved.get(name, ()) for name, seq in table.inputs.items()):
                block = manifest["lamppost"]["tables"][table.resource]
                rows += _change_table(
                    bench, version, table, resources.get(table.resource), block, listed[table.resource]
                )
        return rows

    return change


def _change_table(
    bench: Bench,
    version: Version,
    table: Table,
    resource: Resource | None,
    block: dict[str, Any],
    listed: dict[str, Any],
) -> int:
    resource = open_month(resource, date.fromisoformat(version.date)) if resource else None
    now = _compute(bench.draft, table, resource)
    if now is not None and _hash(now, table) == _hashes(table):
        return 0
    was = _compute(bench.store, table, resource)
    if now is None or was is None or _hash(was, table) != _hashes(table):
        return empty_table(bench, table, block, listed)
    twin = "parquet" in block["parts"][0]
    block["parts"] = [
        bench.write_part(key, rows, table.schema, table.resource, twin=twin) for key, rows in sorted(now.items())
    ]
    describe_files(listed, block["parts"])
    parts = tuple(_read_part(one) for one in block["parts"])
    made = replace(version, tables=tuple(replace(one, parts=parts) if one is table else one for one in version.tables))
    _count(bench, made, table.resource, block)
    report = redact_report(bench.read_json(block["report"]), Needles(), sum(one.rows for one in parts))
    block["report"] = bench.keep_json(block["report"], report)
    if block["incoming"]:
        block["incoming"] = bench.keep_json(
            block["incoming"], redact_report(bench.read_json(block["incoming"]), Needles())
        )
    return _differ(was, now, table)


def _compute(store: Store, table: Table, resource: Resource | None) -> dict[str, pa.Table] | None:
    """Partition → rows by today's query over the versions that the table names; None when it cannot be done."""
    if resource is None or resource.schema.names != table.schema.names:
        return None
    try:
        inputs = [store.read(name, seq) for name, seq in table.inputs.items()]
        if any(missing_parts(store, one) for one in inputs):
            return None
        rows, _ = protect_rows(derive(resource, store.tables(inputs)), resource)
        found = dict(settle(rows, {}, resource).partitions)
    except LamppostError:
        return None
    empty = pa.table({name: pa.array([], pa.string()) for name in table.schema.names})
    return found or {"": empty}


def _hash(partitions: Mapping[str, pa.Table], table: Table) -> dict[str, str]:
    return {key: sha256(csv.encode(rows, table.schema.names)).hexdigest() for key, rows in partitions.items()}


def _hashes(table: Table) -> dict[str, str]:
    return {one.partition: one.hash for one in table.parts}


def _read_part(block: Mapping[str, Any]) -> Part:
    return Part(block["partition"], block["path"], block["hash"].removeprefix("sha256:"), block["bytes"], block["rows"])


def _count(bench: Bench, made: Version, resource: str, block: dict[str, Any]) -> None:
    """Counts and list of changes against the version before, as that is going to be."""
    table = made.table(resource)
    assert table is not None
    before = bench.draft.read(made.dataset, made.parent) if made.parent is not None else None
    old = before.table(resource) if before else None
    previous = old.rows if old else 0
    change, path = Diff(added=table.rows), ""
    if before and old and not missing_parts(bench.draft, before):
        change, listing = compare(bench.draft, before, made, resource)
        path = put_object(bench.draft, made.dataset, listing, "csv").path if listing else ""
    elif old:
        change = Diff(added=max(0, table.rows - previous), removed=max(0, previous - table.rows))
    rows = table.rows
    counts = Counts(
        read=rows, accepted=rows, added=change.added, changed=change.changed,
        unchanged=rows - change.added - change.changed, removed=change.removed, previous=previous, settled=rows,
        published=rows,
    )  # fmt: skip
    block["counts"] = asdict(counts)
    told = {"path": path, "added": change.added, "changed": change.changed, "removed": change.removed}
    block["diff"] = {**block["diff"], **told, "fields": dict(change.fields)}


def _differ(was: Mapping[str, pa.Table], now: Mapping[str, pa.Table], table: Table) -> int:
    """Rows that are no more what they were."""
    names = list(table.schema.names)
    left = {
        tuple(row)
        for rows in now.values()
        for row in zip(*(rows.column(one).to_pylist() for one in names), strict=True)
    }
    return sum(
        row not in left
        for rows in was.values()
        for row in zip(*(rows.column(one).to_pylist() for one in names), strict=True)
    )
