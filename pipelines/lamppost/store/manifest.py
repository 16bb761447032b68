"""A manifest is a Data Package 2.0 that is valid where it lies; our own words are under the one key `lamppost`.

    {"$schema", "name", …metadata…, "version": "7", "resources": [{"path": "objects/<sha256>.csv", "schema", …}],
     "lamppost": {"format": 1, "seq", "parent": {"seq", "hash"} | null, "date", "engine", "simulated", "reason",
                  "rolled_back_to": only after a roll back,
                  "tables": {resource: {"parts", "counts", "diff", "report", "incoming", "receipt", "inputs",
                                        "formats", "mode", "partition"}}}}

Receipt and reports are objects of their own, named in `tables` by path; `papers` makes them. `parse` reads it all back.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from lamppost.errors import StoreError
from lamppost.formats import FORMATS
from lamppost.model import Dataset, Part, Receipt, Report, Resource, Table, Version

FORMAT = 1
PROFILES = "https://datapackage.org/profiles/2.0/"
OURS = ("$schema", "name", "version", "resources", "lamppost", "simulated", "withdrawn")
VARYING = frozenset({"path", "bytes", "hash", "rows"})


def dump(value: Any) -> bytes:
    """JSON as the store writes it: UTF-8, two spaces, the order of the keys kept, a line break at the end."""
    return (json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False) + "\n").encode()


def describe_version(
    dataset: Dataset,
    tables: Sequence[Table],
    *,
    seq: int,
    parent: Version | None,
    date: str,
    engine: str,
    simulated: bool,
    reason: str = "",
    rolled_back_to: int | None = None,
    withdrawn: bool = False,
) -> dict[str, Any]:
    """The manifest of the version `seq`; `date` is an ISO day.

    `parent` is None for a first version and for the first real one after simulated ones, whatever its number.
    """
    declared = {one.name: one for one in dataset.resources}
    metadata = {key: value for key, value in describe(dataset).items() if key not in OURS}
    descriptor: dict[str, Any] = {
        "$schema": PROFILES + "datapackage.json",
        "name": dataset.name,
        **metadata,
        "version": str(seq),
        "resources": [describe_resource(one, declared.get(one.resource)) for one in tables],
        "lamppost": {
            "format": FORMAT,
            "seq": seq,
            "parent": {"seq": parent.seq, "hash": parent.hash} if parent else None,
            "date": date,
            "engine": engine,
            "simulated": simulated,
            "reason": reason,
            **({} if rolled_back_to is None else {"rolled_back_to": rolled_back_to}),
            "tables": {one.resource: describe_table(one, declared.get(one.resource)) for one in tables},
        },
    }
    descriptor |= {"simulated": True} if simulated else {}
    return descriptor | ({"withdrawn": {"date": date, "reason": reason}} if withdrawn else {})


def describe(dataset: Dataset) -> Mapping[str, Any]:
    """The package properties: as the city wrote them, else what the model knows."""
    if dataset.metadata:
        return dataset.metadata
    known = {
        "title": dataset.title,
        "description": dataset.description,
        "licenses": [dict(one) for one in dataset.licenses],
        "contributors": [dict(one) for one in dataset.contributors],
        "keywords": list(dataset.keywords),
        "accrualPeriodicity": dataset.accrual_periodicity,
    }
    return {key: value for key, value in known.items() if value}


def describe_resource(table: Table, declared: Resource | None) -> dict[str, Any]:
    """A Data Resource; hash and bytes are given for one part only, as the standard knows no list of them."""
    if not table.parts:
        raise StoreError(f"{table.resource}: a table without a part; expected one at least, if only a header")
    paths = [one.path for one in table.parts]
    only = table.parts[0] if len(table.parts) == 1 else None
    texts = {"title": declared.title, "description": declared.description} if declared else {}
    return {
        "$schema": PROFILES + "dataresource.json",
        "name": table.resource,
        "type": "table",
        **{key: value for key, value in texts.items() if value},
        "path": only.path if only else paths,
        "format": "csv",
        "mediatype": FORMATS["csv"].media_type,
        "encoding": "utf-8",
        "schema": {"$schema": PROFILES + "tableschema.json", **table.schema.descriptor},
        **({"bytes": only.size, "hash": f"sha256:{only.hash}"} if only else {}),
        "rows": table.rows,
    }


def describe_table(table: Table, declared: Resource | None = None) -> dict[str, Any]:
    """Our block of one table; its mode is the declared one unless it has one of its own."""
    diff = {**asdict(table.diff), "fields": dict(table.diff.fields), "schema_changes": list(table.diff.schema_changes)}
    named = {key: path for key, (path, _) in papers(table).items()}
    return {
        "parts": [describe_part(one) for one in table.parts],
        "counts": asdict(table.counts),
        "diff": diff,
        "report": named["report"],
        "incoming": named.get("incoming"),
        "receipt": named.get("receipt"),
        "inputs": dict(sorted(table.inputs.items())),
        "formats": list(table.formats),
        "mode": table.mode or (declared.publish.mode if declared else ""),
        "partition": table.partition,
    }


def describe_part(part: Part) -> dict[str, Any]:
    """One part and, if it was written, its Parquet twin."""
    block: dict[str, Any] = {
        "partition": part.partition,
        "path": part.path,
        "hash": f"sha256:{part.hash}",
        "bytes": part.size,
        "rows": part.rows,
    }
    if part.parquet_path:
        twin = {"path": part.parquet_path, "hash": f"sha256:{part.parquet_hash}", "bytes": part.parquet_size}
        block["parquet"] = twin
    return block


def papers(table: Table) -> dict[str, tuple[str, bytes]]:
    """What goes with a table as objects: `report`, `incoming`, `receipt` → relative path and bytes."""
    values = {"report": table.report, "incoming": table.incoming, "receipt": table.receipt}
    return {key: _name(dump({"format": FORMAT, **_plain(value)})) for key, value in values.items() if value is not None}


def _name(data: bytes) -> tuple[str, bytes]:
    return f"objects/{hashlib.sha256(data).hexdigest()}.json", data


def _plain(value: Report | Receipt) -> dict[str, Any]:
    block = asdict(value)
    block.pop("faults", None)  # which row has which fault is for quarantine alone
    return {**block, "valid": value.valid} if isinstance(value, Report) else block


def same_parts(first: Table, second: Table) -> bool:
    """True when both hold the same data: partitions and CSV hashes alone decide."""
    return [(one.partition, one.hash) for one in first.parts] == [(one.partition, one.hash) for one in second.parts]


def same_descriptor(version: Version, dataset: Dataset) -> bool:
    """True when `version` tells the public what the dataset says of itself now, data and day apart.

    Titles, licences, schemas, resources and formats count; nothing of the engine does.
    """
    declared = {one.name: one for one in dataset.resources}
    if list(declared) != [one.resource for one in version.tables]:
        return False
    tables = [
        replace(one, schema=declared[one.resource].schema, formats=declared[one.resource].publish.formats)
        for one in version.tables
    ]
    now = describe_version(
        dataset, tables, seq=version.seq, parent=None, date="", engine="", simulated=version.simulated
    )
    # written and read once, so that a tuple equals the list it became
    return _public(version.descriptor) == _public(json.loads(dump(now)))


def _public(descriptor: Mapping[str, Any]) -> dict[str, Any]:
    tables = descriptor["lamppost"]["tables"]
    return {
        **{key: value for key, value in descriptor.items() if key not in {"version", "lamppost", "resources"}},
        "resources": [{key: one[key] for key in one.keys() - VARYING} for one in descriptor["resources"]],
        "formats": {name: table["formats"] for name, table in tables.items()},
    }
