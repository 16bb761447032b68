"""A source that no longer has the columns, or the types, that the schema declares: each with the patch to paste."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import yaml

from lamppost.model import ROW_ID, Field, Issue, Report, Resource
from lamppost.notation import unit_of_name
from lamppost.validate.advice import find_looks

_ROW = "_row"
_NEAR = 0.6
_SAME = 0.5
_LOOK = 10_000
"""Rows in which a type, or a kinship of values, is looked for."""
_MOST = 0.5
"""Where more of the values than this have the wrong type, the column has changed, not its cells."""
_FEW = 5
_FOR_ALL = frozenset({"required", "unique"})
"""Constraints that go with every type."""
_KINDS = (
    ("integer", r"^-?[0-9]+$"),
    ("number", r"^-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?$"),
    ("boolean", r"^(true|false|True|False|TRUE|FALSE)$"),
    ("date", r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"),
    ("datetime", r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}"),
)


def explain_drift(
    found: Sequence[Issue], source: pa.Table, resource: Resource, previous: pa.Table | None
) -> tuple[Issue, ...]:
    """What protecting found about columns, with patches; a new column that is an old field renamed is one issue.

    `source` are the rows as read, `previous` those published before, which tell a column by its values.
    """
    pairs = _pair_renamed(source, resource, previous)
    gone = {f"resource {resource.name}, field {field}" for field in pairs}
    gone |= {f"resource {resource.name}, column {column}" for column, _why in pairs.values()}
    renamed = [_say_renamed(field, column, why, resource) for field, (column, why) in pairs.items()]
    others = [_add_patch(issue, source, resource) for issue in found if issue.place not in gone]
    return (*renamed, *others, *_find_reordered(source, resource))


def _list_columns(source: pa.Table, resource: Resource) -> tuple[list[str], list[str]]:
    """Columns that are not declared, and fields without a column."""
    declared = {*resource.schema.names, *resource.drop} - ({ROW_ID} if resource.key_content else set())
    columns = [name for name in source.column_names if name != _ROW]
    fields = [name for name in resource.schema.names if not (resource.key_content and name == ROW_ID)]
    return [one for one in columns if one not in declared], [one for one in fields if one not in columns]


def _pair_renamed(source: pa.Table, resource: Resource, previous: pa.Table | None) -> dict[str, tuple[str, str]]:
    """Missing field → the undeclared column that it seems to be, and why; each column once, the likeliest first."""
    columns, fields = _list_columns(source, resource)
    alike = [
        (score, field, column, why)
        for field in fields
        for column in columns
        for score, why in [_compare(field, column, source, resource, previous)]
        if score
    ]
    pairs: dict[str, tuple[str, str]] = {}
    for _score, field, column, why in sorted(alike, key=lambda one: (-one[0], one[1], one[2])):
        if field not in pairs and column not in {taken for taken, _ in pairs.values()}:
            pairs[field] = (column, why)
    return pairs


def _compare(
    field: str, column: str, source: pa.Table, resource: Resource, previous: pa.Table | None
) -> tuple[float, str]:
    """How likely the column is the field (0: not at all), and what says so."""
    shared = 0.0 if previous is None or field not in previous.column_names else _share(source[column], previous[field])
    if shared >= _SAME:
        return 2 + shared, "it has the same values"
    likeness = SequenceMatcher(None, _plain(field), _plain(column)).ratio()
    if likeness >= _NEAR:
        return 1 + likeness, "its name is much the same"
    names = [name for name in source.column_names if name not in {_ROW, *resource.drop}]
    same_place = len(names) == len(resource.schema.names) and names.index(column) == resource.schema.names.index(field)
    if same_place and infer_type(source[column]) == resource.schema.field(field).type != "string":
        return 1, "it stands in the same place and has values of its type"
    return 0, ""


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _share(new: pa.ChunkedArray, old: pa.ChunkedArray) -> float:
    """The share of the new column's different values that the old one had; 0 for a column with less than two."""
    values = pc.drop_null(pc.unique(new.slice(0, _LOOK).cast(pa.string())))
    if len(values) < 2:  # noqa: PLR2004 - one value says nothing
        return 0.0
    return float(pc.mean(pc.is_in(values, value_set=pc.drop_null(pc.unique(old.cast(pa.string()))))).as_py())


def _say_renamed(field: str, column: str, why: str, resource: Resource) -> Issue:
    own = {name: one.path for name, one in resource.pull.fields.items()} if resource.pull else {}
    named = own or {name: name for name in resource.schema.names if not (resource.key_content and name == ROW_ID)}
    paths = {**named, field: column}
    shown = {field: column} if own else paths
    patch = ", ".join(f"{name}: {quote(str(path))}" for name, path in shown.items())
    also = "" if own else " (all fields, because only those that are named there are read)"
    message = (
        f"the column `{column}` is not declared and the field `{field}` has no column; it looks renamed, because "
        f"{why}; expected `{field}`; if so, write under `pull:` `fields: {{{patch}}}`{also}; if not, add `{column}` to "
        f"the schema or drop it{_compare_units(field, column, resource)}"
    )
    return Issue("renamed-column", f"resource {resource.name}, field {field}", message)


def _compare_units(field: str, column: str, resource: Resource) -> str:
    """What to think of before the patch is pasted, where the two names end in different units."""
    declared = str(resource.schema.field(field).descriptor.get("unit", ""))
    before, now = declared or unit_of_name(field), unit_of_name(column)
    if not before or not now or before == now:
        return ""
    return (
        f". Mind the unit: `{field}` is in {before}, `{column}` says {now}; if it has changed, do not map the one to "
        f"the other: convert it in transform.py, or give the field another name"
    )


def _add_patch(issue: Issue, source: pa.Table, resource: Resource) -> Issue:
    """An undeclared column gets the line that would declare it."""
    start = f"resource {resource.name}, column "
    column = issue.place.removeprefix(start)
    if issue.code != "undeclared-column" or column == issue.place or column not in source.column_names:
        return issue
    name = re.sub(r"[^a-z0-9]+", "_", column.lower()).strip("_") or "field"
    line = f"- {{name: {name}, type: {infer_type(source[column])}, title: …, description: …}}"
    also = "" if name == column else f" and `{name}: {quote(column)}` to `pull.fields`"
    message = f"{issue.message}; the line for the schema is `{line}`{also}"
    return Issue(issue.code, issue.place, message, issue.severity, issue.count, issue.samples)


def _find_reordered(source: pa.Table, resource: Resource) -> Iterator[Issue]:
    """Columns are matched by name, so another order moves nothing; only a city that asks for it is told."""
    if resource.pull is None or resource.pull.fields or resource.transform:
        return
    fields = [name for name in resource.schema.names if name in source.column_names]
    order = [name for name in source.column_names if name in fields]
    if order != fields:
        message = (
            f"the source lists its columns as {', '.join(order)}, expected {', '.join(fields)}; they are matched by "
            "name, so no value moved; look whether the source has changed in other ways, or list the schema's fields so"
        )
        yield Issue("reordered-columns", f"resource {resource.name}", message, "warning")


def find_retyped(table: pa.Table, report: Report, resource: Resource) -> tuple[Issue, ...]:
    """`retyped-column`: most values of a field have a type that is not its own; with the type that would fit.

    Where validation stopped early, the values that it reached are judged.
    """
    unseen = sum(one.count for one in report.issues if one.code == "unchecked-row")
    issues = []
    for one in report.issues:
        name = one.place.removeprefix("field ")
        if one.code != "type-error" or name not in resource.schema.names:
            continue
        column = table.column(name).slice(0, max(table.num_rows - unseen, 0))
        filled = len(column) - column.null_count
        if filled >= _FEW and one.count > _MOST * filled:
            issues.append(_say_retyped(resource.schema.field(name), one, filled, infer_type(column), resource))
    return tuple(issues)


def _say_retyped(field: Field, issue: Issue, filled: int, kind: str, resource: Resource) -> Issue:
    values = [one.value for one in issue.samples if one.value]
    shown = f" such as {values[0]!r}" if values else ""
    looks, properties = _find_common_looks(field, values)
    fits = looks.partition(";")[0] or (f"`{kind}`" if kind != field.type else "text in another form")
    line = write_field(field, properties or {"type": kind if kind != field.type else "string"})
    message = (
        f"{issue.count:,} of {filled:,} values of `{field.name}`{shown} are no `{field.type}` but {fits}; expected "
        f"`{field.type}`; ask the source what has changed; if it is for good, the line for the schema is `{line}`"
    )
    return Issue("retyped-column", f"resource {resource.name}, field {field.name}", message, count=issue.count)


def _find_common_looks(field: Field, values: Sequence[str]) -> tuple[str, Mapping[str, Any]]:
    """What all of the values look like, where it is the same."""
    found = [find_looks(field, value) for value in values]
    return found[0] if found and all(one == found[0] for one in found) else ("", {})


def write_field(field: Field, properties: Mapping[str, Any]) -> str:
    """The field as a line of YAML with other properties; rules that do not go with another type are left out."""
    told = {"name": field.name, "type": field.type, "title": field.title, "description": field.description}
    merged = {**told, **field.descriptor, **properties}
    if "type" in properties:
        rules = {key: one for key, one in field.descriptor.get("constraints", {}).items() if key in _FOR_ALL}
        merged = {key: one for key, one in merged.items() if key in {*told, "missingValues"}} | {"constraints": rules}
    kept = {key: one for key, one in merged.items() if one not in ("", {})}
    return (
        "- " + yaml.safe_dump(kept, default_flow_style=True, sort_keys=False, allow_unicode=True, width=10_000).strip()
    )


def infer_type(column: pa.ChunkedArray) -> str:
    """The narrowest Table Schema type that all values have, as far as the first 10,000 rows tell."""
    values = pc.drop_null(column.slice(0, _LOOK).cast(pa.string()))
    if not len(values):
        return "string"
    return next((kind for kind, form in _KINDS if pc.all(pc.match_substring_regex(values, form)).as_py()), "string")


def quote(name: str) -> str:
    """The text as a YAML key or value."""
    return name if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_.]*", name) else json.dumps(name, ensure_ascii=False)
