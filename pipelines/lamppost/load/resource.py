"""Reads one resource of a descriptor: where its rows come from, what is kept of them, and how they are published."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, cast, get_args

from lamppost.formats import FORMATS
from lamppost.load.checks import read_checks
from lamppost.load.derive import read_derive
from lamppost.load.names import explain_slug, suggest
from lamppost.load.protect import read_protect
from lamppost.load.pull import read_pull
from lamppost.load.section import Section, describe
from lamppost.load.yaml import Node
from lamppost.model import Publish, Pull, Resource, Schema
from lamppost.model.dataset import Mode

_PARTITIONS = ("day", "month", "year", "value")
_DATED = frozenset({"date", "datetime", "string"})
_CHOSEN = tuple(name for name, one in FORMATS.items() if one.is_chosen)
_GEO_TYPES = frozenset({"geojson", "geopoint"})


@dataclass(frozen=True)
class Surroundings:
    """What a resource's block does not say itself."""

    folder: Path
    schema: Schema | None
    """None when it cannot be read: then nothing that names a field can be judged, and nothing is."""
    datasets: Collection[str]
    """Names of all dataset folders, sound or not."""
    key_content: bool
    transform: Path | None


def read_name(section: Section) -> str:
    """The resource's slug."""
    name = section.text("name", required=True)
    node = section.find("name")
    if name and node and (why := explain_slug(name)):
        section.note("wrong-value", node, f"the resource name {describe(node)} {why}")
    return name


def read_key_content(section: Section) -> bool:
    """True for `key: content`, the only word there is."""
    return section.choice("key", ("content",)) == "content"


def read_resource(section: Section, around: Surroundings) -> Resource:
    """One table; faults are noted in the section's list."""
    protected = read_protect(section, around.schema)
    drop = protected.drop
    schema = around.schema or Schema((), ())
    pull_section, derive_section = section.section("pull"), section.section("derive")
    if (pull_section is None) == (derive_section is None):
        found = "neither is written" if pull_section is None else "both are written"
        section.note("missing-key", section.node, f"{found}, expected exactly one of `pull:` and `derive:`")
    pull = read_pull(pull_section, around.folder) if pull_section else None
    if pull and pull_section and around.schema:
        pull = _check_pull_fields(pull_section, pull, around, drop, around.schema)
    publish = _read_publish(section, around.schema)
    resource = Resource(
        name=read_name(section),
        schema=replace(schema, guarded=frozenset(protected.rules)),
        pull=pull,
        derive=read_derive(derive_section, around.folder, around.datasets) if derive_section else None,
        title=section.text("title"),
        description=section.text("description"),
        drop=drop,
        rules=protected.rules,
        key_content=read_key_content(section),
        transform=around.transform if pull else None,
        checks=read_checks(section, around.schema, around.datasets, _list_times(pull, publish)),
        publish=publish,
    )
    section.close({"schema": "is joined by name from schemas/; remove it", "path": "is made by the engine; remove it"})
    return resource


def _list_times(pull: Pull | None, publish: Publish) -> tuple[str, ...]:
    """Fields that say when a row happened."""
    return tuple(dict.fromkeys(filter(None, (publish.event_time, pull.cursor if pull else ""))))


def _check_pull_fields(
    section: Section, pull: Pull, around: Surroundings, drop: tuple[str, ...], schema: Schema
) -> Pull:
    """Each mapped name must be published, dropped, or read by transform.py; what only the preset brings is left out."""
    known = {*schema.names, *drop} - ({"row_id"} if around.key_content else set())
    own = section.mapping("fields")
    if around.transform is None:
        for name, written in own.items():
            if name not in known:
                message = f"`{name}` is neither a field of the schema nor dropped by `protect:`.{suggest(name, known)}"
                section.note("unknown-reference", written, message)
        fields = {name: source for name, source in pull.fields.items() if name in known or name in own}
        pull = Pull(**{**vars(pull), "fields": fields})
    node = section.find("cursor")
    if node and pull.cursor:
        _check_field(section, node, pull.cursor, schema)
    return pull


def _check_field(section: Section, node: Node, name: str, schema: Schema | None) -> bool:
    if schema is None or name in schema.names:
        return True
    section.note("unknown-reference", node, f"`{name}` is not a field of the schema.{suggest(name, schema.names)}")
    return False


def _read_publish(section: Section, schema: Schema | None) -> Publish:
    default = Publish()
    form = section.section("publish")
    if form is None:
        return default
    event_time = form.text("event_time")
    node = form.find("event_time")
    if node and event_time:
        _check_field(form, node, event_time, schema)
    partition_by, partition_of, partition_formats = _read_partition(form, schema)
    sort = form.texts("sort")
    for name, one in zip(sort, form.nodes("sort"), strict=False):
        _check_field(form, one, name, schema)
    publish = Publish(
        mode=cast("Mode", form.choice("mode", get_args(Mode), default=default.mode)),
        event_time=event_time,
        every=form.duration("every"),
        partition_by=partition_by,
        partition_of=partition_of,
        formats=_read_formats(form, schema) or default.formats,
        partition_formats=partition_formats,
        sort=sort,
    )
    form.close()
    return publish


def _read_partition(
    section: Section, schema: Schema | None
) -> tuple[Literal["", "day", "month", "year", "value"], str, tuple[str, ...]]:
    form = section.section("partition")
    if form is None:
        return "", "", ()
    by = form.choice("by", _PARTITIONS, required=True)
    of = form.text("of", required=True)
    node = form.find("of")
    if node and of and schema and _check_field(form, node, of, schema):
        kind = schema.field(of).type
        if by != "value" and kind not in _DATED:
            form.note("wrong-value", node, f"`{of}` has the type {kind}, expected a date or datetime to part by {by}")
    formats = _read_names(form, schema, [name for name in _CHOSEN if FORMATS[name].is_capped and name != "csv"])
    form.close()
    return cast("Literal['', 'day', 'month', 'year', 'value']", by), of, formats


def _read_formats(section: Section, schema: Schema | None) -> tuple[str, ...]:
    formats = _read_names(section, schema, _CHOSEN)
    nodes = section.nodes("formats")
    if nodes and "csv" not in formats:
        section.note("wrong-value", nodes[0], "the list lacks csv, expected it in it: CSV is the form that is verified")
    return formats


def _read_names(section: Section, schema: Schema | None, known: Collection[str]) -> tuple[str, ...]:
    formats = section.texts("formats")
    for name, node in zip(formats, section.nodes("formats"), strict=False):
        if name not in known:
            message = f"found the format `{name}`, expected {', '.join(known)}.{suggest(name, known)}"
            section.note("refused-format", node, message)
        elif FORMATS[name].needs_place and not _has_place(schema):
            message = f"{name} needs the fields `longitude` and `latitude`, or one of the type geojson or geopoint"
            section.note("wrong-value", node, message)
    return tuple(name for name in formats if name in known)


def _has_place(schema: Schema | None) -> bool:
    if schema is None:
        return True
    return {"longitude", "latitude"} <= set(schema.names) or any(one.type in _GEO_TYPES for one in schema.fields)
