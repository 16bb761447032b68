"""What the catalogue says in every standard: one entry a dataset, a name that stays, dates that mean something."""

import json
import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from lamppost.model import City, Version
from lamppost.notation import identifier_uri, name_identifier
from lamppost.render import catalogue
from lamppost.render.catalogue import Entry
from tests.render.small_site import Site

ADDRESS = "https://elsewhere.example/"


def entries(site: Site) -> tuple[Entry, ...]:
    return catalogue.list_entries(site.context, {"lights": site.files}, {"lights": site.history})


def told(site: Site, **said: Any) -> Site:
    """The site whose newest version says something else of itself."""
    head = site.history[0]
    descriptor = {"title": "Street lights", "description": "Every lamp.", **head.descriptor, **said}
    return site.with_context(heads={"lights": replace(head, descriptor=descriptor)})


def every_text(site: Site) -> dict[str, str]:
    """Each standard's file, and the page's JSON-LD."""
    found, city = entries(site), site.context.city
    return {
        "1.1": catalogue.render_dcat_us_1(city, found),
        "3.0": catalogue.render_dcat_us_3(city, found),
        "jsonld": catalogue.render_jsonld(city, found),
        "turtle": catalogue.render_turtle(city, found),
        "croissant": catalogue.render_croissant(found[0]),
        "page": json.dumps(catalogue.describe_dataset(found[0])),
        "llms": catalogue.render_llms(city, found),
        "machines": catalogue.render_machines(city, found),
    }


def moved(site: Site, **city: Any) -> Site:
    return site.with_context(city=replace(site.context.city, **city))


def test_the_identifier_is_the_descriptors(site: Site) -> None:
    (entry,) = entries(told(site, id="urn:uuid:00000000-0000-4000-8000-000000000001"))
    assert entry.identifier == "urn:uuid:00000000-0000-4000-8000-000000000001"
    assert all(
        entry.identifier in text for name, text in every_text(told(site, id=entry.identifier)).items() if name != "llms"
    )


def test_without_one_the_identifier_hangs_on_neither_host_nor_title(site: Site) -> None:
    (entry,) = entries(told(site))
    (other,) = entries(moved(told(site, title="Lamps of the city"), url=ADDRESS, name="Lampton renamed"))
    assert entry.identifier == other.identifier == name_identifier("City of Lampton", "lights")
    assert entry.identifier.startswith("urn:uuid:")


def test_two_cities_with_a_folder_of_one_name_are_told_apart() -> None:
    assert name_identifier("City of A", "lights") != name_identifier("City of B", "lights")
    assert name_identifier("City  of A", "lights") == name_identifier("city of a", "lights")


def test_a_number_from_an_older_portal_stays_and_becomes_a_uri_in_rdf(site: Site) -> None:
    (entry,) = entries(told(site, id="abcd-1234"))
    assert (entry.identifier, entry.uri) == ("abcd-1234", identifier_uri("abcd-1234"))
    assert entry.uri.startswith("urn:uuid:")


def test_entries_stand_in_the_order_of_their_identifiers(site: Site) -> None:
    heads: dict[str, Version] = {}
    for name, identifier in (("b", "urn:x:1"), ("a", "urn:x:3"), ("c", "urn:x:2")):
        heads[name] = replace(site.history[0], dataset=name, descriptor={"id": identifier, "title": name})
    found = catalogue.list_entries(site.with_context(heads=heads, datasets={}).context, {}, {})
    assert [one.name for one in found] == ["b", "c", "a"]


def test_modified_is_the_day_of_the_version_whatever_day_it_is_built(site: Site) -> None:
    later = site.with_context(today=date(2031, 1, 1))
    assert every_text(later) == every_text(site)
    assert {one.modified for one in entries(later)} == {site.history[0].date}
    assert {one.issued for one in entries(later)} == {site.history[1].date}


def test_simulated_data_say_so_in_every_standard(practice: Site, site: Site) -> None:
    assert [name for name, text in every_text(practice).items() if "simulated data" not in text.lower()] == []
    assert [name for name, text in every_text(site).items() if "simulated" in text.lower()] == []
    for name in ("1.1", "3.0"):
        (entry,) = json.loads(every_text(practice)[name])["dataset"]
        assert entry["title"].endswith("(simulated data)")
        assert entry["description"].startswith("Simulated data")
        assert "simulated data" in entry["keyword"]


def unlisted(site: Site) -> Site:
    one = replace(site.dataset, listed=False, reason="Names of people.", identifier="urn:x:1")
    return site.with_context(datasets={"lights": one}, heads={}, figures={})


def test_a_dataset_that_is_not_listed_is_named_with_its_reason_and_nothing_else(site: Site) -> None:
    city, found = site.context.city, entries(unlisted(site))
    (first,) = json.loads(catalogue.render_dcat_us_1(city, found))["dataset"]
    (third,) = json.loads(catalogue.render_dcat_us_3(city, found))["dataset"]
    assert (first["accessLevel"], first["rights"], first["modified"]) == ("non-public", "Names of people.", "R/P1D")
    assert (third["accessRights"], third["rights"]) == ("non-public", ["Names of people."])
    assert "access-right/NON_PUBLIC" in catalogue.render_turtle(city, found)
    assert not {"distribution", "describedBy", "references"} & (first.keys() | third.keys())
    assert catalogue.describe_dataset(found[0])["conditionsOfAccess"] == "Names of people."


def test_a_dataset_that_is_not_listed_leaves_no_address_of_data(site: Site) -> None:
    city, found = site.context.city, entries(unlisted(site))
    texts = [catalogue.render_dcat_us_1(city, found), catalogue.render_turtle(city, found)]
    texts += [catalogue.render_llms(city, found), catalogue.render_machines(city, found)]
    assert not [one for one in texts if re.search(r"data/lights|watts_w|lamp_type", one)]
    assert "Names of people." in texts[-1]


def test_where_it_lies_and_what_time_it_covers_are_told(site: Site) -> None:
    texts = every_text(told(site, spatial=[-118.3965, 34.0733, -118.3433, 34.0985], temporal="2018-02/.."))
    (first,) = json.loads(texts["1.1"])["dataset"]
    assert (first["spatial"], first["temporal"]) == ("-118.3965,34.0733,-118.3433,34.0985", "2018-02/2026-11-22")
    page = json.loads(texts["page"])
    assert (page["spatialCoverage"]["geo"]["box"], page["temporalCoverage"]) == (
        "34.0733 -118.3965 34.0985 -118.3433",
        "2018-02/..",
    )
    assert '"2018-02"^^xsd:gYearMonth' in texts["turtle"]


def test_a_dataset_that_is_withdrawn_promises_nothing_and_says_why(site: Site) -> None:
    head = replace(
        site.history[0], withdrawn=True, reason="The lamps are gone.", descriptor={"accrualPeriodicity": "R/P1D"}
    )
    (entry,) = entries(site.with_context(heads={"lights": head}))
    assert entry.periodicity == ""
    assert entry.description.endswith("No longer updated. The lamps are gone.")
    (told,) = json.loads(catalogue.render_dcat_us_3(entry.city, [entry]))["dataset"]
    assert (told["accrualPeriodicity"], told["status"]["prefLabel"]) == ("notPlanned", "withdrawn")
    assert catalogue.describe_dataset(entry)["creativeWorkStatus"] == "Withdrawn"
    assert "frequency/NOT_PLANNED" in catalogue.render_jsonld(entry.city, [entry])


def test_a_short_description_is_made_long_enough_for_dataset_search(site: Site) -> None:
    found = catalogue.describe_dataset(entries(told(site, description="Lamps."))[0])["description"]
    assert len(found) >= 50
    assert found.startswith("Lamps. Columns: Light, Lamp, Power.")


@pytest.mark.parametrize(("contact", "expected"), [("works@lampton.example", "works"), ("nobody at home", "data")])
def test_who_answers_is_somebody_with_an_address_that_harvesters_accept(
    site: Site, contact: str, expected: str
) -> None:
    people = [{"title": "Public Works", "roles": ["steward"], "email": contact}]
    (entry,) = entries(told(site, contributors=people))
    assert entry.contact[1] == f"{expected}@lampton.example"


def test_a_date_in_the_sitemap_is_that_of_a_version_or_of_none(site: Site) -> None:
    text = catalogue.render_sitemap(site.context, ["index.md", "datasets/lights.md", "figures/power.md", "data.json"])
    assert "lights.html</loc><lastmod>2026-11-22</lastmod>" in text
    assert "power.html</loc><lastmod>2026-11-22</lastmod>" in text
    assert "index.html</loc></url>" in text
    assert "data.json" not in text
    later = site.with_context(today=site.context.today + timedelta(days=1)).context
    assert catalogue.render_sitemap(later, ["index.md", "datasets/lights.md", "figures/power.md"]) == text


def test_checksums_escape_names_as_coreutils_does() -> None:
    assert catalogue.render_sums({"b": "22", "a\nb": "11"}) == "\\11  a\\nb\n22  b\n"


def test_robots_are_led_to_the_sitemap(site: Site) -> None:
    assert "Sitemap: https://lampton.example/data/sitemap.xml\n" in catalogue.render_robots(site.context.city)


def test_texts_carry_the_citys_language(site: Site) -> None:
    city: City = replace(site.context.city, languages=("es", "en"))
    text = catalogue.render_turtle(city, entries(site.with_context(city=city)))
    assert 'dct:title "Lampton"@es' in text
    assert "authority/language/SPA" in text
