"""Each preset, alone with its environment, against the sandbox's system in its real wire format."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from lamppost.load.preset import load_preset, preset_names
from lamppost.pull import Transport
from lamppost.sandbox import Sandbox, start

Run = Callable[..., Any]
NOW = datetime(2026, 11, 22, 9, 17, tzinfo=ZoneInfo("America/Los_Angeles"))


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with start(date(2026, 11, 22)) as running:
        yield running


@pytest.fixture
def transport() -> Iterator[Transport]:
    made = Transport()
    yield made
    made.close()


@pytest.mark.parametrize(
    ("preset", "own", "declared_by"),
    [
        ("arcgis", {"url": "${STREETLIGHT_LAYER_URL}"}, "returnCountOnly"),
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


def test_every_preset_says_what_it_is() -> None:
    assert preset_names() == ("arcgis", "gbfs", "meraki", "open311", "sensorthings")
    for name in preset_names():
        preset = load_preset(name)
        assert set(preset) == {"title", "adapter", "options", "about", "specification"}
        assert preset["specification"].startswith("https://")
