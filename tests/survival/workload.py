"""A version made from bytes that are ready: what a run does to the store, as often and as quickly as a sweep needs.

`prepare` makes the bytes with all of the engine, once; the rest loads no data library, so that a process starts and
forks in a moment.
"""
# ruff: noqa: PLC0415  what a fork needs is imported once the process has chosen to stay small

import os
import sys
import types
from dataclasses import dataclass
from pathlib import Path

Todo = tuple[tuple[str, bytes], ...]
"""Key → bytes in the order in which a run writes."""
MOMENT = "2026-11-22T07:00:00+00:00"


def import_lightly() -> None:
    """From now on in this process, `lamppost.store` is its modules alone, without what its front door gathers."""
    import lamppost

    package = types.ModuleType("lamppost.store")
    package.__path__ = [f"{lamppost.__path__[0]}/store"]
    sys.modules["lamppost.store"] = package


@dataclass(frozen=True)
class Ready:
    """Version 2 of `lamps` on version 1, and a figure: what lies in `whole` and not in `base` is to be written."""

    base: Path
    whole: Path

    def load(self) -> Todo:
        """Objects, the manifest that names them, the figure."""
        keys = [key for key in contents(self.whole) if not (self.base / key).exists()]
        keys.sort(key=lambda key: ("/objects/" not in key, key.startswith("figures/"), key))
        return tuple((key, (self.whole / key).read_bytes()) for key in keys)


def run(root: Path, todo: Todo) -> None:
    """What a run does, from its sweep to its record; a second one finds that nothing is new."""
    from lamppost.errors import TakenError
    from lamppost.model import Outcome, RunRecord
    from lamppost.store.folder import Folder
    from lamppost.store.objects import Layout, put_object, sweep
    from lamppost.store.records import write_run

    store = Layout(Folder(root))
    sweep(store)
    for key, data in todo:
        if "/objects/" in key:
            put_object(store, "lamps", data, key.rpartition(".")[2])
        elif store.place.read(key) is None:
            try:
                store.create(key, data)
            except TakenError:  # the other run writes the very same
                assert store.read_key(key) == data
    write_run(store, RunRecord(0, MOMENT, MOMENT, {"lamps": Outcome("lamps", "published", version=2)}))


def write_carelessly(root: Path, todo: Todo) -> None:
    """What a program would do that trusts its disk: whatever is there stays."""
    from lamppost.store.disk import reported

    for key, data in todo:
        path = root / key
        with reported(key):
            path.parent.mkdir(parents=True, exist_ok=True)
            if not path.exists():
                path.write_bytes(data)


def contents(root: Path) -> dict[str, bytes]:
    """Path → bytes of every file, half-written ones included, run records apart."""
    files = (Path(folder, name) for folder, _, names in os.walk(root) for name in names)
    shown = {path.relative_to(root).as_posix(): path for path in files}
    return {key: path.read_bytes() for key, path in shown.items() if not key.startswith("runs/")}
