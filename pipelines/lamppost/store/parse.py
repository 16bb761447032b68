"""Reads a manifest back into a `Version`; it may come from a stranger, so every word of it is doubted."""

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

from lamppost.errors import StoreError
from lamppost.model import Counts, Diff, Field, Issue, Part, Receipt, Redaction, Report, Sample, Schema, Table, Version
from lamppost.store.manifest import FORMAT


def parse(name: str, seq: int, data: bytes, read_object: Callable[[str], bytes] | None) -> Version:
    """The version that the manifest `data` describes; `read_object` gives the bytes of a path that it names.

    Without `read_object` the version has no tables, as reports and receipts cannot be read.
    StoreError when it is not a manifest of dataset `name` with number `seq` in a format this engine knows.
    """
    place = f"{name}/{seq}.json"
    try:
        descriptor = json.loads(data)
        block = descriptor["lamppost"]
        if block["format"] != FORMAT:
            raise StoreError(
                f"{place}: format {block['format']!r}; this engine knows {FORMAT}; install a newer lamppost"
            )
        if block["seq"] != seq or descriptor["name"] != name:
            raise StoreError(
                f"{place}: is version {block['seq']!r} of {descriptor['name']!r}; a file was moved or copied"
            )
        return _parse_version(name, descriptor, hashlib.sha256(data).hexdigest(), read_object)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise StoreError(
            f"{place}: not a manifest ({type(error).__name__}: {error}); expected what lamppost wrote; "
            "restore the store from its last copy"
        ) from error


def _parse_version(
    name: str, descriptor: Mapping[str, Any], sha256: str, read_object: Callable[[str], bytes] | None
) -> Version:
    block = descriptor["lamppost"]
    parent = block["parent"] or {"seq": None, "hash": ""}
    tables: tuple[Table, ...] = ()
    if read_object:
        schemas = {one["name"]: parse_schema(one["schema"]) for one in descriptor["resources"]}
        tables = tuple(_parse_table(key, one, schemas[key], read_object) for key, one in block["tables"].items())
    return Version(
        dataset=name,
        seq=int(block["seq"]),
        parent=None if parent["seq"] is None else int(parent["seq"]),
        parent_hash=_text(parent["hash"]),
        hash=sha256,
        date=_text(block["date"]),
        tables=tables,
        simulated=bool(block["simulated"]),
        engine=block["engine"],
        reason=block["reason"],
        rolled_back_to=None if block.get("rolled_back_to") is None else int(block["rolled_back_to"]),
        withdrawn="withdrawn" in descriptor,
        redacted=tuple(_parse_redaction(one) for one in block.get("redacted", ())),
        descriptor=descriptor,
    )


def _parse_table(name: str, block: Mapping[str, Any], schema: Schema, read_object: Callable[[str], bytes]) -> Table:
    incoming, receipt = block["incoming"], block["receipt"]
    diff = {**block["diff"], "schema_changes": tuple(block["diff"]["schema_changes"])}
    return Table(
        resource=name,
        schema=schema,
        parts=tuple(_parse_part(one) for one in block["parts"]),
        counts=Counts(**block["counts"]),
        diff=Diff(**diff),
        report=_parse_report(read_object(block["report"])),
        receipt=_parse_receipt(read_object(receipt)) if receipt else None,
        incoming=_parse_report(read_object(incoming)) if incoming else None,
        inputs=block["inputs"],
        formats=tuple(block["formats"]),
        mode=_text(block.get("mode", "")),
        partition=block.get("partition"),
    )


def _parse_redaction(block: Mapping[str, Any]) -> Redaction:
    rows = None if block["rows"] is None else int(block["rows"])
    return Redaction(_text(block["date"]), _text(block["reason"]), _text(block["by"]), rows, bool(block.get("whole")))


def _parse_part(block: Mapping[str, Any]) -> Part:
    twin = block.get("parquet") or {"path": "", "hash": "", "bytes": 0}
    return Part(
        partition=_text(block["partition"]),
        path=_text(block["path"]),
        hash=_text(block["hash"]).removeprefix("sha256:"),
        size=int(block["bytes"]),
        rows=int(block["rows"]),
        parquet_path=_text(twin["path"]),
        parquet_hash=twin["hash"].removeprefix("sha256:"),
        parquet_size=int(twin["bytes"]),
    )


def parse_schema(descriptor: Mapping[str, Any]) -> Schema:
    """The model of a published Table Schema 2.0, without the profile that the manifest added; no type means `any`."""
    descriptor = {key: value for key, value in descriptor.items() if key != "$schema"}
    key = descriptor.get("primaryKey", [])
    return Schema(
        fields=tuple(
            Field(one["name"], one.get("type", "any"), one.get("title", ""), one.get("description", ""), one)
            for one in descriptor["fields"]
        ),
        primary_key=(key,) if isinstance(key, str) else tuple(key),
        missing_values=tuple(
            str(one["value"]) if isinstance(one, dict) else str(one) for one in descriptor.get("missingValues", [""])
        ),
        descriptor=descriptor,
    )


def _parse_report(data: bytes) -> Report:
    block = json.loads(data)
    issues = tuple(
        Issue(**{**one, "samples": tuple(Sample(**sample) for sample in one["samples"])}) for one in block["issues"]
    )
    return Report(rows=block["rows"], issues=issues, bad_rows=tuple(block["bad_rows"]))


def _parse_receipt(data: bytes) -> Receipt:
    block = {key: value for key, value in json.loads(data).items() if key != "format"}
    span = block.get("span")
    lists = {key: tuple(block[key]) for key in ("pages", "sizes", "digests", "notes") if key in block}
    return Receipt(**{**block, **lists, "span": (span[0], span[1]) if span else None})


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} where text was expected")
    return value
