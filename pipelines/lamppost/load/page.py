"""One Markdown page of the city's as plain values, for the pages that are rendered from their front matter."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lamppost.errors import LoadError
from lamppost.load.yaml import front_matter
from lamppost.model import Issue


def read_page(path: Path) -> tuple[Mapping[str, Any], str]:
    """Front matter (empty where there is none) and the Markdown below it; LoadError when the page cannot be read."""
    faults: list[Issue] = []
    node, body = front_matter(path, path.name, faults)
    if faults:
        raise LoadError(faults)
    return (node.plain() if node else {}), body
