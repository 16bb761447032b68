"""The page of one preset, as Markdown: what a city writes, what it guards against, and how it was proven."""

from collections.abc import Iterator, Sequence
from typing import Any

from lamppost.model.preset import Preset

_PROVEN = {
    "run against a peer": "A test pulls known rows from a real server of this kind and compares each of them.",
    "recorded payload": "A test reads answers that were recorded from a real server of this kind.",
    "from the specification": (
        "No server and no recorded answer could be had: the tests read answers written from the specification."
    ),
    "": "How it was tried is not written down yet.",
}

_WITH = {
    "run against a peer": "The server",
    "recorded payload": "Recorded from",
    "from the specification": "Written from",
    "": "Tried with",
}


def preset_page(preset: Preset) -> str:
    """`docs/about/presets/<name>.md`; `lamppost presets NAME --markdown` prints the same."""
    return "\n".join(_list_lines(preset)).rstrip() + "\n"


_INDEX = (
    "---",
    "title: Systems it knows",
    "---",
    "",
    "# Systems it knows",
    "",
    "Each of these is known with its traps: how it pages, how it says that something went wrong, and what shows that",
    "nothing is missing. Any other system can be pulled with the [keys of its adapter](../sources.md) alone.",
)


def preset_index(presets: Sequence[Preset]) -> str:
    """`docs/about/presets/index.md`; `lamppost presets --markdown` prints the same."""
    rows = (f"| [`{one.name}`]({one.name}.md) | {one.title} | {one.status} |" for one in presets)
    proven = (f"- **{status}**: {text}" for status, text in _PROVEN.items() if status)
    table = ["| name | what it is | how it was proven |", "|---|---|---|", *rows]
    return "\n".join([*_INDEX, "", *table, "", *proven, ""])


def _list_lines(preset: Preset) -> Iterator[str]:
    yield from ("---", f"title: {preset.name}", "---", "", f"# {preset.title}", "", preset.about, "")
    yield from ("## What you write", "", "```yaml", *_write_example(preset), "```", "")
    if preset.names:
        yield from ("## What you set", "", "| name | as | what |", "|---|---|---|")
        for name, text in preset.names.items():
            kind = "secret" if name in preset.secrets else "variable"
            yield f"| `{name}` | {kind} | {text} |"
        yield ""
    if preset.fields:
        yield from ("## Fields that come with it", "", "| field | from |", "|---|---|")
        yield from (f"| `{name}` | {_word_source(one)} |" for name, one in preset.fields.items())
        yield from ("", "The schema says which of them are published; what it does not name is left out.", "")
    if preset.traps:
        yield from ("## What it guards against", "", *(f"- {one}" for one in preset.traps), "")
    if preset.proof:
        yield from ("## How a pull is proven complete", "", preset.proof, "")
    yield from ("## How it was tried", "", f"{_PROVEN[preset.status]}{_name_peer(preset)}", "")
    yield from ("## Specification", "", f"<{preset.specification}>", "")
    yield f"Adapter: `{preset.adapter}`. What you write goes over the preset's own keys; `null` takes one away."


def _write_example(preset: Preset) -> list[str]:
    if preset.example:
        return ["pull:", *(f"  {line}".rstrip() for line in preset.example.splitlines())]
    url = preset.options.get("url", f"${{{preset.name.upper().replace('-', '_')}_URL}}")
    return ["pull:", f"  preset: {preset.name}", f'  url: "{url}"']


def _word_source(source: Any) -> str:
    """A path, or a mapping of `path`, `as`, `zone` and `otherwise`."""
    if isinstance(source, str):
        return f"`{source}`"
    read = f", read as `{source['as']}`" if "as" in source else ""
    zone = f" in {source['zone']}" if "zone" in source else ""
    other = f", otherwise `{source['otherwise']}`" if "otherwise" in source else ""
    return f"`{source['path']}`{read}{zone}{other}"


def _name_peer(preset: Preset) -> str:
    return f" {_WITH[preset.status]}: {preset.tried.rstrip('.')}." if preset.tried else ""
