"""Times Lamppost's validation beside frictionless's own, each in a process of its own, and prints the table.

The table of ten columns is made anew from a fixed seed: text key with a pattern, instant, id with a pattern, one of
four words, number and two whole numbers within bounds, boolean, quoted text with a comma, day. Hashes are part of every
report.
"""

import argparse
import gc
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))  # run as a file by itself

from tests.benchmarks.validate_shapes import SHAPES

BLOCK = 100_000
NAMES = [
    "asset_id",
    "read_at",
    "meter_id",
    "status",
    "energy_kwh",
    "watts",
    "burn_minutes",
    "is_on",
    "location",
    "installed",
]
SCHEMA: dict[str, Any] = {
    "fields": [
        {"name": "asset_id", "type": "string", "constraints": {"required": True, "pattern": "SL-[0-9]{8}"}},
        {"name": "read_at", "type": "datetime"},
        {"name": "meter_id", "type": "string", "constraints": {"pattern": "M[0-9]{6}"}},
        {"name": "status", "type": "string", "constraints": {"enum": ["ok", "dim", "off", "fault"]}},
        {"name": "energy_kwh", "type": "number", "constraints": {"minimum": 0, "maximum": 60}},
        {"name": "watts", "type": "integer", "constraints": {"minimum": 0}},
        {"name": "burn_minutes", "type": "integer", "constraints": {"minimum": 0, "maximum": 1440}},
        {"name": "is_on", "type": "boolean"},
        {"name": "location", "type": "string", "constraints": {"maxLength": 60}},
        {"name": "installed", "type": "date"},
    ],
    "primaryKey": ["asset_id"],
    "missingValues": [""],
}
DIALECT: dict[str, Any] = {
    "headerRows": [1],
    "csv": {"delimiter": ",", "lineTerminator": "\n", "quoteChar": '"', "doubleQuote": True, "skipInitialSpace": False},
}
EVERYTHING = 10**9
"""So many errors no table here has: none stops early."""


def make(path: Path, rows: int, bad: float = 0.0) -> None:
    """Write the table; a share of its rows gets an earlier row's key, no number, an unknown word or one below zero."""
    chance = np.random.default_rng(20261122)
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(",".join(NAMES) + "\n")
        for first in range(0, rows, BLOCK):
            file.write(_make_block(chance, first, min(BLOCK, rows - first), bad))


def _make_block(chance: np.random.Generator, first: int, many: int, bad: float) -> str:
    number = np.arange(first, first + many)
    read_at = np.datetime_as_string(np.datetime64("2020-01-01T00:00:00", "s") + number * 60 % 10**8).astype("U20")
    installed = np.datetime_as_string(np.datetime64("2020-01-01", "D") + chance.integers(0, 2000, many))
    meter, energy = chance.integers(0, 10**6, many), chance.random(many) * 50
    watts, minutes = chance.integers(0, 300, many), chance.integers(0, 1440, many)
    status = np.array(["ok", "dim", "off", "fault"])[chance.integers(0, 4, many)]
    is_on, place = chance.random(many) < 0.5, chance.integers(0, 5000, many)
    fault = np.where(chance.random(many) < bad, chance.integers(0, 4, many), -1)
    before = np.maximum(number - chance.integers(1, 1000, many), 0)
    columns = zip(
        number, read_at, meter, status, energy, watts, minutes, is_on, place, installed, fault, before, strict=True
    )
    return "".join(
        f"SL-{key if what != 0 else earlier:08d},{at}Z,M{of:06d},{'broken' if what == 2 else word},"
        f"{'n/a' if what == 1 else f'{kwh:.3f}'},{-5 if what == 3 else power},{burnt},{'true' if on else 'false'},"
        f'"Block {block}, north side",{day}\n'
        for key, at, of, word, kwh, power, burnt, on, block, day, what, earlier in columns
    )


def by_frictionless(path: Path, schema: dict[str, Any], limit: int, declared: bool) -> Any:
    """The report of frictionless itself."""
    from frictionless import Dialect, Schema  # noqa: PLC0415  each process imports just what it measures
    from frictionless.resources import TableResource  # noqa: PLC0415

    options: dict[str, Any] = {"dialect": Dialect.from_descriptor(DIALECT), "encoding": "utf-8"} if declared else {}
    place = {"path": path.name, "basepath": str(path.parent), "scheme": "file", "format": "csv"}
    return TableResource(**place, schema=Schema.from_descriptor(schema), **options).validate(limit_errors=limit)


def by_lamppost(path: Path, schema: dict[str, Any], limit: int, declared: bool) -> Any:
    """The same report, proven or replayed."""
    from lamppost.validate.standalone import report_file  # noqa: PLC0415

    options: dict[str, Any] = {"dialect": DIALECT, "encoding": "utf-8"} if declared else {}
    return report_file(path, schema=schema, limit=limit, **options)


ENGINES = {"frictionless": by_frictionless, "lamppost": by_lamppost}


def work(engine: str, paths: list[Path], limit: int, declared: bool, runs: int, shape: str) -> dict[str, Any]:
    """Validate all the files; a small one before, so that imports do not count."""
    validate, schema = ENGINES[engine], SHAPES[shape].schema if shape else SCHEMA
    with tempfile.TemporaryDirectory() as folder:
        small = Path(folder) / "warm.csv"
        make(small, 10)
        validate(small, SCHEMA, limit, declared)
    found = []
    for run in range(runs):
        gc.collect()
        own = {**schema, "title": f"run {run}"} if shape else schema  # nothing is known of its cells yet
        wall, cpu = time.perf_counter(), time.process_time()
        reports = [validate(path, own, limit, declared) for path in paths]
        found.append((time.perf_counter() - wall, time.process_time() - cpu))
    wall, cpu = sorted(found)[len(found) // 2]
    errors = sum(report.stats["errors"] for report in reports)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"wall": wall, "cpu": cpu, "errors": errors, "peak": peak, "load": os.getloadavg()[0]}


def measure(
    engine: str,
    paths: list[Path],
    *,
    limit: int = EVERYTHING,
    declared: bool = True,
    runs: int = 3,
    shape: str = "",
) -> dict[str, Any]:
    """`work` in a process of its own."""
    task = json.dumps([engine, [str(path) for path in paths], limit, declared, runs, shape])
    command = [sys.executable, __file__, "--task", task]
    told = subprocess.run(command, check=True, capture_output=True, text=True, cwd=Path(__file__).parents[2])
    answer: dict[str, Any] = json.loads(told.stdout.splitlines()[-1])
    return answer


def compare(name: str, goal: str, paths: list[Path], *, rounds: int = 1, **options: Any) -> str:
    """One line of the table; of several rounds, in which both take turns, the one with the middle ratio."""
    pairs = [_measure_both(name, paths, options) for _ in range(rounds)]
    ours, theirs = sorted(pairs, key=lambda pair: pair[1]["cpu"] / pair[0]["cpu"])[rounds // 2]
    return (
        f"| {name} | {goal} | {theirs['wall'] / ours['wall']:.1f}× | {theirs['cpu'] / ours['cpu']:.1f}× "
        f"| {theirs['wall']:.2f} / {theirs['cpu']:.2f} s | {ours['wall']:.2f} / {ours['cpu']:.2f} s "
        f"| {theirs['peak']:.0f} MB | {ours['peak']:.0f} MB | {ours['errors']:,} | {ours['load']:.1f} |"
    )


def _measure_both(name: str, paths: list[Path], options: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    ours = measure("lamppost", paths, **options)
    theirs = measure(
        "frictionless", paths, **({"runs": 1} | options if options.get("shape") else options | {"runs": 1})
    )
    if ours["errors"] != theirs["errors"]:
        raise SystemExit(f"{name}: {ours['errors']} errors, frictionless has {theirs['errors']}")
    return ours, theirs


def lines(large: int, small: int, folder: Path) -> list[str]:
    """The table, line by line."""
    head = "| table | must | × wall | × CPU | frictionless wall / CPU | Lamppost wall / CPU "
    head += "| its peak | our peak | errors | load |"
    told = [head, "|---" * 10 + "|"]
    cases = [
        (f"{small:,} rows, clean", "≥ 60×", small, 0.0, EVERYTHING),
        (f"{small:,} rows, 0.01 % bad", "≥ 20×", small, 0.0001, EVERYTHING),
        (f"{small:,} rows, 1 % bad", "≥ 8×", small, 0.01, EVERYTHING),
        (f"{small:,} rows, 1 % bad, stops at 1,000 errors", "≥ 0.9×", small, 0.01, 1000),
        (f"{small // 20:,} rows, all bad, stops at 1,000 errors", "≥ 0.9×", small // 20, 1.0, 1000),
        (f"{small // 20:,} rows, all bad", "≥ 0.9×", small // 20, 1.0, EVERYTHING),
        *([(f"{large:,} rows, clean", "≥ 60×", large, 0.0, EVERYTHING)] if large else []),
    ]
    for name, goal, rows, bad, limit in cases:
        path = folder / "table.csv"
        make(path, rows, bad)
        told.append(compare(name, goal, [path], limit=limit))
        print(told[-1], flush=True)
    files = [folder / f"{number}.csv" for number in range(1000)]
    for path in files:
        make(path, 100)
    told.append(compare("1,000 files of 100 rows, declared", "≥ 5×", files))
    print(told[-1], flush=True)
    told.append(compare("1,000 files of 100 rows, detected", "≥ 1.3×", files, declared=False))
    print(told[-1], flush=True)
    return told


def shape_lines(folder: Path) -> list[str]:
    """Files of every shape, their dialect detected: none may take more than 1.1 times as long."""
    told = []
    for name, shape in SHAPES.items():
        path = folder / "shape.csv"
        path.write_text(shape.write(), encoding="utf-8", newline="")
        told.append(compare(name, "≥ 0.91×", [path], declared=False, runs=3, rounds=3, shape=name))
        print(told[-1], flush=True)
    return told


def main() -> None:
    """Measure and print; `--large 0` leaves the largest table out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--large", type=int, default=5_000_000)
    parser.add_argument("--small", type=int, default=1_000_000)
    parser.add_argument("--task", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.task:
        engine, paths, limit, declared, runs, shape = json.loads(asked.task)
        print(json.dumps(work(engine, [Path(path) for path in paths], limit, declared, runs, shape)))
        return
    machine = f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"
    print(f"{machine}; imports excluded; ours is the median of three, frictionless one run\n")
    with tempfile.TemporaryDirectory(prefix="lamppost-bench-") as folder:
        lines(asked.large, asked.small, Path(folder))
        shape_lines(Path(folder))


if __name__ == "__main__":
    main()
