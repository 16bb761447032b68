"""The change log: one list for plan, data and site, newest first, complete without script."""

from itertools import groupby

from lamppost.render.cells import hide_marks
from lamppost.render.context import Change, ChangeKind, SiteContext
from lamppost.render.feeds import SITE, alternates
from lamppost.render.page import format_date, link, page, render_block

PATH = "changes.md"
KINDS: tuple[tuple[ChangeKind, str], ...] = (("plan", "Plan"), ("data", "Data"), ("site", "Site"))


def render_changes(context: SiteContext) -> str:
    """Markdown of `changes.md`: the list by month, with toggles where script runs, and each kind alone further down.

    Readers without script find the kinds by their headings; `#plan`, `#data` and `#site` lead there.
    """
    intro = "Nothing changes silently here. Each line says what was, what is, and links to the place."
    if not context.changes:
        return page("What changed", [intro, "Nothing has changed yet."], {"description": intro})
    months = [
        (format_date(month), [_seen(one) for one in group])
        for month, group in groupby(context.changes, key=lambda one: one.date[:7])
    ]
    kinds = [(kind, label, sum(one.kind == kind for one in context.changes)) for kind, label in KINDS]
    used = [one for one in kinds if one[2]]
    feeds = [link(PATH, one) for one in SITE] if context.heads else []
    front = {"description": intro, "simulated": any(one.simulated for one in context.changes)}
    front |= {"alternates": alternates(SITE, f"{context.city.name}: what changed")} if feeds else {}
    block = render_block("changes.html", intro=intro, months=months, kinds=used, feeds=feeds)
    return page("What changed", [hide_marks(block)], front)


def _seen(change: Change) -> tuple[Change, str, str, list[tuple[str, str]]]:
    """The change with its link from this page, its kind in a word, and its *was → is* steps apart."""
    labels = dict(KINDS)
    return change, link(PATH, change.href) if change.href else "", labels[change.kind], _steps(change.sentence)


def _steps(sentence: str) -> list[tuple[str, str]]:
    """`due: 2024 → 2026. By the council.` → its parts around arrows, so that a screen reader hears `became`."""
    parts = sentence.split(" → ")
    return [(part, "then") for part in parts[:-1]] + [(parts[-1], "")]
