"""Driver of `lamppost check`: everything authored, read at once, with every mistake by file and line."""

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from lamppost import load
from lamppost import plan as plans
from lamppost.errors import LoadError
from lamppost.model import City, Dataset, Issue
from lamppost.workflows import behind


def check_city(root: Path, today: date | None = None) -> list[Issue]:
    """All issues of all that the city wrote, errors first, then by place; asks no source and writes nothing."""
    try:
        city = load.load_city(root.resolve())
    except LoadError as error:
        return list(error.issues)
    datasets, faults = load.load_datasets(city)
    figures, figure_issues = load.load_figures(city, datasets)
    plan, plan_issues = load.load_plan(city)
    names, figure_names = [*(one.name for one in datasets), *faults], [one.name for one in figures]
    issues = [
        *(one for found in faults.values() for one in found),
        *figure_issues,
        *plan_issues,
        *load.check_references(plan, datasets, names, figure_names),
        *(plans.check_plan(plan, today or datetime.now(ZoneInfo(city.time_zone)).date()) if plan else ()),
        *load.check_pages(city, figure_names),
        *load.check_words(city, _prose(city)),
        *([] if faults else _check_workflows(city, datasets)),
    ]
    return sorted(issues, key=lambda one: (one.severity != "error", one.place, one.message))


def _prose(city: City) -> dict[str, str]:
    return {
        path.relative_to(city.root).as_posix(): path.read_text(encoding="utf-8", errors="replace")
        for path in sorted((city.root / "docs").rglob("*.md"))
    }


def _check_workflows(city: City, datasets: Sequence[Dataset]) -> list[Issue]:
    if not (city.root / ".github" / "workflows").is_dir():
        return []
    stale = behind(city, datasets, sorted(one.name for one in datasets))
    message = "does not fit the datasets; run `lamppost workflows --write`"
    return [Issue("workflow-behind", str(path), message, "warning") for path in stale]
