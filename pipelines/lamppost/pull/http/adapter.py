"""From the options to a snapshot and its receipt: every item, every window, every page."""

from collections.abc import Iterator, Mapping, Sequence

from lamppost.errors import PendingError
from lamppost.model import Issue, Receipt, Snapshot
from lamppost.pull.fault import fault
from lamppost.pull.http.asked import Asked, read_asked
from lamppost.pull.http.asking import Pace
from lamppost.pull.http.items import list_items
from lamppost.pull.http.listing import prove_listing, word_proof
from lamppost.pull.http.reading import Keep, Listed, Listing
from lamppost.pull.job import Job
from lamppost.pull.receipt import make_receipt
from lamppost.pull.snapshot import keep_page
from lamppost.pull.tally import Look, count_distinct, look_at, move_cursor
from lamppost.pull.template import fill_pairs, fill_path
from lamppost.pull.transport.address import add_path, name_source
from lamppost.pull.window import Window, find_lost, hold_cursor, split_windows, write_instant

NOTHING_DUE = "No window of time has ended since the last pull."


def pull_http(job: Job) -> tuple[Snapshot, Receipt]:
    """All records of all lists; a Receipt that judges them, PullError, or PendingError when nothing is ready yet."""
    asked = read_asked(job.options())
    contexts = list_items(asked, job.transport)
    round_ = _Round(job, asked)
    windows = split_windows(job.now, asked.grid, cursor=job.cursor, lookback=job.pull.lookback)
    limit = ""
    for window in (None,) if windows is None else windows:
        try:
            round_.listed += [one for names in contexts.names for one in round_.read(names, window)]
        except PendingError:
            if not round_.listed or window is None:
                raise
            limit = write_instant(window.since)
            break
    simulated = contexts.simulated or any(one.simulated for one in round_.listed)
    lens = asked.form.lens
    pages = tuple(page for one in round_.listed for page in one.pages)
    snapshot = Snapshot(
        pages, lens.decode, lens.records, lens.encoding, lens.dialect, simulated=simulated, cursor_limit=limit,
        issues=tuple(_tell_lost(job, asked)),
    )  # fmt: skip
    doubt = contexts.doubt or next((one.doubt for one in round_.listed if one.doubt), "")
    doubt = doubt or _doubt_nothing(asked, round_.listed)
    items = len(contexts.names) if asked.items else 0
    return snapshot, _make_receipt(job, asked, round_.listed, doubt, items, limit, simulated=simulated)


def _tell_lost(job: Job, asked: Asked) -> Iterator[Issue]:
    """`window-lost`: the last pull was too long ago for a source that keeps its records for some days only."""
    lost = find_lost(job.now, asked.grid, job.cursor)
    if lost:
        message = (
            f"the source keeps nothing before {write_instant(lost[1])}, and the last record here is of "
            f"{write_instant(lost[0])}; what lies between is lost; pull more often, or ask for it in another way"
        )
        yield Issue("window-lost", job.place, message, "warning")


class _Round:
    """Reads lists one after another and remembers what it learns of the source."""

    def __init__(self, job: Job, asked: Asked) -> None:
        self._job, self._asked = job, asked
        self._look: Look = look_at(job.resource, job.pull, job.now)
        self._pace = Pace()
        self._keep: Keep = lambda body, context, rows: keep_page(
            job.folder, body, asked.form.lens.decode, context, rows=rows
        )
        self.listed: list[Listed] = []

    def read(self, context: Mapping[str, str], window: Window | None) -> Iterator[Listed]:
        """The list of one item and window, or those of the window's halves where it was too full."""
        asked = self._asked
        names = {**asked.values, **context, **(window.names() if window else {})}
        url = add_path(asked.form.access.home, fill_path(asked.path, names, "pull.path"))
        listing = Listing(asked.form, url, fill_pairs(asked.params, names, "pull.params"), context, names)
        listed = prove_listing(listing, self._job.transport, self._look, self._keep, self._pace)
        if not asked.form.paging.limit_rows or listed.tally.received < asked.form.paging.limit_rows:
            yield listed
            return
        halves = window.halve() if window and asked.form.paging.by == "time_window" else None
        if halves is None:
            raise _refuse_full(asked, listed, window)
        for half in halves:
            yield from self.read(context, half)


def _refuse_full(asked: Asked, listed: Listed, window: Window | None) -> Exception:
    place = name_source(add_path(asked.form.access.home, asked.path), simulated=listed.simulated)
    since = f" since {window.names()['since']}" if window else ""
    found = f"{listed.tally.received:,} records in one answer{since}"
    expected = f"fewer than {asked.form.paging.limit_rows:,}, where the source cuts"
    return fault(place, found, expected, "ask for less at once (`window.size`), or write `paging:` if it has pages")


def _doubt_nothing(asked: Asked, listed: Sequence[Listed]) -> str:
    """A sentence for a pull whose every answer was a status that means no records: a wrong address says the same."""
    found = any(one.pages or one.declared is not None for one in listed)
    if found or not listed or "none" not in asked.form.statuses.values():
        return ""
    return "Every answer was a status that means no records; so is that of a wrong address."


def _sum_declared(listed: Sequence[Listed]) -> int | None:
    declared = [one.declared for one in listed if one.declared is not None]
    return sum(declared) if declared and len(declared) == len(listed) else None


def _find_mismatch(listed: Sequence[Listed]) -> str:
    """A list whose count is wrong even where another's, wrong the other way, makes up for it."""
    wrong = [one for one in listed if one.declared is not None and one.declared != one.tally.received]
    if _sum_declared(listed) != sum(one.tally.received for one in listed):
        return ""  # the receipt says so itself
    return f"One of its lists declares {wrong[0].declared} records and sent {wrong[0].tally.received}." if wrong else ""


def _word_proof(asked: Asked, listed: Sequence[Listed], items: int) -> str:
    if not listed:
        return NOTHING_DUE
    shifting = any(one.shifting and one.declared is None for one in listed)
    proof = word_proof(asked.form, shifting=shifting, stopped=listed[0].stopped)
    return f"For each of {items} items of {asked.items.path}: {proof}" if asked.items else proof


def _make_receipt(
    job: Job, asked: Asked, listed: Sequence[Listed], doubt: str, items: int, limit: str,
    *, simulated: bool,
) -> Receipt:  # fmt: skip
    tallies = [one.tally for one in listed]
    notes = [one.note for one in listed]
    notes += [f" What comes after {limit} is not ready yet."] if limit else []
    return make_receipt(
        source=name_source(add_path(asked.form.access.home, asked.path), simulated=simulated),
        adapter="http",
        pages=[rows for tally in tallies for rows in tally.pages],
        size=sum(tally.size for tally in tallies),
        stopped=", ".join(dict.fromkeys([*(one.stopped for one in listed), *(["not ready yet"] if limit else [])])),
        declared=_sum_declared(listed),
        declared_by=asked.form.count.name,
        doubt=doubt or _find_mismatch(listed),
        proof=_word_proof(asked, listed, items),
        note="".join(dict.fromkeys(notes)),
        distinct=count_distinct(tallies),
        cursor=(job.cursor, hold_cursor(move_cursor(job.cursor, tallies), limit)),
        simulated=simulated,
    )
