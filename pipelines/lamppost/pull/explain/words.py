"""Words that all explanations share (pure)."""

from collections.abc import Mapping
from typing import Any

from lamppost.pull.words import word_span

__all__ = ["word_pairs", "word_span"]


def word_pairs(pairs: Mapping[str, Any]) -> str:
    """`f=json, where=1=1`; `${NAME}` stays as written, and what is secret is not in the pairs."""
    return ", ".join(f"{name}={value}" for name, value in pairs.items())
