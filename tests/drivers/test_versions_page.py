"""Every command of docs/about/versions.md exists, with the options that it shows."""

import re
from pathlib import Path

import click
import pytest

from lamppost.cli import main

PAGE = (Path(__file__).parents[2] / "docs/about/versions.md").read_text(encoding="utf-8")
LINES = [line.partition("  ")[0].partition(" >")[0] for line in re.findall(r"^lamppost (.*)$", PAGE, re.MULTILINE)]
SHOWN = sorted({*LINES, *re.findall(r"`lamppost ([a-z]+ [^`]*)`", PAGE)})


@pytest.mark.parametrize("line", SHOWN)
def test_a_command_of_the_page_is_one(line: str) -> None:
    verb, _, rest = line.partition(" ")
    command = main.commands[verb]
    known = {name for one in command.params if isinstance(one, click.Option) for name in one.opts}
    assert set(re.findall(r"--[a-z-]+", rest)) <= known


def test_the_page_names_every_verb_that_looks_back() -> None:
    assert {line.split(" ")[0] for line in SHOWN} >= {"log", "diff", "rollback", "gc"}


def test_the_page_explains_each_option_of_those_verbs() -> None:
    for verb in ("log", "diff", "rollback", "gc"):
        options = [one.opts[0] for one in main.commands[verb].params if isinstance(one, click.Option)]
        missing = [one for one in options if one not in PAGE and one not in {"--today", "--all", "--table"}]
        assert missing == []
