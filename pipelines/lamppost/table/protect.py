"""Default deny: what leaves here are the fields that the schema declares, in its order, as their rules allow."""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from decimal import MAX_EMAX, MIN_EMIN, ROUND_HALF_EVEN, Context, Decimal, InvalidOperation
from difflib import get_close_matches
from hashlib import sha256

import pyarrow as pa
import pyarrow.compute as pc

from lamppost.formats.missing import list_marks, spell
from lamppost.model import ROW_ID, Field, Issue, Resource, Round, Rule
from lamppost.table.read import ABSENT_KEY, ROW


def protect_rows(table: pa.Table, resource: Resource) -> tuple[pa.Table, tuple[Issue, ...]]:
    """The schema's fields as text, then `_row`; an issue wherever source and declaration have drifted apart.

    A column that is neither in the schema nor dropped is an issue, and never in the result. Cells that the schema
    calls missing become null; `resource.rules` change the others. With `key_content` the field `row_id` is filled in
    from what is left.
    """
    names = [name for name in table.column_names if name != ROW]
    issues = (*_find_undeclared(names, resource), *_find_missing(table, resource))
    fields = [field for field in resource.schema.fields if not (resource.key_content and field.name == ROW_ID)]
    columns = {one.name: spell(_take_field(table, one, resource), one, resource.schema) for one in fields}
    if resource.key_content:
        columns = {ROW_ID: make_row_ids([column.to_pylist() for column in columns.values()]), **columns}
    return pa.table({**columns, ROW: table.column(ROW).combine_chunks()}), issues


def make_row_ids(columns: Sequence[Sequence[str | None]]) -> pa.Array:
    """An id for each row: 16 hex digits of the sha256 over its cells as a JSON array in UTF-8.

    The second row with the same cells gets `-2` appended, the third `-3`; the order of equal rows cannot matter.
    """
    seen: Counter[str] = Counter()
    made = []
    for cells in zip(*columns, strict=True):
        text = json.dumps(cells, ensure_ascii=False, separators=(",", ":"))
        row_id = sha256(text.encode()).hexdigest()[:16]
        seen[row_id] += 1
        made.append(row_id if seen[row_id] == 1 else f"{row_id}-{seen[row_id]}")
    return pa.array(made, pa.string())


def _find_undeclared(names: Sequence[str], resource: Resource) -> list[Issue]:
    """One issue a column, naming both patches and the nearest field, for a renamed column looks like this too."""
    declared = set(resource.schema.names) | set(resource.drop)
    if resource.key_content:
        declared.discard(ROW_ID)
    issues = []
    for name in names:
        if name in declared:
            continue
        near = get_close_matches(name, [one for one in resource.schema.names if one != ROW_ID], 1)
        hint = f" (the nearest field is `{near[0]}`)" if near else ""
        message = (
            f"the column `{name}` is not declared{hint}, expected only declared ones; add it to the schema's `fields:` "
            f"to publish it, or write `protect: {{{_quote(name)}: drop}}` to leave it out"
        )
        issues.append(Issue("undeclared-column", f"resource {resource.name}, column {name}", message))
    return issues


def _find_missing(table: pa.Table, resource: Resource) -> list[Issue]:
    """An error for a field without a column; a warning for an optional one that no JSON record of this pull had."""
    if table.column_names == [ROW] and not table.num_rows:
        return []  # no record came, so nothing says which columns there are
    nowhere = (table.schema.metadata or {}).get(ABSENT_KEY, b"").decode().split("\n")
    issues = []
    for field in resource.schema.fields:
        if field.name == ROW_ID and resource.key_content:
            continue
        if field.name not in table.column_names:
            issues.append(_describe_missing(field, resource, "the source has no such column"))
        elif field.name in nowhere:
            path = resource.pull.fields[field.name].path if resource.pull else field.name
            optional = field.name not in resource.schema.primary_key and not _is_required(field)
            found = f"no record of this pull has `{path}`"
            issues.append(_describe_missing(field, resource, found, optional=optional))
    return issues


def _describe_missing(field: Field, resource: Resource, found: str, *, optional: bool = False) -> Issue:
    message = (
        f"the field `{field.name}` stays empty: {found}, expected one; "
        f"map it under `pull.fields` (`{field.name}: <path>`) if it was renamed, or take it out of the schema"
    )
    place = f"resource {resource.name}, field {field.name}"
    return Issue("missing-column", place, message, "warning" if optional else "error")


def _is_required(field: Field) -> bool:
    return bool(field.descriptor.get("constraints", {}).get("required"))


def _take_field(table: pa.Table, field: Field, resource: Resource) -> pa.Array:
    if field.name not in table.column_names:
        return pa.nulls(table.num_rows, pa.string())
    column = table.column(field.name).cast(pa.string()).combine_chunks()
    marks = list_marks(field, resource.schema)
    column = pc.if_else(pc.is_in(column, value_set=pa.array(marks, pa.string())), pa.scalar(None, pa.string()), column)
    rule = resource.rules.get(field.name)
    return column if rule is None else _apply(_make_change(rule), column)


def _make_change(rule: Rule) -> Callable[[str], str]:
    """What a rule does to one cell; further rules become further cases."""
    match rule:
        case Round(digits):
            return lambda text: round_number(text, digits)


def _apply(change: Callable[[str], str], column: pa.Array) -> pa.Array:
    """Each different text is changed once."""
    encoded = column.dictionary_encode()
    changed = pa.array([change(text) for text in encoded.dictionary.to_pylist()], pa.string())
    return changed.take(encoded.indices)


def round_number(text: str, digits: int) -> str:
    """The number with so many digits after the point, half to even: `-118.3615` becomes `-118.362`.

    Text that is no number stays as it is, so that validation shows that there is some; so does a number without digits
    after the point that is too long to be written out.
    """
    room = Context(prec=len(text) + digits + 2, rounding=ROUND_HALF_EVEN, Emin=MIN_EMIN, Emax=MAX_EMAX)
    try:
        return f"{Decimal(text).quantize(Decimal(1).scaleb(-digits), context=room):f}"
    except InvalidOperation:
        return text


def _quote(name: str) -> str:
    """The name as a YAML key."""
    return name if name.isidentifier() else json.dumps(name, ensure_ascii=False)
