"""Meters that are read every quarter of an hour and published once a day, and a city that does so."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from lamppost.load import load_city
from lamppost.model import Dates, Outcome, Version
from lamppost.pull import Transport
from lamppost.run import Setting, run
from lamppost.store import Store, open_store

from .conftest import MKDOCS, Source

START = datetime(2026, 11, 22, 8, tzinfo=UTC)
DAY = timedelta(days=1)
QUARTER = timedelta(minutes=15)
DATASET = """
format: 1
title: Meters
description: What each meter counts.
licenses: [{name: CC0-1.0, path: "https://creativecommons.org/publicdomain/zero/1.0/"}]
contributors: [{title: Water Works, roles: [publisher, steward], email: water@riverton.example.org}]
keywords: [water]
accrualPeriodicity: R/P1D
resources:
  - name: meters
    pull: PULL
    protect: {seal: drop}
    checks: {quarantine: {max: 50%}}
    publish: PUBLISH
"""
SINCE = (
    '{adapter: http, url: "${WELLS_URL}", path: /meters, params: {since: "{since}"}, records: items, '
    "count: {path: total}, window: {initial: P31D}, cursor: read_at, every: PT15M}"
)
WHOLE = '{adapter: poll, url: "${WELLS_URL}", path: /meters, format: json, records: items, every: PT15M}'
DAILY = "{mode: upsert, event_time: read_at, every: P1D, partition: {by: day, of: read_at}, formats: [csv, parquet]}"
SCHEMA = """
fields:
  - {name: meter_id, title: Meter, type: string, description: Its number., constraints: {required: true}}
  - {name: read_at, title: Read, type: datetime, description: When it was read.}
  - {name: volume_m3, title: Volume, type: number, description: What it shows.}
primaryKey: [meter_id, read_at]
"""


def read(number: int, minutes: int, volume: Any = 1) -> dict[str, Any]:
    at = (START + timedelta(minutes=minutes)).isoformat().replace("+00:00", "Z")
    return {"meter_id": f"m{number}", "read_at": at, "volume_m3": volume, "seal": f"s{number}"}


@dataclass
class Meters(Source):
    """Gives the readings after `since`, or all of them to whom asks for all."""

    def body(self) -> bytes:
        """As the server of a desk would answer."""
        since = parse_qs(urlsplit(self.asked[-1]).query).get("since", [""])[0] if self.asked else ""
        if self.raw is not None:
            return self.raw
        items = [one for one in self.items if one["read_at"] > since]
        return json.dumps({"total": len(items), "items": items}).encode()


@dataclass
class City:
    """The city in `root`, run at a time."""

    root: Path
    url: str
    source: Source
    outcomes: list[Outcome] = field(default_factory=list)

    def write(self, pull: str = SINCE, publish: str = DAILY, schema: str = SCHEMA) -> None:
        dataset = DATASET.replace("PULL", pull).replace("PUBLISH", publish)
        if "primaryKey" not in schema:
            dataset += "    key: content\n"
        if "name: seal" in schema:
            dataset = dataset.replace("    protect: {seal: drop}\n", "")
        for path, text in {
            "mkdocs.yml": MKDOCS,
            "datasets/meters/dataset.yaml": dataset,
            "schemas/meters.yaml": schema,
        }.items():
            (self.root / path).parent.mkdir(parents=True, exist_ok=True)
            (self.root / path).write_text(text, encoding="utf-8", newline="\n")

    def run(self, since: timedelta = timedelta(), *names: str) -> Outcome:
        city, now = load_city(self.root), START + since
        transport = Transport(sleep=lambda seconds: None, deadline=2.0, allow={"127.0.0.1"})
        setting = Setting(city, self.store, Dates(now.date(), now), {"WELLS_URL": self.url}, transport)
        self.outcomes.append(run(setting, names).outcomes["meters"])
        return self.outcomes[-1]

    @property
    def store(self) -> Store:
        return open_store(self.root / "store")

    @property
    def head(self) -> Version:
        found = self.store.head("meters")
        assert found is not None
        return found

    @property
    def room(self) -> Path:
        return self.root / "private" / "waiting" / "meters" / "meters"

    @property
    def waiting(self) -> list[str]:
        return sorted(one.name for one in self.room.glob("[0-9]*"))

    def parts(self) -> list[tuple[str, str, str]]:
        return [(one.partition, one.hash, one.parquet_hash) for one in self.head.tables[0].parts]

    def rows(self) -> list[tuple[str, str, str]]:
        table = self.store.table_whole(self.head, "meters")
        found = ([str(value) for value in one.values()] for one in table.to_pylist())
        return sorted((first, second, third) for first, second, third in found)
