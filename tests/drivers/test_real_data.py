"""Real data of real cities goes the same way: every row counted, values as in the files, nothing marked simulated."""

import csv
import json
import shutil
from datetime import date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow.parquet as pq
import pytest

from lamppost.build import build_site
from lamppost.load import load_city
from lamppost.model import City, Dates, RunRecord
from lamppost.pull import Transport
from lamppost.run import Setting, run
from lamppost.store import open_store
from lamppost.verify import verify

PROJECT = Path(__file__).parents[2]
DATA = PROJECT.parent / "shared" / "data"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the collection of real data is not beside the project")


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> tuple[City, RunRecord]:
    root = tmp_path_factory.mktemp("readings") / "city"
    shutil.copytree(PROJECT / "tests" / "cities" / "readings", root)
    city = load_city(root)
    now = datetime.combine(date(2026, 11, 22), time(12), ZoneInfo(city.time_zone))
    env = {"READINGS_FOLDER": str(DATA / "air-quality"), "ROUTES_FOLDER": str(DATA / "bike-routes")}
    dates = Dates(now.date(), now)
    record = run(Setting(city, open_store(city.store), dates, env, Transport()))
    build_site(city, dates)
    return city, record


def test_every_reading_of_the_files_is_published(published: tuple[City, RunRecord]) -> None:
    outcome = published[1].outcomes["air-quality"]
    assert (outcome.verdict, outcome.read, outcome.published, outcome.quarantined) == ("published", 70_128, 70_128, 0)


def test_the_partitions_hold_one_year_each(published: tuple[City, RunRecord]) -> None:
    head = open_store(published[0].store).head("air-quality")
    assert head is not None
    assert {part.partition: part.rows for part in head.tables[0].parts} == {
        "2013": 14_688, "2014": 17_520, "2015": 17_520, "2016": 17_568, "2017": 2_832,
    }  # fmt: skip


def test_gaps_stay_gaps_and_values_stay_values(published: tuple[City, RunRecord]) -> None:
    file = published[0].root / "site" / "data" / "air-quality" / "readings.csv"
    with file.open(encoding="utf-8", newline="") as lines:
        rows = {(row["station_name"], row["observed_at"]): row for row in csv.DictReader(lines)}
    assert rows["Changping", "2013-03-01T00:00:00+08:00"]["pm25_ugm3"] == "3"
    assert rows["Changping", "2013-03-01T01:00:00+08:00"]["temperature_c"] == "-2.5"
    assert sum(row["pm25_ugm3"] == "" for row in rows.values()) == 1_699


def test_the_parquet_file_holds_the_same_rows(published: tuple[City, RunRecord]) -> None:
    table = pq.read_table(published[0].root / "site" / "data" / "air-quality" / "readings.parquet")
    assert table.num_rows == 70_128
    assert table.column("pm25_ugm3").null_count == 1_699


def test_routes_without_a_key_get_one_from_their_content(published: tuple[City, RunRecord]) -> None:
    source = json.loads((DATA / "bike-routes" / "routes.geojson").read_text(encoding="utf-8"))["features"]
    site = published[0].root / "site"
    made = json.loads((site / "data/bike-routes/routes.geojson").read_text(encoding="utf-8"))["features"]
    assert len(made) == len(source)
    assert len({one["properties"]["row_id"] for one in made}) == len(source)
    assert {one["properties"]["street_name"] for one in made} == {one["properties"]["STREET"] for one in source}


def test_nothing_of_it_is_called_simulated_and_the_page_says_it_is_real(published: tuple[City, RunRecord]) -> None:
    site = published[0].root / "site"
    page = (site / "datasets" / "air-quality.html").read_text(encoding="utf-8")
    assert "simulated" not in page.lower()
    assert "These are real records, from *.csv (2 files)." in page
    assert not json.loads((site / "status.json").read_text(encoding="utf-8"))["simulated"]


def test_the_site_verifies_from_its_own_files(published: tuple[City, RunRecord]) -> None:
    assert verify(published[0].root / "site") == ()
