"""The reference city's descriptors, schemas, queries and figures, tried on the sandbox from pull to number."""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest

from lamppost.derive import derive
from lamppost.figures import compute
from lamppost.formats import csv
from lamppost.formats.typed import typed
from lamppost.load import load_datasets, load_figures
from lamppost.model import City, Dataset, FigureQuery, Issue, Mantra, Receipt, Report, Resource
from lamppost.pull import Transport, pull_resource
from lamppost.sandbox import Sandbox
from lamppost.table.protect import protect_rows
from lamppost.table.read import read
from lamppost.table.transform import transform
from lamppost.validate import validate
from lamppost.validate.quarantine import split

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 22, 6, tzinfo=ZoneInfo("America/Los_Angeles"))
CITY = City(
    ROOT, "Test", "https://example.org/", "America/Los_Angeles", "Test", "a@example.org", "CC0-1.0",
    ROOT / "store", None, Mantra("Test"), boundary=(-118.3965, 34.0733, -118.3433, 34.0985),
)  # fmt: skip
DATASETS, FAULTS = load_datasets(CITY)
FIGURES, FIGURE_FAULTS = load_figures(CITY, DATASETS)
PULLED = [one.name for one in DATASETS if one.resources[0].pull]
PERSONAL = ("555-01", "sample", "@example.org", "reviewer")


@dataclass(frozen=True)
class Tried:
    receipt: Receipt | None
    drift: tuple[Issue, ...]
    report: Report
    good: pa.Table
    typed: pa.Table


@pytest.fixture(scope="module")
def tried(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Tried]:
    folder, done = tmp_path_factory.mktemp("tried"), dict[str, Tried]()
    for dataset in DATASETS:
        inputs = {name.replace("-", "_"): done[name].typed for name in dataset.inputs}
        done[dataset.name] = try_out(dataset, dataset.resources[0], inputs, sandbox, folder)
    return done


def try_out(dataset: Dataset, resource: Resource, inputs: dict[str, pa.Table], sandbox: Sandbox, folder: Path) -> Tried:
    receipt = None
    if resource.pull:
        snapshot, receipt = pull_resource(
            dataset.name,
            resource,
            env=sandbox.environ,
            cursor=None,
            folder=folder,
            now=NOW,
            transport=Transport(allow={"127.0.0.1"}),
        )
        rows = read(snapshot, resource.pull)
    else:
        rows = derive(resource, inputs)
    if resource.transform:
        rows, _ = transform(rows, resource.transform)
    table, drift = protect_rows(rows, resource)
    csv.write(table, folder / "rows.csv", resource.schema.names)
    report = validate(folder / "rows.csv", resource.schema)
    good, _ = split(table, report)
    return Tried(receipt, drift, report, good, typed(good, resource.schema))


def name_of(one: Dataset | FigureQuery) -> str:
    return one.name


def test_the_city_loads_without_a_fault() -> None:
    assert dict(FAULTS) == {}
    assert FIGURE_FAULTS == ()
    assert len(DATASETS) == 9


@pytest.mark.parametrize("name", PULLED)
def test_every_pull_is_complete_and_marked_simulated(tried: dict[str, Tried], name: str) -> None:
    receipt = tried[name].receipt
    assert receipt
    assert (receipt.verdict, receipt.simulated) == ("complete", True)
    assert "127.0.0.1" not in json.dumps(vars(receipt))


@pytest.mark.parametrize("dataset", DATASETS, ids=name_of)
def test_nothing_has_drifted_and_few_rows_fail(tried: dict[str, Tried], dataset: Dataset) -> None:
    one = tried[dataset.name]
    assert one.drift == ()
    assert one.report.rows >= dataset.resources[0].checks.min_rows
    assert len(one.report.bad_rows) <= 0.05 * one.report.rows
    assert bool(one.report.bad_rows) == (dataset.name in PULLED)


@pytest.mark.parametrize("dataset", DATASETS, ids=name_of)
def test_every_column_has_the_type_of_its_field(tried: dict[str, Tried], dataset: Dataset) -> None:
    for field in dataset.resources[0].schema.fields:
        kind = tried[dataset.name].typed.schema.field(field.name).type
        assert (kind == pa.string()) == (field.type == "string"), field.name


@pytest.mark.parametrize("name", PULLED)
def test_nobody_can_be_found_in_what_is_published(tried: dict[str, Tried], name: str) -> None:
    text = json.dumps(tried[name].good.to_pylist()).lower()
    assert not [word for word in PERSONAL if word in text]


@pytest.mark.parametrize("figure", FIGURES, ids=name_of)
def test_every_figure_is_one_number_above_zero(tried: dict[str, Tried], figure: FigureQuery) -> None:
    tables = {name.replace("-", "_"): tried[name].typed for name in figure.inputs}
    record = compute(figure, tables, {}, None, NOW.date())
    assert record
    assert float(record.rounded) > 0
    assert figure.unit != "%" or float(record.rounded) <= 100


def test_bikes_stand_on_a_grid_of_about_100_meters(tried: dict[str, Tried]) -> None:
    for row in tried["bike-availability"].good.to_pylist():
        assert len(row["latitude"].partition(".")[2]) == len(row["longitude"].partition(".")[2]) == 3


def test_days_of_energy_are_days_in_the_city(tried: dict[str, Tried]) -> None:
    days = tried["streetlight-energy-daily"].typed.column("date").to_pylist()
    assert (str(min(days)), str(max(days))) == ("2026-10-22", "2026-11-21")


def test_energy_by_day_adds_up_to_energy_by_hour(tried: dict[str, Tried]) -> None:
    hourly, daily = (
        sum(map(float, tried[name].typed.column("energy_kwh").to_pylist()))
        for name in ("streetlight-energy", "streetlight-energy-daily")
    )
    assert hourly == pytest.approx(daily, abs=0.05)
