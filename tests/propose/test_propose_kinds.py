"""What kind of system answers: told by its own marks, in the words of each specification."""

import io
import json
import zipfile
from typing import Any

import pytest

from lamppost.load.preset import preset_names
from lamppost.propose import Guess, Seen, entitle, name_secrets, recognise, where_to_ask


def guess(value: Any, url: str = "https://city.example.org/api", **headers: str) -> Guess:
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    return recognise(Seen(url, "", headers, body), preset_names())


REQUEST = {"service_request_id": "1", "requested_datetime": "2026-01-01T00:00:00Z"}
FEATURES: dict[str, Any] = {
    "type": "FeatureCollection",
    "features": [{"type": "Feature", "properties": {}, "geometry": None}],
}


@pytest.mark.parametrize(
    ("value", "url", "preset", "found"),
    [  # the words that each specification requires
        ({"currentVersion": 11, "fields": [], "objectIdField": "OBJECTID", "geometryType": "esriGeometryPoint"},
         "https://gis.example.org/x/FeatureServer/0", "arcgis", {"url": "https://gis.example.org/x/FeatureServer/0"}),
        ({"objectIdFieldName": "FID", "features": []}, "https://gis.example.org/x/MapServer/3/query?where=1=1",
         "arcgis", {"url": "https://gis.example.org/x/MapServer/3", "params": {"orderByFields": "FID"}}),
        ([REQUEST], "https://311.example.org/v2/requests.json?page=1", "open311", {"url": "https://311.example.org/v2"}),
        ({"endpoints": [{"specification": "https://wiki.open311.org/", "url": "https://311.example.org/v2/"}]},
         "https://311.example.org/discovery.json", "open311", {"url": "https://311.example.org/v2"}),
        ({"value": [{"name": one, "url": "x"} for one in ("Things", "Datastreams", "Observations")]},
         "https://iot.example.org/v1.1", "sensorthings", {"url": "https://iot.example.org/v1.1"}),
        ({"value": [{"@iot.id": 1, "result": 3}]}, "https://iot.example.org/v1.1/Observations?$top=5", "sensorthings",
         {"url": "https://iot.example.org/v1.1"}),
        ({**FEATURES, "numberMatched": 9}, "https://o.example.org/collections/trees/items?f=json", "ogc-features",
         {"url": "https://o.example.org/collections/trees"}),
        ({"success": True, "result": {"records": [{"_id": 1}]}},
         "https://c.example.org/api/3/action/datastore_search?resource_id=0a-1b", "ckan",
         {"url": "https://c.example.org", "params": {"resource_id": "0a-1b"}}),
        ([{"a": "1"}], "https://s.example.org/resource/ab12-cd34.json?$limit=5", "socrata",
         {"url": "https://s.example.org/resource/ab12-cd34.json"}),
        (b"a,b\n1,2\n", "https://docs.google.com/spreadsheets/d/Ab_1/edit#gid=7", "google-sheet",
         {"url": "https://docs.google.com/spreadsheets/d/Ab_1/export?format=csv&gid=7"}),
        ({"last_updated": 1, "ttl": 60, "version": "2.3", "data": {"en": {"feeds": [{"name": "free_bike_status"}]}}},
         "https://bikes.example.org/gbfs.json", "gbfs",
         {"discover": {"feed": "free_bike_status"}, "records": "data.bikes"}),
    ],
)  # fmt: skip
def test_a_known_system_is_told_by_its_marks(value: Any, url: str, preset: str, found: dict[str, Any]) -> None:
    pull = guess(value, url).pull
    assert pull["preset"] == preset
    assert {key: pull[key] for key in found} == found


@pytest.mark.parametrize(
    ("value", "url", "says"),
    [
        ({"currentVersion": 11, "layers": [{"id": 0, "name": "Lights"}]}, "https://g.example.org/x/FeatureServer?f=json",
         "Try one of its layers: https://g.example.org/x/FeatureServer/0 (Lights)"),
        ({"collections": [{"id": "trees"}]}, "https://o.example.org/collections?f=json",
         "Try a collection: https://o.example.org/collections/trees"),
        ({"links": [{"rel": "conformance"}]}, "https://o.example.org/", "example.org/collections"),
        ({"error": {"code": 499, "message": "Token Required"}}, "https://g.example.org/x", "of its own (code 499)"),
        ({"results": [{"statement_id": 0}]}, "https://i.example.org/query?db=x", "lamppost presets influxdb"),
        (b"<!DOCTYPE html><p>Data</p>", "https://c.example.org/", "a page for people"),
        ({"status": "fine"}, "https://c.example.org/", "without a list of records"),
        (b"PK\x03\x04 cut", "https://c.example.org/", "may be cut"),
        (b"\x89PNG\r\n", "https://c.example.org/", "nothing to read records from"),
    ],
)  # fmt: skip
def test_what_holds_no_records_says_where_to_look(value: Any, url: str, says: str) -> None:
    found = guess(value, url)
    assert says in found.says
    assert not found.pull


@pytest.mark.parametrize("value", [[{"a": 1}], {"items": [{"a": 1}]}, {"items": [{"a": 1}], "next": None}])
def test_fault_02_paging_that_nothing_shows_is_a_question_and_never_a_guess(value: Any) -> None:
    found = guess(value)
    assert found.pull["paging"] == "TODO"
    assert "page by page" in found.questions[0]


@pytest.mark.parametrize(
    ("value", "headers", "pull"),
    [
        ([{"a": 1}], {"link": '<https://x/?p=2>; rel="next"', "x-total-count": "9"},
         {"records": "", "paging": "link_header", "count": {"header": "X-Total-Count"}}),
        ({"meta": {"total": 9, "next": "https://x/?p=2"}, "all": {"rows": [{"a": 1}]}}, {},
         {"records": "all.rows", "paging": {"by": "next_link", "path": "meta.next"}, "count": {"path": "meta.total"}}),
    ],
)  # fmt: skip
def test_paging_that_the_answer_itself_shows_is_proposed(value: Any, headers: Any, pull: dict[str, Any]) -> None:
    found = guess(value, **headers)
    assert {key: found.pull[key] for key in pull} == pull
    assert not found.questions


@pytest.mark.parametrize(
    ("body", "pull"),
    [
        (b"a,b\n1,2\n", {}),
        (b"a;b\n1;2,5\n", {"dialect": {"delimiter": ";"}}),
        ("name\tm²\nStraße\t5\n".encode("cp1252"), {"dialect": {"delimiter": "\t"}, "encoding": "cp1252"}),
    ],
)
def test_a_csv_is_told_by_its_even_rows(body: bytes, pull: dict[str, Any]) -> None:
    found = guess(body, "https://c.example.org/a.csv").pull
    assert found == {"adapter": "poll", "url": "https://c.example.org/a.csv", "format": "csv", **pull}


def test_an_encoding_that_is_not_utf_8_is_asked_for() -> None:
    assert "declared, never guessed" in guess("a,b\nß,2\n".encode("cp1252")).questions[0]


def test_a_round_number_of_records_is_asked_about() -> None:
    (question,) = guess({**FEATURES, "features": FEATURES["features"] * 1000}).questions
    assert "exactly 1,000 records" in question


def test_a_geojson_file_that_says_it_was_cut_is_asked_about() -> None:
    (question,) = guess({**FEATURES, "exceededTransferLimit": True}).questions
    assert "there is more than it holds" in question


def test_objects_line_by_line_are_ndjson() -> None:
    assert guess(b'{"a": 1}\n{"a": 2}\n').pull["format"] == "ndjson"


def test_a_zip_is_opened_to_see_whether_it_is_a_timetable_or_holds_tables() -> None:
    def pack(*names: str) -> bytes:
        with zipfile.ZipFile(kept := io.BytesIO(), "w") as archive:
            for name in names:
                archive.writestr(name, "a\n")
        return kept.getvalue()

    assert guess(pack("stops.txt", "routes.txt", "trips.txt")).pull["preset"] == "gtfs"
    assert guess(pack("readme.md", "wells.csv")).pull["member"] == "wells.csv"
    assert "sheet:" in guess(pack("xl/workbook.xml")).says


def test_a_layer_is_asked_in_the_language_of_machines() -> None:
    assert where_to_ask("https://g.example.org/x/FeatureServer/0/") == "https://g.example.org/x/FeatureServer/0?f=json"
    assert where_to_ask("https://c.example.org/a.csv?x=1") == "https://c.example.org/a.csv?x=1"


def test_secrets_in_an_address_get_a_name_and_are_not_written_down() -> None:
    url, auth, values = name_secrets("https://c.example.org/a?x=1&api_key=abcd&token=efgh")
    assert url == "https://c.example.org/a?x=1"
    assert auth == {"api_key": "${SOURCE_API_KEY}", "token": "${SOURCE_TOKEN}"}
    assert values == {"SOURCE_API_KEY": "abcd", "SOURCE_TOKEN": "efgh"}


@pytest.mark.parametrize(
    ("url", "title", "slug"),
    [
        ("https://g.example.org/arcgis/rest/services/PublicWorks/StreetLights/FeatureServer/0", "Street lights",
         "street-lights"),
        ("https://c.example.org/data/wells_2026.csv?x=1", "Wells 2026", "wells-2026"),
        ("https://o.example.org/collections/trees/items", "Trees", "trees"),
        ("https://c.example.org/", "C example org", "c-example-org"),
    ],
)  # fmt: skip
def test_a_dataset_is_called_after_the_last_word_that_says_anything(url: str, title: str, slug: str) -> None:
    assert entitle(url) == (title, slug)
