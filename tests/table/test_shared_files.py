"""Hostile and real files that lie beside the project; each hostile one has the outcome it must have."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lamppost.errors import RefusedError
from lamppost.table.protect import protect_rows

Build = Callable[..., Any]

SHARED = Path(__file__).parents[2].parent / "shared"
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="the folder ../shared with attacks and data is not here")
pytestmark = needs_shared


def attack(name: str) -> bytes:
    return (SHARED / "attacks" / "files" / name).read_bytes()


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("html-200-instead-of.csv", "HTML page"),
        ("cut-mid-utf8.csv", "line 2: byte 13"),
        ("empty.csv", "nothing but white space"),
        ("truncated.csv.gz", "is not utf-8"),
        ("trailing-garbage.csv.gz", "is not utf-8"),
        ("wide.csv", "columns"),
        ("mixed-encoding.csv", "line 3"),
        ("cp1252-smart.csv", "line 2"),
        ("latin1.csv", "line 2"),
        ("col-dup.csv", "more than once"),
        ("ragged.csv", "2 of 3 rows"),
        ("far-cell.xlsx", "cells spread over"),
        ("billion-laughs.xlsx", "document type"),
        ("xxe.xlsx", "document type"),
        ("zip-slip.zip", "expected"),
        ("zip-many.zip", "expected"),
        ("error-200.json", "error"),
        ("error-200-socrata.json", "keys"),
        ("cut.json", "column"),
        ("deep.json", "nested too deep"),
        ("dup-keys.json", "more than once"),
        ("nan.json", "NaN|Infinity|expected JSON"),
    ],
)
def test_a_hostile_file_is_refused(take: Build, name: str, message: str) -> None:
    decode = {"gz": "csv", "zip": "xlsx"}.get(name.rpartition(".")[2], name.rpartition(".")[2])
    with pytest.raises(RefusedError, match=message):
        take(decode, attack(name))


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("ok.csv", "1"),
        ("bom.csv", "1"),
        ("mixed-eol.csv", "1"),
        ("multiline-cell.csv", "1"),
        ("formula.csv", "1"),
        ("long-cell.csv", "1"),
    ],
)
def test_an_odd_but_sound_file_is_read(take: Build, name: str, first: str) -> None:
    assert take("csv", attack(name))["id"].to_pylist()[0] == first


def test_numbers_beyond_a_double_stay_exact(take: Build) -> None:
    assert take("json", attack("bigint.json"))["id"].to_pylist() == ["9007199254740993", "1e400"]


def test_a_key_that_means_something_to_scripts_is_just_a_key(take: Build) -> None:
    assert take("json", attack("proto.json")).num_rows == 1


def test_formulas_are_not_altered(take: Build) -> None:
    assert take("csv", attack("formula.csv"))["name"].to_pylist() == ["=1+1", "-5", "+1 310 555 0100", "@weho"]


@pytest.mark.parametrize("name", ["semicolon.csv", "col-renamed.csv", "polyglot.html.csv"])
def test_a_file_with_other_columns_is_stopped_by_the_drift_gate(take: Build, resource: Build, name: str) -> None:
    _, issues = protect_rows(take("csv", attack(name)), resource("id", "name", "value"))
    assert {issue.code for issue in issues if issue.severity == "error"} == {"undeclared-column", "missing-column"}


def test_reordered_columns_are_matched_by_name(take: Build, resource: Build) -> None:
    table, issues = protect_rows(take("csv", attack("col-reordered.csv")), resource("id", "name", "value"))
    assert (table.to_pylist()[0]["id"], issues) == ("1", ())


def test_a_year_of_real_hours_is_read_row_for_row(take: Build) -> None:
    data = (SHARED / "data" / "air-quality" / "Aotizhongxin.csv").read_bytes()
    table = take("csv", data, fields={"hour": "hour", "pm25": "PM2.5"})
    assert table.num_rows == data.count(b"\n") - 1 == 35_064
    assert "NA" in table["pm25"].to_pylist()


def test_real_routes_keep_every_digit_of_their_geometry(take: Build) -> None:
    table = take("geojson", (SHARED / "data" / "bike-routes" / "routes.geojson").read_bytes())
    assert (
        table["geometry"]
        .to_pylist()[0]
        .startswith('{"type":"MultiLineString","coordinates":[[[-87.788572682391163,41.923652047961923]')
    )


def test_real_service_requests_are_read_with_their_mapping(take: Build) -> None:
    data = (SHARED / "payloads" / "open311" / "koeln-requests.json").read_bytes()
    table = take("json", data, fields={"request_id": "service_request_id", "latitude": "lat"})
    assert table.num_rows == 50
    assert table["latitude"].to_pylist()[0] == "50.8959020906914"
