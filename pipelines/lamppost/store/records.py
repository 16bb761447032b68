"""Records beside the versions: what each run did (append-only, with clock times) and each value a figure ever had."""

import json
import logging
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import MISSING, asdict, fields, replace
from functools import cache
from typing import Any

from lamppost.errors import StoreError, TakenError
from lamppost.model import FigureRecord, Outcome, RunRecord
from lamppost.store.manifest import FORMAT, dump
from lamppost.store.objects import Layout
from lamppost.store.place import numbers_of

TOGETHER = 64
"""Run records that are asked for at once, where that is quicker."""
USUAL = {one.name: one.default for one in fields(Outcome) if one.default is not MISSING}
KNOWN = frozenset(one.name for one in fields(Outcome))
NEEDED = KNOWN - USUAL.keys()
"""What is said of a dataset by default, all that may be said of it, and what has to be."""
log = logging.getLogger(__name__)


class DamagedError(StoreError):
    """A record that was cut or spoilt, as distinct from one of a newer engine."""


def write_run(store: Layout, record: RunRecord) -> RunRecord:
    """Keeps `record` under the next free number, and gives it back with that number.

    The file also says under `last` which older record tells of each dataset that this one tells nothing of, so that
    nobody has to read them all to learn when a dataset was last asked.
    """
    while True:
        numbered_record = replace(record, seq=(run_numbers(store) or (0,))[-1] + 1)
        block = {"format": FORMAT, **asdict(record), "seq": numbered_record.seq}
        block["outcomes"] = {name: _shorten(one) for name, one in block["outcomes"].items()}
        last = _find_last(store)
        if last is not None:
            told = {name for name, one in record.outcomes.items() if _tells(one.verdict)}
            block["last"] = {name: seq for name, seq in last.items() if name not in told}
        try:
            store.create(f"runs/{numbered_record.seq}.json", dump(block))
        except TakenError:
            continue
        return numbered_record


def _shorten(outcome: dict[str, Any]) -> dict[str, Any]:
    """Without what is as it is by default: most datasets of most runs are not due."""
    return {key: value for key, value in outcome.items() if key not in USUAL or value != USUAL[key]}


def run_numbers(store: Layout) -> tuple[int, ...]:
    """Numbers of the runs, oldest first."""
    return numbers_of(store.place.names("runs"))


def runs(store: Layout) -> Iterator[RunRecord]:
    """What runs did, newest first; a damaged record is passed over with a warning, as nothing rests on it."""
    for block in _read_blocks(store, reversed(run_numbers(store))):
        outcomes = {name: _read_outcome(one) for name, one in block["outcomes"].items()}
        told = {key: value for key, value in block.items() if key not in {"outcomes", "last", "problems"}}
        yield RunRecord(**told, outcomes=outcomes, problems=tuple(block.get("problems", ())))


def _read_blocks(store: Layout, numbers: Iterable[int]) -> Iterator[dict[str, Any]]:
    """The records of those numbers that are sound, as they lie in the store, without `format`."""
    keys = [f"runs/{seq}.json" for seq in numbers]
    for start in range(0, len(keys), TOGETHER):
        some = keys[start : start + TOGETHER]
        for key, data in zip(some, store.place.read_each(some), strict=True):
            if data is None:
                continue
            try:
                yield _parse_run(data, key)
            except DamagedError as error:
                _warn(str(store.place), f"{error}; it is passed over, what that run did is not known")


@cache
def _warn(store: str, sentence: str) -> None:  # noqa: ARG001  another store's is said too
    """Once, however often a record is read."""
    log.warning(sentence)


def last_outcomes(store: Layout, names: Collection[str] | None = None) -> dict[str, Outcome]:
    """Dataset → newest outcome that says something of the data, over all runs, or until all of `names` have one."""
    newest: dict[str, Outcome] = {}
    for block in _read_blocks(store, reversed(run_numbers(store))):
        _add_outcomes(newest, block["outcomes"])
        if names is not None and newest.keys() >= set(names):
            break
        last = _read_last(block)
        if last is not None and _follow(store, newest, last):
            break
    return newest


def _follow(store: Layout, newest: dict[str, Outcome], last: Mapping[str, int]) -> bool:
    """Adds the outcomes that `last` points at; False when one is not there any more, and older ones have to be read."""
    wanted: dict[int, list[str]] = {}
    for name, seq in last.items():
        if name not in newest:
            wanted.setdefault(seq, []).append(name)
    for block in _read_blocks(store, sorted(wanted, reverse=True)):
        held = block["outcomes"]
        _add_outcomes(newest, {name: held[name] for name in wanted[block["seq"]] if name in held})
    return newest.keys() >= last.keys()


def _add_outcomes(newest: dict[str, Outcome], blocks: Mapping[str, Mapping[str, Any]]) -> None:
    for name, one in blocks.items():
        if _tells(one["verdict"]) and name not in newest:
            newest[name] = _read_outcome(one)


def _read_outcome(block: Mapping[str, Any]) -> Outcome:
    return Outcome(**{**block, "trail": tuple(block.get("trail", ()))})


def _find_last(store: Layout) -> dict[str, int] | None:
    """Dataset → number of the newest record that tells of it.

    None when that is not certain: the newest record may be one that a run is writing this moment, or a newer engine's.
    """
    numbers = run_numbers(store)
    found: dict[str, int] = {}
    try:
        for place, block in enumerate(_read_blocks(store, reversed(numbers))):
            if place == 0 and block["seq"] != numbers[-1]:
                return None
            for name, one in block["outcomes"].items():
                if _tells(one["verdict"]):
                    found.setdefault(name, block["seq"])
            last = _read_last(block)
            if last is not None:
                return {**last, **found}
    except StoreError:
        return None
    return found


def _read_last(block: Mapping[str, Any]) -> dict[str, int] | None:
    last = block.get("last")
    is_sound = isinstance(last, dict) and all(isinstance(seq, int) and 0 < seq < block["seq"] for seq in last.values())
    return last if is_sound else None


def _tells(verdict: str) -> bool:
    """True for the verdict of an outcome that says something of the data."""
    return verdict not in {"not due", "pending"}


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


def _parse_run(data: bytes, place: str) -> dict[str, Any]:
    """The record as it lies in the store; DamagedError when a part of it is not what a run writes."""
    block = _parse_record(data, place)
    try:
        RunRecord(**{key: value for key, value in block.items() if key != "last"})
        strange = [name for name, one in block["outcomes"].items() if not NEEDED <= one.keys() <= KNOWN]
    except (TypeError, KeyError, AttributeError) as error:
        raise DamagedError(f"{place}: not a run record: {error}") from error
    if strange:
        raise DamagedError(f"{place}: not a run record: what it says of {strange[0]} is not an outcome")
    return block


def _parse_record(data: bytes, place: str) -> dict[str, Any]:
    try:
        block = json.loads(data)
        found = block.pop("format")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise DamagedError(f"{place}: not a record: {type(error).__name__}: {error}") from error
    if found != FORMAT:
        raise StoreError(f"{place}: format {found!r}; this engine knows {FORMAT}; install a newer lamppost")
    return dict(block)
