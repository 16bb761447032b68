"""Reads `mkdocs.yml`: plain YAML whose `extra.city` says what MkDocs has no word for."""

import re
from collections.abc import Mapping
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from lamppost.errors import LoadError
from lamppost.load.names import is_web_address
from lamppost.load.section import Section, describe
from lamppost.load.yaml import Node, read_yaml
from lamppost.model import City, Issue, Mantra, Words

_LICENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+-]{1,63}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_MAIL = re.compile(r"[^@\s<>\"]+@[^@\s<>\"]+\.[^@\s<>\"]+")
_BUCKET = re.compile(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[A-Za-z0-9._-]+)*/?")
_EAST, _NORTH = 180, 90


def load_city(root: Path) -> City:
    """The city in the folder `root`; LoadError with every fault of mkdocs.yml when it is unusable."""
    faults: list[Issue] = []
    city: City | None = None
    if (root / "mkdocs.yml").is_file():
        node = read_yaml(root / "mkdocs.yml", "mkdocs.yml", faults)
        city = _read_city(root, node, faults) if node else None
    elif (root / "mkdocs.yaml").is_file():
        faults.append(Issue("file-name", "mkdocs.yaml", "expected mkdocs.yml; rename the file"))
    else:
        message = (
            f"not found in the folder {root.name or root}; go to a city's folder, or make one: `lamppost new FOLDER`"
        )
        faults.append(Issue("file-missing", "mkdocs.yml", message))
    if faults or city is None:
        raise LoadError(faults)
    return city


def _read_city(root: Path, node: Node, faults: list[Issue]) -> City | None:
    top = Section(node, faults)
    name = top.text("site_name", required=True)
    url = _read_web(top, "site_url", required=True)
    repo_url = _read_web(top, "repo_url")
    extra = top.section("extra", required=True)
    section = extra.section("city", required=True) if extra else None
    if section is None:
        return None
    section.check_format()
    city = City(
        root=root,
        name=name,
        url=url if url.endswith("/") or not url else f"{url}/",
        time_zone=_read_time_zone(section),
        publisher=section.text("publisher", required=True),
        contact=_read_matching(section, "contact", _MAIL, "an e-mail address such as opendata@example.org"),
        licence=_read_matching(section, "licence", _LICENCE, "an SPDX licence id such as CC-BY-4.0"),
        store=_read_store(section, root),
        private=_read_private(section, root),
        mantra=_read_mantra(section),
        words=_read_words(section),
        notice=section.text("notice"),
        languages=_read_languages(section),
        boundary=_read_boundary(section),
        repo_url=repo_url,
        config=node.plain(),
    )
    section.text("tagline")  # only the header's template reads it, from `config`
    section.close({"url": "is `site_url:` at the top of the file; move it there"})
    return city


def _read_web(section: Section, key: str, *, required: bool = False) -> str:
    text = section.text(key, required=required)
    node = section.find(key)
    if text and node and not is_web_address(text):
        section.note("wrong-value", node, f"found {describe(node)}, expected an address that starts with https://")
    return text


def _read_matching(section: Section, key: str, pattern: re.Pattern[str], expected: str) -> str:
    text = section.text(key, required=True)
    node = section.find(key)
    if text and node and not pattern.fullmatch(text):
        section.note("wrong-value", node, f"found {describe(node)}, expected {expected}")
    return text


def _read_time_zone(section: Section) -> str:
    name = section.text("time_zone", required=True)
    node = section.find("time_zone")
    if name and node:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            message = f"found {describe(node)}, expected a name of the time zone database such as America/Los_Angeles"
            section.note("wrong-value", node, message)
    return name


def _read_folder(section: Section, key: str, default: str) -> str:
    text = section.text(key, default=default)
    node = section.find(key)
    if node and "://" in text:
        section.note(
            "wrong-value", node, f"found {describe(node)}, expected a folder: {key} stays on the machine that runs"
        )
        return default
    if node and (".." in Path(text).parts or "\\" in text):
        section.note("wrong-value", node, f"found {describe(node)}, expected a folder without `..` and with `/`")
        return default
    return text


def _read_store(section: Section, root: Path) -> Path | str:
    """`store: folder`, or `s3://bucket/prefix` for a store that outgrows a folder."""
    node = section.find("store")
    text = section.text("store", default="store")
    if node is None or "://" not in text:
        return root / _read_folder(section, "store", "store")
    if not _BUCKET.fullmatch(text) or ".." in text:
        found = "an address with a key in it" if "@" in text else describe(node)
        do = "s3://bucket/prefix; who may write there is said by the environment (AWS_ACCESS_KEY_ID …)"
        section.note("wrong-value", node, f"found {found}, expected a folder or {do}")
    return text.rstrip("/")


def _read_private(section: Section, root: Path) -> Path | None:
    folder = _read_folder(section, "private", "private")
    return None if folder == "none" else root / folder


def _read_mantra(section: Section) -> Mantra:
    """`mantra: text`, or `{text, illustrative}` where the sentence is not the city's own."""
    node = section.find("mantra", required=True)
    if node is None or not isinstance(node.value, Mapping):
        return Mantra(section.text("mantra"))
    form = Section(node, section.faults)
    mantra = Mantra(form.text("text", required=True), illustrative=form.flag("illustrative"))
    form.close()
    return mantra


def _read_words(section: Section) -> Words:
    form = section.section("words")
    if form is None:
        return Words()
    avoid = form.texts("avoid")
    say = {phrase: form.text_of(node) for phrase, node in form.mapping("say").items()}
    known = {phrase.casefold() for phrase in avoid}
    for phrase, node in form.mapping("say").items():
        if phrase.casefold() not in known:
            form.note("unknown-reference", node, f"`{phrase}` is not under `avoid:`; add it there, or remove it here")
    names = form.texts("names")
    form.close()
    return Words(avoid=avoid, say=say, names=names)


def _read_languages(section: Section) -> tuple[str, ...]:
    nodes = section.nodes("languages")
    for node in nodes:
        if not _LANGUAGE.fullmatch(section.text_of(node)):
            section.note("wrong-value", node, f"found {describe(node)}, expected a language tag such as en or es-MX")
    return tuple(str(node.value) for node in nodes) or ("en",)


def _read_boundary(section: Section) -> tuple[float, float, float, float] | None:
    """West, south, east, north; longitude first, because that is how GeoJSON writes them."""
    node = section.find("boundary")
    if node is None:
        return None
    match [section.number_of(one) for one in section.nodes("boundary")]:
        case [float(west), float(south), float(east), float(north)]:
            if -_EAST <= west < east <= _EAST and -_NORTH <= south < north <= _NORTH:
                return west, south, east, north
        case _:
            pass
    message = f"found {node.plain()}, expected [west, south, east, north] in degrees, west < east and south < north"
    section.note("wrong-value", node, message)
    return None
