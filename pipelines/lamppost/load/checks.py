"""Reads `checks:`: the thresholds of the gates, each judged against the schema that it speaks of."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Literal, get_args

from lamppost.load.names import suggest
from lamppost.load.section import Section, describe
from lamppost.load.yaml import Node
from lamppost.model import GATES, Box, Checks, Reference, Schema, Stuck, Weight

_TIMES = frozenset({"date", "datetime"})
_GEO_TYPES = frozenset({"geojson", "geopoint"})
_WORLD: Box = (-180, -90, 180, 90)


def read_checks(section: Section, schema: Schema | None, datasets: Collection[str], times: Collection[str]) -> Checks:
    """The block of one resource, or the defaults.

    `datasets` are the other folders' names, `times` the fields that say when a row happened. With no schema, nothing
    that names a field is judged.
    """
    form = section.section("checks")
    if form is None:
        return Checks()
    default = Checks()
    rows, quarantine, nulls, age = (form.section(key) for key in ("rows", "quarantine", "nulls", "age"))
    checks = Checks(
        min_rows=rows.integer("min", default=default.min_rows) if rows else default.min_rows,
        shrink=rows.share("shrink", default=default.shrink) if rows else default.shrink,
        grow=_read_growth(rows) if rows else default.grow,
        quarantine_max=quarantine.share("max", default=default.quarantine_max)
        if quarantine
        else default.quarantine_max,
        null_jump=nulls.share("jump", default=default.null_jump) if nulls else default.null_jump,
        inside=_read_inside(form, schema),
        planned=_read_planned(form, schema),
        skew=form.duration("skew") or default.skew,
        since=_read_since(form, schema, times),
        stuck=_read_stuck(form, schema, times),
        age=age.duration("max") if age else default.age,
        references=_read_references(form, schema, datasets),
        severity=_read_severity(form),
    )
    if age and not times:
        _note_timeless(form, age.node)
    for one in (rows, quarantine, nulls, age):
        if one:
            one.close()
    form.close()
    return checks


def _read_growth(section: Section) -> float | None:
    """A share that may be more than all: `300%` or `3`."""
    node = section.find("grow")
    if node is None:
        return None
    text = str(node.value) if isinstance(node.value, str | int | float) and not isinstance(node.value, bool) else ""
    try:
        share = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        share = -1
    if not 0 <= share < float("inf"):
        section.note("wrong-value", node, f"found {describe(node)}, expected a share such as 50%, 300% or 3")
        return None
    return share


def _read_inside(form: Section, schema: Schema | None) -> Literal["", "city"] | Box:
    node = form.find("inside")
    if node is None:
        return ""
    if schema and not _has_place(schema):
        message = "`inside` needs the fields `longitude` and `latitude`, or one of the type geojson or geopoint"
        form.note("wrong-value", node, message)
    if node.value == "city":
        return "city"
    numbers = [one for one in map(form.number_of, node.value) if one is not None] if _is_list(node) else []
    if len(numbers) == len(_WORLD):
        west, south, east, north = numbers
        if _WORLD[0] <= west < east <= _WORLD[2] and _WORLD[1] <= south < north <= _WORLD[3]:
            return west, south, east, north
    expected = "expected `city` (the boundary in mkdocs.yml) or [west, south, east, north] in degrees"
    form.note("wrong-value", node, f"found {describe(node)}, {expected}")
    return ""


def _is_list(node: Node) -> bool:
    return isinstance(node.value, tuple)


def _has_place(schema: Schema) -> bool:
    return {"longitude", "latitude"} <= set(schema.names) or any(one.type in _GEO_TYPES for one in schema.fields)


def _read_planned(form: Section, schema: Schema | None) -> tuple[str, ...]:
    """`future: [field, …]`: what is planned may lie in the future."""
    names = form.texts("future")
    for name, node in zip(names, form.nodes("future"), strict=False):
        _check_time(form, node, name, schema)
    return names


def _read_since(form: Section, schema: Schema | None, times: Collection[str]) -> Mapping[str, date]:
    node = form.find("since")
    if node is None:
        return {}
    if not isinstance(node.value, Mapping):
        day = form.day("since")
        if not times:
            _note_timeless(form, node)
        return dict.fromkeys(times, day) if day else {}
    inner = Section(node, form.faults)
    found: dict[str, date] = {}
    for name, written in inner.values.items():
        _check_time(form, written, name, schema)
        if day := inner.day(name):
            found[name] = day
    return found


def _note_timeless(form: Section, node: Node) -> None:
    message = "nothing says when a row happened; write `publish: {event_time: …}`, or `cursor:` under `pull:`"
    form.note("wrong-value", node, message)


def _read_stuck(form: Section, schema: Schema | None, times: Collection[str]) -> tuple[Stuck, ...]:
    node = form.find("stuck")
    if node is None:
        return ()
    if not times:
        _note_timeless(form, node)
    blocks = form.sections("stuck") if _is_list(node) else (Section(node, form.faults),)
    return tuple(one for block in blocks if (one := _read_one_stuck(block, schema)))


def _read_one_stuck(block: Section, schema: Schema | None) -> Stuck | None:
    value = block.text("value", required=True)
    of = block.find("of", required=True)
    names: tuple[str, ...] = ()
    if of:
        names = block.texts("of") if _is_list(of) else (block.text("of"),)
    after = block.duration("after")
    if after is None and not block.find("after"):
        block.note("missing-key", block.node, "`after` is missing; add how long a value may stay, such as P1D")
    for name, node in [(value, block.find("value")), *((name, of) for name in names)]:
        if name and node:
            _check_field(block, node, name, schema)
    block.close()
    return Stuck(value, names, after) if value and names and after else None


def _read_references(form: Section, schema: Schema | None, datasets: Collection[str]) -> tuple[Reference, ...]:
    found = []
    for name, node in form.mapping("references").items():
        _check_field(form, node, name, schema)
        dataset, *rest = form.text_of(node).split(".")
        if len(rest) not in {1, 2} or not all(rest):
            expected = "expected dataset.field, or dataset.resource.field"
            form.note("wrong-value", node, f"found {describe(node)}, {expected}")
        elif dataset not in datasets:
            form.note("unknown-reference", node, f"there is no other dataset `{dataset}`.{suggest(dataset, datasets)}")
        else:
            found.append(Reference(name, dataset, rest[0] if len(rest) > 1 else "", rest[-1]))
    return tuple(found)


def _read_severity(form: Section) -> Mapping[str, Weight]:
    section = form.section("severity")
    if section is None:
        return {}
    found: dict[str, Weight] = {}
    for code in [one for one in section.values if one in GATES]:
        word = section.choice(code, get_args(Weight))
        for weight in get_args(Weight):
            if weight == word:
                found[code] = weight
    for code, node in section.values.items():
        if code not in GATES:
            message = f"`{code}` is no gate whose severity can be set.{suggest(code, GATES)}"
            section.note("unknown-key", node, message)
    return found


def _check_time(form: Section, node: Node, name: str, schema: Schema | None) -> None:
    if not _check_field(form, node, name, schema) or schema is None:
        return
    kind = schema.field(name).type
    if kind not in _TIMES:
        form.note("wrong-value", node, f"`{name}` has the type {kind}, expected a date or datetime")


def _check_field(section: Section, node: Node, name: str, schema: Schema | None) -> bool:
    if schema is None or name in schema.names:
        return True
    section.note("unknown-reference", node, f"`{name}` is not a field of the schema.{suggest(name, schema.names)}")
    return False
