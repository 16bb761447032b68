"""A fault of the data that is mended in YAML is shown at the very line."""

from pathlib import Path

import pytest

from lamppost.load import pinpoint
from lamppost.model import Issue

ROW = "datasets/water/dataset.yaml"
DESCRIPTOR = """format: 1
resources:
  - name: wells
    pull: {adapter: http}
  - name: pumps
    pull:
      adapter: http
      fields: {pump_id: id}
"""
SCHEMA = """fields:
  - {name: well_id, type: string}
  - {name: depth_m, type: number}
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for path, text in {
        "datasets/water/dataset.yaml": DESCRIPTOR,
        "schemas/water.wells.yaml": SCHEMA,
        "schemas/water.yaml": SCHEMA,
    }.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("code", "place", "found"),
    [
        ("retyped-column", "resource wells, field depth_m", "schemas/water.wells.yaml:3:5 fields[1]"),
        ("undeclared-column", "resource wells, column owner", "schemas/water.wells.yaml:2:3 fields"),
        ("retyped-column", "resource pumps, field depth_m", "schemas/water.yaml:3:5 fields[1]"),
        ("renamed-column", "resource wells, field depth_m", f"{ROW}:4:11 resources[0].pull"),
        ("missing-column", "resource pumps, field pump_id", f"{ROW}:8:15 resources[1].pull.fields"),
        ("shrunk", "water/wells", ""),
    ],
)
def test_each_drift_has_its_line(code: str, place: str, found: str, root: Path) -> None:
    assert pinpoint(root, "water", Issue(code, place, "…")) == found


def test_of_files_that_are_gone_nothing_is_said(tmp_path: Path) -> None:
    issue = Issue("retyped-column", "resource wells, field depth_m", "…")
    assert pinpoint(tmp_path, "water", issue) == ""
