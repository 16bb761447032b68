"""All presets: what each says of itself, its page, its example, and the sandbox's systems in their real wire format."""

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tests.testville import MKDOCS

from lamppost.load import load_city, load_datasets
from lamppost.load.preset import describe_preset, load_preset, preset_names
from lamppost.pull import Transport
from lamppost.render.preset import preset_index, preset_page
from lamppost.sandbox import Sandbox, start

Run = Callable[..., Any]
NOW = datetime(2026, 11, 22, 9, 17, tzinfo=ZoneInfo("America/Los_Angeles"))
PAGES = Path(__file__).parents[2] / "docs/about/presets"
PAYLOADS = Path(__file__).parent / "payloads"
KEYS = {"title", "adapter", "options", "about", "specification", "status", "tried", "traps", "proof", "example"}
DATASET = """\
format: 1
title: Things
description: All of them.
licenses: [{name: CC0-1.0}]
contributors: [{title: Parks, roles: [publisher, steward]}]
accrualPeriodicity: R/P1D
resources:
  - name: things
    publish: {mode: MODE}
    pull:
"""


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with start(date(2026, 11, 22)) as running:
        yield running


@pytest.fixture
def transport() -> Iterator[Transport]:
    made = Transport(allow={"127.0.0.1"})
    yield made
    made.close()


@pytest.mark.parametrize(
    ("preset", "own", "declared_by"),
    [
        ("arcgis", {"url": "${STREETLIGHT_LAYER_URL}"}, "returnIdsOnly"),
        ("gbfs", {}, ""),
        ("meraki", {}, ""),
        ("open311", {}, ""),
        ("sensorthings", {}, "@iot.count"),
    ],
)
def test_a_preset_pulls_everything_and_proves_it(
    pull: Run, sandbox: Sandbox, preset: str, own: Any, declared_by: str
) -> None:
    known = load_preset(preset)
    snapshot, receipt = pull({**known["options"], **own}, known["adapter"], env=sandbox.environ, now=NOW)
    assert (receipt.verdict, receipt.declared_by, receipt.simulated) == ("complete", declared_by, True)
    assert receipt.received >= 50
    assert receipt.source.startswith("sandbox/")
    assert sum(page.size for page in snapshot.pages) >= receipt.size


def test_all_systems_that_were_promised_are_there() -> None:
    assert set(preset_names()) == {
        "arcgis", "chirpstack", "ckan", "gbfs", "google-sheet", "gtfs", "influxdb", "legistar", "mds", "meraki", "ocpi",
        "ogc-features", "open311", "sensorthings", "socrata", "socrata3", "tts",
    }  # fmt: skip


@pytest.mark.parametrize("name", preset_names())
def test_every_preset_says_what_it_is(name: str) -> None:
    known, preset = load_preset(name), describe_preset(name)
    assert KEYS <= set(known) <= KEYS | {"fields", "geometry", "names"}
    assert preset.specification.startswith("https://")
    assert all((preset.status, preset.tried, preset.example, preset.proof, preset.names))
    assert len(preset.traps) >= 5
    assert all(preset.names.values()), "names: says of each ${NAME} what to set it to"
    assert preset.example.startswith(f"preset: {name}\n")


@pytest.mark.parametrize("name", preset_names())
def test_every_page_of_a_preset_is_what_the_preset_says(name: str) -> None:
    page = (PAGES / f"{name}.md").read_text("utf-8") if (PAGES / f"{name}.md").exists() else ""
    do = f"write it anew: lamppost presets {name} --markdown > docs/about/presets/{name}.md"
    assert page == preset_page(describe_preset(name)), do


def test_the_list_of_presets_is_what_they_say() -> None:
    do = "write it anew: lamppost presets --markdown > docs/about/presets/index.md"
    assert (PAGES / "index.md").read_text("utf-8") == preset_index(list(map(describe_preset, preset_names()))), do
    assert {one.stem for one in PAGES.glob("*.md")} == {"index", *preset_names()}


@pytest.mark.parametrize("name", preset_names())
def test_every_example_loads_beside_a_schema_that_fits(name: str, tmp_path: Path) -> None:
    example = describe_preset(name).example
    cursor = re.search(r"^cursor: (\w+)$", example, re.MULTILINE)
    is_upsert = cursor or name == "chirpstack"
    event = cursor.group(1) if cursor else "received_at"
    mode = f"upsert, event_time: {event}" if is_upsert else "snapshot"
    named = [*load_preset(name).get("fields", {}), *re.findall(r"[ {,](\w+): *[\w.{]", example.partition("fields:")[2])]
    names = [one for one in dict.fromkeys(named) if one not in {"path", "as", "zone", "otherwise"}]
    pull = "".join(f"      {line}\n" for line in example.splitlines())
    city = write_city(tmp_path, DATASET.replace("MODE", mode) + pull, names)
    datasets, faults = load_datasets(city)
    assert not faults, faults
    [loaded] = [one.resources[0].pull for one in datasets]
    assert loaded is not None
    assert (loaded.preset, set(loaded.fields)) == (name, set(names))


def write_city(folder: Path, dataset: str, names: list[str]) -> Any:
    fields = "".join(f"  - {{name: {name}, type: string}}\n" for name in names)
    schema = f"primaryKey: [{names[0]}]\nfields:\n{fields}"
    files = {
        "mkdocs.yml": f"{MKDOCS}    private: private\n",
        "datasets/things/dataset.yaml": dataset,
        "schemas/things.yaml": schema,
    }
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return load_city(folder)


def test_every_payload_names_its_specification() -> None:
    table = (PAYLOADS / "README.md").read_text("utf-8")
    listed = set(re.findall(r"^\| ([\w.-]+\.\w+) \|", table, re.MULTILINE))
    assert listed == {one.name for one in PAYLOADS.iterdir()} - {"README.md"}
