"""Adapter poll, asked a second time: unchanged, changed, or answering with data that stands still."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from lamppost.errors import PullError
from lamppost.model import Field, Pull, Receipt, Resource, Schema, Snapshot
from lamppost.pull import Transport, pull_resource

Poll = Callable[..., tuple[Snapshot, Receipt]]
NOW = datetime(2026, 11, 22, 17, 20, tzinfo=UTC)
SHARED = Path(__file__).parents[2].parent / "shared" / "attacks" / "files"


@pytest.fixture
def poll(source: Any, transport: Transport, tmp_path: Path) -> Poll:
    """`poll(memory, ttl=…)`: one pull of /a at NOW, reminded of `memory`."""

    def _poll(memory: Mapping[str, str] | None = None, now: datetime = NOW, **options: Any) -> Any:
        asked = Pull("poll", {"url": source.url + "/a", "format": "json", "records": "rows", **options}, {})
        resource = Resource("lights", Schema((Field("id", "string"),), ("id",)), pull=asked)
        return pull_resource(
            "streetlights", resource, env={}, cursor=None, folder=tmp_path, now=now, transport=transport, memory=memory
        )

    return _poll


def publish(source: Any, body: bytes = b'{"rows": [{"id": 1}]}', **headers: str) -> None:
    """A server that honours If-None-Match as RFC 9110 section 13.1.2 has it."""
    told = {name.replace("_", "-"): text for name, text in headers.items()}

    def answer(_query: Any) -> Any:
        known = source.asked[-1][2].get("if-none-match")
        return (304, {"Content-Length": "0"}, b"") if known and known == told.get("ETag") else (200, told, body)

    source.routes["/a"] = answer


def test_a_document_that_the_source_calls_unmodified_is_unchanged(source: Any, poll: Poll) -> None:
    publish(source, ETag='"v1"')
    first, _receipt = poll()
    again, receipt = poll(first.memory)
    assert (first.unchanged, again.unchanged, again.pages) == (False, True, ())
    assert source.asked[1][2]["if-none-match"] == '"v1"'
    assert (receipt.received, receipt.verdict) == (1, "complete")
    assert "nothing changed" in receipt.reason


def test_last_modified_is_given_back_as_it_came(source: Any, poll: Poll) -> None:
    publish(source, Last_Modified="Sat, 21 Nov 2026 08:00:00 GMT")
    poll(poll()[0].memory)
    assert source.asked[1][2]["if-modified-since"] == "Sat, 21 Nov 2026 08:00:00 GMT"


def test_an_etag_that_lies_does_not_make_new_data_of_the_same_bytes(source: Any, poll: Poll) -> None:
    publish(source, ETag='"v1"')
    first = poll()[0]
    publish(source, ETag='"v2"')
    again, receipt = poll(first.memory)
    assert (again.unchanged, again.memory["etag"]) == (True, '"v2"')
    assert "same bytes" in receipt.reason


def test_an_etag_that_stays_does_not_hide_new_bytes(source: Any, poll: Poll) -> None:
    source.routes["/a"] = lambda _query: (200, {"ETag": '"v1"'}, b'{"rows": []}')
    first = poll()[0]
    source.routes["/a"] = lambda _query: (200, {"ETag": '"v1"'}, b'{"rows": [{"id": 1}]}')
    assert poll(first.memory)[0].unchanged is False


def test_no_source_is_believed_for_longer_than_a_day_that_nothing_changed(source: Any, poll: Poll) -> None:
    publish(source, ETag='"v1"')
    memory = poll()[0].memory
    for hours in (20, 23):
        memory = poll(memory, NOW + timedelta(hours=hours))[0].memory
    poll(memory, NOW + timedelta(hours=24))
    assert ["if-none-match" in asked[2] for asked in source.asked] == [False, True, True, False]


@pytest.mark.parametrize("modified", ["Fri, 01 Jan 2100 00:00:00 GMT", "soon"])
def test_a_date_to_come_is_not_given_back(source: Any, poll: Poll, modified: str) -> None:
    publish(source, Last_Modified=modified)
    poll(poll()[0].memory)
    assert "if-modified-since" not in source.asked[1][2]


def test_a_304_that_nobody_asked_for_is_an_error(source: Any, poll: Poll) -> None:
    source.routes["/a"] = lambda _query: (304, {"Content-Length": "0"}, b"")
    with pytest.raises(PullError, match="HTTP 304"):
        poll()


def test_what_was_remembered_of_another_address_does_not_matter(source: Any, poll: Poll) -> None:
    publish(source, ETag='"v1"')
    memory = poll()[0].memory
    poll(memory, params={"day": "2"})
    assert "if-none-match" not in source.asked[1][2]


@pytest.mark.parametrize("memory", [{"expires": "2026-11-22T17:30:00Z"}, {"rows": "x", "read_at": "2026-11-22"}])
def test_half_a_memory_is_none(source: Any, poll: Poll, memory: dict[str, str]) -> None:
    publish(source, ETag='"v1"')
    assert poll(memory)[0].unchanged is False


@pytest.mark.parametrize(("ttl", "minutes"), [("ttl", 5), ("PT5M", 5), ("nowhere", 0), ("P400D", 24 * 60)])
def test_nothing_is_asked_while_the_last_answer_is_current(source: Any, poll: Poll, ttl: str, minutes: int) -> None:
    publish(source, b'{"ttl": 300, "rows": [{"id": 1}]}')
    memory = poll(ttl=ttl)[0].memory
    for gone in (minutes - 1, minutes):
        assert poll(memory, NOW + timedelta(minutes=gone), ttl=ttl)[0].unchanged
    assert len(source.asked) == (2 if minutes else 3)


def test_a_memory_from_the_future_is_not_believed(source: Any, poll: Poll) -> None:
    publish(source, b'{"ttl": 300, "rows": []}')
    memory = poll(ttl="ttl")[0].memory
    poll(memory, NOW - timedelta(days=30), ttl="ttl")
    assert len(source.asked) == 2


def test_a_receipt_of_a_second_pull_is_equal_although_time_has_passed(source: Any, poll: Poll) -> None:
    publish(source, b'{"rows": [{"id": 1, "at": 1795330800}]}')
    stale = {"newest": "at", "after": "PT1H", "as": "epoch_s"}
    assert poll(stale=stale)[1] == poll(None, NOW + timedelta(days=9), stale=stale)[1]


STOPPED = b'{"last_updated": 1787297600, "rows": [{"id": 1, "at": "2026-08-21T07:33:20Z"}, {"id": 2, "at": null}]}'


@pytest.mark.parametrize("stale", [{"path": "last_updated", "as": "epoch_s"}, {"newest": "at"}])
def test_fault_28_fresh_http_with_stale_data_is_an_issue(source: Any, poll: Poll, stale: dict[str, str]) -> None:
    publish(source, STOPPED)
    snapshot, receipt = poll(stale={**stale, "after": "PT1H"})
    (issue,) = snapshot.issues
    assert (issue.code, issue.severity, issue.place) == ("stale-source", "warning", "streetlights/lights")
    assert "its data is of 2026-08-21 07:33 UTC" in issue.message
    assert (receipt.verdict, snapshot.unchanged) == ("complete", False)


def test_fault_28_data_that_stands_still_is_told_of_an_unchanged_document_too(source: Any, poll: Poll) -> None:
    publish(source, b'{"last_updated": "2026-11-22T17:00:00Z", "rows": []}', ETag='"v1"')
    stale = {"path": "last_updated", "after": "PT1H"}
    first = poll(stale=stale)[0]
    again = poll(first.memory, NOW + timedelta(hours=1), stale=stale)[0]
    assert (first.issues, again.unchanged, again.issues[0].code) == ((), True, "stale-source")


def test_fault_25_a_time_to_come_is_an_issue_of_its_own(source: Any, poll: Poll) -> None:
    publish(source, b'{"last_updated": "2026-11-23T05:00:00Z", "rows": []}')
    (issue,) = poll(stale={"path": "last_updated", "after": "PT1H"})[0].issues
    assert (issue.code, "2026-11-23 05:00 UTC, which is yet to come" in issue.message) == ("clock-skew", True)


def test_fault_25_one_clock_gone_wild_does_not_make_the_others_fresh(source: Any, poll: Poll) -> None:
    publish(source, b'{"rows": [{"at": "2099-01-01T00:00:00Z"}, {"at": "2026-08-21T07:33:20Z"}]}')
    (issue,) = poll(stale={"newest": "at", "after": "PT1H"})[0].issues
    assert "2026-08-21 07:33 UTC" in issue.message


@pytest.mark.parametrize(
    ("stale", "message"),
    [
        ({"path": "updated", "after": "PT1H"}, "no time at `updated`"),
        ({"path": "last_updated", "after": "PT1H"}, "what is at `last_updated` is no time"),
        ({"path": "last_updated"}, r"pull\.stale: too little"),
        ({"after": "PT1H"}, "`after: PT1H` with one of `path` and `newest`"),
    ],
)
def test_an_age_that_cannot_be_judged_is_an_error(source: Any, poll: Poll, stale: Any, message: str) -> None:
    publish(source, STOPPED)
    with pytest.raises(PullError, match=message):
        poll(stale=stale)


def test_no_record_has_no_age(source: Any, poll: Poll) -> None:
    publish(source, b'{"rows": []}')
    assert poll(stale={"newest": "at", "after": "PT1H"})[0].issues == ()


@pytest.mark.skipif(not SHARED.is_dir(), reason="the folder ../shared with attacks is not here")
@pytest.mark.parametrize("name", ["etag-lies.txt", "set-cookie-date.txt"])
def test_scripted_answers_of_the_corpus_are_judged_by_their_bytes(source: Any, poll: Poll, name: str) -> None:
    raw = (SHARED / name).read_bytes().replace(b"Length: 34", b"Length: 33")  # which is how many there are
    source.routes["/a"] = lambda _query: iter([raw])
    options = {"format": "csv", "records": ""}
    first = poll(**options)[0]
    assert poll(first.memory, **options)[0].unchanged
    assert "if-modified-since" not in source.asked[1][2]
