"""Reads a Table Schema and refuses, by name, each word of it that validation would silently skip.

Which constraints a type takes was read off frictionless 5.21's field classes.
"""

import re
from collections.abc import Mapping
from typing import Any

from lamppost.load.names import is_field_name, suggest
from lamppost.load.removed import read_removed
from lamppost.load.section import Section, describe
from lamppost.load.yaml import Node
from lamppost.model import ROW_ID, Field, Issue, Schema

_BOUNDS = frozenset({"minimum", "maximum"})
_LENGTHS = frozenset({"minLength", "maxLength"})
_CONSTRAINTS: Mapping[str, frozenset[str]] = {
    "any": frozenset(),
    "array": _LENGTHS,
    "boolean": frozenset(),
    "date": _BOUNDS,
    "datetime": _BOUNDS,
    "duration": frozenset(),
    "geojson": frozenset(),
    "geopoint": frozenset(),
    "integer": _BOUNDS,
    "number": _BOUNDS,
    "object": _LENGTHS,
    "string": _LENGTHS | {"pattern"},
    "time": _BOUNDS,
    "year": _BOUNDS,
    "yearmonth": _BOUNDS,
}
"""type → constraints it takes beside `required`, `unique` and `enum`."""
_CATEGORICAL = frozenset({"integer", "string"})
_NUMERIC = frozenset({"integer", "number", "year"})
_OPTIONS: Mapping[str, frozenset[str]] = {
    "boolean": frozenset({"trueValues", "falseValues"}),
    "integer": frozenset({"bareNumber", "groupChar"}),
    "number": frozenset({"bareNumber", "groupChar", "decimalChar"}),
}
_REFUSED_IN_FIELD = {
    "categories": "goes with the types string and integer only; remove it, or change the type",
    "categoriesOrdered": "goes with `categories:` only; remove it",
    "primaryKey": "belongs to the whole schema; move it beside `fields:`",
    "required": "is a constraint; write `constraints: {required: true}`",
}
_REFUSED_IN_SCHEMA = {
    "uniqueKeys": "is ignored by frictionless, so duplicates would pass; use `primaryKey:` or the constraint `unique`",
    "foreignKeys": "is not built yet: it would be published without being checked; remove it",
    "fieldsMatch": "is not needed: the fields are published exactly as listed; remove it",
}
_ROW_ID_FIELD = {
    "name": ROW_ID,
    "type": "string",
    "title": "Row id",
    "description": (
        "Made by the publisher, because the source gives its rows no key: a hash of the row's values, and a number "
        "where equal rows occur more than once. A row that changes gets another id."
    ),
    "constraints": {"required": True},
}


def read_schema(node: Node, faults: list[Issue], *, key_content: bool) -> Schema:
    """The schema of one table; with `key_content` the field `row_id` comes first and is the primary key."""
    section = Section(node, faults)
    fields = tuple(_read_field(one) for one in section.sections("fields", required=True))
    _check_names(section, fields, key_content=key_content)
    missing = _read_missing_values(section)
    primary_key = _read_primary_key(section, fields, key_content=key_content)
    _check_spellings(section, fields, missing, primary_key)
    if key_content:
        fields = (_field_from(_ROW_ID_FIELD), *fields)
    descriptor: dict[str, Any] = {}
    for key in ("title", "description"):
        if text := section.text(key):
            descriptor[key] = text
    descriptor["fields"] = [dict(field.descriptor) for field in fields]
    descriptor["missingValues"] = list(missing)
    descriptor["primaryKey"] = list(primary_key)
    removed = read_removed(section, "field", [field.name for field in fields])
    section.close(_REFUSED_IN_SCHEMA)
    return Schema(
        fields=fields, primary_key=primary_key, missing_values=missing, descriptor=descriptor, removed=removed
    )


def _field_from(descriptor: Mapping[str, Any]) -> Field:
    """The field of a descriptor that has been checked."""
    return Field(
        name=descriptor["name"],
        type=descriptor["type"],
        title=descriptor.get("title", ""),
        description=descriptor.get("description", ""),
        descriptor=dict(descriptor),
    )


def _read_field(section: Section) -> Field:
    name = section.text("name", required=True)
    node = section.find("name")
    if node and name and not is_field_name(name):
        message = f"found {describe(node)}, expected a field name in snake_case such as lamp_type or energy_kwh"
        section.note("wrong-value", node, message)
    kind = section.choice("type", sorted(_CONSTRAINTS), required=True, default="any")
    descriptor: dict[str, Any] = {"name": name, "type": kind}
    for key in ("title", "description", "format"):
        if text := section.text(key):
            descriptor[key] = text
    for key in ("example", "rdfType", *sorted(_OPTIONS.get(kind, ()))):
        value = section.plain(key)
        if value is not None:
            descriptor[key] = value
    if marks := _read_own_missing(section, kind):
        descriptor["missingValues"] = list(marks)
    constraints = _read_constraints(section, kind)
    if kind in _CATEGORICAL and section.find("categories"):
        descriptor |= _read_categories(section, constraints)
    if constraints:
        descriptor["constraints"] = constraints
    section.close(_REFUSED_IN_FIELD)
    return _field_from(descriptor)


def _read_categories(section: Section, constraints: dict[str, Any]) -> dict[str, Any]:
    """The properties as written (Data Package 2.0, Table Schema, "categories").

    The values also become the constraint `enum`, because frictionless checks that and ignores these.
    """
    found: dict[str, Any] = {"categories": section.plain("categories")}
    if section.flag("categoriesOrdered"):
        found["categoriesOrdered"] = True
    nodes = section.nodes("categories", required=True)
    for node in nodes:
        if isinstance(node.value, Mapping):
            one = Section(node, section.faults)
            one.find("value", required=True)
            one.text("label")
            one.close()
    plain = [node.plain() for node in nodes]
    values = [one.get("value") if isinstance(one, Mapping) else one for one in plain]
    declared = constraints.setdefault("enum", values)
    if sorted(map(str, declared)) != sorted(map(str, values)):
        message = "the constraint `enum` has other values, expected the same as `categories`; take `enum` out"
        section.note("wrong-value", section.node, message)
    return found


def _read_constraints(section: Section, kind: str) -> dict[str, Any]:
    form = section.section("constraints")
    if form is None:
        return {}
    found: dict[str, Any] = {}
    for key in ("required", "unique"):
        if form.flag(key):
            found[key] = True
    if values := [node.plain() for node in form.nodes("enum")]:
        found["enum"] = values
    for key in sorted(_CONSTRAINTS[kind] & _LENGTHS):
        if form.find(key):
            found[key] = form.integer(key, default=0)
    for key in sorted(_CONSTRAINTS[kind] & _BOUNDS):
        bound = form.number(key) if kind in _NUMERIC else form.text(key)
        if bound not in {None, ""}:
            found[key] = form.plain(key)
    if "pattern" in _CONSTRAINTS[kind] and (pattern := _read_pattern(form)):
        found["pattern"] = pattern
    others = frozenset().union(*_CONSTRAINTS.values()) - _CONSTRAINTS[kind]
    form.close(dict.fromkeys(others, f"does not go with the type {kind}; remove it, or change the type"))
    return found


def _read_pattern(form: Section) -> str:
    """A regular expression for the whole value; frictionless wraps it in ^ and $, so `A|B` would let `AXX` pass."""
    text = form.text("pattern")
    node = form.find("pattern")
    if not text or node is None:
        return ""
    try:
        re.compile(text)
    except re.error as error:
        form.note("wrong-value", node, f"found {describe(node)}, expected a regular expression: {error}")
        return ""
    if _has_bare_alternation(text):
        form.note("wrong-value", node, f"found {describe(node)} with `|` outside of brackets; write `({text})`")
    return text


def _has_bare_alternation(pattern: str) -> bool:
    depth, in_set, escaped = 0, False, False
    for letter in pattern:
        if escaped:
            escaped = False
        elif letter == "\\":
            escaped = True
        elif in_set:
            in_set = letter != "]"
        elif letter == "[":
            in_set = True
        elif letter == "|" and depth == 0:
            return True
        depth += {"(": 1, ")": -1}.get(letter, 0) if not in_set and not escaped else 0
    return False


def _check_names(section: Section, fields: tuple[Field, ...], *, key_content: bool) -> None:
    seen: set[str] = set()
    for field, node in zip(fields, section.nodes("fields"), strict=True):
        if field.name and field.name in seen:
            section.note("wrong-value", node, f"the field `{field.name}` is listed twice; keep one")
        if field.name == ROW_ID and key_content:
            section.note("wrong-value", node, "`row_id` is added by `key: content`; remove the field or rename it")
        seen.add(field.name)


def _read_missing_values(section: Section) -> tuple[str, ...]:
    """Texts that mean "no value"; the empty one must be among them, because a null is published as an empty cell."""
    values, nodes = _read_marks(section)
    if nodes and "" not in values:
        section.note(
            "wrong-value", nodes[0], 'the list lacks "", expected it in it: a null is published as an empty cell; '
            "a string field in which an empty text is a value has a `missingValues:` of its own",
        )  # fmt: skip
    return values or ("",)


def _read_own_missing(section: Section, kind: str) -> tuple[str, ...]:
    """The same of one field; a string field may leave the empty text out: then that is a value in it."""
    if section.find("missingValues") is None:
        return ()
    values, nodes = _read_marks(section)
    if not nodes:
        message = 'found no text, expected one that means "no value" at least, such as `missingValues: ["-"]`'
        section.note("wrong-value", section.node, message)
    elif "" not in values and kind != "string":
        message = f'the list lacks "", expected it in it: only a string field may hold an empty text, not one of {kind}'
        section.note("wrong-value", nodes[0], message)
    return values


def _read_marks(section: Section) -> tuple[tuple[str, ...], tuple[Node, ...]]:
    nodes = section.nodes("missingValues")
    for node in nodes:
        if not isinstance(node.value, str):
            section.note("wrong-type", node, f'found {describe(node)}, expected text; write "{node.raw}"')
    return tuple(dict.fromkeys(str(node.value) for node in nodes if isinstance(node.value, str))), nodes


def _check_spellings(
    section: Section, fields: tuple[Field, ...], missing: tuple[str, ...], primary_key: tuple[str, ...]
) -> None:
    """No text may mean both "no value" and a value."""
    for field, node in zip(fields, section.nodes("fields"), strict=True):
        own = field.descriptor.get("missingValues")
        marks = set(missing if own is None else own)
        declared = [*field.descriptor.get("constraints", {}).get("enum", ())]
        declared += [*field.descriptor.get("trueValues", ()), *field.descriptor.get("falseValues", ())]
        for value in sorted({str(one) for one in declared} & marks):
            message = (
                f'`{field.name}`: found "{value}" both as a value and in `missingValues`, expected one meaning; '
                + ("give the field a `missingValues:` of its own" if own is None else "take it out of one of the two")
            )
            section.note("wrong-value", node, message)
        if own is not None and "" not in marks and field.name in primary_key:
            message = f"`{field.name}` is of the primary key, which no row may lack; take its `missingValues:` out"
            section.note("wrong-value", node, message)


def _read_primary_key(section: Section, fields: tuple[Field, ...], *, key_content: bool) -> tuple[str, ...]:
    node = section.find("primaryKey")
    if key_content:
        if node:
            message = "both `primaryKey:` and `key: content` of the resource are written; keep one"
            section.note("wrong-value", node, message)
        return (ROW_ID,)
    if node is None:
        message = (
            "`primaryKey` is missing; add `primaryKey: [field]`, or `key: content` to the resource if rows have none"
        )
        section.note("missing-key", section.node, message)
        return ()
    names = (section.text_of(node),) if isinstance(node.value, str) else section.texts("primaryKey", required=True)
    known = [field.name for field in fields]
    for name in names:
        if name not in known:
            section.note("unknown-reference", node, f"`{name}` is not a field of this schema.{suggest(name, known)}")
    return names
