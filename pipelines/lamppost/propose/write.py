"""The two files of a new dataset as text (pure), with a comment wherever a person has to decide."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lamppost.propose.proposal import Proposal, Proposed

WIDTH = 116
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_ ./()+-]*[A-Za-z0-9_./()+-]|[A-Za-z_]")
_WORDS = frozenset({"yes", "no", "on", "off", "true", "false", "null", "y", "n"})
_WHAT = "TODO: what does this say, in one sentence?"
_AND_UNIT = "TODO: what does this say, in one sentence, and in which unit?"


@dataclass(frozen=True)
class Owner:
    """Who publishes, as far as the city says it already."""

    publisher: str = "TODO: which office publishes this?"
    contact: str = ""
    licence: str = "CC0-1.0"


def write_schema(proposal: Proposal, title: str) -> str:
    """`schemas/<name>.yaml`."""
    lines = [f"title: {quote(title)}", f"description: {quote('TODO: what is one row, in one sentence?')}", "fields:"]
    for one in proposal.fields:
        lines += _write_field(one)
    if proposal.key:
        lines.append(f"primaryKey: {flow(proposal.key)}   # {_word_key(proposal)}")
    return "\n".join(lines) + "\n"


def _word_key(proposal: Proposal) -> str:
    found = f"different in each of the {proposal.rows:,} rows seen"
    return found if proposal.rows > 1 else "only one row was seen: is it different in each?"


def _write_field(one: Proposed) -> Iterator[str]:
    yield f"  - name: {quote(one.name)}"
    yield f"    type: {one.kind.type}"
    yield f"    title: {quote(one.title)}"
    asks_unit = any(note.startswith("unit?") for note in one.notes)
    yield f"    description: {quote(_AND_UNIT if asks_unit else _WHAT)}"
    constraints: dict[str, Any] = {"required": True} if one.required else {}
    if one.kind.bounds:
        constraints |= {"minimum": one.kind.bounds[0], "maximum": one.kind.bounds[1]}
    if constraints:
        yield f"    constraints: {flow(constraints)}"
    if one.categories:
        yield "    categories:"
        yield from (f"      - {flow({'value': code, 'label': label})}" for code, label in one.categories)
    for note in one.notes:
        yield from _comment(note, "    ")


def _comment(text: str, indent: str) -> Iterator[str]:
    """Whole words on lines that fit; a line break in the data cannot end the comment."""
    line = f"{indent}#"
    for word in text.split():
        if len(line) + len(word) >= WIDTH and line.strip() != "#":
            yield line
            line = f"{indent}#"
        line += f" {word}"
    yield line


def write_descriptor(
    proposal: Proposal,
    pull: Mapping[str, Any],
    *,
    title: str,
    resource: str,
    owner: Owner,
    questions: Sequence[str],
    identifier: str = "",
) -> str:
    """`datasets/<name>/dataset.yaml`; `pull` are the keys of `pull:` in order, without `fields`."""
    contributor: dict[str, Any] = {"title": owner.publisher, "roles": ["publisher", "steward"]}
    if owner.contact:
        contributor["email"] = owner.contact
    lines = [
        "format: 1",
        f"title: {quote(title)}",
        f"description: {quote('TODO: what is this, in a sentence or two, for people who do not know the system?')}",
        f"licenses: [{flow({'name': owner.licence})}]   # may this be published? ask whoever owns it",
        f"contributors: [{flow(contributor)}]",
        "accrualPeriodicity: R/P1D   # how often readers are promised new data",
        *([f"identifier: {identifier}   # minted for this dataset; never change it"] if identifier else []),
        "resources:",
        f"  - name: {quote(resource)}",
        *([] if proposal.key else ["    key: content   # nothing in the records tells two rows apart"]),
        "    pull:",
        *_write_pull(pull, questions),
        *(["      fields:", *map(_write_source, proposal.fields)] if proposal.renames or "preset" in pull else []),
        *(["    protect:", *map(_write_drop, proposal.drops)] if proposal.drops else []),
        f"    publish: {{mode: snapshot, formats: [{', '.join(_list_formats(proposal))}]}}",
    ]
    return "\n".join(lines) + "\n"


def _write_pull(pull: Mapping[str, Any], questions: Sequence[str]) -> Iterator[str]:
    for question in questions:
        yield from _comment(f"QUESTION: {question}", "      ")
    for key, value in pull.items():
        yield f"      {key}: {flow(value)}"


def _write_source(one: Proposed) -> str:
    source = f"{{path: {quote(one.path)}, as: {one.kind.convert}}}" if one.kind.convert else quote(one.path)
    return f"        {quote(one.name)}: {source}"


def _write_drop(drop: tuple[str, str]) -> str:
    path, reason = drop
    return f"      {quote(path)}: drop   # {' '.join(reason.split())}"


def _list_formats(proposal: Proposal) -> list[str]:
    return ["csv", "xlsx", "json", "parquet", *(["geojson"] if proposal.has_place else [])]


def quote(text: str) -> str:
    """A YAML scalar that no reader takes for anything but this text."""
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS:
        return text
    return json.dumps(text, ensure_ascii=not text.isprintable())


def flow(value: Any) -> str:
    """A value on one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{quote(str(key))}: {flow(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(flow, value)) + "]"
    if isinstance(value, bool) or value is None:
        return json.dumps(value)
    return str(value) if isinstance(value, int | float) else quote(str(value))
