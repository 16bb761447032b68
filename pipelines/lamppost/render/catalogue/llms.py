"""`/llms.txt`: the site in one short Markdown file, for programs that read rather than parse."""

from collections.abc import Iterable

from lamppost.model import City
from lamppost.render.catalogue.entry import Entry
from lamppost.render.files import join_url
from lamppost.render.page import format_bytes

PATH = "llms.txt"


def render_llms(city: City, entries: Iterable[Entry]) -> str:
    """Title, what the site is, each dataset by title with its addresses, and where the catalogues are."""
    listed = sorted(entries, key=lambda one: (one.title.casefold(), one.name))
    notice = [f"\n{_line(city.notice)}"] if city.notice else []
    lines = [
        f"# {_line(city.name)}",
        f"\n> Open data of {_line(city.publisher)}: plain files at addresses that stay, no key, no limit.",
        *notice,
        "\nEvery dataset has versions that never change. Each measured number leads to the rows it came from.",
        "\n## Datasets\n",
        *[line for one in listed if one.is_public for line in _dataset(one)],
    ]
    hidden = [one for one in listed if not one.is_public]
    if hidden:
        lines += [
            "\n## Held, not published\n",
            *(f"- {_link(one.title, one.page)}: {_line(one.reason)}" for one in hidden),
        ]
    lines += ["\n## Catalogues\n", *_catalogues(city)]
    return "\n".join(lines) + "\n"


def _dataset(entry: Entry) -> list[str]:
    lines = [f"- {_link(entry.title, entry.page)}: {_line(entry.description)} Updated {entry.modified}."]
    lines += [f"  - {_link('Columns, types and licence', entry.package)}"]
    return lines + [
        f"  - {_link(entry.title_of(one), entry.address(one.path))}: {one.rows:,} rows, {format_bytes(one.size)}"
        for one in entry.files
    ]


def _catalogues(city: City) -> list[str]:
    from_root = {
        "DCAT-US 1.1": "data.json",
        "DCAT-US 3.0": "dcat-us/3.0/data.json",
        "DCAT-AP 3.0.1": "catalog.jsonld",
        "Checksums of all data": "SHA256SUMS",
    }
    return [f"- {_link(title, join_url(city.url, path))}" for title, path in from_root.items()]


def _line(text: str) -> str:
    return " ".join(text.split())


def _link(title: str, address: str) -> str:
    plain = _line(title).replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")
    return f"[{plain}]({address})"
