"""One dataset as every standard tells it; what a standard has another word for is its own module's business."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lamppost.formats import FORMATS
from lamppost.model import City, Dataset, Table, Version
from lamppost.notation import identifier_uri, name_identifier
from lamppost.render.context import SiteContext
from lamppost.render.files import PublishedFile, join_url, manifest_path
from lamppost.render.page import dataset_path

SIMULATED = "Simulated data, made up for a rehearsal: not measurements, and not the city's records."
SIMULATED_TITLE = "simulated data"
_MAIL = re.compile(r"[\w~!$&'()*+,;=:.-]+@[\w.-]+\.[\w.-]+")
"""What DCAT-US accepts after `mailto:`."""
_SPDX = "https://spdx.org/licenses/"


@dataclass(frozen=True)
class Entry:
    """A published dataset, or one that is named and not published (`reason` says why; it has no files and tables)."""

    name: str
    identifier: str
    title: str
    description: str
    keywords: tuple[str, ...]
    publisher: str
    city: City
    contact: tuple[str, str]
    """Name and e-mail address."""
    licence: str
    """An address."""
    periodicity: str
    """`R/P1D`, `irregular`, or empty where nothing new is promised any more."""
    page: str
    modified: str = ""
    """ISO day of the newest version: the last time that data or metadata changed; empty without a version."""
    issued: str = ""
    version: int = 0
    theme: str = ""
    """Title of the focus area."""
    theme_page: str = ""
    temporal: tuple[str, str] = ("", "")
    """ISO dates (or years, or months); the second is empty where data go on coming."""
    spatial: tuple[float, ...] | str = ""
    """West, south, east, north in WGS 84 degrees; or words; or nothing."""
    simulated: bool = False
    withdrawn: bool = False
    """Nothing new comes any more; the description says why."""
    reason: str = ""
    files: tuple[PublishedFile, ...] = ()
    tables: tuple[Table, ...] = ()
    titles: Mapping[str, str] = field(default_factory=dict)
    """resource → title."""

    @property
    def uri(self) -> str:
        """The identifier as RDF needs it."""
        return identifier_uri(self.identifier)

    @property
    def is_public(self) -> bool:
        """False for a dataset that is only named."""
        return not self.reason

    def address(self, path: str) -> str:
        """The absolute address of a path from the site's root."""
        return join_url(self.city.url, path)

    @property
    def package(self) -> str:
        """Address of the newest datapackage.json."""
        return self.address(package_path(self.name))

    @property
    def croissant(self) -> str:
        """Address of croissant.json."""
        return self.address(croissant_path(self.name))

    @property
    def manifest(self) -> str:
        """Address of this version's manifest, which never changes."""
        return self.address(manifest_path(self.name, self.version))

    def title_of(self, file: PublishedFile) -> str:
        """`Lights (CSV)`; of several files of one format each says its name."""
        twins = [one for one in self.files if (one.resource, one.format) == (file.resource, file.format)]
        name = FORMATS[file.format].title if len(twins) == 1 else file.path.rpartition("/")[2]
        return f"{self.titles.get(file.resource) or file.resource} ({name})"


def croissant_path(name: str) -> str:
    """Where a dataset's croissant.json lies, from the site's root."""
    return f"data/{name}/croissant.json"


def package_path(name: str) -> str:
    """Where the newest datapackage.json lies, from the site's root."""
    return f"data/{name}/datapackage.json"


def list_entries(
    context: SiteContext,
    downloads: Mapping[str, Sequence[PublishedFile]],
    chains: Mapping[str, Sequence[Version]],
) -> tuple[Entry, ...]:
    """Every dataset that has a version, and every one that is named with a reason why not; ordered by identifier."""
    unlisted = {name: one for name, one in context.datasets.items() if not one.listed}
    found = [
        describe_entry(context, head, downloads.get(name, ()), [one.date for one in chains.get(name, ())])
        for name, head in context.heads.items()
        if name not in unlisted
    ]
    found += [_describe_unlisted(context, one) for one in unlisted.values()]
    return tuple(sorted(found, key=lambda one: (one.identifier, one.name)))


def describe_entry(
    context: SiteContext, head: Version, files: Iterable[PublishedFile], dates: Iterable[str] = ()
) -> Entry:
    """The entry of a published dataset, told by its newest version alone; `dates` are the days of all its versions."""
    said, city = head.descriptor, context.city
    title, description = str(said.get("title", head.dataset)), str(said.get("description", ""))
    if head.withdrawn:
        description = f"{description} No longer updated. {head.reason}".strip()
    keywords = _keywords(said.get("keywords", ()), head.dataset)
    theme, theme_page = _theme(context, head.dataset)
    return Entry(
        name=head.dataset,
        identifier=str(said.get("id") or name_identifier(city.publisher, head.dataset)),
        title=f"{title} ({SIMULATED_TITLE})" if head.simulated else title,
        description=f"{SIMULATED} {description}" if head.simulated else description,
        keywords=(*keywords, SIMULATED_TITLE) if head.simulated else keywords,
        publisher=_publisher(said.get("contributors", ()), city),
        city=city,
        contact=_contact(said.get("contributors", ()), city),
        licence=_licence(said.get("licenses", ()), city),
        periodicity="" if head.withdrawn else str(said.get("accrualPeriodicity", "")),
        page=_page(context, head.dataset),
        modified=head.date,
        issued=min([head.date, *dates]),
        version=head.seq,
        theme=theme,
        theme_page=theme_page,
        temporal=split_period(str(said.get("temporal", ""))),
        spatial=_spatial(said.get("spatial", "")),
        simulated=head.simulated,
        withdrawn=head.withdrawn,
        files=tuple(files),
        tables=head.tables,
        titles={str(one["name"]): str(one.get("title", "")) for one in said.get("resources", ())},
    )


def _describe_unlisted(context: SiteContext, dataset: Dataset) -> Entry:
    """The entry of a dataset that the city holds and does not publish: what its folder says, no address of data."""
    city = context.city
    theme, theme_page = _theme(context, dataset.name)
    return Entry(
        name=dataset.name,
        identifier=dataset.identifier or name_identifier(city.publisher, dataset.name),
        title=dataset.title,
        description=dataset.description,
        keywords=_keywords(dataset.keywords, dataset.name),
        publisher=_publisher(dataset.contributors, city),
        city=city,
        contact=_contact(dataset.contributors, city),
        licence=_licence(dataset.licenses, city),
        periodicity=dataset.accrual_periodicity,
        page=_page(context, dataset.name),
        modified=dataset.since,
        theme=theme,
        theme_page=theme_page,
        temporal=split_period(str(dataset.metadata.get("temporal", ""))),
        spatial=_spatial(dataset.metadata.get("spatial", "")),
        reason=dataset.reason,
    )


def split_period(text: str) -> tuple[str, str]:
    """`2018-01/2020` → both ends; the second is empty for `2018-01/..`."""
    start, _, end = text.partition("/")
    return start, "" if end == ".." else end


def licence_address(licence: Mapping[str, Any]) -> str:
    """Where its text is: as written, else by its SPDX id."""
    return str(licence.get("path") or f"{_SPDX}{licence.get('name', '')}")


def _licence(licences: Sequence[Mapping[str, Any]], city: City) -> str:
    return licence_address(licences[0] if licences else {"name": city.licence})


def _keywords(words: Iterable[str], name: str) -> tuple[str, ...]:
    """At least one: DCAT-US refuses an entry without."""
    return tuple(dict.fromkeys(str(one) for one in words)) or (name.replace("-", " "),)


def _publisher(people: Iterable[Mapping[str, Any]], city: City) -> str:
    named = [str(one["title"]) for one in people if "publisher" in one.get("roles", ()) and one.get("title")]
    return (named or [city.publisher])[0]


def _contact(people: Iterable[Mapping[str, Any]], city: City) -> tuple[str, str]:
    """The steward, else anybody with an address that a harvester accepts, else the city."""
    ordered = sorted(people, key=lambda one: "steward" not in one.get("roles", ()))
    reachable = [one for one in ordered if one.get("title") and _MAIL.fullmatch(str(one.get("email", "")))]
    return (str(reachable[0]["title"]), str(reachable[0]["email"])) if reachable else (city.publisher, city.contact)


def _spatial(value: Any) -> tuple[float, ...] | str:
    return tuple(float(one) for one in value) if isinstance(value, list | tuple) else str(value or "")


def _page(context: SiteContext, name: str) -> str:
    return join_url(context.city.url, dataset_path(name).removesuffix(".md") + ".html")


def _theme(context: SiteContext, name: str) -> tuple[str, str]:
    """Title and address of the focus area."""
    dataset = context.datasets.get(name)
    focus = dataset.focus if dataset else ""
    area = next((one for one in (context.plan.areas if context.plan else ()) if one.id == focus), None)
    if area:
        page = f"{area.path.removesuffix('.md')}.html"
        return area.title, join_url(context.city.url, page)
    title = focus.replace("-", " ").capitalize()
    return (title, join_url(context.city.url, f"#focus-{focus}")) if focus else ("", "")
