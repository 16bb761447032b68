"""Records beside the versions: what each run did (append-only, with clock times) and each value a figure ever had."""

import json
import logging
from collections.abc import Collection, Iterator
from dataclasses import asdict, replace
from functools import cache
from typing import Any

from lamppost.errors import StoreError, TakenError
from lamppost.model import FigureRecord, Outcome, RunRecord
from lamppost.store.manifest import FORMAT, dump
from lamppost.store.objects import Layout
from lamppost.store.place import numbers_of

TOGETHER = 64
"""Run records that are asked for at once, where that is quicker."""
log = logging.getLogger(__name__)


class DamagedError(StoreError):
    """A record that was cut or spoilt, as distinct from one of a newer engine."""


def write_run(store: Layout, record: RunRecord) -> RunRecord:
    """Keeps `record` under the next free number, and gives it back with that number."""
    while True:
        numbered_record = replace(record, seq=(run_numbers(store) or (0,))[-1] + 1)
        try:
            store.create(f"runs/{numbered_record.seq}.json", encode_run(numbered_record))
        except TakenError:
            continue
        return numbered_record


def run_numbers(store: Layout) -> tuple[int, ...]:
    """Numbers of the runs, oldest first."""
    return numbers_of(store.place.names("runs"))


def runs(store: Layout) -> Iterator[RunRecord]:
    """What runs did, newest first; a damaged record is passed over with a warning, as nothing rests on it."""
    newest = [f"runs/{seq}.json" for seq in reversed(run_numbers(store))]
    for start in range(0, len(newest), TOGETHER):
        keys = newest[start : start + TOGETHER]
        for key, data in zip(keys, store.place.read_each(keys), strict=True):
            if data is None:
                continue
            try:
                record = _parse_run(data, key)
            except DamagedError as error:
                _warn(str(store.place), f"{error}; it is passed over, what that run did is not known")
            else:
                yield record


@cache
def _warn(store: str, sentence: str) -> None:  # noqa: ARG001  another store's is said too
    """Once, however often a record is read."""
    log.warning(sentence)


def last_outcomes(store: Layout, names: Collection[str] | None = None) -> dict[str, Outcome]:
    """Dataset → newest outcome that says something of the data, over all runs, or until all of `names` have one."""
    newest: dict[str, Outcome] = {}
    for record in runs(store):
        for name, outcome in record.outcomes.items():
            if outcome.verdict not in {"not due", "pending"}:  # neither says anything of the data
                newest.setdefault(name, outcome)
        if names is not None and newest.keys() >= set(names):
            break
    return newest


def figure_head(store: Layout, name: str) -> FigureRecord | None:
    """The newest record of the figure; None when it was never computed."""
    numbers = store.figure_numbers(name)
    if not numbers:
        return None
    key = store.figure_key(name, numbers[-1])
    return parse_figure(store.read_key(key), key)


def figures(store: Layout) -> dict[str, FigureRecord]:
    """Name → newest record, sorted by name."""
    heads = {name: figure_head(store, name) for name in store.figure_names()}
    return {name: head for name, head in heads.items() if head is not None}


def commit_figure(store: Layout, record: FigureRecord) -> None:
    """Keeps `record` as `figures/<name>/<n>.json`; TakenError when another run kept that number first."""
    store.create(store.figure_key(record.name, record.n), encode_figure(record))


def encode_figure(record: FigureRecord) -> bytes:
    """The record as JSON, inputs sorted by name; the very bytes that the site publishes too."""
    block = asdict(record)
    if not record.redacted:
        del block["redacted"]
    for key in ("inputs", "input_hashes"):
        block[key] = dict(sorted(block[key].items()))
    return dump({"format": FORMAT, **block})


def parse_figure(data: bytes, place: str) -> FigureRecord:
    """The record that `data` holds; StoreError, opened by `place`, when it is not one."""
    block = _parse_record(data, place)
    try:
        record = FigureRecord(**block)
        hash_names, input_names = set(record.input_hashes), set(record.inputs)
    except TypeError as error:
        raise StoreError(f"{place}: not a figure record: {error}") from error
    if hash_names != input_names:
        raise StoreError(f"{place}: inputs {sorted(input_names)} and input_hashes {sorted(hash_names)} differ")
    return record


def encode_run(record: RunRecord) -> bytes:
    """The record as JSON, datasets in the order in which the run came to them."""
    return dump({"format": FORMAT, **asdict(record)})


def _parse_run(data: bytes, place: str) -> RunRecord:
    block = _parse_record(data, place)
    try:
        outcomes = {
            name: Outcome(**{**one, "trail": tuple(one.get("trail", ()))})
            for name, one in block.pop("outcomes").items()
        }
        return RunRecord(**{**block, "outcomes": outcomes, "problems": tuple(block.get("problems", ()))})
    except (TypeError, KeyError, AttributeError) as error:
        raise DamagedError(f"{place}: not a run record: {error}") from error


def _parse_record(data: bytes, place: str) -> dict[str, Any]:
    try:
        block = json.loads(data)
        found = block.pop("format")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise DamagedError(f"{place}: not a record: {type(error).__name__}: {error}") from error
    if found != FORMAT:
        raise StoreError(f"{place}: format {found!r}; this engine knows {FORMAT}; install a newer lamppost")
    return dict(block)
