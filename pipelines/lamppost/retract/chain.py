"""The versions of one dataset, oldest first: whatever changes one of them changes all that stand on it."""

import copy
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict
from hashlib import sha256
from typing import Any

from lamppost.errors import StoreError
from lamppost.model import Redaction, Version
from lamppost.store import Store
from lamppost.store.manifest import dump

Change = Callable[[Version, dict[str, Any]], int | None]
"""Changes the manifest of a version in place; gives the rows taken, None where they cannot be counted."""


def rewrite_chain(store: Store, draft: Store, name: str, change: Change, said: Redaction) -> Iterator[int]:
    """Writes each version that `change` changes, or that stands on a changed one, to the draft; gives its number."""
    hashes: dict[int, str] = {}
    marked: set[int] = set()
    for seq in store.versions(name):
        data = draft.manifest(name, seq)
        version = draft.parse(name, seq, data)
        was = json.loads(data)
        now = copy.deepcopy(was)
        rows = change(version, now)
        _stand_on(name, now["lamppost"], hashes, marked)
        if now != was:
            now["lamppost"] = _sign(now["lamppost"], said, rows)
            data = dump(now)
            _require_sound(draft.parse(name, seq, data))
            draft.replace(draft.manifest_key(name, seq), data)
            yield seq
        hashes[seq] = sha256(data).hexdigest()
        if now["lamppost"].get("redacted"):
            marked.add(seq)


def _stand_on(name: str, block: dict[str, Any], hashes: dict[int, str], marked: set[int]) -> None:
    parent = block["parent"]
    if parent is None or parent["hash"] == hashes.get(parent["seq"]):
        return
    if parent["seq"] not in marked:
        raise StoreError(
            f"{name} version {block['seq']}: does not stand on version {parent['seq']} as it is; expected an unbroken "
            "chain; find out why first: lamppost verify"
        )
    block["parent"] = {**parent, "hash": hashes[parent["seq"]]}


def _sign(block: dict[str, Any], said: Redaction, rows: int | None) -> dict[str, Any]:
    entry = {key: value for key, value in asdict(said).items() if key != "whole" or value}
    signed = {**block, "redacted": [*block.get("redacted", []), {**entry, "rows": rows}]}
    signed["tables"] = signed.pop("tables")  # the long block stays last
    return signed


def _require_sound(version: Version) -> None:
    for table in version.tables:
        if not table.counts.holds() or table.counts.published != table.rows:
            raise StoreError(
                f"{version.dataset} version {version.seq}, table {table.resource}: rows do not add up without those "
                f"taken out: {table.counts}; nothing was written; this is a fault of lamppost, please report it"
            )
