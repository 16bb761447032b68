"""Driver of `lamppost check`: everything authored, read at once, with every mistake by file and line."""

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from lamppost import load
from lamppost import plan as plans
from lamppost.errors import LoadError
from lamppost.model import PLAN, City, Dataset, Issue, Plan
from lamppost.notation import name_identifier
from lamppost.pull.public import check_public
from lamppost.site.harden import audit
from lamppost.workflows import behind

_CODE_LINK = re.compile(r"\]\(\s*(javascript|vbscript|data):", re.IGNORECASE)
_UNFINISHED = re.compile(r"\b(TODO|QUESTION)\b:?([^\"]*)")
_OURS = ("docs_dir", "markdown_extensions", "plugins", "site_dir", "strict", "theme", "use_directory_urls")
"""Words of MkDocs that the build sets itself."""


def check_city(root: Path, today: date | None = None) -> list[Issue]:
    """All issues of all that the city wrote, errors first, then by place; asks no source and writes nothing."""
    try:
        city = load.load_city(root.resolve())
    except LoadError as error:
        return list(error.issues)
    datasets, faults = load.load_datasets(city)
    figures, figure_issues = load.load_figures(city, datasets)
    plan, plan_issues = load.load_plan(city)
    names = [*(one.name for one in datasets), *faults, *load.load_withdrawn(city)]
    figure_names = [one.name for one in figures]
    issues = [
        *(one for found in faults.values() for one in found),
        *figure_issues,
        *plan_issues,
        *load.check_references(plan, datasets, names, figure_names),
        *(plans.check_plan(plan, today or datetime.now(ZoneInfo(city.time_zone)).date()) if plan else ()),
        *load.check_pages(city, figure_names),
        *_check_home(city),
        *_check_policy(city),
        *_check_settings(city),
        *_check_unfinished(city),
        *_check_identifiers(city, datasets, plan),
        *(issue for one in datasets for issue in check_public(city, one)),
        *load.check_words(city, _prose(city)),
        *([] if faults else _check_workflows(city, datasets)),
    ]
    return sorted(dict.fromkeys(issues), key=lambda one: (one.severity != "error", one.place, one.message))


def _prose(city: City) -> dict[str, str]:
    return {
        path.relative_to(city.root).as_posix(): path.read_text(encoding="utf-8-sig", errors="replace")
        for path in sorted((city.root / "docs").rglob("*.md"))
    }


def _check_home(city: City) -> tuple[Issue, ...]:
    try:
        load.read_home(city)
    except LoadError as error:
        return error.issues
    return ()


def _check_policy(city: City) -> Iterator[Issue]:
    """HTML in Markdown that the build would refuse; said here, before a whole site waits for one page."""
    for place, text in _prose(city).items():
        visible = load.outside_code(text)
        found = [*audit(visible), *(["a link that runs or hides code"] if _CODE_LINK.search(visible) else [])]
        for fault in found:
            message = f"found {fault}, expected none: the site's security policy forbids it; take it out"
            yield Issue("page-policy", place, message)


def _check_settings(city: City) -> Iterator[Issue]:
    for key in _OURS:
        if key in city.config:
            yield Issue("setting-ignored", f"mkdocs.yml {key}", "is set by lamppost, not here; remove it", "warning")


def _check_unfinished(city: City) -> Iterator[Issue]:
    """What `lamppost try` left for a person to say; readers would see it as it stands."""
    for path in sorted([*city.root.glob("datasets/*/dataset.yaml"), *city.root.glob("schemas/*.yaml")]):
        lines = path.read_text(encoding="utf-8-sig", errors="replace").splitlines()
        for number, line in enumerate(lines, 1):
            if mark := _UNFINISHED.search(line):
                message = f"{mark.group(1)}: {mark.group(2).strip()} Write the answer in its place"
                yield Issue("unfinished", f"{path.relative_to(city.root).as_posix()}:{number}", message, "warning")


def _check_identifiers(city: City, datasets: Sequence[Dataset], plan: Plan | None) -> Iterator[Issue]:
    """Without one, a dataset's name in catalogues hangs on its folder and on the publisher's name."""
    places = {one.name: f"datasets/{one.name}/dataset.yaml" for one in datasets if not one.identifier}
    if plan and not plan.identifier:
        places[PLAN] = f"docs/{plan.path}"
    for name, place in places.items():
        line = f"`identifier: {name_identifier(city.publisher, name)}`"
        why = "so that harvesters would see another dataset if the folder were renamed"
        message = f"`identifier` is missing, {why}; add {line}"
        yield Issue("identifier-missing", place, message, "warning")


def _check_workflows(city: City, datasets: Sequence[Dataset]) -> list[Issue]:
    if not (city.root / ".github" / "workflows").is_dir():
        return []
    stale = behind(city, datasets, sorted(one.name for one in datasets))
    message = "does not fit the datasets; run `lamppost workflows --write`"
    return [Issue("workflow-behind", str(path), message, "warning") for path in stale]
