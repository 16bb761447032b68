"""What a verb needs from outside, in one place: the city's folder, the clock, the environment, the sandbox."""

import os
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from lamppost.load import load_city
from lamppost.model import City, Dates

if TYPE_CHECKING:
    from lamppost.store import Store

NOON = time(12)


def open_city(root: Path) -> City:
    """The city in a folder; LoadError when its mkdocs.yml cannot be understood."""
    return load_city(root.resolve())


def place_at(city: City, url: str | None) -> City:
    """The city at `url`, unless mkdocs.yml already says where it is: example.org is nobody's address."""
    is_example = (urlsplit(city.url).hostname or "").endswith(("example.org", "example.com"))
    return replace(city, url=f"{url.rstrip('/')}/") if url and is_example else city


def date_run(city: City, today: datetime | None) -> Dates:
    """The day and the moment of a run, in the city's zone; a pretended day is taken at noon."""
    zone = ZoneInfo(city.time_zone)
    now = datetime.combine(today.date(), NOON, zone) if today else datetime.now(zone)
    return Dates(today=now.date(), now=now)


def date_elsewhere(today: datetime | None) -> Dates:
    """The same where there is no city yet: in UTC."""
    now = datetime.combine(today.date(), NOON, UTC) if today else datetime.now(UTC)
    return Dates(today=now.date(), now=now)


def fill_environment(stack: ExitStack, dates: Dates, *, sandbox: bool) -> Mapping[str, str]:
    """The process environment; with the sandbox, its addresses for every name that is unset, real ones stay real."""
    env = dict(os.environ)
    if sandbox:
        from lamppost.sandbox import start  # noqa: PLC0415  most runs ask real systems

        town = stack.enter_context(start(dates.today))
        env = {**town.environ, **{name: value for name, value in env.items() if value}}
    return env


def allow_sandbox(env: Mapping[str, str]) -> tuple[str, ...]:
    """The sandbox's own address, the one on this machine that is asked without a descriptor's `allow:`."""
    address = env.get("LAMPPOST_SANDBOX", "")
    return (address,) if urlsplit(address).hostname == "127.0.0.1" else ()


def open_city_store(city: City) -> "Store":
    """Where the city's versions are; what comes from an address is kept below build/, which may be deleted any time."""
    from lamppost.store import open_store  # noqa: PLC0415  brings the data library, which few verbs need

    return open_store(city.store, city.root / "build" / "store")
