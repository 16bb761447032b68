"""The reports are those of one version of frictionless, and Python's CSV reader is under all of it."""

import re
from importlib.metadata import version
from pathlib import Path

PYPROJECT = Path(__file__).parents[2] / "pyproject.toml"


def test_frictionless_is_the_version_that_all_this_was_proven_against() -> None:
    pinned = re.search(r'"frictionless==([0-9.]+)"', PYPROJECT.read_text(encoding="utf-8"))
    assert pinned, "pyproject.toml pins frictionless exactly: `frictionless==5.21.0`"
    assert (pinned[1], version("frictionless")) == ("5.21.0", "5.21.0"), (
        "frictionless moved. Read its changes to resources/table.py, table/row.py, schema/field.py, fields/, "
        "formats/csv/ and detector/; run `pytest tests/validate` and `nox -s fuzz`; compare test_quirks.py with what "
        "changed; only then write the new version here and in pyproject.toml"
    )
