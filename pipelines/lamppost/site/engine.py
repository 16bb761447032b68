"""Calls the site engine on the tree: MkDocs today, anything that reads `mkdocs.yml` and Markdown tomorrow.

The engine runs in a process of its own: its memory is gone afterwards, and it can be swapped by its name.
"""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from lamppost.errors import BuildError

QUIET = {"NO_MKDOCS_2_WARNING": "1", "PYTHONHASHSEED": "0", "SOURCE_DATE_EPOCH": "0", "PYTHONUTF8": "1"}
QUIET_LINES = ("INFO", " ", "Traceback", "jinja2.")
"""Beginnings of lines that tell a city nothing."""


def write_config(path: Path, own: Path, settings: Mapping[str, Any]) -> None:
    """Write build/mkdocs.yml, which inherits the city's own and adds what the engine needs."""
    inherit = os.path.relpath(own, path.parent).replace(os.sep, "/")
    text = yaml.safe_dump({"INHERIT": inherit, **settings}, sort_keys=False, allow_unicode=True, width=10_000)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")


def run_engine(config: Path, site: Path, engine: str = "mkdocs") -> None:
    """Render the tree into `site`, strictly: a broken link is an error; BuildError carries what the engine said.

    Not `--quiet`: that hides warnings from the engine's own count of them, and with it what `--strict` refuses.
    """
    done = subprocess.run(  # noqa: S603  our own interpreter and fixed arguments
        [sys.executable, "-m", engine, "build", "--strict", "--clean", "-f", str(config), "-d", str(site)],
        env={**os.environ, **QUIET}, capture_output=True, text=True, encoding="utf-8", errors="replace", check=False,
    )  # fmt: skip
    if done.returncode:
        lines = (done.stderr + done.stdout).splitlines()
        said = "\n  ".join(line for line in lines if line.strip() and not line.startswith(QUIET_LINES))
        raise BuildError(f"{engine} could not build the pages; the old site stays. It said:\n  {said}")
