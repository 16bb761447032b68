"""Reads `derive:` blocks and puts datasets in the order in which they can be made."""

from collections.abc import Collection, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from heapq import heappop, heappush
from pathlib import Path, PurePosixPath

from lamppost.load.names import suggest
from lamppost.load.section import Section, describe
from lamppost.load.yaml import read_text
from lamppost.model import Dataset, Derive, Issue


def read_derive(section: Section, folder: Path, known: Collection[str]) -> Derive:
    """One SELECT over other datasets; `known` are the folder names that exist, sound or not."""
    inputs = section.texts("from", required=True)
    for name, node in zip(inputs, section.nodes("from"), strict=False):
        if name not in known:
            section.note("unknown-reference", node, f"there is no dataset `{name}`.{suggest(name, known)}")
    name = section.text("sql", required=True)
    sql, path = _read_sql(section, folder, name) if name else ("", folder)
    section.close()
    return Derive(inputs=inputs, sql=sql, sql_path=path)


def _read_sql(section: Section, folder: Path, name: str) -> tuple[str, Path]:
    node = section.find("sql")
    assert node is not None
    pure = PurePosixPath(name)
    if pure.name != name or "\\" in name or pure.suffix != ".sql":
        section.note("wrong-value", node, f"found {describe(node)}, expected a file of this folder such as daily.sql")
        return "", folder
    path = folder / name
    if not path.is_file() or path.is_symlink():
        others = [one.name for one in folder.glob("*.sql")]
        section.note("file-missing", node, f"there is no file `{name}` in this folder.{suggest(name, others)}")
        return "", path
    file = f"datasets/{folder.name}/{name}"
    text = read_text(path, file, section.faults)
    sql = (text or "").strip()
    if text is not None and not sql:
        section.faults.append(Issue("wrong-value", file, "the file is empty, expected one SELECT"))
    return sql, path


def find_cycle(datasets: Sequence[Dataset]) -> tuple[str, ...]:
    """Names of datasets that wait for each other in a circle; empty when there is none."""
    try:
        TopologicalSorter(_graph(datasets)).prepare()
    except CycleError as error:
        return tuple(error.args[1])
    return ()


def order_datasets(datasets: Sequence[Dataset]) -> tuple[Dataset, ...]:
    """By name, and each dataset after those that it is derived from or refers to: the order of a run."""
    by_name = {one.name: one for one in datasets}
    sorter = TopologicalSorter({name: set(needs) & by_name.keys() for name, needs in _graph(datasets).items()})
    sorter.prepare()
    ordered: list[Dataset] = []
    ready: list[tuple[bool, str]] = []
    while sorter.is_active():
        for name in sorter.get_ready():
            heappush(ready, (bool(by_name[name].inputs), name))
        _, name = heappop(ready)
        ordered.append(by_name[name])
        sorter.done(name)
    return tuple(ordered)


def _graph(datasets: Sequence[Dataset]) -> Mapping[str, tuple[str, ...]]:
    ordered = sorted(datasets, key=lambda one: one.name)
    return {one.name: tuple(sorted({*one.inputs, *one.references})) for one in ordered}
