"""The same rows give the same bytes in every format, whatever the machine is set to."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
CODE = """
import os, sys, hashlib
from pathlib import Path
os.umask(int(sys.argv[1], 8))
if hasattr(os, "sched_setaffinity") and sys.argv[2] == "one core":
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
from lamppost.formats.export import WRITERS, compress_csv, write
from tests.formats.rows import ABOUT, SCHEMA, TABLE
for name in sorted(WRITERS):
    write(name, [TABLE], Path(f"x.{name}"), SCHEMA, ABOUT)
compress_csv([Path("x.csv"), Path("x.csv")], Path("x.csv.gz"))
for path in sorted(Path().iterdir()):
    print(path.name, hashlib.sha256(path.read_bytes()).hexdigest())
"""


def make(folder: Path, umask: str, cores: str, **variables: str) -> dict[str, str]:
    folder.mkdir()
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **variables}
    done = subprocess.run(
        [sys.executable, "-c", CODE, umask, cores],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return dict(line.split() for line in done.stdout.splitlines())


def test_neither_zone_nor_locale_nor_umask_nor_seed_nor_cores_nor_folder_matter(tmp_path: Path) -> None:
    first = make(tmp_path / "a", "022", "one core", TZ="UTC", LC_ALL="C", PYTHONHASHSEED="0")
    second = make(
        tmp_path / "b", "077", "all cores", TZ="Asia/Kathmandu", LC_ALL="C.UTF-8", PYTHONHASHSEED="1",
        SOURCE_DATE_EPOCH="1", TMPDIR=str(tmp_path),
    )  # fmt: skip
    assert first == second
    assert set(first) == {
        f"x.{name}" for name in ("csv", "csv.gz", "json", "ndjson", "parquet", "xlsx", "geojson", "gpkg")
    }
