"""A city's transform.py in a process of its own: it may hang, exit or take all memory, and only its dataset fails.

Each begins in a fresh interpreter, so that nothing which one of them sets reaches another, whichever of them are due.
"""

import json
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pyarrow as pa
from pyarrow import ipc

from lamppost.errors import RefusedError
from lamppost.table.transform import transform

SECONDS = 600.0
"""So long a transform may take."""
_GIVEN, _MADE, _SAID = "given.arrow", "made.arrow", "said.json"
_DO = "correct the file and run again"


def transform_beside(table: pa.Table, path: Path, seconds: float = SECONDS) -> tuple[pa.Table, int]:
    """As `table.transform.transform`; RefusedError also when it takes longer or its process ends in the middle."""
    place = f"{path.parent.name}/{path.name}"
    with tempfile.TemporaryDirectory(prefix="lamppost-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        _write(table, folder / _GIVEN)
        command = [sys.executable, "-P", "-m", "lamppost.beside", str(folder), str(path)]
        try:
            code = subprocess.run(command, check=False, timeout=seconds, stdin=subprocess.DEVNULL).returncode  # noqa: S603
        except subprocess.TimeoutExpired:
            found = f"{place}: the transform was not done after {seconds:,g} seconds, and was ended"
            raise RefusedError(f"{found}; expected a table by then; {_DO}") from None
        if not (folder / _SAID).is_file():
            more = ", or give the machine more memory" if code < 0 else ""
            found = f"{place}: the transform ended its process ({_name_end(code)}), expected a table"
            raise RefusedError(f"{found}; {_DO}{more}")
        said = json.loads((folder / _SAID).read_text(encoding="utf-8"))
        if "refused" in said:
            raise RefusedError(said["refused"])
        return _read(folder / _MADE), said["filtered"]


def _name_end(code: int) -> str:
    """`SIGKILL`, which is how a system ends what takes too much memory, or the code."""
    try:
        return signal.Signals(-code).name if code < 0 else f"exit code {code}"
    except ValueError:
        return f"signal {-code}"


def _write(table: pa.Table, path: Path) -> None:
    with pa.OSFile(str(path), "wb") as sink, ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)


def _read(path: Path) -> pa.Table:
    with path.open("rb") as file, ipc.open_file(file) as source:
        return source.read_all()


def _answer(folder: Path, path: Path) -> None:
    """The other side: what comes out, or why nothing does."""
    try:
        table, filtered = transform(_read(folder / _GIVEN), path)
        _write(table, folder / _MADE)
        said: dict[str, object] = {"filtered": filtered}
    except RefusedError as error:
        said = {"refused": str(error)}
    except BaseException as error:  # noqa: BLE001  a KeyboardInterrupt here is the file's own, or we are ended as well
        found = f"{path.parent.name}/{path.name}: the transform failed with {type(error).__name__}"
        said = {"refused": f"{found}, expected a table; {_DO}"}
    (folder / _SAID).write_text(json.dumps(said), encoding="utf-8")


if __name__ == "__main__":
    _answer(Path(sys.argv[1]), Path(sys.argv[2]))
