"""Names and addresses that must be legal everywhere: as a folder on Windows, in a URL, as a table in SQL."""

import difflib
import re
from collections.abc import Iterable

_SLUG = re.compile(r"[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?")
_FEW = 20
"""So many known names can be listed in a message without drowning it."""
_WEB = re.compile(r"https?://[^\s<>\"']+")
_FIELD = re.compile(r"[a-z][a-z0-9_]{0,62}")
_DEVICES = frozenset(
    {"con", "prn", "aux", "nul"} | {f"{device}{number}" for device in ("com", "lpt") for number in range(1, 10)}
)


def explain_slug(name: str) -> str:
    """Why `name` cannot be a folder, URL and table name at once; empty when it can."""
    if name.casefold() in _DEVICES:
        return "is a device name on Windows; choose another"
    if not _SLUG.fullmatch(name):
        return "cannot stand in an address, expected 1 to 64 of a-z, 0-9 and `-`, no `-` at its ends; choose another"
    return ""


def is_field_name(name: str) -> bool:
    """True for snake_case: a letter first, then letters, digits and `_`, at most 63 characters."""
    return bool(_FIELD.fullmatch(name))


def is_web_address(text: str) -> bool:
    """True for http:// or https:// and something after it, without what would end a link in HTML."""
    return bool(_WEB.fullmatch(text))


def suggest(name: str, known: Iterable[str]) -> str:
    """` Did you mean x?` with the nearest known name, else the known names when they are few, else nothing."""
    choices = sorted(known)
    listed = f" Known: {', '.join(choices)}." if 0 < len(choices) <= _FEW else ""
    return suggest_nearest(name, choices) or listed


def suggest_nearest(name: str, known: Iterable[str]) -> str:
    """` Did you mean x?` with the nearest known name, else nothing: for a message that lists the names itself."""
    near = difflib.get_close_matches(name, sorted(known), n=1, cutoff=0.6)
    return f" Did you mean `{near[0]}`?" if near else ""
