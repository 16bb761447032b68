"""Values that must be unique in a table and stand in two of its parts, which are validated one by one."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

from lamppost.model import Issue, Part, Schema
from lamppost.run.hashes import Kept
from lamppost.validate import KeyIndex, find_repeats, index_keys, tell_repeats

_SETTLED = frozenset({"string", "any", "integer", "number", "year", "date", "datetime", "boolean"})
"""Types of which settling takes for one key whatever frictionless does."""


def find_repeated(
    parts: Mapping[str, Part], changed: Collection[str], schema: Schema, kept: Kept, fetch: Callable[[Part], Path]
) -> tuple[Issue, ...]:
    """What stands in two partitions, one of them changed; `fetch` gives the file of a part."""
    if len(parts) < 2 or not changed or not _has_more_to_keep(schema):  # noqa: PLR2004 - one alone was validated
        return ()
    made = {key: kept.find(part, partial(_index, part, schema, fetch)) for key, part in parts.items()}
    kept.sweep(parts.values())
    indexes = {key: index for key, index in sorted(made.items()) if index is not None}
    found = find_repeats(indexes, schema, lambda key: fetch(parts[key]), changed=changed)
    told = []
    for one in dict.fromkeys((it.fields, it.partition) for it in found):
        those = [it for it in found if (it.fields, it.partition) == one]
        where = f"row {those[0].row} of part {those[0].partition}, row {those[0].before_row} of {those[0].before}"
        told += [replace(issue, message=f"{issue.message} ({where})") for issue in tell_repeats(those, schema)]
    return tuple(told)


def _index(part: Part, schema: Schema, fetch: Callable[[Part], Path]) -> KeyIndex | None:
    return index_keys(fetch(part), schema)


def _has_more_to_keep(schema: Schema) -> bool:
    """Whether something must be unique that settling does not see to."""
    if any(one.descriptor.get("constraints", {}).get("unique") for one in schema.fields):
        return True
    return any(schema.field(name).type not in _SETTLED for name in schema.primary_key)
