"""`ashton`: a real city whose datasets, one a form, come from one loopback server and one inbox that a test spoils."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from lamppost.build import build_site
from lamppost.load import load_city
from lamppost.model import Dates, RunRecord
from lamppost.pull import Transport
from lamppost.run import Setting, run
from lamppost.store import Store, open_store
from tests.drivers.conftest import MKDOCS
from tests.loopback import running
from tests.pull.conftest import Source

DAY = date(2026, 11, 22)
DESCRIPTOR = """
format: 1
title: "{title}"
description: What it tells.
licenses: [{{name: CC0-1.0, path: "https://creativecommons.org/publicdomain/zero/1.0/"}}]
contributors: [{{title: Water Works, roles: [publisher, steward], email: water@riverton.example.org}}]
keywords: [water]
accrualPeriodicity: R/P1D
resources:
  - name: rows
    pull: {{{pull}, every: P1D}}
    publish: {{{publish}, formats: [csv, json, parquet]}}
"""
SCHEMA = """
fields:
  - {name: id, title: Id, type: string, description: Its number., constraints: {required: true}}
  - {name: name, title: Name, type: string, description: What it is called.}
  - {name: value, title: Value, type: number, description: Its value.}
primaryKey: [id]
"""
HOME = "---\nkind: home\nlead: Look.\n---\n\nWords.\n"


@dataclass
class Ashton:
    """The city in `root`; `source` answers its questions, `inbox` is where files are dropped."""

    root: Path
    source: Source
    allow: set[str] = field(default_factory=lambda: {"127.0.0.1"})
    limits: dict[str, Any] = field(default_factory=dict)
    """How long and how much the transport waits for and takes, where a test wants less than usual."""
    env: dict[str, str] = field(default_factory=dict)
    patience: float = 60.0
    """Seconds for a transform."""
    day: date = DAY

    @property
    def inbox(self) -> Path:
        """Where files are dropped."""
        return self.root.parent / "inbox"

    @property
    def store(self) -> Store:
        """As it is now."""
        return open_store(self.root / "store")

    def declare(
        self, name: str, pull: str, schema: str = SCHEMA, *, publish: str = "mode: snapshot", more: str = ""
    ) -> None:
        """A dataset of that name, with what stands under `pull:` and `publish:`."""
        text = DESCRIPTOR.format(title=f"The {name}", pull=pull, publish=publish)
        self.write(f"datasets/{name}/dataset.yaml", text + more)
        self.write(f"schemas/{name}.yaml", schema)

    def write(self, path: str, text: str) -> None:
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text, encoding="utf-8", newline="\n")

    def run(self, *names: str) -> RunRecord:
        """What is due, or the datasets named, at noon of the next day."""
        self.day += timedelta(days=1)
        city = load_city(self.root)
        usual = {"deadline": 20.0, "silence": 20.0, "attempts": 2, "sleep": lambda _seconds: None}
        transport = Transport(allow=self.allow, **{**usual, **self.limits})
        try:
            return run(
                Setting(city, self.store, self.dates, self.env, transport, transform_seconds=self.patience), names
            )
        finally:
            transport.close()

    @property
    def dates(self) -> Dates:
        return Dates(self.day, datetime.combine(self.day, time(12), ZoneInfo("America/New_York")))

    def build(self) -> None:
        """The site, from the store."""
        build_site(load_city(self.root), self.dates)

    def page(self, path: str) -> str:
        return (self.root / "site" / path).read_text(encoding="utf-8")

    def published(self) -> dict[str, str]:
        """Path → hash of all that the store holds of datasets."""
        return hash_tree(self.root / "store" / "datasets")


def hash_tree(folder: Path) -> dict[str, str]:
    """Path → sha256 of every file."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {one.relative_to(folder).as_posix(): hashlib.sha256(one.read_bytes()).hexdigest() for one in files}


@pytest.fixture
def ashton(tmp_path: Path) -> Iterator[Ashton]:
    with running(Source()) as source:
        made = Ashton(tmp_path / "ashton", source)
        made.inbox.mkdir()
        made.write("mkdocs.yml", MKDOCS)
        made.write("docs/index.md", HOME)
        yield made
