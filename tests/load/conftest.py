"""A small sound city on disk; each test changes the one file it is about."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from tests.testville import MKDOCS

from lamppost.load import load_city
from lamppost.model import City

DATASET = """\
format: 1
title: Trees
description: All of them.
licenses: [{name: CC0-1.0}]
contributors: [{title: Parks, roles: [publisher, steward]}]
accrualPeriodicity: R/P1D
resources:
  - name: trees
    pull: {adapter: files, folder: data, glob: "*.csv"}
"""
SCHEMA = """\
primaryKey: [tree_id]
fields:
  - {name: tree_id, type: string}
  - {name: height_m, type: number}
  - {name: planted_date, type: date}
"""
SOUND = {"mkdocs.yml": MKDOCS, "datasets/trees/dataset.yaml": DATASET, "schemas/trees.yaml": SCHEMA}

Write = Callable[[Mapping[str, str]], City]


@pytest.fixture
def sound() -> Mapping[str, str]:
    """Path → text of the city without a fault."""
    return SOUND


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes the sound city with `files` over it, and loads mkdocs.yml."""

    def write_files(files: Mapping[str, str]) -> City:
        for path, text in {**SOUND, **files}.items():
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_text(text, encoding="utf-8", newline="\n")
        return load_city(tmp_path)

    return write_files
