"""Records that rest on versions whose rows were taken out: values of figures, and what runs said."""

import json
from collections.abc import Collection, Iterator
from dataclasses import replace

from lamppost.errors import LamppostError
from lamppost.figures import read_value, round_half_up
from lamppost.formats.text import write_number
from lamppost.model import FigureRecord
from lamppost.query import answer
from lamppost.store import Store, encode_figure, parse_figure
from lamppost.store.compare import missing_parts
from lamppost.store.manifest import dump
from lamppost.store.records import run_numbers
from lamppost.store.redact import HIDDEN, Needles


def rewrite_figures(draft: Store, names: Collection[str], day: str) -> Iterator[str]:
    """Computes each record again that names a version of the datasets `names` as it was; gives `figure record n`."""
    for figure in draft.figure_names():
        for number in draft.figure_numbers(figure):
            key = draft.figure_key(figure, number)
            record = parse_figure(draft.figure_bytes(figure, number), key)
            if not set(record.inputs) & set(names):
                continue
            inputs = {name: draft.read(name, seq) for name, seq in record.inputs.items() if seq in draft.versions(name)}
            hashes = {name: one.hash for name, one in inputs.items() if one.redacted}
            if any(record.input_hashes[name] != one for name, one in hashes.items()):
                made = replace(record, input_hashes={**record.input_hashes, **hashes})
                draft.replace(key, encode_figure(_compute(draft, made, day)))
                yield f"{figure} record {number}"


def _compute(draft: Store, record: FigureRecord, day: str) -> FigureRecord:
    """The record with the value that its query gives now; without one where it gives none."""
    try:
        versions = [draft.read(name, seq) for name, seq in record.inputs.items()]
        if any(missing_parts(draft, one) for one in versions):
            return _strike(record, day)
        value = read_value(answer(record.sql, draft.tables(versions), max_rows=1_000, place=record.name), record.name)
    except LamppostError:
        return _strike(record, day)
    rounded = round_half_up(value, record.round)
    return replace(record, value=write_number(value), rounded=f"{rounded:f}", shown=f"{rounded:,f}", redacted=day)


def _strike(record: FigureRecord, day: str) -> FigureRecord:
    """What a sum was with a row tells that row to whoever knows the others."""
    return replace(record, value="", rounded="", shown=HIDDEN, redacted=day)


def rewrite_runs(draft: Store, needles: Needles) -> Iterator[str]:
    """Hides the rows in what runs said; gives the number of each run."""
    for number in run_numbers(draft):
        key = f"runs/{number}.json"
        was = json.loads(draft.read_key(key))
        now = needles.scrub(was)
        if now != was:
            draft.replace(key, dump(now))
            yield f"run {number}"
