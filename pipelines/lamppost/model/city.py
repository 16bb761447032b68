"""The city: what `mkdocs.yml` says of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Words:
    """House words, checked over everything a reader sees except data cells."""

    avoid: tuple[str, ...] = ()
    """Phrases (case-insensitive) that our own sentences never use."""
    say: Mapping[str, str] = field(default_factory=dict)
    """avoided phrase → what to say in its place; shown in the error."""
    names: tuple[str, ...] = ()
    """Proper names, quoted as printed, inside which an avoided phrase may stand."""


@dataclass(frozen=True)
class Mantra:
    """The sentence that the home page opens with."""

    text: str
    illustrative: bool = False


@dataclass(frozen=True)
class Dates:
    """The only clock of a run: `today` in the city's zone names versions, `now` decides what is due."""

    today: date
    now: datetime


@dataclass(frozen=True)
class City:
    """Everything that is true of the whole site."""

    root: Path
    """The folder that holds mkdocs.yml, datasets/, schemas/ and docs/."""
    name: str
    url: str
    time_zone: str
    publisher: str
    contact: str
    """An e-mail address."""
    licence: str
    """SPDX id of the default licence of text and data."""
    store: Path | str
    """A folder, or an address `s3://bucket/prefix`."""
    private: Path | None
    mantra: Mantra
    words: Words = Words()
    notice: str = ""
    """One sentence printed on every page, such as that the site is not an official one."""
    languages: tuple[str, ...] = ("en",)
    boundary: tuple[float, float, float, float] | None = None
    """West, south, east, north in WGS 84 degrees."""
    repo_url: str = ""
    config: Mapping[str, Any] = field(default_factory=dict)
    """The whole of mkdocs.yml as read."""
