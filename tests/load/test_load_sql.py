"""A cursor alone loses rows: what `load` wants to have beside it before a database is asked."""

from collections.abc import Callable, Mapping

import pytest

from lamppost.load import load_datasets
from lamppost.model import City

Write = Callable[[Mapping[str, str]], City]
FILES = 'pull: {adapter: files, folder: data, glob: "*.csv"}'
DESCRIPTOR = "datasets/trees/dataset.yaml"


@pytest.fixture
def faults(write: Write, sound: Mapping[str, str]) -> Callable[..., list[str]]:
    """What is wrong with a pull of the table `trees` written so."""

    def find(pull: str, publish: str, key: str = "") -> list[str]:
        block = f'pull: {{adapter: sql, url: "${{TREES_DB}}", table: trees, {pull}}}\n    publish: {publish}\n    {key}'
        schema = sound["schemas/trees.yaml"].replace(
            "primaryKey: [tree_id]\n", "" if key else "primaryKey: [tree_id]\n"
        )
        city = write({DESCRIPTOR: sound[DESCRIPTOR].replace(FILES, block), "schemas/trees.yaml": schema})
        _datasets, issues = load_datasets(city)
        return [f"{one.place}: {one.message}" for one in issues.get("trees", ())]

    return find


@pytest.mark.parametrize("mode", ["upsert", "append"])
def test_a_cursor_with_its_lookback_is_sound(faults: Callable[..., list[str]], mode: str) -> None:
    assert faults("cursor: planted_date, lookback: P1D, full: P7D", f"{{mode: {mode}}}") == []


def test_fault_18_a_cursor_without_lookback_is_refused(faults: Callable[..., list[str]]) -> None:
    (found,) = faults("cursor: planted_date", "{mode: upsert}")
    assert "resources[0].pull.cursor: `cursor:` without `lookback:`" in found
    assert "add `lookback: P1D`, or whatever is longer than the longest transaction" in found


def test_a_lookback_of_nothing_is_none(faults: Callable[..., list[str]]) -> None:
    (found,) = faults("cursor: planted_date, lookback: PT0S", "{mode: upsert}")
    assert "expected an ISO 8601 duration" in found


def test_new_rows_alone_never_replace_all_of_them(faults: Callable[..., list[str]]) -> None:
    (found,) = faults("cursor: planted_date, lookback: P1D", "{mode: snapshot}")
    assert "`mode: snapshot` would throw the earlier rows away" in found


def test_rows_that_are_their_own_key_cannot_be_read_twice(faults: Callable[..., list[str]]) -> None:
    (found,) = faults("cursor: planted_date, lookback: P1D", "{mode: append}", "key: content")
    assert "a changed row stands beside what it was; declare a `primaryKey`" in found


def test_without_a_cursor_nothing_of_this_is_asked_for(faults: Callable[..., list[str]]) -> None:
    assert faults("columns: [tree_id, height_m, planted_date]", "{mode: snapshot}") == []
