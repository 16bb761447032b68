"""Adapter `files`: all files of a folder or the newest, newest by name: copying a folder about changes nothing.

A file `NAME.sha256` beside a file is always held against it. What is still being copied is pending, never half read.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from hashlib import sha256

from lamppost.decode import DECODERS
from lamppost.decode.parts import cut_page
from lamppost.errors import LamppostError, PendingError
from lamppost.model import Issue, Page, Receipt, Resource, Snapshot
from lamppost.model.pull import Decode
from lamppost.pull.fault import fault, pending
from lamppost.pull.files.asked import Asked, read_asked, write_dialect
from lamppost.pull.files.choose import MARK, choose, find_sum, list_globs, read_sum
from lamppost.pull.files.large import copy_large
from lamppost.pull.files.memory import Taken, check_bytes, find_gone, is_trusted, recall, remember
from lamppost.pull.files.places import Entry, Place, open_place
from lamppost.pull.files.places.place import check_size
from lamppost.pull.files.unpack import ends_whole, find_form, is_sealed, unpack
from lamppost.pull.job import Job
from lamppost.pull.receipt import make_receipt
from lamppost.pull.snapshot import keep_page
from lamppost.pull.transport.address import show_url

MAX_TOTAL = 2 << 30
"""Bytes of all files of one pull together."""


def pull_files(job: Job, pause: Callable[[], object] | None = None) -> tuple[Snapshot, Receipt]:
    """A copy of each file and a Receipt: complete when the files stood still and read to their end."""
    asked = read_asked(job.options())
    place = open_place(asked.source, job.transport)
    try:
        return _pull(job, asked, place, pause or (lambda: time.sleep(asked.seconds)))
    finally:
        place.close()


def _pull(job: Job, asked: Asked, place: Place, pause: Callable[[], object]) -> tuple[Snapshot, Receipt]:
    listed = place.find(list_globs(asked.glob, asked.done))
    chosen = choose(listed, asked.glob, asked.take, asked.done, place.shown)
    known = recall(job.memory)
    if is_trusted(job.memory, job.now) and _stand_still(place, chosen, known):
        return _stay(job, asked, list(known.values()), job.memory)
    takens: list[Taken] = []
    end = time.monotonic() + job.transport.pull_seconds
    for one in chosen:
        if time.monotonic() > end:
            found = f"{len(takens)} of {len(chosen)} files read within {job.transport.pull_seconds:g} s"
            raise fault(place.shown, found, "all", "ask for fewer files with `glob:`")
        takens.append(_take(job, asked, place, one, find_sum(listed, one), pause))
        check_size(sum(taken.entry.size or 0 for taken in takens), place.shown, MAX_TOTAL)
    pause()
    for taken in takens:
        _check_steady(place, taken.entry)
    if known and {one.key for one in takens} == {one.key for one in known.values()}:
        return _stay(job, asked, takens, remember(takens, job.now))
    check_bytes(takens, list(known.values()), job.resource, place.shown)
    _check_rows(takens, job.resource, place.shown)
    issues = find_gone(takens, known, job.place) if asked.take == "all" else ()
    simulated = place.simulated or any(one.name == MARK for one in listed)
    return _keep(job, asked, takens, issues, simulated=simulated)


def _stand_still(place: Place, chosen: Sequence[Entry], known: Mapping[str, Taken]) -> bool:
    """True when the place says that these are the very files of the last pull."""
    if {one.name for one in chosen} != set(known) or not all(one.entry.stamp for one in known.values()):
        return False
    now = [one if one.stamp else place.look(known[one.name].entry) for one in chosen]
    return all(one.strong and _marks(one) == _marks(known[one.name].entry) for one in now)


def _take(
    job: Job, asked: Asked, place: Place, entry: Entry, checksum: Entry | None, pause: Callable[[], object]
) -> Taken:
    """One file, read and decoded; what cannot be decoded because it is still being copied is pending."""
    if (large := copy_large(job, asked, place, entry)) is not None:
        page, whole = large
        if checksum is not None:
            _check_sum(place, checksum, entry, page.sha256)
        return Taken(
            replace(entry, size=page.size), page.sha256, (page,), whole or checksum is not None or bool(asked.done)
        )
    body, seen = place.read(entry)
    if entry.size is not None and _marks(seen) != _marks(entry):
        raise _growing(entry.name)
    digest = sha256(body).hexdigest()
    try:
        if checksum is not None:
            _check_sum(place, checksum, entry, digest)
        pages, whole = _keep_tables(job, asked, body, entry.name)
    except LamppostError:
        pause()
        _check_steady(place, seen)
        raise
    sealed = whole or checksum is not None or bool(asked.done) or is_sealed(entry.name, asked.member)
    return Taken(seen, digest, pages, sealed)


def _check_large(asked: Asked, place: Place, entry: Entry, checksum: Entry | None, page: Page, whole: bool) -> Taken:
    if page.size != entry.size:
        raise _growing(entry.name)
    if checksum is not None:
        _check_sum(place, checksum, entry, page.sha256)
    return Taken(entry, page.sha256, (page,), whole or checksum is not None or bool(asked.done))


def _keep_tables(job: Job, asked: Asked, body: bytes, name: str) -> tuple[tuple[Page, ...], bool]:
    """The tables of one file, counted and kept as they came, and whether each shows its end."""
    pages: list[Page] = []
    whole = True
    for shown, content in unpack(body, name, asked.member, job.transport.limits):
        form = find_form(asked.form, shown)
        snapshot = Snapshot((), form, asked.records, asked.encoding, write_dialect(asked, form))
        rows = sum(len(DECODERS[form](part, snapshot, here).rows) for part, here in cut_page(content, snapshot, shown))
        pages.append(replace(keep_page(job.folder, content, form, rows=rows), name=shown))
        whole = whole and ends_whole(content, form)
    return tuple(pages), whole


def _check_sum(place: Place, checksum: Entry, entry: Entry, digest: str) -> None:
    body, _seen = place.read(checksum)
    if read_sum(body, entry.name, entry.name) != digest:
        do = "have both copied again: one of them is old, or cut"
        raise fault(entry.name, f"another SHA-256 than {checksum.name} says", "the same", do)


def _check_steady(place: Place, entry: Entry) -> None:
    if _marks(place.look(entry)) != _marks(entry):
        raise _growing(entry.name)


def _marks(entry: Entry) -> tuple[int | None, str]:
    return entry.size, entry.stamp


def _growing(name: str) -> PendingError:
    return pending(name, "a file that is still being written", "one at rest", "run again when it is copied")


def _check_rows(takens: Sequence[Taken], resource: Resource, place: str) -> None:
    """PullError for files that hold a header and nothing below it, unless that many rows are expected."""
    if resource.checks.min_rows and not any(page.rows for one in takens for page in one.pages):
        shown = takens[0].entry.name if len(takens) == 1 else place
        do = "check the file; if it may be empty, say so: `checks: {rows: {min: 0}}`"
        raise fault(shown, "no row, nothing but a header at most", "rows", do)


def _stay(job: Job, asked: Asked, takens: Sequence[Taken], memory: Mapping[str, str]) -> tuple[Snapshot, Receipt]:
    """Nothing new since the last pull."""
    pages = tuple(page for one in takens for page in one.pages)
    snapshot = Snapshot(pages, _form_of(asked, takens), asked.records, asked.encoding, memory=memory, unchanged=True)
    receipt = make_receipt(
        source=_name_source(asked, takens), adapter="files", pages=[page.rows for page in pages],
        size=sum(page.size for page in pages), stopped="nothing new",
        proof="The files are the very ones of the last pull.", cursor=(job.cursor, job.cursor),
    )  # fmt: skip
    return snapshot, receipt


def _keep(
    job: Job, asked: Asked, takens: Sequence[Taken], issues: tuple[Issue, ...], *, simulated: bool
) -> tuple[Snapshot, Receipt]:
    pages = tuple(page for one in takens for page in one.pages)
    open_ended = [one.entry.name for one in takens if not one.sealed]
    receipt = make_receipt(
        source=_name_source(asked, takens),
        adapter="files",
        pages=[page.rows for page in pages],
        size=sum(page.size for page in pages),
        stopped="end of file",
        doubt=f"The last line of {open_ended[0]} has no end, so it may have been cut there." if open_ended else "",
        proof="Each file kept its size and time while it was read, and reads whole to its end.",
        cursor=(job.cursor, job.cursor),
        simulated=simulated,
    )
    form = _form_of(asked, takens)
    records = asked.records or ("features" if form == "geojson" else "")
    snapshot = Snapshot(
        pages, form, records, asked.encoding, write_dialect(asked, form), simulated, issues,
        memory=remember(takens, job.now),
    )  # fmt: skip
    return snapshot, receipt


def _form_of(asked: Asked, takens: Sequence[Taken]) -> Decode:
    """The one format of all pages; PullError when there are two, because they are to be one table."""
    forms = {find_form(asked.form, page.path.name): page for one in takens for page in one.pages}
    if len(forms) > 1:
        found = f"files of the formats {' and '.join(sorted(forms))}"
        raise fault(asked.glob, found, "one format", "write a narrower `glob:` or `member:`")
    return next(iter(forms), "csv")


def _name_source(asked: Asked, takens: Sequence[Taken]) -> str:
    """The file's name; of a web server, where anybody may look, its address."""
    if len(takens) > 1:
        return f"{asked.glob} ({len(takens)} files)"
    name = takens[0].entry.name
    return f"{show_url(asked.source.folder).rstrip('/')}/{name}" if asked.source.kind == "web" else name
