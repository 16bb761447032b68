"""Runs, fails, runs again and compares: `python -m tests.survival.sweep FOLDER KIND [N [SEED]]`; gives JSON.

KIND: `every` fault at every change, `careless` the same with a writer that must not pass, `random` for N kills,
`once CASE [check]` for one run that somebody else disturbs.

FOLDER holds what `prepare` made. Every run is a fork of this small process.
"""

import gc
import json
import os
import random
import shutil
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from lamppost.errors import LamppostError, StoreError
from tests.survival.faults import FAULTS, Disk
from tests.survival.workload import Ready, Todo, contents, import_lightly, run, write_carelessly

GOOD, REFUSED, STRANGE = 0, 1, 3


def fork(work: Callable[[], None]) -> int:
    """The number of a child that does the work and says in its exit code how it ended."""
    process = os.fork()
    if process:
        return process
    code = STRANGE
    try:
        work()
        code = GOOD
    except StoreError as error:
        code = REFUSED if len(str(error).splitlines()) == 1 else STRANGE
    except BaseException:  # noqa: BLE001  a child tells its parent in its exit code alone
        sys.excepthook(*sys.exc_info())
    finally:
        os._exit(code)


def end(process: int) -> int:
    """How a child ended: its exit code, or minus the signal that ended it."""
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


@dataclass
class Sweep:
    """One sweep over runs that write `todo`, and every difference that it found."""

    base: dict[str, bytes]
    whole: dict[str, bytes]
    todo: Todo
    deed: Callable[[Path, Todo], None] = run
    differences: list[str] = field(default_factory=list)

    def start(self, root: Path) -> Path:
        """A store with version 1."""
        for key, data in self.base.items():
            (root / key).parent.mkdir(parents=True, exist_ok=True)
            (root / key).write_bytes(data)
        return root

    def check(self, root: Path, case: str) -> None:
        """Run again, undisturbed: what is there must be what an undisturbed run leaves."""
        try:
            self.deed(root, self.todo)
        except (OSError, LamppostError) as error:
            self.differences.append(f"{case}: the next run: {error}")
        left = contents(root)
        if left != self.whole:
            names = {*left, *self.whole}
            self.differences.append(f"{case}: {sorted(key for key in names if left.get(key) != self.whole.get(key))}")
        shutil.rmtree(root)

    def count_changes(self, root: Path) -> tuple[str, ...]:
        """The changes of an undisturbed run, in order."""
        told = root.with_name("changes.json")

        def work() -> None:
            disk = Disk(str(root))
            disk.install()
            self.deed(root, self.todo)
            told.write_text(json.dumps(disk.made))

        self.start(root)
        end(fork(work))
        self.check(root, "counted")
        found: list[str] = json.loads(told.read_text())
        return tuple(found)

    def spoil(self, root: Path, fault: str, at: int) -> int:
        """How one run ends on a disk that fails."""

        def work() -> None:
            Disk(str(root), fault, at).install()
            self.deed(root, self.todo)

        return end(fork(work))

    def fail_everywhere(self, folder: Path) -> dict[str, Any]:
        """Every fault at every change."""
        changes = self.count_changes(folder / "counted")
        for fault in FAULTS:
            for at, name in enumerate(changes, 1):
                root, case = self.start(folder / f"{fault}-{at}"), f"{fault} at {name} {at}"
                code = self.spoil(root, fault, at)
                allowed = {-signal.SIGKILL} if fault in {"kill", "torn"} else {REFUSED}
                if name == "unlink" or (name, fault) == ("mkdir", "lost"):
                    allowed |= {GOOD}  # a temporary file is swept later; a folder that is there is there
                if code not in allowed:
                    self.differences.append(f"{case}: ends with {code}")
                self.check(root, case)
        return {"changes": len(changes), "cases": len(changes) * len(FAULTS)}

    def kill_at_random(self, folder: Path, number: int, seed: int) -> dict[str, Any]:
        """Killed by somebody else after a random time, which any moment of a run may be."""
        chance, killed, cases = random.Random(seed), 0, 0
        span = 0.01  # grows and shrinks until most kills, but not all, come before the end
        while killed < number:
            cases += 1
            root = self.start(folder / f"random-{cases}")
            process = fork(partial(self.deed, root, self.todo))
            time.sleep(chance.uniform(0, span))
            os.kill(process, signal.SIGKILL)
            is_killed = end(process) == -signal.SIGKILL
            killed += is_killed
            span *= 1.02 if is_killed else 0.95
            self.check(root, f"random kill {cases}")
        return {"cases": cases, "killed": killed}


def main(folder: Path, kind: str, number: int = 0, seed: int = 0) -> dict[str, Any]:
    """The named sweep."""
    ready = Ready(folder / "base", folder / "whole")
    deed = write_carelessly if kind == "careless" else run
    sweep = Sweep(contents(ready.base), contents(ready.whole), ready.load(), deed)
    begin = time.perf_counter()
    result = sweep.kill_at_random(folder, number, seed) if number else sweep.fail_everywhere(folder)
    return {**result, "differences": sweep.differences, "seconds": round(time.perf_counter() - begin, 1)}


def once(folder: Path, case: str, *, check: bool) -> list[str]:
    """One run in a store of its own, that whoever started this process may disturb; or what it left, run again."""
    ready, root = Ready(folder / "base", folder / "whole"), folder / case
    sweep = Sweep(contents(ready.base), contents(ready.whole), ready.load())
    if check:
        sweep.check(root, case)
    else:
        run(root, sweep.todo)
    return sweep.differences


if __name__ == "__main__":
    import_lightly()
    import lamppost.store.records  # noqa: F401  loaded once, before anybody forks

    gc.freeze()
    place, word, *more = sys.argv[1:]
    if word == "once":
        found: Any = once(Path(place), more[0], check=more[1:] == ["check"])
    else:
        found = main(Path(place), word, *map(int, more))
    print(json.dumps(found))  # noqa: T201
