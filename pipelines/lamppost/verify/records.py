"""Computes the newest record of every figure again, from the versions that it names."""

import time
from collections.abc import Iterator

import pyarrow as pa

from lamppost.figures import read_value, round_half_up
from lamppost.formats.text import write_number
from lamppost.model import FigureRecord, Version
from lamppost.query import answer
from lamppost.store import parse_figure
from lamppost.store.redact import HIDDEN
from lamppost.verify.seen import HELD, Finding, Seen, guard, read_small


def check_figure(seen: Seen, name: str) -> Iterator[Finding]:
    """Every record of one figure can be read, and is what its query gives over the versions it names.

    The newest must have all of them; what an older one was computed from may have been thinned.
    """
    numbers = seen.store.figure_numbers(name)
    if numbers != tuple(range(1, len(numbers) + 1)):
        yield Finding(f"figure {name}", f"has the records {list(numbers)}; expected all from 1 on")
    for number in numbers:
        yield from guard(f"figure {name} record {number}", check_record(seen, name, number))
    for number in reversed(numbers):
        record = seen.records.get((name, number))
        if time.monotonic() > seen.until:
            yield Finding(f"figure {name}", "was not computed again: all figures together take too long")
            return
        if record is not None and (number == numbers[-1] or _has_inputs(seen, record)):
            yield from guard(f"figure {name} record {number}", recompute(seen, record))


def check_record(seen: Seen, name: str, number: int) -> Iterator[Finding]:
    """One record says that it is what its address says."""
    place = f"figures/{name}/{number}.json"
    record = parse_figure(read_small(seen.store.figure_path(name, number)), place)
    if (record.name, record.n) != (name, number):
        yield Finding(f"figure {name} record {number}", f"says it is record {record.n} of {record.name}")
        return
    seen.records[name, number] = record


def _has_inputs(seen: Seen, record: FigureRecord) -> bool:
    return all(key in seen.versions for key in record.inputs.items())


def recompute(seen: Seen, record: FigureRecord) -> Iterator[Finding]:
    """The query gives the recorded value; silent when a version that it reads was found wrong already."""
    place = f"figure {record.name} record {record.n}"
    versions = []
    for dataset, seq in record.inputs.items():
        version = seen.versions.get((dataset, seq))
        if version is None:
            if seq not in seen.store.versions(dataset):
                yield Finding(place, f"reads version {seq} of {dataset}, which is not here; expected it to be kept")
            return
        if version.hash != record.input_hashes[dataset]:
            yield Finding(place, f"reads {dataset} with sha256 {record.input_hashes[dataset]}; found {version.hash}")
            return
        versions.append(version)
    if record.simulated != any(one.simulated for one in versions):
        yield Finding(place, f"simulated is {record.simulated}; its versions say otherwise")
    if not record.value and record.redacted and record.shown == HIDDEN and any(one.redacted for one in versions):
        return  # what it was would tell the row that was taken out
    value = read_value(answer(record.sql, _tables_of(seen, versions), place=place), record.name)
    rounded = round_half_up(value, record.round)
    expected = {"value": write_number(value), "rounded": f"{rounded:f}", "shown": f"{rounded:,f}"}
    for key, one in expected.items():
        if getattr(record, key) != one:
            yield Finding(place, f"{key} is {getattr(record, key)}; its query over its versions gives {one}")
            return


def _tables_of(seen: Seen, versions: list[Version]) -> dict[str, pa.Table]:
    tables: dict[str, pa.Table] = {}
    for version in versions:
        key = (version.dataset, version.seq)
        if key not in seen.tables:
            if len(seen.tables) >= HELD:
                seen.tables.clear()
            seen.tables[key] = seen.store.tables([version])
        tables |= seen.tables[key]
    return tables
