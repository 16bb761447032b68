"""Where a retracted row may still stand, that a retraction leaves to people: it only says what is where."""

from collections.abc import Iterator, Sequence

from lamppost.load import load_figures
from lamppost.model import City, Dataset
from lamppost.store import Store
from lamppost.store.redact import Needles

WAITING = "waiting"
"""Folder of private/ with pulls that no version holds yet."""
SAME = "holds the same words"


def find_elsewhere(
    city: City, draft: Store, datasets: Sequence[Dataset], done: set[str], needles: Needles
) -> Iterator[str]:
    """Newest versions of other datasets, figures' own words and pages of the city's that name one of the rows.

    Pulls that wait for a version are named too, whatever they hold: other rows in them may exist nowhere else.
    """
    for name in sorted(done):
        if city.private is not None and any((city.private / WAITING / name).glob("*/[0-9]*")):
            yield f"private/{WAITING}/{name} may hold it; `lamppost run {name}` publishes what waits there without it"
    if not needles.texts:
        return
    for name in draft.datasets():
        head = draft.head(name)
        if name not in done and head is not None:
            for table in head.tables:
                text = "".join(draft.read_key(draft.key(name, one.path)).decode() for one in table.parts)
                if needles.hide(text) != text:
                    yield f"dataset {name} {SAME}"
                    break
    for query in load_figures(city, datasets)[0]:
        if needles.hide(f"{query.title} {query.note} {query.sql}") != f"{query.title} {query.note} {query.sql}":
            yield f"{query.place} (figure {query.name}) {SAME}"
    for path in sorted((city.root / "docs").rglob("*.md")):
        text = path.read_text(encoding="utf-8", errors="replace")
        if needles.hide(text) != text:
            yield f"{path.relative_to(city.root).as_posix()} {SAME}"
