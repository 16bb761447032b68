"""One list behind one address: read, and read again until nothing speaks for its having moved meanwhile."""

from dataclasses import replace

from lamppost.pull.http.asking import Pace
from lamppost.pull.http.form import Form
from lamppost.pull.http.paging import COUNTED
from lamppost.pull.http.reading import Keep, Listed, Listing, Reading
from lamppost.pull.tally import Look
from lamppost.pull.transport import Transport

PASSES = 3
NO_COUNT = "the source declares no count"


def prove_listing(listing: Listing, transport: Transport, look: Look, keep: Keep | None, pace: Pace) -> Listed:
    """The list, read again when it moved or a record came twice: two equal passes in a row show that it stood still.

    A list that is counted off by offset or page, and whose count the source does not declare, is always read twice.
    """
    before: Listed | None = None
    for number in range(PASSES):
        now = Reading(listing, transport, look, keep, pace, again=number > 0).read()
        if before is not None and now.tally.digest() == before.tally.digest():
            return _settle(now)
        if not now.moved and not now.tally.repeated and not _needs_two(now):
            return now
        before = now
    assert before is not None
    return replace(before, doubt=f"{before.doubt} {_word_unrest(before)}".lstrip())


def word_proof(form: Form, *, shifting: bool, stopped: str) -> str:
    """What stands in for a count, in a sentence."""
    paging = form.paging
    if paging.limit_rows:
        rows = f"{paging.limit_rows:,} records, so none was cut"
        return f"Every answer came whole and with fewer than {rows}; {NO_COUNT}."
    if paging.by == "keyset":
        return f"Pages followed `{paging.key}` upwards, without a step back, until one was empty; {NO_COUNT}."
    if paging.by == "none":
        return f"The one answer came whole; {NO_COUNT}."
    if paging.by not in COUNTED and not shifting:
        return f"Every page came whole and the last one names no next page; {NO_COUNT}."
    end = "An empty page ended the list" if stopped == "empty page" else "The source says where its list ends"
    return f"{end}, and a second pass gave the same records; {NO_COUNT}."


def _settle(listed: Listed) -> Listed:
    """Records that came twice in two equal passes are the source's own, unless pages that were counted off overlap."""
    note = f" {listed.tally.repeated:,} records came twice, and so they did in a second pass."
    note = listed.note + (note if listed.tally.repeated else "")
    overlaps = listed.tally.overlaps
    doubt = (
        f"{overlaps:,} records came on two pages, in every pass: the source does not sort them by something unique, so "
        "others may never come; have it sort by the key, or write `paging: {by: keyset, …}`."
    )
    return replace(listed, doubt=listed.doubt or listed.moved or (doubt if overlaps else ""), note=note)


def _needs_two(listed: Listed) -> bool:
    """Whether rows that come or go could shift others past the reader, and no count would show it."""
    return listed.shifting and listed.declared is None and listed.tally.received > 0


def _word_unrest(listed: Listed) -> str:
    twice = f"{listed.tally.repeated:,} records came twice" if listed.tally.repeated else "No two passes were the same"
    advice = "; page by a key that only grows instead: `paging: {by: keyset, …}`" if listed.shifting else ""
    return f"{(listed.moved or twice).rstrip('.')}: the source changed in each of {PASSES} passes{advice}."
