"""What has to be proven of each row, from a schema that frictionless has read."""

from collections.abc import Callable, Mapping
from typing import Any

from lamppost.validate.keyed import Key
from lamppost.validate.predicates import Proof, Read, build
from lamppost.validate.prove import Plan


def plan_proofs(schema: Any) -> Plan | None:
    """The proofs of a schema whose fields are the header, one for one."""
    return _plan(schema, lambda field, missing: build(field.to_descriptor(), missing, field.create_cell_reader()))


def plan_questions(schema: Any) -> Plan | None:
    """The same, but frictionless is asked of each cell."""
    return _plan(schema, lambda field, missing: Proof(_read_late(field), missing, field.required, None))


def _read_late(field: Any) -> Read:
    """The field's reader, made when it is asked: who looks at one bad cell needs no others."""
    made: list[Read] = []

    def read(cell: str) -> tuple[Any, Any]:
        if not made:
            made.append(field.create_cell_reader())
        return made[0](cell)

    return read


def _plan(schema: Any, make: Callable[[Any, tuple[str, ...]], Proof]) -> Plan | None:
    names = [field.name for field in schema.fields]
    if schema.foreign_keys or len(set(names)) != len(names) or not names:
        return None
    if any(not name or name != name.strip() for name in names):  # frictionless strips what stands in the header
        return None
    if schema.fields_match not in ("exact", ["exact"]):
        return None
    proofs = {field.name: make(field, _find_missing(field)) for field in schema.fields}
    keys = _find_keys(schema, proofs)
    return None if keys is None else Plan(proofs, keys)


def _find_missing(field: Any) -> tuple[str, ...]:
    own = field.has_defined("missing_values") or not field.schema
    return tuple(field.missing_values if own else field.schema.missing_values)


def _find_keys(schema: Any, proofs: Mapping[str, Proof]) -> tuple[Key, ...] | None:
    types = {field.name: field.type for field in schema.fields}
    found = [(tuple(schema.primary_key), True)] if schema.primary_key else []
    found += [((field.name,), False) for field in schema.fields if field.constraints.get("unique")]
    if any(name not in types for names, _whole in found for name in names):
        return None
    return tuple(Key(tuple((name, types[name]) for name in names), proofs, whole) for names, whole in found)
