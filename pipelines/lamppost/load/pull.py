"""Reads a resource's `pull:` block over its preset; `${NAME}` stays as written, the pull fills it in."""

import re
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any, cast, get_args
from zoneinfo import available_timezones

from lamppost.load.geometry import read_geometry
from lamppost.load.names import suggest
from lamppost.load.preset import load_preset, preset_names
from lamppost.load.section import Section, describe
from lamppost.load.yaml import Node
from lamppost.model import FieldSource, Pull
from lamppost.model.dataset import Adapter
from lamppost.notation import CONVERSION_NAMES, ZONED

_OWN_KEYS = frozenset({"preset", "adapter", "every", "lookback", "cursor", "fields", "geometry", "accept", "reason"})
WAY_IN = frozenset({"headers", "auth", "allow", "ca", "rate", "accept_types"})
"""Options of every adapter that asks over HTTP: whom, as whom, and what is believed."""
_OPTIONS: Mapping[str, frozenset[str]] = {
    "http": WAY_IN
    | {"url", "path", "params", "method", "body", "values", "for_each", "window", "format", "records", "paging"}
    | {"count", "ok_when", "fail_when", "statuses", "empty", "nested", "encoding", "dialect"},
    "poll": WAY_IN
    | {"url", "path", "params", "method", "body", "format", "discover", "records", "member", "ok_when", "fail_when"}
    | {"statuses", "encoding", "dialect", "ttl", "stale"},
    "mqtt": frozenset({"url", "client_id", "topics", "auth", "certificate", "allow", "ca", "session_expiry", "idle"})
    | {"deadline", "queue", "format", "records", "frames", "time"},
    "files": WAY_IN
    | {"folder", "glob", "take", "format", "sheet", "header_row", "encoding", "dialect", "records", "member"}
    | {"host_key", "key", "passphrase", "endpoint", "region", "stable", "done"},
    "sql": frozenset({"url", "table", "query", "columns", "order", "full", "allow"}),
}
"""adapter → its options; what each means is told at the head of `pull/<adapter>/asked.py` (mqtt: `settings.py`)."""
_PLACEHOLDER = re.compile(r"\$\{([^}]*)\}?")
_NAME = re.compile(r"[A-Z][A-Z0-9_]*")


def read_pull(section: Section, folder: Path) -> Pull:
    """The pull as the adapters take it: the preset's options with the descriptor's own written over them.

    A folder of files is meant from the dataset's own `folder`, so that it does not matter where a run is started.
    """
    preset = _read_preset(section)
    adapter = section.choice("adapter", get_args(Adapter), default=str(preset.get("adapter", "")))
    if not adapter and not section.find("preset"):
        message = f"`pull:` names no source; add `preset:` ({', '.join(preset_names())}) or `adapter:`"
        section.note("missing-key", section.node, message)
    own = _take_options(section, adapter)
    options = _merge(preset.get("options", {}), {key: node.plain() for key, node in own.items()})
    if adapter == "files" and (node := section.values.get("folder")):
        options["folder"] = _resolve_folder(section, node, folder)
    default_fields = {name: _source_of(value) for name, value in preset.get("fields", {}).items()}
    pull = Pull(
        adapter=cast("Adapter", adapter or "http"),
        options=options,
        fields={**default_fields, **_read_fields(section)},
        preset=section.text("preset"),
        every=section.duration("every") or Pull("http", {}, {}).every,
        lookback=section.duration("lookback"),
        cursor=section.text("cursor"),
        geometry=read_geometry(section, preset),
        accept_unproven=_read_accept(section),
    )
    if pull.adapter == "sql":
        _check_lookback(section, pull)
    section.close()
    return pull


def _check_lookback(section: Section, pull: Pull) -> None:
    """A watermark alone loses rows: a transaction may commit after it what it wrote before it."""
    node = section.find("cursor")
    if node and pull.cursor and not section.find("lookback"):
        message = (
            "`cursor:` without `lookback:`: a row that is committed late stays behind the cursor and never comes; "
            "add `lookback: P1D`, or whatever is longer than the longest transaction"
        )
        section.note("missing-key", node, message)


def _read_accept(section: Section) -> str:
    """The reason behind `accept: unproven`: what is published without proof says why, where it is published."""
    accepted = section.choice("accept", ("unproven",))
    reason = section.text("reason", required=bool(accepted))
    if reason and not accepted:
        section.note("missing-key", section.node, "`reason:` gives a reason for `accept: unproven`, which is missing")
    return reason


def _take_options(section: Section, adapter: str) -> dict[str, Node]:
    """The keys that are the adapter's; another key is noted when the section is closed."""
    known = _OPTIONS.get(adapter, frozenset(section.values))
    section.seen |= known | _OWN_KEYS
    own = {key: node for key, node in section.values.items() if key in known - _OWN_KEYS}
    for node in own.values():
        _check_placeholders(section, node)
    return own


def _resolve_folder(section: Section, node: Node, folder: Path) -> str:
    text = section.text_of(node)
    if text.startswith("${") or "://" in text:
        return text
    if ".." in PurePosixPath(text).parts or "\\" in text:
        section.note("wrong-value", node, f"found {describe(node)}, expected a folder without `..` and with `/`")
    return str(folder / text)


def _read_preset(section: Section) -> Mapping[str, Any]:
    name = section.text("preset")
    node = section.find("preset")
    if not name or node is None:
        return {}
    if name not in preset_names():
        section.note("unknown-reference", node, f"there is no preset `{name}`.{suggest(name, preset_names())}")
        return {"adapter": "http"}
    return load_preset(name)


def _merge(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Deep for mappings; a list or a scalar replaces what the preset had, and null takes it away."""
    merged = dict(below)
    for key, value in above.items():
        under = merged.get(key)
        merged[key] = _merge(under, value) if isinstance(under, Mapping) and isinstance(value, Mapping) else value
    return {key: value for key, value in merged.items() if value is not None}


def _source_of(value: Any) -> FieldSource:
    """Of a preset, which a test reads."""
    if isinstance(value, str):
        return FieldSource(value)
    otherwise = value.get("otherwise", ())
    others = (otherwise,) if isinstance(otherwise, str) else tuple(otherwise)
    return FieldSource(value["path"], value.get("as", ""), value.get("zone", ""), others)


def _read_fields(section: Section) -> dict[str, FieldSource]:
    found: dict[str, FieldSource] = {}
    for name, node in section.mapping("fields").items():
        if not isinstance(node.value, Mapping):
            found[name] = FieldSource(section.text_of(node))
            continue
        form = Section(node, section.faults)
        path, convert = form.text("path", required=True), form.choice("as", CONVERSION_NAMES)
        found[name] = FieldSource(path, convert, _read_zone(form, convert), _read_otherwise(form))
        form.close()
    return found


def _read_otherwise(form: Section) -> tuple[str, ...]:
    node = form.find("otherwise")
    return (form.text_of(node),) if node and isinstance(node.value, str) else form.texts("otherwise")


def _read_zone(form: Section, convert: str) -> str:
    """`zone:`, which `as: local` cannot do without and nothing else reads."""
    zone, node = form.text("zone", required=convert == ZONED), form.find("zone")
    if node and zone and convert != ZONED:
        form.note("wrong-value", node, f"`zone:` means nothing without `as: {ZONED}`; add that, or take it out")
    elif node and zone and zone not in available_timezones():
        found = f"found {describe(node)}"
        form.note("wrong-value", node, f"{found}, expected a name of the time zone database such as Europe/Berlin")
    return zone


def _check_placeholders(section: Section, node: Node) -> None:
    """Each `${…}` must be a whole upper-case name: a slip would send the braces to the source as they are."""
    if isinstance(node.value, Mapping):
        for one in node.value.values():
            _check_placeholders(section, one)
    elif isinstance(node.value, tuple):
        for one in node.value:
            _check_placeholders(section, one)
    elif isinstance(node.value, str):
        for match in _PLACEHOLDER.finditer(node.value):
            if not match.group(0).endswith("}") or not _NAME.fullmatch(match.group(1)):
                section.note("wrong-value", node, f"found {describe(node)}, expected `${{NAME}}` in capitals")
