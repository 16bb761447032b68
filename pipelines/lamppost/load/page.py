"""Markdown pages of the city's: as text, as plain values, and the home page, whose front matter is laid out by us."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lamppost.errors import LoadError
from lamppost.load.section import Section
from lamppost.load.yaml import front_matter, read_text
from lamppost.model import City, Issue

HOME = "docs/index.md"
_TEXTS = ("lead", "image", "novel_title")
_PANEL = ("image", "alt", "caption", "transcript")


def read_markdown(path: Path, file: str) -> str:
    """The whole page with LF line ends and no byte order mark; LoadError, at the place `file`, when it is not text."""
    faults: list[Issue] = []
    text = read_text(path, file, faults)
    if text is None:
        raise LoadError(faults)
    return text


def read_home(city: City) -> tuple[Mapping[str, Any], str]:
    """Front matter and Markdown of docs/index.md, both empty where there is none; LoadError when it cannot be laid out.

    `lead`, `image`, `novel_title` are text, `novel` a list of mappings from `image`, `alt`, `caption`, `transcript`.
    """
    path, faults = city.root / HOME, list[Issue]()
    if not path.is_file():
        return {}, ""
    node, body = front_matter(path, HOME, faults)
    if node:
        section = Section(node, faults)
        for key in _TEXTS:
            section.text(key)
        for panel in section.sections("novel"):
            for key in _PANEL:
                panel.text(key)
            panel.close()
    if faults:
        raise LoadError(faults)
    return (node.plain() if node else {}), body
