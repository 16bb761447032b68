"""Runs that overlap on one store, one of them killed: `python -m tests.survival.races FOLDER races|readers N`; JSON.

Every run is a fork of this small process. A commit that a run was told of is written into a pipe, and must be found.
"""
# ruff: noqa: PLC0415  what a fork needs is imported once the process has chosen to stay small

import gc
import hashlib
import json
import os
import random
import shutil
import signal
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any

from lamppost.errors import TakenError
from tests.survival.sweep import GOOD, end, fork
from tests.survival.workload import import_lightly

DEADLINE = 300
COMMITS = 3
PARTS = 3


def open_layout(root: Path) -> Any:
    """The store at `root`, without a data library."""
    from lamppost.store.folder import Folder
    from lamppost.store.objects import Layout

    return Layout(Folder(root))


def commit(store: Any, row: str) -> tuple[int, str]:
    """Number and hash of a version that stands on the newest one; taken numbers are settled again, as a run does."""
    from lamppost.store.objects import put_object

    while True:
        numbers = store.versions("lamps")
        parent = {"seq": numbers[-1], "hash": sha(store.manifest("lamps", numbers[-1]))} if numbers else None
        seq = numbers[-1] + 1 if numbers else 1
        parts = [put_object(store, "lamps", f"{seq} {row} {part}".encode(), "csv").path for part in range(PARTS)]
        data = json.dumps({"seq": seq, "parent": parent, "row": row, "parts": parts}).encode()
        try:
            store.create(store.manifest_key("lamps", seq), data)
        except TakenError:
            continue
        return seq, sha(data)


def sha(data: bytes) -> str:
    """Sha256 in hex."""
    return hashlib.sha256(data).hexdigest()


def work(root: Path, who: int, told: int) -> None:
    """One run: some commits, each told once it is made."""
    from lamppost.store.objects import sweep

    signal.alarm(DEADLINE)
    store = open_layout(root)
    sweep(store)
    for number in range(COMMITS):
        seq, digest = commit(store, f"{who}-{number}")
        os.write(told, f"{seq} {digest}\n".encode())


def race(root: Path, chance: random.Random) -> tuple[int, list[str]]:
    """2 to 8 runs, one of them killed at a random moment: how many commits were told of, and what is wrong."""
    heard, told = os.pipe()
    runs = [fork(partial(work, root, who, told)) for who in range(chance.randint(2, 8))]
    os.close(told)
    time.sleep(chance.uniform(0, 0.004 * COMMITS * len(runs)))
    victim = chance.choice(runs)
    os.kill(victim, signal.SIGKILL)
    ends = {one: end(one) for one in runs}
    with os.fdopen(heard) as pipe:
        lines = [line.split() for line in pipe]
    wrong = [f"a run ends with {code}" for one, code in ends.items() if code != GOOD and one != victim]
    return len(lines), wrong + check_chain(root, {int(seq): digest for seq, digest in lines}, len(runs))


def check_chain(root: Path, told: dict[int, str], runs: int) -> list[str]:
    """Every commit that was told of is there, each version stands on the one before, and nothing is half."""
    store = open_layout(root)
    store.place.sweep()
    numbers, wrong, before = store.versions("lamps"), [], None
    if list(numbers) != list(range(1, len(numbers) + 1)):
        wrong.append(f"versions {numbers}")
    for seq in numbers:
        data = store.manifest("lamps", seq)
        block = json.loads(data)
        if (block["seq"], block["parent"]) != (seq, before):
            wrong.append(f"version {seq} stands on {block['parent']}, not on {before}")
        if told.get(seq, sha(data)) != sha(data):
            wrong.append(f"version {seq} is not the one that was told of")
        wrong += [path for path in block["parts"] if sha(store.read_key(f"datasets/lamps/{path}")) not in path]
        before = {"seq": seq, "hash": sha(data)}
    lost = told.keys() - set(numbers)
    if lost or not len(told) <= len(numbers) <= len(told) + 1 or len(numbers) < (runs - 1) * COMMITS:
        wrong.append(f"{len(numbers)} versions, {len(told)} told of, lost {lost}")
    return wrong + [f"left {path.name}" for path in root.rglob(".*.tmp")]


def read_on(root: Path, until: int) -> None:
    """A reader who goes from head to manifest to objects, over and over: each time all of one version, never less."""
    signal.alarm(DEADLINE)
    store, newest = open_layout(root), 0
    while newest < until:
        numbers = store.versions("lamps")
        if not numbers:
            continue
        assert numbers[-1] >= newest
        newest = numbers[-1]
        block = json.loads(store.manifest("lamps", newest))
        texts = [store.read_key(f"datasets/lamps/{path}").decode() for path in block["parts"]]
        assert texts == [f"{newest} {block['row']} {part}" for part in range(PARTS)]


def race_many(folder: Path, number: int, seed: int) -> dict[str, Any]:
    """So many races, each on a store of its own."""
    chance, commits, wrong = random.Random(seed), 0, []
    for at in range(number):
        root = folder / f"race-{at}"
        root.mkdir()
        told, found = race(root, chance)
        commits += told
        wrong += [f"race {at}: {one}" for one in found]
        shutil.rmtree(root)
    return {"races": number, "commits": commits, "wrong": wrong}


def read_many(folder: Path, number: int) -> dict[str, Any]:
    """So many commits while four readers read."""
    readers = [fork(lambda: read_on(folder / "read", number)) for _ in range(4)]
    store = open_layout(folder / "read")
    for at in range(number):
        commit(store, str(at))
    return {"commits": number, "wrong": [one for one in map(end, readers) if one != GOOD]}


if __name__ == "__main__":
    import_lightly()
    import lamppost.store.objects  # noqa: F401  loaded once, before anybody forks

    gc.freeze()
    begin = time.perf_counter()
    place, kind, how_many, seed_text = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), "".join(sys.argv[4:5]) or "0"
    result = race_many(place, how_many, int(seed_text)) if kind == "races" else read_many(place, how_many)
    print(json.dumps({**result, "seconds": round(time.perf_counter() - begin, 1)}))  # noqa: T201
