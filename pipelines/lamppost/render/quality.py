"""What was checked before a version went public, in sentences that a reader can add up.

Nothing is judged here: counts, receipts and reports are the run's own.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from markupsafe import Markup, escape

from lamppost.model import Counts, Issue, Receipt, Report, Sample, Schema, Table
from lamppost.render.cells import show_cell, show_line
from lamppost.render.context import Tone
from lamppost.render.page import format_bytes, plural

_HEADS = ("Where", "Found", "About it")
_NOTE = _HEADS.index("About it")
_KINDS = {
    "type-error": "no value of its type",
    "constraint-error": "against its rules",
    "unique-error": "a value twice",
    "primary-key": "a key missing or twice",
    "missing-reference": "unknown in the other dataset",
    "null-island": "a place at 0, 0",
    "outside-boundary": "a place outside",
    "future-time": "a time ahead",
    "future-value": "a day ahead",
    "early-time": "a time too early",
    "placeholder-time": "a day that means unknown",
}
"""Code → what the heading says of it; of others the code itself."""


@dataclass(frozen=True)
class Check:
    """One line of the quality report."""

    tone: Tone
    name: str
    sentence: str


@dataclass(frozen=True)
class Problem:
    """Rows that were kept out, or that need a look, and a table of up to five of them."""

    title: str
    code: str
    message: Markup
    number: str
    heads: tuple[str, ...]
    samples: tuple[tuple[str, ...], ...]


def list_checks(table: Table) -> tuple[Check, ...]:
    """The report of one table, in the order in which data come in: pull, rows, sums, published file."""
    pull = [describe_receipt(table.receipt)] if table.receipt else []
    if table.receipt and table.receipt.accepted:
        pull.append(Check("fair", "Published without proof", table.receipt.accepted))
    if table.inputs:
        said = ", ".join(f"{name} version {seq}" for name, seq in sorted(table.inputs.items()))
        pull.append(Check("good", "Computed, not pulled", f"This table is computed from {said}."))
    rows = [describe_quarantine(table.counts, table.incoming)] if table.incoming else []
    return (*pull, *rows, describe_identity(table.counts), describe_report(table.report))


def describe_receipt(receipt: Receipt) -> Check:
    """How it is known that nothing was left behind at the source."""
    tones: dict[str, Tone] = {"complete": "good", "unproven": "fair", "failed": "bad"}
    names = {
        "complete": "Nothing was left behind",
        "unproven": "Completeness could not be proven",
        "failed": "The pull failed",
    }
    pages = f" in {plural(len(receipt.pages), 'page')}" if receipt.pages else ""
    size = f" ({format_bytes(receipt.size)})" if receipt.size else ""
    if receipt.declared is not None:
        by = f" ({receipt.declared_by})" if receipt.declared_by else ""
        came = f"The source declared {plural(receipt.declared, 'record')}{by}; {receipt.received:,} came{pages}{size}."
    else:
        came = f"{plural(receipt.received, 'record')} came{pages}{size}."
    stopped = f" The end was reached: {receipt.stopped}." if receipt.stopped and receipt.verdict == "complete" else ""
    reason = "" if receipt.declared == receipt.received else f" {receipt.reason}"  # else the count has said it
    proven = receipt.verdict == "complete" and not receipt.simulated
    real = f" These are real records, from {receipt.source}." if proven else ""
    said = " ".join((f"{came}{stopped}{reason}{_say_span(receipt)}{real}", *receipt.notes))
    return Check(tones[receipt.verdict], names[receipt.verdict], said.strip())


def _say_span(receipt: Receipt) -> str:
    if receipt.span is None:
        return ""
    first, last = (one[:10] for one in receipt.span)
    return f" They are of {first}." if first == last else f" They run from {first} to {last}."


def describe_quarantine(counts: Counts, incoming: Report | None) -> Check:
    """How many incoming rows broke a rule of the schema."""
    if not counts.quarantined:
        return Check(
            "good", "Every incoming row follows the rules", f"{plural(counts.read, 'row')} checked, none held back."
        )
    kinds = len([one for one in incoming.issues if one.severity == "error"]) if incoming else 0
    why = f" for {plural(kinds, 'reason')}, listed below" if kinds else ""
    held = "1 row was" if counts.quarantined == 1 else f"{counts.quarantined:,} rows were"
    stay = " Where an earlier version had such a row, it stays as it was." if counts.previous else ""
    return Check("fair", "Some rows were held back", f"{held} held back{why}.{stay}")


def describe_identity(counts: Counts) -> Check:
    """The three sums by which every row is accounted for."""
    tone: Tone = "good" if counts.holds() else "bad"
    name = "Every row is accounted for" if counts.holds() else "The sums do not add up"
    return Check(tone, name, " ".join(_sums(counts)))


def _sums(counts: Counts) -> Iterable[str]:
    if counts.read:
        parts = [
            (counts.accepted, "accepted"),
            (counts.quarantined, "held back"),
            (counts.deduplicated, "repeated"),
            (counts.filtered, "filtered out"),
        ]
        yield f"{plural(counts.read, 'row')} read = {_add(parts)}."
    if counts.accepted:
        parts = [
            (counts.added, "new"),
            (counts.changed, "changed"),
            (counts.unchanged, "unchanged"),
            (counts.superseded, "older than what was there"),
        ]
        yield f"{counts.accepted:,} accepted = {_add(parts)}."
    before = f"{counts.previous:,} before" if counts.previous else "0 before"
    yield f"{counts.published:,} published = {before} + {counts.added:,} new \N{MINUS SIGN} {counts.removed:,} removed."
    if counts.suppressed:
        yield f"{plural(counts.suppressed, 'row')} not shown, because a group was too small."


def _add(parts: Iterable[tuple[int, str]]) -> str:
    """The first part always, the others when there are any: `2,588 accepted + 12 held back`."""
    first, *rest = parts
    return " + ".join(f"{many:,} {word}" for many, word in [first, *(one for one in rest if one[0])])


def describe_report(report: Report) -> Check:
    """The check of the very bytes that a reader downloads."""
    errors = sum(one.count for one in report.issues if one.severity == "error")
    if report.valid:
        warned = sum(one.count for one in report.issues)
        also = f" {plural(warned, 'warning')}, listed below." if warned else ""
        said = f"{plural(report.rows, 'row')} checked against the column rules with Frictionless: no error.{also}"
        return Check("good", "The published file is valid", said)
    return Check("bad", "The published file has errors", f"{plural(errors, 'error')} in {plural(report.rows, 'row')}.")


def list_problems(table: Table) -> tuple[Problem, ...]:
    """What was found in the incoming rows and in the published file: errors first, then most frequent first."""
    found: list[Issue] = [*(table.incoming.issues if table.incoming else ()), *table.report.issues]
    ordered = sorted(found, key=lambda one: (one.severity, -one.count, one.code, one.place))
    return tuple(_describe_problem(one, table.schema) for one in ordered)


def _describe_problem(issue: Issue, schema: Schema) -> Problem:
    rows = [describe_sample(one) for one in issue.samples[:5]]
    said = {row[_NOTE] for row in rows}
    is_said = len(said) == 1 and show_line(issue.samples[0].note) in show_line(issue.message)
    kept = [
        index for index in range(len(_HEADS)) if any(row[index] for row in rows) and not (index == _NOTE and is_said)
    ]
    counted = "cells" if issue.place.startswith("field ") else "rows"
    more = f"; {len(rows)} of {issue.count:,} are shown" if issue.count > len(rows) > 0 else ""
    weight = "held back" if issue.severity == "error" else "warning, published"
    return Problem(
        f"{_name_place(issue.place, schema)}: {_KINDS.get(issue.code, issue.code.replace('-', ' '))}",
        issue.code,
        mark_code(issue.message),
        f"{plural(issue.count, counted.removesuffix('s'))}, {weight}{more}",
        tuple(_HEADS[index] for index in kept),
        tuple(tuple(row[index] for index in kept) for row in rows),
    )


def _name_place(place: str, schema: Schema) -> str:
    """The title of the field that the issue is about, else its place as it stands."""
    name = place.removeprefix("field ")
    named = schema.field(name).title if place != name and name in schema.names else ""
    return named or {"rows": "Whole rows", "header": "The header", "file": "The file"}.get(place, place)


def describe_sample(sample: Sample) -> tuple[str, str, str]:
    """Where, what was found, what may be there; a value is told only when the run kept it."""
    where = sample.place or (f"row {sample.row:,}" if sample.row else "")
    value = "" if sample.value is None else show_cell(sample.value) or "(empty)"
    return show_cell(where), value, show_cell(sample.note)


def mark_code(text: str) -> Markup:
    """The text with what stands between backticks as code; escaped, and as it is where a backtick stands alone."""
    pieces = show_line(text).split("`")
    if len(pieces) % 2 == 0:
        return escape("`".join(pieces))
    shown = [Markup("<code>{}</code>").format(one) if index % 2 else escape(one) for index, one in enumerate(pieces)]
    return Markup("").join(shown)
