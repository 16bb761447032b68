"""Adapter `http`: lists of records behind a web address, page by page, with a proof that none is missing.

url, path, params, headers   what is asked; `{since}`, `{until}` and names of `values:` and `for_each:` are filled in
records                      dotted path to the list in an answer; empty: the answer is the list
paging                       none | next_link | link_header | offset | page | cursor, see paging.py
count                        what proves the number: {path} in each answer, {header} of each answer, or
                             {params, path}: a question of its own, asked before and after
fail_when                    paths that hold an error when they hold anything, for errors sent as HTTP 200
for_each                     a list asked first: {path, params, records, paging, …, take, only}; the rest is asked
                             once for each of its items, `take:` gives names to what an item knows
window                       {initial: P31D, size: P90D}: how far back the first pull goes, how much is asked at once
values                       names of our own
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from lamppost.model import Page, Receipt, Snapshot
from lamppost.model.pull import Verdict
from lamppost.notation import find
from lamppost.pull.address import add_path, name_source
from lamppost.pull.fault import fault
from lamppost.pull.job import Job
from lamppost.pull.listing import PROOFS, Form, Listed, Listing, prove_listing, read_form
from lamppost.pull.options import Options, write_scalar
from lamppost.pull.receipt import judge, make_receipt
from lamppost.pull.snapshot import keep_page
from lamppost.pull.tally import Look, count_distinct, look_at, move_cursor
from lamppost.pull.template import fill_pairs, fill_path
from lamppost.pull.window import split_windows


@dataclass(frozen=True)
class _Items:
    """`for_each:`."""

    form: Form
    path: str
    params: Mapping[str, str]
    take: Mapping[str, str]
    only: Mapping[str, str]
    """dotted path → text that must stand there, or in the list there."""


@dataclass(frozen=True)
class _Http:
    form: Form
    path: str
    params: Mapping[str, str]
    items: _Items | None
    initial: timedelta | None
    size: timedelta | None
    values: Mapping[str, str]


def pull_http(job: Job) -> tuple[Snapshot, Receipt]:
    """All records of all lists; a Receipt that judges them, or PullError."""
    asked = _read_http(job.options())
    contexts, doubt, simulated = _list_items(job, asked)
    look = look_at(job.resource, job.pull, job.now)

    def keep(body: bytes, context: Mapping[str, str], rows: int) -> Page:
        return keep_page(job.folder, body, "json", context, rows=rows)

    listed = [prove_listing(one, job.transport, look, keep) for one in _list_listings(job, asked, contexts)]
    simulated = simulated or any(one.simulated for one in listed)
    snapshot = Snapshot(
        tuple(page for one in listed for page in one.pages), "json", asked.form.records, simulated=simulated
    )
    return snapshot, _make_receipt(job, asked, listed, doubt, items=len(contexts), simulated=simulated)


def _read_http(options: Options) -> _Http:
    url = options.text("url")
    form = read_form(options, url)
    window = options.block("window") or Options({}, "pull.window")
    asked = _Http(
        form=form,
        path=options.text("path", ""),
        params=options.pairs("params"),
        items=_read_items(options.block("for_each"), form),
        initial=window.span("initial"),
        size=window.span("size"),
        values=options.pairs("values"),
    )
    window.close()
    options.close()
    return asked


def _read_items(options: Options | None, outer: Form) -> _Items | None:
    if options is None:
        return None
    form = read_form(options, outer.access.home)
    form = Form(
        form.records,
        form.paging,
        form.count,
        form.fail_when or outer.fail_when,
        replace(outer.access, headers={**outer.access.headers, **form.access.headers}),
    )
    items = _Items(form, options.text("path"), options.pairs("params"), options.pairs("take"), options.pairs("only"))
    options.close()
    return items


def _list_items(job: Job, asked: _Http) -> tuple[list[Mapping[str, str]], str, bool]:
    """What each item of `for_each` knows, a doubt about their list, and whether it is simulated."""
    items = asked.items
    if items is None:
        return [{}], "", False
    url = add_path(items.form.access.home, fill_path(items.path, asked.values, "pull.for_each.path"))
    params = fill_pairs(items.params, asked.values, "pull.for_each.params")
    listed = prove_listing(Listing(items.form, url, params, {}), job.transport, Look(), None)
    found = [_take(one, items.take) for one in listed.records if _is_wanted(one, items.only)]
    verdict, reason = _judge([listed], items.form, "")
    doubt = "" if verdict == "complete" else f"The list of what to ask for is not complete: {reason}"
    return found, doubt or ("" if found else "The list of what to ask for is empty."), listed.simulated


def _take(item: Any, names: Mapping[str, str]) -> Mapping[str, str]:
    taken = {}
    for name, path in names.items():
        text = write_scalar(find(item, path))
        if not text:
            raise fault(f"pull.for_each.take.{name}", f"an item without `{path}`", "a text in each", "correct the path")
        taken[name] = text
    return taken


def _is_wanted(item: Any, only: Mapping[str, str]) -> bool:
    found = {path: find(item, path) for path in only}
    return all(text == found[path] or text in _as_list(found[path]) for path, text in only.items())


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _list_listings(job: Job, asked: _Http, contexts: Sequence[Mapping[str, str]]) -> Iterator[Listing]:
    """One list for each item and window, in order."""
    windows = split_windows(
        job.now, cursor=job.cursor, lookback=job.pull.lookback, initial=asked.initial, size=asked.size
    )
    for context in contexts:
        for times in [one.names() for one in windows] or [{}]:
            values = {**asked.values, **context, **times}
            url = add_path(asked.form.access.home, fill_path(asked.path, values, "pull.path"))
            yield Listing(asked.form, url, fill_pairs(asked.params, values, "pull.params"), context)


def _judge(listed: Sequence[Listed], form: Form, doubt: str) -> tuple[Verdict, str]:
    received = sum(one.tally.received for one in listed)
    return judge(
        received, _sum_declared(listed), declared_by=form.count.name, doubt=doubt, proof=PROOFS[form.paging.by]
    )


def _sum_declared(listed: Sequence[Listed]) -> int | None:
    declared = [one.declared for one in listed if one.declared is not None]
    return sum(declared) if declared and len(declared) == len(listed) else None


def _word_proof(asked: _Http, items: int) -> str:
    proof = PROOFS[asked.form.paging.by]
    return f"For each of {items} items of {asked.items.path}: {proof}" if asked.items else proof


def _make_receipt(
    job: Job, asked: _Http, listed: Sequence[Listed], doubt: str, *, items: int, simulated: bool
) -> Receipt:
    tallies = [one.tally for one in listed]
    return make_receipt(
        source=name_source(add_path(asked.form.access.home, asked.path), simulated=simulated),
        adapter="http",
        pages=[rows for tally in tallies for rows in tally.pages],
        size=sum(tally.size for tally in tallies),
        stopped=", ".join(dict.fromkeys(one.stopped for one in listed)),
        declared=_sum_declared(listed),
        declared_by=asked.form.count.name,
        doubt=doubt or next((one.doubt for one in listed if one.doubt), ""),
        proof=_word_proof(asked, items),
        note="".join(dict.fromkeys(one.note for one in listed)),
        distinct=count_distinct(tallies),
        cursor=(job.cursor, move_cursor(job.cursor, tallies)),
        simulated=simulated,
    )
