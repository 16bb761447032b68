"""Columns that a source did not have when the head was made: told once, and never published.

What a source calls the columns that nobody asked for may itself be nobody's business, and a layer has dozens of them.
So they are kept in the private folder, with the memory of the version, and only what is new is told of.
"""

import json
import re
from collections.abc import Collection, Mapping

from lamppost.model import Issue, Resource

NEW_COLUMN = "new-source-column"
REMEMBERED = "columns"
"""Key of the memory."""
MOST = 1_000
"""More names than this are no columns but keys made of data."""
_SHOWN = 10
_NAME = re.compile(r"[^\W\d][\w .:-]{0,63}")
_NUMBER = re.compile(r"\d{4}")


def note_columns(
    place: str, resource: Resource, unmapped: Collection[str], before: Mapping[str, str]
) -> tuple[Mapping[str, str], tuple[Issue, ...]]:
    """What is to be remembered of the columns that nobody mapped or dropped, and a warning about those that are new."""
    if resource.pull is None or not resource.pull.fields:
        return {}, ()
    dropped = {name.removeprefix("properties.") for name in resource.drop} | set(resource.drop)
    names = sorted(set(unmapped) - dropped)
    if len(names) > MOST:
        return {}, ()
    known = _read(before.get(REMEMBERED, ""))
    new = [] if known is None else [name for name in names if name not in known]
    return {REMEMBERED: json.dumps(names, ensure_ascii=False)}, (_tell(place, new),) if new else ()


def _read(text: str) -> set[str] | None:
    """The names of the memory; None where there are none to trust, so that nothing can be new."""
    try:
        names = json.loads(text)
    except ValueError:
        return None
    return {str(name) for name in names} if isinstance(names, list) else None


def _tell(place: str, new: list[str]) -> Issue:
    """A warning; a name that looks like data, such as a number or an address, is counted and not shown."""
    shown = [f"`{name}`" for name in new if _NAME.fullmatch(name) and not _NUMBER.search(name)][:_SHOWN]
    rest = len(new) - len(shown)
    others = [f"{rest} that {'is' if rest == 1 else 'are'} not shown here"] if rest else []
    message = (
        f"the source has new columns since the last version: {', '.join([*shown, *others])}; they are not published; "
        "expected those it had; map one under `pull.fields` and declare it in the schema if people should see it"
    )
    return Issue(NEW_COLUMN, place, message, "warning", count=len(new))
