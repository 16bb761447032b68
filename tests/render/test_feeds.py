"""Feeds: valid by the letter of both standards, stable, and readable by a person who reads nothing else."""

import json
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from lamppost.render.feeds import Entry, feed_paths, render_feeds

from .small_site import Site

ATOM = "{http://www.w3.org/2005/Atom}"
ENTRY = Entry(
    "lights", 7, "2026-11-22", "Street lights", ("38 rows added.", "Field lamp_type removed: <b>nobody</b> knows it."),
    "datasets/lights.md#v7", (("rows that changed", "data/lights/objects/x.csv"),),
)  # fmt: skip
OLDER = replace(ENTRY, seq=6, date="2026-11-21", sentences=("Published for the first time, with 5 rows.",))


def feeds(site: Site, *entries: Entry) -> dict[str, str]:
    return render_feeds(site.context, entries)


def atom(site: Site, *entries: Entry, path: str = "datasets/lights.atom") -> ET.Element:
    return ET.fromstring(feeds(site, *entries)[path])


def items(site: Site, *entries: Entry, path: str = "datasets/lights.feed.json") -> list[dict[str, Any]]:
    return list(json.loads(feeds(site, *entries)[path])["items"])


def test_a_site_has_a_pair_of_its_own_and_one_for_each_dataset(site: Site) -> None:
    assert sorted(feeds(site, ENTRY)) == sorted([*feed_paths("lights"), "changes.atom", "changes.feed.json"])
    assert feeds(site) == {}


def test_atom_has_all_that_rfc_4287_demands(site: Site) -> None:
    feed = atom(site, OLDER, ENTRY)
    for element in (feed, *feed.iter(f"{ATOM}entry")):
        assert [len(element.findall(f"{ATOM}{name}")) for name in ("id", "title", "updated")] == [1, 1, 1]
    assert feed.findtext(f"{ATOM}author/{ATOM}name") == "City of Lampton"
    assert [one.get("rel") for one in feed.findall(f"{ATOM}link")] == ["self", "alternate"]
    assert feed.findtext(f"{ATOM}updated") == "2026-11-22T12:00:00Z"
    identifiers = [one.text for one in feed.iter(f"{ATOM}id")]
    assert len(set(identifiers)) == 3
    assert all(str(one).startswith("urn:uuid:") for one in identifiers)


def test_json_feed_has_all_that_its_version_1_1_demands(site: Site) -> None:
    body = json.loads(feeds(site, ENTRY)["datasets/lights.feed.json"])
    assert (body["version"], body["title"]) == ("https://jsonfeed.org/version/1.1", "Street lights: what changed")
    assert body["feed_url"] == "https://lampton.example/data/datasets/lights.feed.json"
    (item,) = body["items"]
    assert item["url"] == "https://lampton.example/data/datasets/lights.html#v7"
    assert item["date_published"] == "2026-11-22T12:00:00Z"
    assert item["_lamppost"] == {"dataset": "lights", "version": 7, "simulated": False}


def test_both_notations_give_an_entry_the_same_id(site: Site) -> None:
    assert [one.text for one in atom(site, ENTRY).iter(f"{ATOM}id")][1] == items(site, ENTRY)[0]["id"]


def test_the_newest_version_comes_first_by_number_whatever_the_clock_said(site: Site) -> None:
    late = replace(OLDER, date="2031-01-01")
    assert [one["_lamppost"]["version"] for one in items(site, late, ENTRY)] == [7, 6]


def test_a_new_host_or_title_makes_no_new_entry(site: Site) -> None:
    elsewhere = site.with_context(city=replace(site.context.city, url="https://other.example/"))
    renamed = elsewhere.with_context(datasets={"lights": replace(site.dataset, title="Lamps")})
    assert items(renamed, ENTRY)[0]["id"] == items(site, ENTRY)[0]["id"] != items(site, OLDER)[0]["id"]


def test_the_same_versions_give_the_same_bytes(site: Site) -> None:
    assert feeds(site, ENTRY, OLDER) == feeds(site, OLDER, ENTRY)


def test_what_somebody_wrote_is_text_in_both(site: Site) -> None:
    content = atom(site, ENTRY).findtext(f"{ATOM}entry/{ATOM}content")
    assert "&lt;b&gt;nobody&lt;/b&gt;" in str(content)
    assert "&lt;b&gt;nobody&lt;/b&gt;" in items(site, ENTRY)[0]["content_html"]
    assert "<b>nobody</b>" in items(site, ENTRY)[0]["summary"]


@pytest.mark.parametrize("letter", ["\0", "\x0b", "\x1b", "\ufffe"])
def test_letters_that_xml_cannot_hold_break_nothing(site: Site, letter: str) -> None:
    feed = atom(site, replace(ENTRY, sentences=(f"a{letter}b",)))
    assert feed.findtext(f"{ATOM}entry/{ATOM}summary") == "a\N{REPLACEMENT CHARACTER}b"


def test_simulated_data_say_so_in_headline_summary_and_content(site: Site) -> None:
    made_up = replace(ENTRY, simulated=True)
    (item,) = items(site, made_up)
    assert item["title"].startswith("Simulated data: ")
    assert "simulated" in item["tags"]
    for text in (item["summary"], item["content_html"], feeds(site, made_up)["changes.atom"]):
        assert "made-up numbers" in text


def test_a_feed_ends_after_fifty_versions_and_the_sites_own_after_a_hundred(site: Site) -> None:
    many = [replace(ENTRY, seq=seq) for seq in range(1, 131)]
    assert len(items(site, *many)) == 50
    assert len(items(site, *many, path="changes.feed.json")) == 100
