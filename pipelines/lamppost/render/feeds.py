"""Feeds of what changed: Atom (RFC 4287) and JSON Feed 1.1, one pair for the site and one for each dataset.

An entry is a version. Its id is made of the dataset's identifier and the version's number, so that neither a new host
nor a better title tells a reader the same thing twice; its date is the version's day, at noon UTC, which is the same
day from the Americas to East Asia. No clock is read: the same versions give the same bytes.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from markupsafe import escape

from lamppost.model import City, Dataset
from lamppost.notation import identifier_uri, name_identifier
from lamppost.render.context import SiteContext
from lamppost.render.files import join_url
from lamppost.render.page import dataset_path, link

ATOM, JSON = "application/atom+xml", "application/feed+json"
SITE = ("changes.atom", "changes.feed.json")
MOST = 50
"""Entries of a feed, newest first; the site's own holds twice as many."""
NAMESPACE = "http://www.w3.org/2005/Atom"
SIMULATED = "Simulated data"
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold, not even escaped."""


@dataclass(frozen=True)
class Entry:
    """One version of one dataset, as a reader of feeds is told of it."""

    dataset: str
    seq: int
    date: str
    """ISO day."""
    title: str
    """The dataset's title."""
    sentences: tuple[str, ...]
    href: str
    """Path in the docs tree, with a #fragment."""
    links: tuple[tuple[str, str], ...] = ()
    """(words, path from the site's root): the rows that changed, the receipt."""
    simulated: bool = False

    @property
    def headline(self) -> str:
        """`Street lights, version 7: 38 rows added.`; simulated data say so first."""
        mark = f"{SIMULATED}: " if self.simulated else ""
        return f"{mark}{self.title}, version {self.seq}: {self.sentences[0] if self.sentences else 'see the page.'}"


@dataclass(frozen=True)
class Feed:
    """One feed in both notations."""

    id: str
    title: str
    paths: tuple[str, str]
    page: str
    """Path in the docs tree of the page that it belongs to."""
    entries: tuple[tuple[str, Entry], ...]
    """(id, entry), newest first."""


def feed_paths(dataset: str) -> tuple[str, str]:
    """Where the two feeds of a dataset lie, from the site's root: Atom, JSON Feed."""
    return f"datasets/{dataset}.atom", f"datasets/{dataset}.feed.json"


def alternates(paths: tuple[str, str], title: str) -> list[dict[str, str]]:
    """Front matter by which the theme links a page's feeds in its head."""
    return [{"href": path, "title": title, "type": kind} for path, kind in zip(paths, (ATOM, JSON), strict=True)]


def render_feeds(context: SiteContext, entries: Iterable[Entry]) -> dict[str, str]:
    """Path in the site → text of every feed; a dataset without a version has none, and so has a site without any."""
    ordered = sorted(entries, key=lambda one: (one.date, one.dataset, one.seq), reverse=True)
    names = sorted({one.dataset for one in ordered})
    groups = {name: sorted((one for one in ordered if one.dataset == name), key=lambda one: -one.seq) for name in names}
    feeds = [_dataset_feed(context, context.datasets[name], group) for name, group in groups.items()]
    feeds += [_site_feed(context, ordered)] if ordered else []
    return {path: text for feed in feeds for path, text in _write(context.city, feed).items()}


def dataset_uri(city: City, dataset: Dataset) -> str:
    """What the dataset is called for ever, as a URI."""
    said = dataset.identifier or str(dataset.metadata.get("id", ""))  # one without its files has only the latter
    return identifier_uri(said or name_identifier(city.publisher, dataset.name))


def entry_uri(dataset: str, seq: int) -> str:
    """The id of one version's entry; `dataset` is the dataset's own URI."""
    return identifier_uri(f"{dataset} version {seq}")


def _dataset_feed(context: SiteContext, dataset: Dataset, entries: Sequence[Entry]) -> Feed:
    uri = dataset_uri(context.city, dataset)
    made = tuple((entry_uri(uri, one.seq), one) for one in entries[:MOST])
    title = f"{dataset.title}: what changed"
    return Feed(identifier_uri(f"{uri} feed"), title, feed_paths(dataset.name), dataset_path(dataset.name), made)


def _site_feed(context: SiteContext, entries: Sequence[Entry]) -> Feed:
    uris = {name: dataset_uri(context.city, one) for name, one in context.datasets.items()}
    made = tuple((entry_uri(uris[one.dataset], one.seq), one) for one in entries[: 2 * MOST])
    title = f"{context.city.name}: what changed"
    return Feed(name_identifier(context.city.publisher, "changes feed"), title, SITE, "changes.md", made)


def _write(city: City, feed: Feed) -> Mapping[str, str]:
    return {feed.paths[0]: _write_atom(city, feed), feed.paths[1]: _write_json(city, feed)}


def _address(city: City, path: str) -> str:
    """The absolute address of a page or file, given as in the docs tree."""
    return join_url(city.url, link("index.md", path))


def _instant(day: str) -> str:
    return f"{day}T12:00:00Z"


def _summary(entry: Entry) -> str:
    mark = f"{SIMULATED}: made-up numbers, not the city's. " if entry.simulated else ""
    return mark + " ".join(entry.sentences)


def _content(city: City, entry: Entry) -> str:
    """HTML: a paragraph, a list of sentences when there are many, and links."""
    mark = f"<p><strong>{SIMULATED}: made-up numbers, not the city's.</strong></p>" if entry.simulated else ""
    told = "".join(f"<li>{escape(one)}</li>" for one in entry.sentences)
    links = [f'<a href="{escape(_address(city, path))}">{escape(words)}</a>' for words, path in entry.links]
    return f"{mark}<ul>{told}</ul>" + (f"<p>{' · '.join(links)}</p>" if links else "")


def _write_atom(city: City, feed: Feed) -> str:
    root = ET.Element("feed", {"xmlns": NAMESPACE, "xml:lang": _language(city)})
    _add(root, "id", feed.id)
    _add(root, "title", feed.title)
    _add(root, "updated", _instant(max(one.date for _, one in feed.entries)))
    ET.SubElement(root, "link", {"rel": "self", "type": ATOM, "href": _address(city, feed.paths[0])})
    ET.SubElement(root, "link", {"rel": "alternate", "type": "text/html", "href": _address(city, feed.page)})
    author = ET.SubElement(root, "author")
    _add(author, "name", city.publisher)
    _add(author, "email", city.contact)
    for uri, entry in feed.entries:
        _add_entry(city, ET.SubElement(root, "entry"), uri, entry)
    ET.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _add_entry(city: City, element: ET.Element, uri: str, entry: Entry) -> None:
    _add(element, "id", uri)
    _add(element, "title", entry.headline)
    _add(element, "updated", _instant(entry.date))
    _add(element, "published", _instant(entry.date))
    ET.SubElement(element, "link", {"rel": "alternate", "type": "text/html", "href": _address(city, entry.href)})
    for words, path in entry.links:
        ET.SubElement(element, "link", {"rel": "related", "title": words, "href": _address(city, path)})
    if entry.simulated:
        ET.SubElement(element, "category", {"term": "simulated", "label": SIMULATED})
    _add(element, "summary", _summary(entry))
    _add(element, "content", _content(city, entry)).set("type", "html")


def _add(parent: ET.Element, name: str, text: str) -> ET.Element:
    made = ET.SubElement(parent, name)
    made.text = _FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", text)
    return made


def _write_json(city: City, feed: Feed) -> str:
    body = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": _address(city, feed.page),
        "feed_url": _address(city, feed.paths[1]),
        "language": _language(city),
        "authors": [{"name": city.publisher}],
        "items": [_item(city, uri, entry) for uri, entry in feed.entries],
    }
    return json.dumps(body, ensure_ascii=False, indent=2) + "\n"


def _item(city: City, uri: str, entry: Entry) -> dict[str, object]:
    return {
        "id": uri,
        "url": _address(city, entry.href),
        "title": entry.headline,
        "summary": _summary(entry),
        "content_html": _content(city, entry),
        "date_published": _instant(entry.date),
        "tags": [entry.dataset, *(["simulated"] if entry.simulated else [])],
        "_lamppost": {"dataset": entry.dataset, "version": entry.seq, "simulated": entry.simulated},
    }


def _language(city: City) -> str:
    return city.languages[0] if city.languages else "en"
