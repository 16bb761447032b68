"""Names that must be legal everywhere: as a folder on Windows, in a URL, as a table in SQL."""

import difflib
import re
from collections.abc import Iterable

_SLUG = re.compile(r"[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?")
_FEW = 20
"""So many known names can be listed in a message without drowning it."""
_FIELD = re.compile(r"[a-z][a-z0-9_]{0,62}")
_DEVICES = frozenset(
    {"con", "prn", "aux", "nul"} | {f"{device}{number}" for device in ("com", "lpt") for number in range(1, 10)}
)


def explain_slug(name: str) -> str:
    """Why `name` cannot be a folder, URL and table name at once; empty when it can."""
    if name.casefold() in _DEVICES:
        return "is a device name on Windows; choose another name"
    if not _SLUG.fullmatch(name):
        return "expected 1 to 64 characters of a-z, 0-9 and `-`, not starting or ending with `-`"
    return ""


def is_field_name(name: str) -> bool:
    """True for snake_case: a letter first, then letters, digits and `_`, at most 63 characters."""
    return bool(_FIELD.fullmatch(name))


def suggest(name: str, known: Iterable[str]) -> str:
    """` Did you mean x?` with the nearest known name, else the known names when they are few, else nothing."""
    choices = sorted(known)
    near = difflib.get_close_matches(name, choices, n=1, cutoff=0.6)
    if near:
        return f" Did you mean `{near[0]}`?"
    return f" Known: {', '.join(choices)}." if 0 < len(choices) <= _FEW else ""
