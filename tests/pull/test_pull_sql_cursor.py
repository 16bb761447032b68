"""Adapter sql with a cursor: late commits come with the lookback, and what moves no cursor with the whole."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from lamppost.errors import PullError
from lamppost.model import Field, FieldSource, Pull, Resource, Schema
from lamppost.pull import Transport
from lamppost.pull.job import Job
from lamppost.pull.sql import pull_sql
from lamppost.pull.sql.asked import step_back
from lamppost.pull.sql.pages import Limits

Run = Callable[..., Any]
NOW = datetime.fromisoformat("2026-11-22T09:00:00-08:00")


class Desk:
    """A SQLite file with one table `calls`, and a pull of it that goes on from where the last one ended."""

    def __init__(self, folder: Path, **options: Any) -> None:
        self.path, self.folder = folder / "desk.db", folder / "kept"
        self.options = {"url": f"sqlite:///{self.path.as_posix()}", "table": "calls", **options}
        self.memory: dict[str, str] = {}
        self.cursor: str | None = None
        self.write("CREATE TABLE calls (id TEXT, at, note TEXT)")

    def write(self, statement: str, *values: Any) -> None:
        with closing(sqlite3.connect(self.path)) as connection:
            connection.execute(statement, values)
            connection.commit()

    def add(self, **rows: Any) -> None:
        for name, at in rows.items():
            self.write("INSERT INTO calls VALUES (?, ?, 'new')", name, at)

    def pull(self, *, days: float = 1, convert: str = "", zone: str = "", later: float = 0, limits: Any = None) -> str:
        fields = {"id": FieldSource("id"), "at": FieldSource("at", convert, zone)}
        asked = Pull("sql", self.options, fields, cursor="at", lookback=timedelta(days=days) or None)
        schema = Schema((Field("id", "string"), Field("at", "datetime")), ("id",))
        resource = Resource("calls", schema, pull=asked)
        job = Job(
            "desk/calls", resource, asked, self.cursor, self.folder, NOW + timedelta(days=later), Transport(),
            memory=self.memory,
        )  # fmt: skip
        snapshot, receipt = pull_sql(job, limits or Limits())
        assert receipt.verdict == "complete"
        self.cursor, self.memory = receipt.cursor_after, dict(snapshot.memory)
        return " ".join(
            json.loads(line)["id"] for page in snapshot.pages for line in page.path.read_bytes().splitlines()
        )


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_fault_18_a_late_commit_behind_the_watermark_comes_with_the_lookback(desk: Desk) -> None:
    desk.add(early="2026-11-20T10:00:00Z", newest="2026-11-20T12:00:00Z")
    assert desk.pull() == "early newest"
    desk.add(late="2026-11-20T11:00:00Z", next="2026-11-20T13:00:00Z")
    assert "late" in desk.pull(days=1)


def test_fault_18_and_without_one_it_is_lost_for_good(desk: Desk) -> None:
    desk.add(early="2026-11-20T10:00:00Z", newest="2026-11-20T12:00:00Z")
    desk.pull()
    desk.add(late="2026-11-20T11:00:00Z", next="2026-11-20T13:00:00Z")
    assert (desk.pull(days=0), desk.pull(days=0)) == ("newest next", "next")


@pytest.mark.parametrize(
    ("texts", "cursor"),
    [
        (("2026-11-20 10:00", "2026-11-20T12:00:00"), "2026-11-20T12:00:00"),
        (("2026-11-20T10:00:00.5Z", "2026-11-20T12:00:00.25+00:00"), "2026-11-20T12:00:00.25+00:00"),
        (("2026-11-20T23:00:00-08:00", "2026-11-21T00:00:00+05:00"), "2026-11-21T00:00:00+05:00"),
        (("2026-11-19", "2026-11-20"), "2026-11-20"),
    ],
)
def test_times_as_text_in_whatever_form_are_compared_as_times(desk: Desk, texts: Any, cursor: str) -> None:
    desk.add(one=texts[0], two=texts[1])
    desk.pull()
    assert (desk.cursor, desk.pull(days=2)) == (cursor, "one two")
    assert "one" in desk.pull(days=1)


def test_rows_without_a_time_come_every_time(desk: Desk) -> None:
    desk.add(good="2026-11-20T12:00:00Z", none=None, junk="soon", number=3)
    desk.pull()
    desk.add(none2=None, junk2="later")
    assert set(desk.pull(days=0).split()) == {"good", "none", "junk", "number", "none2", "junk2"}
    assert desk.cursor == "2026-11-20T12:00:00Z"


def test_fault_25_a_time_far_ahead_of_now_does_not_move_the_cursor(desk: Desk) -> None:
    desk.add(good="2026-11-20T12:00:00Z", wild="2099-01-01T00:00:00Z")
    desk.pull()
    assert desk.cursor == "2026-11-20T12:00:00Z"


def test_fault_22_times_without_zone_stay_so_and_a_clock_that_is_put_back_loses_none(desk: Desk) -> None:
    desk.add(before="2026-11-01T01:50:00")
    desk.pull()
    desk.add(again="2026-11-01T01:10:00")
    assert (desk.pull(days=1 / 1440), desk.cursor) == ("again before", "2026-11-01T01:50:00")


def test_fault_22_local_times_with_a_zone_are_asked_for_on_the_sources_own_clock(desk: Desk) -> None:
    desk.add(summer="2026-07-01T12:00:00", winter="2026-11-20T12:00:00")
    desk.pull(convert="local", zone="America/Los_Angeles")
    assert desk.cursor == "2026-11-20T20:00:00Z"
    desk.add(late="2026-11-20T08:30:00", old="2026-11-20T07:00:00")
    assert desk.pull(days=1 / 24, convert="local", zone="America/Los_Angeles") == "late winter"


@pytest.mark.parametrize(("convert", "scale"), [("epoch_s", 1), ("epoch_ms", 1_000), ("epoch_ns", 1_000_000_000)])
def test_numbers_of_time_are_asked_for_as_numbers(desk: Desk, convert: str, scale: int) -> None:
    noon = 1_795_262_400 - 86_400  # 2026-11-20T12:00:00Z
    desk.add(old=(noon - 90_000) * scale, late=(noon - 80_000) * scale, newest=noon * scale)
    desk.pull(convert=convert)
    assert (desk.cursor, desk.pull(convert=convert)) == ("2026-11-20T12:00:00Z", "late newest")


def test_fault_19_a_change_that_moves_no_cursor_comes_with_the_whole(tmp_path: Path) -> None:
    desk = Desk(tmp_path, full="P7D")
    desk.add(old="2026-01-01T00:00:00Z", newest="2026-11-20T12:00:00Z")
    assert [desk.pull(), desk.pull(later=1), desk.pull(later=6.9)] == ["old newest", "newest", "newest"]
    desk.write("UPDATE calls SET note = 'changed' WHERE id = 'old'")
    assert [desk.pull(later=7), desk.pull(later=8)] == ["old newest", "newest"]


def test_a_whole_pull_asks_from_no_cursor_and_a_forgotten_one_is_made_good(tmp_path: Path) -> None:
    desk = Desk(tmp_path, full="P7D")
    desk.add(old="2026-01-01T00:00:00Z", newest="2026-11-20T12:00:00Z")
    desk.pull()
    desk.memory = {}
    assert desk.pull(later=1) == "old newest"
    assert desk.memory == {"full": (NOW + timedelta(days=1)).isoformat()}


def test_a_row_that_was_deleted_again_leaves_nothing_to_bring(desk: Desk) -> None:
    desk.add(only="2026-11-20T12:00:00Z")
    desk.pull()
    desk.write("DELETE FROM calls")
    assert (desk.pull(), desk.cursor) == ("", "2026-11-20T12:00:00Z")


def test_a_column_for_the_cursor_must_be_among_those_that_are_read(tmp_path: Path) -> None:
    with pytest.raises(PullError, match=r"pull\.columns: no `at` · expected the cursor's column among them"):
        Desk(tmp_path, columns=["id"]).pull()


@pytest.mark.parametrize(
    ("limits", "message"), [(Limits(size=10), "more than 10 bytes"), (Limits(seconds=-1), "no end after 0 rows")]
)
def test_a_pull_that_grows_beyond_its_limits_ends_and_leaves_nothing(desk: Desk, limits: Limits, message: str) -> None:
    desk.add(one="2026-11-20T12:00:00Z")
    with pytest.raises(PullError, match=message):
        desk.pull(limits=limits)
    assert not list(desk.folder.glob("*"))


def test_the_cursor_steps_back_in_the_form_that_it_has() -> None:
    day = timedelta(days=1)
    assert step_back("2026-11-20", day) == "2026-11-19"
    assert step_back("2026-11-20T12:00:00Z", day) == "2026-11-19T12:00:00Z"
    assert step_back("2026-11-20 12:00:00.250000+02:00", day) == "2026-11-19 12:00:00.250000+02:00"
    assert step_back("2026-11-20T12:00:00", day) == "2026-11-19T09:00:00"
    assert step_back("1969-12-31T00:00:00Z", day, "epoch_ms") == -2 * 86_400_000
