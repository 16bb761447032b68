"""The catalogue: every dataset with what it is, how fresh it is, and how to find it by word or by place in the city."""

from dataclasses import dataclass

from lamppost.formats import FORMATS
from lamppost.model import Dataset, Version
from lamppost.render.context import SiteContext, Tone
from lamppost.render.freshness import version_due
from lamppost.render.page import dataset_path, format_period, link, page, plural, render_block

PATH = "datasets/index.md"


@dataclass(frozen=True)
class Card:
    """One dataset in the catalogue."""

    name: str
    title: str
    text: str
    href: str
    focus: str
    search: str
    """Lower-case words by which it is found: title, description, keywords, column names and titles."""
    promise: str
    version: Version | None
    due_at: str
    formats: tuple[str, ...]
    tone: Tone
    state: str
    since: str


def render_datasets(context: SiteContext) -> str:
    """Markdown of `datasets/index.md`, datasets in the order of their titles."""
    cards = [
        _card(one, context) for one in sorted(context.datasets.values(), key=lambda one: (one.title.lower(), one.name))
    ]
    intro = f"{plural(len(cards), 'dataset')} to look at, download and reuse. No account, no limit."
    titles = {one.id: one.title for one in (context.plan.areas if context.plan else ())}
    areas = [(name, titles.get(name, name.replace("-", " ").capitalize())) for name in _focus_order(cards, titles)]
    front = {
        "description": intro,
        "layout": "wide",
        "simulated": any(one.version and one.version.simulated for one in cards),
    }
    return page(
        "Data",
        [
            render_block(
                "datasets.html",
                intro=intro,
                cards=cards,
                areas=areas,
                figures=link(PATH, "figures/index.md"),
                machines=link(PATH, "catalogue.md"),
            )
        ],
        front,
    )


def _focus_order(cards: list[Card], titles: dict[str, str]) -> list[str]:
    """Focus areas that have a dataset, in the plan's order, others after them by name."""
    used = {one.focus for one in cards if one.focus}
    return [*(name for name in titles if name in used), *sorted(used - set(titles))]


def _card(dataset: Dataset, context: SiteContext) -> Card:
    version, failure = context.heads.get(dataset.name), context.failures.get(dataset.name)
    # no "up to date": a page cannot know when it is read, so only the date and the promise stand there
    tone: Tone = "bad" if failure and version else "none"
    state = (
        "Not published"
        if not dataset.listed
        else "Nothing published yet"
        if version is None
        else "Not updated"
        if failure
        else ""
    )
    state = "Withdrawn" if version and version.withdrawn else state
    columns = [
        word for resource in dataset.resources for one in resource.schema.fields for word in (one.name, one.title)
    ]
    words = " ".join([dataset.title, dataset.description, *dataset.keywords, dataset.steward, dataset.name, *columns])
    return Card(
        name=dataset.name,
        title=dataset.title,
        text=dataset.description,
        href=link(PATH, dataset_path(dataset.name)),
        focus=dataset.focus,
        search=" ".join(words.lower().split()),
        promise=format_period(dataset.promise) if dataset.listed else "",
        version=version,
        due_at=version_due(dataset, version, context.city.time_zone)[1] if version else "",
        formats=tuple(
            dict.fromkeys(FORMATS[name].title for resource in dataset.resources for name in resource.publish.formats)
        )
        if dataset.listed
        else (),
        tone=tone,
        state=state,
        since=failure.since if failure and version else "",
    )
