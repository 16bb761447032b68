"""Explain the adapter `http`: which lists are asked for, page by page, and what proves them whole."""

from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from lamppost.pull.explain.explanation import Explanation
from lamppost.pull.http.asked import Asked, read_asked
from lamppost.pull.http.form import Count, Form
from lamppost.pull.http.listing import PASSES, word_proof
from lamppost.pull.http.more import PAGED
from lamppost.pull.http.paging import COUNTED, Paging
from lamppost.pull.job import Job
from lamppost.pull.transport.address import add_path, show_url
from lamppost.pull.window import INSTANTS, Grid, split_windows
from lamppost.pull.words import word_pairs, word_span


def explain_http(job: Job) -> Explanation:
    """The questions in order, with `${NAME}` as it stands in the descriptor."""
    asked = read_asked(job.options())
    return Explanation(tuple(_tell_asks(job, asked)), tuple(_tell_proof(asked)), tuple(_find_refusals(job, asked)))


def _tell_asks(job: Job, asked: Asked) -> Iterator[str]:
    if asked.items:
        listed = asked.items
        url = _show(listed.form, listed.path)
        yield f"Asks {url}{_with(listed.params)} for the list of what to ask for. {_tell_pages(listed.form.paging)}"
        names = ", ".join(f"{{{name}}} is its `{path}`" for name, path in listed.take.items())
        only = f", of those only where {word_pairs(listed.only)}" if listed.only else ""
        yield f"Then once for each item{only}: {names or 'it gives no names'}."
    count = asked.form.count
    if count.is_apart and asked.form.paging.by != "id_chunks":
        yield f"Asks for {_name_count(count)} before the first page and after the last."
    if count.is_apart and asked.form.paging.by == "id_chunks":
        yield f"Asks for {_name_count(count)} first, and once more at the end."
    verb = "Asks" if asked.form.body is None else "Sends a POST with JSON to"
    yield f"{verb} {_show(asked.form, asked.path)}{_with(asked.params)}. {_tell_pages(asked.form.paging)}"
    yield from _tell_windows(job, asked.grid)
    for status, meaning in asked.form.statuses.items():
        what = "not ready yet: the pull ends before it, and asks again next time"
        yield f"HTTP {status} means {what if meaning == 'pending' else 'no records'}."
    if asked.form.nested:
        yield f"Where a record's `{asked.form.nested.path}` was cut, follows its `{asked.form.nested.next}` to the end."


def _show(form: Form, path: str) -> str:
    url = add_path(form.access.home, path)
    return show_url(url) if urlsplit(url).scheme else url.partition("?")[0]


def _with(params: Mapping[str, str]) -> str:
    return f" with {word_pairs(params)}" if params else ""


def _tell_pages(paging: Paging) -> str:
    size = f", {paging.size:,} records at a time (`{paging.limit}`)" if paging.limit else ""
    ways = {
        "none": "One answer is all of it.",
        "time_window": f"Each window is one answer; one with {paging.limit_rows:,} records or more is halved.",
        "next_link": f"Follows the link at `{paging.path}` from page to page{size}, at the same host only.",
        "link_header": f"Follows the Link header from page to page{size}, at the same host only.",
        "offset": f"Goes on with `{paging.param}` by as many records as came{size}.",
        "page": f"Goes on with `{paging.param}` page by page{size} until one is empty.",
        "cursor": f"Goes on with the token at `{paging.path or paging.header}` as `{paging.param}`{size}.",
        "keyset": f"Goes on after the last record's `{paging.key}`{size} until a page is empty.",
        "id_chunks": f"Asks for the listed ids as `{paging.param}`, {paging.size:,} at a time.",
    }
    other = paging.otherwise
    return ways[paging.by] + (f" Where a link leads nowhere, goes on with `{other.param}`." if other else "")


def _tell_windows(job: Job, grid: Grid) -> Iterator[str]:
    windows = split_windows(job.now, grid, cursor=job.cursor, lookback=job.pull.lookback)
    if windows is None:
        return
    if not windows:
        yield "No window of time has ended since the last pull, so nothing would be asked."
        return
    long = f" of {word_span(grid.size)}" if grid.size else ""
    since, until = windows[0].names()["since"], windows[-1].names()["until"]
    number = "one window of time" if len(windows) == 1 else f"each of {len(windows):,} windows of time{long}"
    start = "the last pull's cursor" if job.cursor else "the first pull's start"
    yield f"It does so for {number}, from {since} ({start}{_back(job)}) to {until}."
    if len(windows) > 1 and not grid.overlap and not grid.align and grid.form in INSTANTS:
        yield (
            "One window ends at the instant at which the next one begins. If the source counts that instant to neither "
            "(`>` at the start and `<` at the end), its records are lost; `overlap: PT1S` under `window:` asks for "
            "them twice, and doubles go."
        )


def _back(job: Job) -> str:
    return f", {word_span(job.pull.lookback)} back" if job.cursor and job.pull.lookback else ""


def _name_count(count: Count) -> str:
    return f"the list of ids ({count.name})" if count.ids else f"the number of records ({count.name})"


def _tell_proof(asked: Asked) -> Iterator[str]:
    form = asked.form
    if form.count.name:
        where = "once at the beginning" if form.count.first else "as long as it stands still"
        yield f"As many records must come as `{form.count.name}` declares, {where}, or the pull fails."
    else:
        proof = word_proof(form, shifting=form.paging.by in COUNTED, stopped="empty page")
        yield f"The receipt has to say: {proof}"
        yield from _tell_looks(form.paging)
    yield (
        "Records that come twice, or a count that moves, make it read again: "
        f"two equal passes of at most {PASSES} show that the source stood still."
    )
    for path, texts in form.rules.ok_when.items():
        yield f"An answer counts only when its `{path}` is {' or '.join(texts)}."
    if form.rules.fail_when:
        yield f"An answer with anything at {', '.join(f'`{one}`' for one in form.rules.fail_when)} is an error."
    if form.access.types:
        types = " or ".join(sorted(form.access.types))
        yield f"The content type {types} is not believed; a page of HTML is refused all the same."


def _tell_looks(paging: Paging) -> Iterator[str]:
    """What is asked, and doubted, in place of a count."""
    if paging.by in COUNTED:
        first = f"before `{paging.param}` {paging.first}, " if paging.first else ""
        second = " and whether the second record stands at the second place" if paging.by == "offset" else ""
        yield f"It also asks what stands {first}behind the last page{second}."
    if not paging.limit_rows and paging.by != "keyset":
        cut = "1,000" if paging.by in PAGED else "100"
        yield f"A number of records at which servers cut ({cut}, 10,000 and their like) leaves it unproven."


def _find_refusals(job: Job, asked: Asked) -> Iterator[str]:
    uses = "".join([asked.path, *asked.params.values()])
    has_windows = bool(asked.grid.initial or (job.cursor and job.pull.cursor))
    if ("{since}" in uses or "{until}" in uses) and not has_windows:
        yield "`{since}` or `{until}` is used, and no `window:` says how far back the first pull goes."
    if asked.grid.initial and "{since}" not in uses and asked.form.body is None and "{until}" not in uses:
        yield "`window:` is declared, and neither `path:` nor `params:` uses `{since}` or `{until}`: each gets all."
