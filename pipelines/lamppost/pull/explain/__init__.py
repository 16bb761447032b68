"""Explain: one module an adapter says in words what a pull would ask, and how it would be proven."""

from lamppost.pull.explain.explanation import Explanation

__all__ = ["Explanation"]
