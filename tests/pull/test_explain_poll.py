"""pull --explain of the adapter poll: what would be asked of whom, and what would show that nothing is missing."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from lamppost.errors import PullError
from lamppost.model import Field, FieldSource, Publish, Pull, Resource, Schema
from lamppost.pull.explain.explanation import Explanation
from lamppost.pull.explain.poll import explain_poll
from lamppost.pull.job import Job
from lamppost.pull.transport import Transport

Tell = Callable[..., Explanation]
URL = "https://user:${PASSWORD}@gtfs.example.org/feed.zip?token=${KEY}"


@pytest.fixture
def tell(transport: Transport, tmp_path: Path) -> Tell:
    """`tell(format="csv", key="id", publish=…)`: explains a descriptor with these options."""

    def _tell(key: str = "id", path: str = "", publish: Publish | None = None, **options: Any) -> Explanation:
        pull = Pull("poll", {"url": URL, **options}, {key: FieldSource(path or key)}, every=timedelta(hours=1))
        resource = Resource("stops", Schema((Field(key, "string"),), (key,)), pull=pull, publish=publish or Publish())
        return explain_poll(Job("gtfs/stops", resource, pull, None, tmp_path, datetime.now(UTC), transport))

    return _tell


def test_an_archive_is_told_in_order(tell: Tell) -> None:
    told = tell(format="csv", member="stops.txt", params={"lang": "en"}, ttl="PT6H")
    assert told.asks[:2] == (
        "Asks nothing while the last answer is current: for 6 hours.",
        "Asks https://gtfs.example.org/feed.zip with lang=en for a ZIP archive and opens of it only stops.txt, as csv.",
    )
    assert "only whether the document has changed" in told.asks[2]
    assert "checksum of each member" in told.proof[0]


def test_no_secret_is_told(tell: Tell) -> None:
    told = tell(format="json", auth={"query": {"key": "${KEY}"}}, headers={"X-Key": "${KEY}"})
    assert "KEY" not in str(told)
    assert "PASSWORD" not in str(told)


def test_a_feed_and_the_age_of_its_data_are_told(tell: Tell) -> None:
    feeds = {"vehicle_status": "data.vehicles", "free_bike_status": "data.bikes"}
    told = tell(format="json", discover={"feeds": feeds}, ttl="ttl", stale={"path": "last_updated", "after": "PT90M"})
    assert "for the address of the feed `vehicle_status` or else `free_bike_status`." in told.asks[1]
    assert "the seconds that it says itself at `ttl`" in told.asks[0]
    assert told.proof[1] == ("Its age is judged by `last_updated`: when that is over 90 minutes ago, readers are told.")


@pytest.mark.parametrize(("form", "proof"), [("csv", "the pull is unproven"), ("json", "cut anywhere is no JSON")])
def test_what_shows_the_end_is_told(tell: Tell, form: str, proof: str) -> None:
    assert proof in tell(format=form).proof[0]


def test_fault_35_ids_that_rotate_are_no_key(tell: Tell) -> None:
    told = tell("vehicle", "vehicle_id", format="json", records="data.vehicles", discover="vehicle_status")
    assert "`vehicle_id` is in the primary key" in told.refusals[0]
    assert tell("kind", "vehicle_type_id", format="json", discover="vehicle_status").refusals == ()


def test_rows_need_somewhere_to_wait(tell: Tell) -> None:
    daily = Publish("upsert", "at", every=timedelta(days=1))
    assert "no private folder" in tell(format="json", publish=daily).refusals[0]
    assert tell(format="json", publish=replace(daily, mode="snapshot")).refusals == ()


def test_a_descriptor_that_cannot_be_read_is_an_error(tell: Tell) -> None:
    with pytest.raises(PullError, match=r"pull\.format"):
        tell(format="yaml")
