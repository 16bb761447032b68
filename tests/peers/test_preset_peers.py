"""The preset `influxdb` as it is shipped, against a real InfluxDB 1.x: empty days, a cut, and no database."""

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
from .known import OBSERVATIONS
from .servers import start_influx

FULL = datetime(2026, 2, 11, 16, 30, tzinfo=UTC)
"""Just after the last observation."""
FIELDS = {"device": FieldSource("device"), "at": FieldSource("time", "epoch_s"), "value": FieldSource("value")}
Take = Callable[..., tuple[list[tuple[str | None, ...]], Receipt]]


@pytest.fixture(scope="module")
def influx(start: Start, tmp_path_factory: pytest.TempPathFactory) -> str:
    return start_influx(start, tmp_path_factory.mktemp("influx"))


@pytest.fixture(scope="module")
def cutting(start: Start, tmp_path_factory: pytest.TempPathFactory) -> str:
    """One that gives no more than 1,000 rows at once."""
    return start_influx(start, tmp_path_factory.mktemp("cutting"), rows=1000)


@pytest.fixture
def take(tmp_path: Path) -> Iterator[Take]:
    transport = Transport(allow=["127.0.0.1"])

    def pull(url: str, more: Mapping[str, Any], now: datetime = FULL, **own: str) -> Any:
        names = {"URL": url, "DATABASE": "city", "MEASUREMENT": "noise", "FIELD": "value", "USER": "", "PASSWORD": ""}
        env = {f"INFLUX_{name}": text for name, text in {**names, **own}.items()}
        options = {**load_preset("influxdb")["options"], "auth": None, **more}
        schema = Schema(tuple(Field(name, "string") for name in FIELDS), ("device", "at"))
        asked = Pull("http", {key: one for key, one in options.items() if one is not None}, FIELDS)
        snapshot, receipt = pull_resource(
            "city", Resource("noise", schema, pull=asked), env=env, cursor=None, folder=tmp_path / "kept", now=now,
            transport=transport,
        )  # fmt: skip
        return [tuple(row.values()) for row in read(snapshot, asked).select(list(FIELDS)).to_pylist()], receipt

    yield pull
    transport.close()


ALL = {"window": {"initial": "P41D", "size": "P1D"}}


def test_fault_12_the_preset_influxdb_halves_what_a_server_cuts(take: Take, cutting: str) -> None:
    rows, receipt = take(cutting, {**ALL, "paging": {"by": "time_window", "limit_rows": 1000}})
    assert (receipt.verdict, len(rows)) == ("complete", OBSERVATIONS)
    assert max(receipt.pages) < 1000


def test_fault_12_the_preset_influxdb_refuses_what_it_cannot_know_was_cut(take: Take, cutting: str) -> None:
    _rows, receipt = take(cutting, ALL)
    assert (receipt.verdict, receipt.received < OBSERVATIONS) == ("failed", True)


def test_the_preset_influxdb_knows_days_without_readings(take: Take, influx: str) -> None:
    rows, receipt = take(influx, {}, datetime(2027, 1, 5, tzinfo=UTC))
    assert (receipt.verdict, receipt.declared, rows) == ("complete", 0, [])


def test_fault_07_the_preset_influxdb_refuses_a_database_that_is_not_there(take: Take, influx: str) -> None:
    with pytest.raises(PullError, match=r"results\.\*\.error"):
        take(influx, ALL, DATABASE="nowhere")
