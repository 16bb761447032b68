"""Names, units and explanations in schemas/: what a resident reads beside every column."""

from pathlib import Path
from typing import Any

import pytest
import yaml

SCHEMAS = sorted((Path(__file__).parents[2] / "schemas").glob("*.yaml"))
UNITS = ("_kwh", "_pct", "_usd", "_ugm3", "_w", "_m", "_days", "_count")
PLACES = {"longitude", "latitude"}
NAMED = {
    f"{path.stem}.{field['name']}": field
    for path in SCHEMAS
    for field in yaml.safe_load(path.read_text(encoding="utf-8"))["fields"]
}


@pytest.mark.parametrize("field", NAMED.values(), ids=NAMED)
def test_every_field_is_explained_in_a_sentence(field: dict[str, Any]) -> None:
    assert field["title"][0].isupper()
    assert len(field["description"]) > 20
    assert field["description"].endswith(".")


@pytest.mark.parametrize("field", NAMED.values(), ids=NAMED)
def test_the_name_says_what_kind_of_value_it_is(field: dict[str, Any]) -> None:
    name, kind = field["name"], field["type"]
    if kind in {"integer", "number"}:
        assert name in PLACES or name.endswith(UNITS)
    assert name.startswith(("is_", "has_")) == (kind == "boolean")
    assert name.endswith("_at") == (kind == "datetime")
    assert (name == "date" or name.endswith("_date")) == (kind == "date")


@pytest.mark.parametrize("field", NAMED.values(), ids=NAMED)
def test_a_number_names_its_unit_in_words(field: dict[str, Any]) -> None:
    units = ("kilowatt hours", "dollars", "micrograms", "watts", "meters", "in days", "in devices", "in lights")
    if field["type"] in {"integer", "number"} and field["name"] not in PLACES:
        assert any(unit in field["description"] for unit in units)


@pytest.mark.parametrize("path", SCHEMAS, ids=lambda path: path.stem)
def test_every_schema_says_what_a_row_is_and_requires_its_key(path: Path) -> None:
    schema = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert schema["description"].startswith("One row for each ")
    required = {one["name"] for one in schema["fields"] if one.get("constraints", {}).get("required")}
    assert set(schema.get("primaryKey", [])) <= required
