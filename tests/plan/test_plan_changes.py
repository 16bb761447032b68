"""Diffs of the dataset `plan` as sentences: was → is."""

from lamppost.plan import Decided, tell
from lamppost.plan.changes import DiffRow


def row(
    field: str = "due_date", was: str | None = "2026-06-30", is_: str | None = "2026-12-31", **more: object
) -> DiffRow:
    given = {"dataset": "plan", "version": 2, "date": "2026-11-22", "key": "1.1", "resource": "actions", **more}
    return DiffRow(field=field, was=was, is_=is_, **given)  # type: ignore[arg-type]  # tests name few of many fields


def test_a_moved_date_is_told_as_was_and_is() -> None:
    (told,) = tell([row()], {"1.1": "Learn to read data"})
    assert told.sentence == "Action 1.1, Learn to read data: due date 2026-06-30 → 2026-12-31. No reason was given."
    assert (told.title, told.version) == ("Learn to read data", 2)


def test_nothing_has_a_word() -> None:
    (told,) = tell([row("budget_approved_usd", None, "25000")])
    assert told.sentence == "Action 1.1: approved budget (US dollars) nothing → 25000. No reason was given."


def test_added_and_removed_rows_are_told() -> None:
    added = row("", None, None, change="added", key="1.1/a", resource="milestones")
    gone = row("", None, None, change="removed", key="days", resource="indicators")
    assert [told.sentence for told in tell([gone, added], {"1.1": "Learn"})] == [
        "Indicator days: removed.", "Milestone 1.1/a, Learn: added.",
    ]  # fmt: skip


def test_long_values_are_cut() -> None:
    (told,) = tell([row("problem", "short", "x" * 200)])
    assert told.sentence == f"Action 1.1: problem short → {'x' * 79}…."


def test_the_newest_version_comes_first() -> None:
    rows = [row(version=1, date="2026-01-01"), row("owner", "A", "B"), row()]
    assert [(told.date, told.sentence.split(": ")[1][:5]) for told in tell(rows)] == [
        ("2026-11-22", "due d"), ("2026-11-22", "owner"), ("2026-01-01", "due d"),
    ]  # fmt: skip


def test_a_promise_that_moved_names_who_decided_it_and_why() -> None:
    decided = Decided("1.1", frozenset({"due", "budget"}), "City Council", "The contract came late.")
    (told,) = tell([row()], {}, [decided])
    assert told.sentence == (
        "Action 1.1: due date 2026-06-30 → 2026-12-31. Decided by City Council: The contract came late."
    )
    (told,) = tell([row(key="1.1/a", resource="milestones")], {}, [decided])
    assert told.sentence.endswith("Decided by City Council: The contract came late.")
    (told,) = tell([row("owner", "A", "B")], {}, [decided])
    assert told.sentence.endswith("No reason was given.")


def test_words_that_promise_nothing_need_no_decision() -> None:
    (told,) = tell([row("summary", "A", "B")])
    assert told.sentence == "Action 1.1: summary A → B."
