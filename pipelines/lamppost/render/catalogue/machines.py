"""The page that tells people what is here for machines, and the links in the head of each dataset's page."""

from collections.abc import Iterable

from lamppost.model import City
from lamppost.render.catalogue import dcat_ap, dcat_us_1, dcat_us_3, llms, sitemap, sums
from lamppost.render.catalogue.entry import Entry, croissant_path, package_path
from lamppost.render.catalogue.schema_org import describe_dataset
from lamppost.render.feeds import ATOM, JSON, SITE, feed_paths
from lamppost.render.files import join_url
from lamppost.render.page import dataset_path, front_matter, link, page, plural, render_block

PATH = "catalogue.md"
CATALOGUES = (
    (dcat_us_1.PATH, "DCAT-US 1.1", "what data.gov harvests from a city today"),
    (dcat_us_3.PATH, "DCAT-US 3.0", "what data.gov is moving to"),
    (dcat_ap.JSONLD, "DCAT-AP 3.0.1, JSON-LD", "for European portals and linked data"),
    (dcat_ap.TURTLE, "DCAT-AP 3.0.1, Turtle", "the same graph in another notation"),
    (SITE[0], "Atom feed", "every new version of every dataset, newest first"),
    (SITE[1], "JSON Feed 1.1", "the same as JSON"),
    (sums.PATH, "SHA-256 checksums", "of every file: sha256sum -c SHA256SUMS"),
    (sitemap.SITEMAP, "Sitemap", "every page, for search engines"),
    (llms.PATH, "llms.txt", "the whole site in one short text"),
    ("status.json", "State", "when each dataset was checked, and until when that is good"),
)


def render_machines(city: City, entries: Iterable[Entry]) -> str:
    """Markdown of `catalogue.md`."""
    listed = sorted(entries, key=lambda one: (one.title.casefold(), one.name))
    rows = [(link(PATH, path), join_url(city.url, path), title, use) for path, title, use in CATALOGUES]
    intro = f"{plural(len(listed), 'dataset')} in the words of every standard that portals read."
    datasets = [
        (one, link(PATH, dataset_path(one.name)), [(title, link(PATH, path)) for path, title, _ in alternates(one)])
        for one in listed
    ]
    sections = [
        render_block("machines_intro.html", intro=intro),
        "## Catalogues",
        render_block("machines_catalogues.html", catalogues=rows),
        "## Each dataset",
        render_block("machines_datasets.html", datasets=datasets),
    ]
    return page("For machines", sections, {"description": intro, "crumbs": [["Data", "datasets/index.md"]]})


def alternates(entry: Entry) -> list[tuple[str, str, str]]:
    """Path from the site's root, title and media type of each description of one dataset; none of one not published."""
    if not entry.is_public:
        return []
    return [
        (package_path(entry.name), "Data Package 2.0", "application/json"),
        (croissant_path(entry.name), "Croissant 1.1", "application/ld+json"),
        (feed_paths(entry.name)[0], "Atom feed of changes", ATOM),
        (feed_paths(entry.name)[1], "JSON feed of changes", JSON),
    ]


def with_head(text: str, entry: Entry) -> str:
    """A dataset's page that also speaks to machines: front matter that the theme writes into the page's head."""
    links = [{"href": path, "title": title, "type": media} for path, title, media in alternates(entry)]
    more = front_matter({"jsonld": describe_dataset(entry), "alternates": links})
    head, _, rest = text.partition("\n---\n")
    return head + "\n" + more.removeprefix("---\n").removesuffix("---") + "---\n" + rest
