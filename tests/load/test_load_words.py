"""House words: avoided everywhere except inside proper names as printed."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from lamppost.load import check_words
from lamppost.model import City, Words

Write = Callable[[Mapping[str, str]], City]
WORDS = Words(
    avoid=("big data",), say={"Big data": "many numbers"}, names=("Big Data Day", "the Mayor's Big Data Day 2025")
)


@pytest.fixture
def city(write: Write) -> City:
    return replace(write({}), words=WORDS)


@pytest.mark.parametrize(
    "text", ["Come to Big Data Day.", "the Mayor's Big  Data\nDay 2025", "big database", "bigdata"]
)
def test_proper_names_and_other_words_are_fine(city: City, text: str) -> None:
    assert check_words(city, {"a.md": text}) == ()


@pytest.mark.parametrize(
    "text",
    ["We love big data.", "BIG DATA", "big\ndata", "big\u00a0data", "Big data day", "Big Data Days", "“big data”"],
)
def test_an_avoided_phrase_is_found_however_it_is_written(city: City, text: str) -> None:
    assert len(check_words(city, {"a.md": text})) == 1


def test_the_message_names_the_line_and_what_to_say(city: City) -> None:
    (issue,) = check_words(city, {"docs/a.md": "Big Data Day.\n\nThis is big data."})
    assert issue.place == "docs/a.md:3"
    assert issue.message.startswith("found “big data” outside of a proper name; say “many numbers”")


def test_every_page_is_looked_at(city: City) -> None:
    issues = check_words(city, {"b.md": "big data, big data", "a.md": "big data"})
    assert [issue.place for issue in issues] == ["a.md:1", "b.md:1", "b.md:1"]
