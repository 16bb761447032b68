"""A city of twenty-two datasets, as awkward as cities are; written to disk, run and built without any network."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from zoneinfo import ZoneInfo

from lamppost.build import build_site
from lamppost.load import load_city
from lamppost.model import Dates
from lamppost.pull import Transport
from lamppost.run import Setting, run
from lamppost.starter import new_city
from lamppost.store import open_store

DAY = date(2026, 11, 22)
COUNT = 20
"""Datasets beside the starter's simulated one, the plan, and one that is named only."""
URL = "https://records.example.org/city/open/"
TITLES = ("Bänke & <Bäume>", 'The "quoted" one </script>', "Line\u2028separator", "Back\\slash [brackets]")
DESCRIPTOR = """\
format: 1
title: {title}
identifier: urn:uuid:00000000-0000-4000-8000-{number:012d}
description: {description}
licenses: [{{name: CC0-1.0}}]
contributors: [{{title: Parks, roles: [publisher, steward], email: parks@example.org}}]
keywords: [benches]
accrualPeriodicity: {period}
temporal: 2018-02/..
spatial: {place}
focus: shade
resources:
  - name: benches
    title: Benches
    pull: {{adapter: files, folder: data, glob: "*.csv", every: P1D}}
    publish: {{mode: snapshot, formats: [csv, json, parquet]}}
"""
SCHEMA = """\
primaryKey: [bench_id]
fields:
  - {name: bench_id, title: Bench, type: string, description: Painted on it., constraints: {required: true}}
  - {name: seats, title: Seats, type: integer, description: How many can sit.}
  - {name: length_m, title: Length, type: number, description: In metres.}
  - {name: is_shaded, title: Shaded, type: boolean, description: At noon.}
  - {name: built_date, title: Built, type: date, description: The day.}
  - {name: seen_at, title: Seen, type: datetime, description: The instant.}
"""
ROWS = """\
bench_id,seats,length_m,is_shaded,built_date,seen_at
007,3,1.5,true,2001-02-03,2026-01-01T10:00:00Z
"8,9",,,,,
b10,4,2,false,2011-12-13,2026-01-02T10:00:00Z
"""
UNLISTED = """\
format: 1
title: Calls for help
description: Where the fire brigade was called to.
identifier: calls-7
listed: false
reason: Addresses of people in need.
licenses: [{name: CC0-1.0}]
contributors: [{title: Fire Brigade, roles: [publisher, steward]}]
accrualPeriodicity: R/P1D
"""


@dataclass(frozen=True)
class BigCity:
    """The folder of a city."""

    root: Path

    @property
    def site(self) -> Path:
        return self.root / "site"

    def write(self, path: str, text: str) -> None:
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text, encoding="utf-8", newline="\n")

    def run(self, day: date = DAY) -> None:
        city = load_city(self.root)
        now = datetime.combine(day, time(12), ZoneInfo(city.time_zone))
        record = run(Setting(city, open_store(city.store), Dates(day, now), {}, Transport()))
        assert not [one for one in record.outcomes.values() if one.verdict in {"failed", "kept"}]

    def build(self, day: date = DAY) -> None:
        city = load_city(self.root)
        build_site(city, Dates(day, datetime.combine(day, time(12), ZoneInfo(city.time_zone))))

    def text(self, path: str) -> str:
        return (self.site / path).read_text(encoding="utf-8")


def describe(number: int) -> str:
    title = TITLES[number % len(TITLES)] if number < len(TITLES) else f"Benches {number}"
    quoted = "'" + title.replace("'", "''") + "'" if "\u2028" not in title else '"Line\\u2028separator"'
    period = ("R/P1D", "R/P1W", "R/PT1H", "irregular")[number % 4]
    place = ("city", "[-118.3965, 34.0733, -118.3433, 34.0985]", "Plummer Park")[number % 3]
    return DESCRIPTOR.format(title=quoted, number=number, description="Where to sit.", period=period, place=place)


def make_city(root: Path) -> BigCity:
    """Writes it; nothing is run yet."""
    new_city(root, "Saint-Jérôme & Sons")
    city = BigCity(root)
    config = (root / "mkdocs.yml").read_text(encoding="utf-8").replace("https://example.org/", URL)
    city.write("mkdocs.yml", config.rstrip() + "\n    boundary: [-118.4, 34.05, -118.3, 34.1]\n")
    for number in range(COUNT):
        name = f"benches-{number}"
        city.write(f"datasets/{name}/dataset.yaml", describe(number))
        city.write(f"datasets/{name}/data/rows.csv", ROWS)
        city.write(f"schemas/{name}.yaml", SCHEMA)
    city.write("datasets/calls/dataset.yaml", UNLISTED)
    return city


def serve(folder: Path, prefix: str) -> Iterator[str]:
    """The folder below `prefix` on loopback, with the media types that a static host gives; the address it is at."""

    class Handler(SimpleHTTPRequestHandler):
        extensions_map = {  # noqa: RUF012  as the base class has it; IANA's registrations
            "": "application/octet-stream", ".csv": "text/csv", ".json": "application/json",
            ".geojson": "application/geo+json", ".parquet": "application/vnd.apache.parquet",
        }  # fmt: skip

        def translate_path(self, path: str) -> str:
            return str(folder / path.removeprefix(prefix)) if path.startswith(prefix) else str(folder / "nowhere")

        def log_message(self, *_: object) -> None:
            """Keep the test's output clean."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
