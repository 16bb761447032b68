"""Driver of the figures: each one whose value or query changed gets a record, and each that fails a sentence."""

from collections.abc import Mapping, Sequence

import pyarrow as pa

from lamppost import load
from lamppost.errors import LamppostError, TakenError
from lamppost.figures import compute
from lamppost.model import Dataset, FigureQuery, FigureRecord, Version
from lamppost.run.draw import find_heads
from lamppost.run.setting import Setting
from lamppost.run.unforeseen import named
from lamppost.store import Store, commit_figure

Seen = dict[str, tuple[str, Mapping[str, pa.Table]]]
"""Dataset → hash of a version and its tables: another run may publish the next one while figures are computed."""


def record_figures(setting: Setting, datasets: Sequence[Dataset]) -> list[str]:
    """Make a record of each figure whose value or query changed; give what went wrong, a sentence each."""
    queries, issues = load.load_figures(setting.city, datasets)
    problems = [f"{one.place}: {one.message}" for one in issues]
    published = set(setting.store.datasets())
    waiting = [one.name for one in queries if not set(one.inputs) <= published]
    if waiting:
        problems.append(f"No value yet, since their datasets were never published: {', '.join(waiting)}")
    seen: Seen = {}
    for query in queries:
        if query.name in waiting:
            continue
        try:
            with named(f"figure {query.name}"):
                _record_figure(setting, query, seen)
        except LamppostError as error:
            problems.append(f"figure {query.name}: {str(error).removeprefix(f'figure {query.name}: ')}")
    return problems


def _record_figure(setting: Setting, query: FigureQuery, seen: Seen) -> None:
    """Kept again on what another run kept meanwhile; its record is read before the versions, so none is older."""
    while True:
        previous = setting.store.figure_head(query.name)
        heads = find_heads(setting.store, query.inputs)
        hashes = {name: head.hash for name, head in heads.items()}
        if previous and dict(previous.input_hashes) == hashes and _same_query(previous, query):
            return
        setting.tell("figures", query.name)
        record = compute(query, _read_tables(setting.store, heads, seen), heads, previous, setting.dates.today)
        try:
            if record is not None:
                commit_figure(setting.store, record)
        except TakenError:
            continue
        return


def _read_tables(store: Store, heads: Mapping[str, Version], seen: Seen) -> dict[str, pa.Table]:
    for name, head in heads.items():
        if name not in seen or seen[name][0] != head.hash:
            seen[name] = head.hash, store.tables([head])
    return {key: table for name in heads for key, table in seen[name][1].items()}


def _same_query(previous: FigureRecord, query: FigureQuery) -> bool:
    return all(getattr(previous, key) == getattr(query, key) for key in ("sql", "title", "unit", "round", "note"))
