"""A figure in prose: `{{ trees }}` stands for the newest value of the figure `trees`."""

import re

FIGURE = re.compile(r"\{\{\s*([a-z0-9][a-z0-9-]*)\s*\}\}")
"""One mark; its only group is the figure's name."""


def figures_in(*texts: str) -> tuple[str, ...]:
    """Names of the figures that the texts use, each once, in order; code is not told apart (see `load.pages`)."""
    return tuple(dict.fromkeys(name for text in texts for name in FIGURE.findall(text)))
