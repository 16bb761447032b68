"""Reads what harvesters need of a dataset: its identifier, what time and place it covers, and whether it is listed."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from lamppost.load.section import Section, describe
from lamppost.model import City, Dataset, Issue
from lamppost.notation import parse_interval

_WHEN = r"\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?"
_PERIOD = re.compile(rf"({_WHEN})/({_WHEN}|\.\.)")
_SIDES = 4
_EAST, _NORTH = 180, 90
CITY = "city"
_UNLISTED = re.compile(r"""^["']?listed["']?\s*:(?!\s*true\s*(#|$))""", re.MULTILINE)


@dataclass(frozen=True)
class Listing:
    """`listed:`, `reason:` and `since:` of a descriptor."""

    listed: bool = True
    reason: str = ""
    since: str = ""


def read_public(section: Section) -> dict[str, Any]:
    """`identifier`, `temporal` and `spatial` as Data Package properties, `identifier` under its name there, `id`."""
    found: dict[str, Any] = {}
    if identifier := section.text("identifier"):
        found["id"] = identifier
        node = section.find("identifier")
        if node and re.search(r"\s", identifier):
            expected = "expected one word such as urn:uuid:… or the number from an older portal"
            section.note("wrong-value", node, f"found {describe(node)}, {expected}")
    if temporal := _read_temporal(section):
        found["temporal"] = temporal
    if spatial := _read_spatial(section):
        found["spatial"] = spatial
    return found


def read_listing(section: Section) -> Listing:
    """Whether the dataset is published; one that is not says why, and since when if nothing else dates its entry."""
    listed = section.flag("listed", default=True)
    reason, since = section.text("reason", required=not listed), section.day("since")
    if listed:
        for key in ("reason", "since"):
            if node := section.find(key):
                section.note(
                    "refused-key", node, f"`{key}` says why a dataset is not listed; write `listed: false` too"
                )
    elif not since and parse_interval(section.text("accrualPeriodicity")) is None:
        message = "`since` is missing: no interval dates the entry; add the day of the decision, such as 2026-11-22"
        section.note("missing-key", section.node, message)
    return Listing(listed, " ".join(reason.split()), since.isoformat() if since else "")


def _read_temporal(section: Section) -> str:
    text, node = section.text("temporal"), section.find("temporal")
    if not text or node is None:
        return ""
    match = _PERIOD.fullmatch(text)
    if match is None or not _is_period(*match.groups()):
        expected = "expected a period such as 2018/2024, 2018-02-01/2023-01-31, or 2018-02-01/.. while it goes on"
        section.note("wrong-value", node, f"found {describe(node)}, {expected}")
    return text


def _is_period(start: str, end: str) -> bool:
    """True when both ends are days of the calendar and in order."""
    try:
        first, last = (date.fromisoformat(f"{one}-01-01"[:10]) for one in (start, start if end == ".." else end))
    except ValueError:
        return False
    return first <= last


def _read_spatial(section: Section) -> Any:
    """Words, `city`, or a list of four numbers."""
    node = section.find("spatial")
    if node is None or isinstance(node.value, str):
        return section.text("spatial")
    numbers = [section.number_of(one) for one in node.value] if isinstance(node.value, tuple) else []
    sides = [one for one in numbers if one is not None]
    if len(sides) == len(numbers) == _SIDES:
        west, south, east, north = sides
        if -_EAST <= west < east <= _EAST and -_NORTH <= south < north <= _NORTH:
            return sides
    expected = "expected `city`, a place's name, or [west, south, east, north] in degrees"
    section.note("wrong-value", node, f"found {describe(node)}, {expected}")
    return None


def find_unlisted(root: Path) -> frozenset[str]:
    """Folders whose descriptor has a line `listed:` with anything but true.

    Read as text, so that no fault in the rest of the file can bring back to the public what somebody took away.
    """
    found = root.glob("datasets/*/dataset.yaml")
    return frozenset(
        one.parent.name for one in found if _UNLISTED.search(one.read_text(encoding="utf-8-sig", errors="replace"))
    )


def place_dataset(city: City, dataset: Dataset, faults: list[Issue]) -> Dataset:
    """The dataset with `spatial: city` as the numbers of the city's boundary."""
    if dataset.metadata.get("spatial") != CITY:
        return dataset
    if city.boundary is None:
        message = (
            "`spatial: city` needs the city's boundary; write `boundary: [west, south, east, north]` under "
            "`extra.city` in mkdocs.yml, or the four numbers here"
        )
        faults.append(Issue("missing-key", f"datasets/{dataset.name}/dataset.yaml spatial", message))
        return dataset
    return replace(dataset, metadata={**dataset.metadata, "spatial": list(city.boundary)})


def refuse_twins(datasets: Sequence[Dataset], faults: Mapping[str, list[Issue]]) -> None:
    """Two datasets with one identifier are one to every harvester."""
    owners: dict[str, str] = {}
    for one in datasets:
        owner = owners.setdefault(one.identifier, one.name) if one.identifier else one.name
        if owner != one.name:
            message = f"the identifier is that of `{owner}`; take the line out, and `lamppost check` gives it its own"
            faults[one.name].append(Issue("identifier-twice", f"datasets/{one.name}/dataset.yaml identifier", message))


def refuse_unlisted_inputs(datasets: Sequence[Dataset], faults: Mapping[str, list[Issue]]) -> None:
    """What is computed from a dataset shows its rows."""
    for one, name in find_unlisted_inputs(datasets):
        message = f"`derive.from` names `{name}`, which is not listed; list it, or take it out"
        faults[one].append(Issue("unlisted-input", f"datasets/{one}/dataset.yaml", message))


def find_unlisted_inputs(datasets: Sequence[Dataset]) -> Iterator[tuple[str, str]]:
    """Listed dataset and the unlisted one that it is derived from."""
    hidden = {one.name for one in datasets if not one.listed}
    for one in datasets:
        if one.listed:
            yield from ((one.name, name) for name in one.inputs if name in hidden)
