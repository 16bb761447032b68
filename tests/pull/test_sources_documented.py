"""docs/about/sources.md has a word on every key that a descriptor may write under `pull:`."""

import re
from pathlib import Path

import pytest

from lamppost.load import pull
from lamppost.notation import CONVERSION_NAMES
from lamppost.pull.http.form import FORMATS
from lamppost.pull.http.paging import WAYS
from lamppost.pull.transport.access import KINDS

PAGE = (Path(__file__).parents[2] / "docs/about/sources.md").read_text(encoding="utf-8")
HEAD, *PARTS = re.split(r"^## ", PAGE, flags=re.MULTILINE)
WAY_IN = next(part for part in PARTS if part.startswith("Any web address"))


@pytest.mark.parametrize("adapter", sorted(pull._OPTIONS))
def test_every_key_of_an_adapter_is_told_where_the_adapter_is(adapter: str) -> None:
    part = next(part for part in PARTS if part.startswith(f"`{adapter}`"))
    shared = WAY_IN if pull._OPTIONS[adapter] >= pull.WAY_IN else ""
    assert [key for key in sorted(pull._OPTIONS[adapter]) if f"`{key}`" not in part + shared] == []


@pytest.mark.parametrize("word", [*sorted(pull._OWN_KEYS), *WAYS, *FORMATS, *CONVERSION_NAMES, *KINDS])
def test_every_word_of_a_descriptor_is_told(word: str) -> None:
    assert re.search(rf"`{word}(`|:)", PAGE)


def test_nothing_is_told_that_is_not_there() -> None:
    keys = {key for keys in pull._OPTIONS.values() for key in keys} | pull._OWN_KEYS
    first = re.findall(r"^\| (`[^|]*)\|", PAGE, re.MULTILINE)
    told = {name for cell in first for name in re.findall(r"`([a-z_]+)`", cell)}
    assert told <= keys | set(WAYS)
