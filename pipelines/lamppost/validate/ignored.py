"""What a Table Schema says and frictionless does not look at: `categories` and `uniqueKeys` are checked all the same.

Both are put in words that frictionless knows (`enum`, a key) and checked in a pass of their own, so that its own report
stays what it is. A property that looks like a rule and is none is refused; other properties, which a schema may have as
many of as it likes, are named.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from lamppost.model import Issue
from lamppost.validate.outside import read_schema, report_outside
from lamppost.validate.table import read_finding
from lamppost.validate.words import group_findings

REFUSED = "unknown-rule"
_CONSTRAINTS = frozenset(
    {"required", "unique", "pattern", "enum", "minLength", "maxLength", "minimum", "maximum"}
    | {"exclusiveMinimum", "exclusiveMaximum", "jsonSchema"}
)
_OPTIONS: Mapping[str, frozenset[str]] = {
    "boolean": frozenset({"trueValues", "falseValues"}),
    "integer": frozenset({"bareNumber", "groupChar"}),
    "number": frozenset({"bareNumber", "groupChar", "decimalChar", "floatNumber"}),
    "list": frozenset({"delimiter", "itemType"}),
    "array": frozenset({"arrayItem"}),
}
_RULES_OF_FIELD = frozenset({"name", "type", "format", "constraints", "missingValues", "categories"})
_TOLD_OF_FIELD = frozenset({"title", "description", "example", "examples", "rdfType", "categoriesOrdered"})
_RULES_OF_SCHEMA = frozenset({"fields", "fieldsMatch", "missingValues", "primaryKey", "foreignKeys", "uniqueKeys"})
_TOLD_OF_SCHEMA = frozenset({"$schema", "name", "title", "description", "profile", "type"})
_ELSEWHERE: Mapping[str, str] = {
    "const": "enum",
    "values": "enum",
    "nullable": "required",
    "optional": "required",
    "regex": "pattern",
    "min": "minimum",
    "max": "maximum",
    "multipleOf": "",
    "minItems": "minLength",
    "maxItems": "maxLength",
    "uniqueItems": "unique",
}
"""Rules of JSON Schema, of databases and of forms, with the constraint that says the same, if there is one."""
_WITH_CATEGORIES = frozenset({"string", "integer"})
_ALIKE = 0.8


@dataclass(frozen=True)
class Ignored:
    """What frictionless left out."""

    issues: tuple[Issue, ...] = ()
    """Faults: of the schema, then of the rows."""
    unknown: tuple[str, ...] = ()
    """Properties that mean nothing to anybody here."""


def check_ignored(path: Path, schema: Mapping[str, Any], **options: Any) -> Ignored:
    """Look at the file for what frictionless does not; `options` are those of `report_outside`."""
    issues, unknown = list(_find_misuse(schema)), []
    for place, name in _list_properties(schema):
        rule = _guess(name)
        if rule:
            issues.append(Issue(REFUSED, place, f"{place}: the property {name!r} is not checked by anybody, {rule}"))
        else:
            unknown.append(f"{place}: {name}")
    if not issues:
        issues += [issue for one, codes in _translate(schema) for issue in _check(path, one, codes, options)]
    return Ignored(tuple(issues), tuple(unknown))


def _fields(schema: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    fields = schema.get("fields")
    return [one for one in fields if isinstance(one, Mapping)] if isinstance(fields, list) else []


def _list_properties(schema: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """(place, name) of each property that neither frictionless nor this module reads."""
    for name in schema:
        if name not in _RULES_OF_SCHEMA | _TOLD_OF_SCHEMA:
            yield "schema", str(name)
    for field in _fields(schema):
        known = _RULES_OF_FIELD | _TOLD_OF_FIELD | _OPTIONS.get(str(field.get("type", "any")), frozenset())
        for name in field:
            if name not in known:
                yield f"field {field.get('name', '')}", str(name)


def _guess(name: str) -> str:
    """What the property was meant to be, when it looks like a rule."""
    if name in _CONSTRAINTS:
        return f"expected it under `constraints:`; write `constraints: {{{name}: …}}`"
    if name in _ELSEWHERE:
        word = _ELSEWHERE[name]
        return f"expected `constraints: {{{word}: …}}`; write that" if word else "expected a constraint; remove it"
    options = frozenset().union(*_OPTIONS.values())
    if name in options:
        types = sorted(kind for kind, those in _OPTIONS.items() if name in those)
        return f"expected it on a field of type {' or '.join(types)}; remove it, or change the type"
    known = sorted(_RULES_OF_FIELD | _RULES_OF_SCHEMA | _CONSTRAINTS | options)
    lower = {one.lower(): one for one in known}
    near = get_close_matches(name.lower().replace("_", ""), list(lower), 1, _ALIKE)
    return f"expected {lower[near[0]]!r}; correct its name" if near else ""


def _find_misuse(schema: Mapping[str, Any]) -> Iterator[Issue]:
    names = {str(field.get("name")) for field in _fields(schema)}
    for field in _fields(schema):
        place, kind = f"field {field.get('name', '')}", field.get("type", "any")
        if "categories" in field and (kind not in _WITH_CATEGORIES or not _list_categories(field)):
            text = "expected a list of values on a field of type string or integer; use `constraints: {enum: …}`"
            yield Issue(REFUSED, place, f"{place}: `categories` cannot be checked here, {text}")
    keys = schema.get("uniqueKeys", [])
    good = isinstance(keys, list) and all(isinstance(key, list) and key and set(map(str, key)) <= names for key in keys)
    if not good:
        text = f"found {keys!r}, expected lists of names of fields, such as [[id], [street, number]]; correct it"
        yield Issue(REFUSED, "schema", f"schema: `uniqueKeys`: {text}")


def _list_categories(field: Mapping[str, Any]) -> list[Any]:
    """The values; a category may be a value, or a value with a label."""
    listed = field.get("categories")
    if not isinstance(listed, list):
        return []
    values = [one.get("value") if isinstance(one, Mapping) else one for one in listed]
    return [] if any(isinstance(value, Mapping | list | None) for value in values) else values


def _translate(schema: Mapping[str, Any]) -> Iterator[tuple[dict[str, Any], frozenset[str]]]:
    """Schemas that say it in words of frictionless, and the codes of the errors that count of each."""
    keys = [tuple(map(str, key)) for key in schema.get("uniqueKeys", [])]
    single = {key[0] for key in keys if len(key) == 1}
    bare = [{name: value for name, value in field.items() if name != "constraints"} for field in _fields(schema)]
    whole = {name: value for name, value in schema.items() if name in {"missingValues", "fieldsMatch", "$schema"}}
    fields = [field | _constrain(field, unique=str(field.get("name")) in single) for field in bare]
    if fields != bare:
        yield {**whole, "fields": fields}, frozenset({"constraint-error", "unique-error"})
    for key in dict.fromkeys(key for key in keys if len(key) > 1):
        yield {**whole, "fields": bare, "primaryKey": list(key)}, frozenset({"primary-key"})


def _constrain(field: Mapping[str, Any], *, unique: bool) -> dict[str, Any]:
    found: dict[str, Any] = {"enum": _list_categories(field)} if "categories" in field else {}
    found |= {"unique": True} if unique else {}
    return {"constraints": found} if found else {}


def _check(path: Path, schema: Mapping[str, Any], codes: frozenset[str], options: Mapping[str, Any]) -> Sequence[Issue]:
    report = report_outside(path, schema, **options)
    labels = [label for task in report.tasks for label in task.labels]
    errors = [error for task in report.tasks for error in task.errors if error.type in codes]
    if "primaryKey" in schema:
        errors = [error for error in errors if _has_all(error, schema, labels)]
    return group_findings(map(read_finding, errors), read_schema(schema, labels, errors))


def _has_all(error: Any, schema: Mapping[str, Any], labels: Sequence[str]) -> bool:
    """Whether no part of the key is missing: of a unique key, unlike a primary one, a part may be."""
    if "None" in error.note:
        return False
    named = dict(zip(labels, error.cells, strict=False))
    missing = schema.get("missingValues", [""])
    texts = {str(one.get("value")) if isinstance(one, Mapping) else str(one) for one in missing}
    return all(str(named.get(name, "")) not in texts for name in schema["primaryKey"])
