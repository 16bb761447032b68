"""The http adapter against real servers: every row of 4,500 assets and 50,000 observations, or a refusal with words."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from lamppost.errors import PullError
from lamppost.load.preset import load_preset
from lamppost.model import Field, FieldSource, Pull, Receipt, Resource, Schema
from lamppost.pull import Transport, pull_resource
from lamppost.table.read import read

from .conftest import Start
from .known import ASSETS, OBSERVATIONS, assets, observations
from .servers import play, start_influx, start_json_server, start_pygeoapi, start_wiremock

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
Rows = list[tuple[str | None, ...]]
Take = Callable[..., tuple[Rows, Receipt]]
ASSET = {"id": "id", "name": "name", "watts": "watts", "lon": "lon", "lat": "lat"}
FEATURE = {
    "id": "id", "name": "properties.name", "watts": "properties.watts",
    "lon": "geometry.coordinates.0", "lat": "geometry.coordinates.1",
}  # fmt: skip
OBSERVED = {"device": "device", "at": "at", "value": "value"}


def write(value: object) -> str | None:
    """As JSON is written by those that know one kind of number: 12.0 is 12."""
    return None if value is None else f"{value:.15g}" if isinstance(value, float) else str(value)


KNOWN_ASSETS = [tuple(write(row[name]) for name in ASSET) for row in assets()]
KNOWN_OBSERVATIONS = [tuple(write(row[name]) for name in OBSERVED) for row in observations()]


def differ(rows: Rows, known: Rows) -> tuple[Rows, Rows]:
    """Up to three rows that are missing, and three that are too many; both empty when every row is there once."""
    came, wanted = Counter(rows), Counter(known)
    return list((wanted - came).elements())[:3], list((came - wanted).elements())[:3]


NOTHING: tuple[Rows, Rows] = ([], [])


@pytest.fixture
def waits() -> list[float]:
    """Seconds that the transport wished to wait; nobody does."""
    return []


@pytest.fixture
def take(tmp_path: Path, waits: list[float]) -> Iterator[Take]:
    """Pulls and reads one resource; its rows as text, and the receipt. `key` are field names."""
    transport = Transport(sleep=waits.append, allow=["127.0.0.1"])

    def pull(
        options: Mapping[str, Any], fields: Mapping[str, str], key: str = "id", now: datetime = NOW, **env: str
    ) -> tuple[Rows, Receipt]:
        parts = {name: path.partition(" as ") for name, path in fields.items()}
        sources = {name: FieldSource(path, convert) for name, (path, _as, convert) in parts.items()}
        schema = Schema(tuple(Field(name, "string") for name in fields), tuple(key.split()))
        resource = Resource("assets", schema, pull=Pull("http", options, sources))
        snapshot, receipt = pull_resource(
            "city", resource, env=env, cursor=None, folder=tmp_path / "kept", now=now, transport=transport
        )
        assert resource.pull is not None
        table = read(snapshot, resource.pull).select(list(fields))
        return [tuple(row.values()) for row in table.to_pylist()], receipt

    yield pull
    transport.close()


OGC = {
    "headers": {"Accept": "application/geo+json"},
    "records": "features",
    "paging": {"by": "offset", "param": "offset", "limit": "limit", "size": 2000},
    "count": {"path": "numberMatched"},
}


# pygeoapi: clamps every limit to 500, drops `f=json` from its next link, and sends nine features without a geometry.


@pytest.fixture(scope="module")
def items(start: Start, tmp_path_factory: pytest.TempPathFactory) -> str:
    return start_pygeoapi(start, tmp_path_factory.mktemp("pygeoapi"))


def test_fault_01_a_clamped_limit_loses_nothing(take: Take, items: str) -> None:
    rows, receipt = take({**OGC, "url": items}, FEATURE)
    assert differ(rows, KNOWN_ASSETS) == NOTHING
    assert (receipt.verdict, receipt.declared, receipt.declared_by) == ("complete", ASSETS, "numberMatched")
    assert receipt.pages == (500,) * 9


def test_fault_08_its_page_for_people_is_refused(take: Take, items: str) -> None:
    with pytest.raises(PullError, match="HTML") as error:
        take({**OGC, "url": items, "headers": {}, "params": {"f": "html"}}, FEATURE)
    assert "<html" not in str(error.value)


def test_fault_30_features_without_a_place_are_there(take: Take, items: str) -> None:
    rows, _receipt = take({**OGC, "url": items}, FEATURE)
    assert sum(row[3] is None for row in rows) == 9


def test_the_preset_ogc_features_gives_every_row(take: Take, items: str) -> None:
    rows, receipt = take({**load_preset("ogc-features")["options"], "url": items.removesuffix("/items")}, FEATURE)
    assert differ(rows, KNOWN_ASSETS) == NOTHING
    assert (receipt.verdict, receipt.declared, len(receipt.pages)) == ("complete", ASSETS, 9)


# json-server: says the total in X-Total-Count and the rest in Link.


@pytest.fixture(scope="module")
def tables(start: Start, tmp_path_factory: pytest.TempPathFactory) -> str:
    return start_json_server(start, tmp_path_factory.mktemp("json-server"))


@pytest.mark.parametrize(
    ("table", "fields", "key", "known"),
    [("assets", ASSET, "id", KNOWN_ASSETS), ("observations", OBSERVED, "device at", KNOWN_OBSERVATIONS)],
)
def test_links_are_followed_to_the_last(
    take: Take, tables: str, table: str, fields: Any, key: str, known: Rows
) -> None:
    size = {"_limit": "5000"} if table == "observations" else {"_limit": "400"}
    options = {"url": f"{tables}/{table}", "params": {"_page": "1", **size}, "paging": "link_header"}
    rows, receipt = take({**options, "count": {"header": "X-Total-Count"}}, fields, key)
    assert differ(rows, known) == NOTHING
    assert (receipt.verdict, receipt.declared, receipt.stopped) == ("complete", len(known), "no next link")


def test_pages_are_counted_to_the_last(take: Take, tables: str) -> None:
    paging = {"by": "page", "param": "_page", "limit": "_limit", "size": 1000, "first": 1}
    options = {"url": f"{tables}/assets", "paging": paging, "count": {"header": "X-Total-Count"}}
    rows, receipt = take(options, ASSET)
    assert (differ(rows, KNOWN_ASSETS), receipt.verdict) == (NOTHING, "complete")


def test_fault_02_page_1_alone_is_refused_because_its_link_header_names_the_next(take: Take, tables: str) -> None:
    options = {"url": f"{tables}/assets", "params": {"_page": "1"}, "paging": "none"}
    with pytest.raises(PullError, match="there is more"):
        take({**options, "count": {"header": "X-Total-Count"}}, ASSET)


def test_fault_02_a_slice_without_any_link_is_found_out_by_the_count(take: Take, tables: str) -> None:
    options = {"url": f"{tables}/assets", "params": {"_start": "0", "_end": "10"}, "paging": "none"}
    _rows, receipt = take({**options, "count": {"header": "X-Total-Count"}}, ASSET)
    assert receipt.verdict == "failed"
    assert "declares 4500 records (X-Total-Count) and sent 10" in receipt.reason


GOOD = {"status": 200, "jsonBody": assets()[:50], "headers": {"Content-Type": "application/json"}}
HTML = {"status": 200, "body": "<!doctype html><p>Down", "headers": {"Content-Type": "text/html"}}
BROKEN: list[Mapping[str, Any]] = [
    {"status": 429},
    {**GOOD, "fault": "MALFORMED_RESPONSE_CHUNK"},
    {"fault": "CONNECTION_RESET_BY_PEER"},
    {**GOOD, "fault": "RANDOM_DATA_THEN_CLOSE"},
    {"fault": "EMPTY_RESPONSE"},
]


# WireMock: plays a source that is out of order, answer by answer.


@pytest.fixture(scope="module")
def script(start: Start, tmp_path_factory: pytest.TempPathFactory) -> str:
    return start_wiremock(start, tmp_path_factory.mktemp("wiremock"))


@pytest.mark.parametrize("broken", BROKEN, ids=lambda one: str(one.get("fault", one.get("status"))))
def test_faults_11_and_14_a_broken_answer_is_asked_for_again(
    take: Take, script: str, broken: Mapping[str, Any], waits: list[float]
) -> None:
    play(script, [broken, GOOD])
    rows, receipt = take({"url": f"{script}/assets", "paging": "none"}, ASSET)
    assert (differ(rows, KNOWN_ASSETS[:50]), receipt.verdict, len(waits)) == (NOTHING, "complete", 1)


def test_faults_08_11_and_14_html_ends_one_pull_and_the_next_goes_on_to_the_good_answer(
    take: Take, script: str, waits: list[float]
) -> None:
    play(script, [{"status": 429}, HTML, *BROKEN[1:3], GOOD])
    with pytest.raises(PullError, match="HTML") as error:
        take({"url": f"{script}/assets", "paging": "none"}, ASSET)
    assert ("Down" in str(error.value), len(waits)) == (False, 1)
    rows, receipt = take({"url": f"{script}/assets", "paging": "none"}, ASSET)
    assert (differ(rows, KNOWN_ASSETS[:50]), receipt.verdict, len(waits)) == (NOTHING, "complete", 3)


def test_a_source_that_stays_broken_is_told_with_what_came_last(take: Take, script: str) -> None:
    play(script, [{"status": 429}, {"status": 503}])
    with pytest.raises(PullError, match=r"503 Service Unavailable.* 5 times"):
        take({"url": f"{script}/assets", "paging": "none"}, ASSET)


# InfluxDB 1.x: errors and cuts come with HTTP 200; JSON marks a cut, CSV does not.

FULL = datetime(2026, 2, 11, 16, 30, tzinfo=UTC)
"""Just after the last observation."""
IN_TIME = "FROM noise WHERE time >= '{since}' AND time < '{until}'"
INFLUX = {
    "path": "/query",
    "params": {"db": "city", "epoch": "s", "q": f"SELECT * {IN_TIME}"},
    "headers": {"Accept": "application/csv"},
    "format": "csv",
    "count": {
        "params": {"q": f"SELECT COUNT(value) {IN_TIME}"},
        "path": "results.0.series.0.values.0.1",
        "headers": {"Accept": "application/json"},
    },
    "fail_when": ["error", "results.*.error"],
    "window": {"initial": "P41D", "size": "P14D"},
}
POINT = {"device": "device", "at": "time as epoch_s", "value": "value"}


@pytest.fixture(scope="module")
def influx(start: Start, tmp_path_factory: pytest.TempPathFactory) -> str:
    return start_influx(start, tmp_path_factory.mktemp("influx"))


@pytest.fixture(scope="module")
def cutting(start: Start, tmp_path_factory: pytest.TempPathFactory) -> str:
    """One that gives no more than 1,000 rows at once."""
    return start_influx(start, tmp_path_factory.mktemp("cutting"), rows=1000)


def test_csv_with_a_count_of_its_own_gives_every_row(take: Take, influx: str) -> None:
    rows, receipt = take({**INFLUX, "url": influx, "paging": "none"}, POINT, "device at", FULL)
    assert differ(rows, KNOWN_OBSERVATIONS) == NOTHING
    assert (receipt.verdict, receipt.declared) == ("complete", OBSERVATIONS)


def test_fault_12_a_csv_cut_without_a_mark_is_found_out_by_the_count(take: Take, cutting: str) -> None:
    _rows, receipt = take({**INFLUX, "url": cutting, "paging": "none"}, POINT, "device at", FULL)
    assert receipt.verdict == "failed"
    assert f"declares {OBSERVATIONS} records" in receipt.reason


def test_fault_12_windows_are_halved_until_none_is_cut(take: Take, cutting: str) -> None:
    paging = {"by": "time_window", "limit_rows": 1000}
    rows, receipt = take({**INFLUX, "url": cutting, "paging": paging}, POINT, "device at", FULL)
    assert differ(rows, KNOWN_OBSERVATIONS) == NOTHING
    assert (receipt.verdict, receipt.declared) == ("complete", OBSERVATIONS)
    assert max(receipt.pages) < 1000


@pytest.mark.parametrize("more", [{}, {"chunked": "true", "chunk_size": "10000"}])
def test_fault_07_an_error_inside_http_200_is_no_empty_table(take: Take, influx: str, more: Mapping[str, str]) -> None:
    params = {"db": "nowhere", "epoch": "s", "q": "SELECT * FROM noise", **more}
    options = {"url": influx, "path": "/query", "params": params, "records": "results", "paging": "none"}
    with pytest.raises(PullError, match=r"results\.\*\.error"):
        take({**options, "fail_when": ["results.*.error"]}, {"id": "statement_id"})


def test_fault_12_a_json_that_calls_itself_partial_is_refused(take: Take, cutting: str) -> None:
    params = {"db": "city", "epoch": "s", "q": "SELECT * FROM noise"}
    options = {"url": cutting, "path": "/query", "params": params, "records": "results", "paging": "none"}
    with pytest.raises(PullError, match="partial"):
        take({**options, "fail_when": ["results.*.series.*.partial"]}, {"id": "statement_id"})


def test_the_preset_influxdb_gives_every_row(take: Take, influx: str) -> None:
    options = {**load_preset("influxdb")["options"], "window": {"initial": "P41D", "size": "P1D"}}
    named = {"INFLUX_URL": influx, "INFLUX_DATABASE": "city", "INFLUX_MEASUREMENT": "noise", "INFLUX_FIELD": "value"}
    rows, receipt = take(options, POINT, "device at", FULL, **named, INFLUX_USER="u", INFLUX_PASSWORD="canary")
    assert differ(rows, KNOWN_OBSERVATIONS) == NOTHING
    assert (receipt.verdict, receipt.declared, len(receipt.pages)) == ("complete", OBSERVATIONS, 42)
