"""Thinning out a whole store: what the rule gives up of each dataset, said before it is done."""

from collections.abc import Iterator, Sequence
from datetime import date

from lamppost.errors import LoadError
from lamppost.history.address import require_published
from lamppost.model import Issue
from lamppost.render.page import format_bytes, plural
from lamppost.store import Store
from lamppost.store.thin import GRACE, Keep, Thinning, find_needed, plan_thinning


def plan_gc(store: Store, names: Sequence[str], today: date, keep: Keep, grace: float = GRACE) -> tuple[Thinning, ...]:
    """What would go of each dataset named, or of all."""
    for name in names:
        require_published(store, name)
    needed = find_needed(store)
    return tuple(
        plan_thinning(store, name, today=today, keep=keep, needed=needed.get(name, set()), grace=grace)
        for name in (names or store.datasets())
    )


def parse_keep(words: Sequence[str]) -> Keep:
    """`all=7`, `daily=90` → how long; LoadError for another word, or for days after months."""
    found = Keep()._asdict()
    for word in words:
        name, mark, number = word.partition("=")
        if name not in found or not mark or not number.isdecimal():
            raise _misuse(word, "expected all=DAYS or daily=DAYS with a whole number, such as all=7")
        found[name] = int(number)
    keep = Keep(**found)
    if keep.all < 1 or keep.daily < keep.all:
        raise _misuse(", ".join(words), f"all={keep.all}, daily={keep.daily}: expected 1 <= all <= daily")
    return keep


def tell(thinning: Thinning) -> Iterator[str]:
    """What goes of one dataset; nothing when nothing does."""
    name = thinning.dataset
    for seq, answer in thinning.answers.items():
        yield f"{name} version {seq}: gives up its rows; version {answer} answers for it"
    files = len(thinning.rows) + len(thinning.orphans)
    if files:
        parts = [f"{plural(len(thinning.rows), 'file')} of thinned versions"] if thinning.rows else []
        parts += [f"{plural(len(thinning.orphans), 'file')} that no version names"] if thinning.orphans else []
        yield f"{name}: {' and '.join(parts)}, {format_bytes(thinning.size)}".replace("\N{NO-BREAK SPACE}", " ")
    if thinning.waiting:
        young = (
            f"{name}: {plural(thinning.waiting, 'file')} more once they have lain for a day: a run may be using them"
        )
        yield young.replace("\N{NO-BREAK SPACE}", " ")


def _misuse(place: str, message: str) -> LoadError:
    return LoadError([Issue("keep", f"--keep {place}", message)])
