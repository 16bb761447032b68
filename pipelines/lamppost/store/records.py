"""Records beside the versions: what each run did (append-only, with clock times) and each value a figure ever had."""

import json
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from lamppost.errors import StoreError, TakenError
from lamppost.model import FigureRecord, Outcome, RunRecord
from lamppost.store.commit import create
from lamppost.store.manifest import FORMAT, dump
from lamppost.store.objects import Folder, checked_name, inside, named, numbered


def write_run(store: Folder, record: RunRecord) -> RunRecord:
    """Keeps `record` under the next free number, and gives it back with that number."""
    folder = store.root / "runs"
    while True:
        numbered_record = replace(record, seq=(numbered(folder) or (0,))[-1] + 1)
        try:
            create(folder / f"{numbered_record.seq}.json", encode_run(numbered_record))
        except TakenError:
            continue
        return numbered_record


def runs(store: Folder) -> Iterator[RunRecord]:
    """What runs did, newest first."""
    for seq in reversed(numbered(store.root / "runs")):
        yield _parse_run(inside(store.root / "runs", f"{seq}.json"))


def last_outcomes(store: Folder) -> dict[str, Outcome]:
    """Dataset → newest outcome that says something of the data, over all runs."""
    newest: dict[str, Outcome] = {}
    for record in runs(store):
        for name, outcome in record.outcomes.items():
            if outcome.verdict not in {"not due", "pending"}:  # neither says anything of the data
                newest.setdefault(name, outcome)
    return newest


def figure_path(store: Folder, name: str, number: int) -> Path:
    """Where record `number` of a figure lies."""
    return inside(store.root / "figures" / checked_name(name), f"{number}.json")


def figure_numbers(store: Folder, name: str) -> tuple[int, ...]:
    """Numbers of the records of one figure, oldest first."""
    return numbered(store.root / "figures" / checked_name(name))


def figure_head(store: Folder, name: str) -> FigureRecord | None:
    """The newest record of the figure; None when it was never computed."""
    numbers = figure_numbers(store, name)
    if not numbers:
        return None
    return parse_figure(figure_path(store, name, numbers[-1]).read_bytes(), f"figures/{name}/{numbers[-1]}.json")


def figures(store: Folder) -> dict[str, FigureRecord]:
    """Name → newest record, sorted by name."""
    heads = {name: figure_head(store, name) for name in named(store.root / "figures")}
    return {name: head for name, head in heads.items() if head is not None}


def commit_figure(store: Folder, record: FigureRecord) -> None:
    """Keeps `record` as `figures/<name>/<n>.json`; TakenError when another run kept that number first."""
    create(store.root / "figures" / checked_name(record.name) / f"{record.n}.json", encode_figure(record))


def encode_figure(record: FigureRecord) -> bytes:
    """The record as JSON, inputs sorted by name; the very bytes that the site publishes too."""
    block = asdict(record)
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


def _parse_run(path: Path) -> RunRecord:
    place = f"runs/{path.name}"
    block = _parse_record(path.read_bytes(), place)
    try:
        outcomes = {
            name: Outcome(**{**one, "trail": tuple(one.get("trail", ()))})
            for name, one in block.pop("outcomes").items()
        }
        return RunRecord(**{**block, "outcomes": outcomes, "problems": tuple(block.get("problems", ()))})
    except (TypeError, KeyError, AttributeError) as error:
        raise StoreError(f"{place}: not a run record: {error}") from error


def _parse_record(data: bytes, place: str) -> dict[str, Any]:
    try:
        block = json.loads(data)
        found = block.pop("format")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise StoreError(f"{place}: not a record: {type(error).__name__}: {error}") from error
    if found != FORMAT:
        raise StoreError(f"{place}: format {found!r}; this engine knows {FORMAT}; install a newer lamppost")
    return dict(block)
