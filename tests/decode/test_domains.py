"""Codes of an ArcGIS layer and what they mean."""

from typing import Any

import pytest

from lamppost.decode.domains import read_domains


def field(name: str, domain: Any) -> dict[str, Any]:
    return {"name": name, "type": "esriFieldTypeString", "domain": domain}


def coded(**codes: str) -> dict[str, Any]:
    return {"type": "codedValue", "name": "d", "codedValues": [{"code": c, "name": n} for c, n in codes.items()]}


def test_codes_keep_their_order_and_their_zeros() -> None:
    codes = [{"code": "02", "name": "LED"}, {"code": "01", "name": "HPS "}]
    layer = {"fields": [field("LAMP", {"type": "codedValue", "codedValues": codes}), field("NOTE", None)]}
    assert read_domains(layer) == {"LAMP": ({"value": "02", "label": "LED"}, {"value": "01", "label": "HPS"})}


def test_a_whole_number_stays_one_and_a_code_without_name_is_its_own_label() -> None:
    layer = {"fields": [field("N", {"type": "codedValue", "codedValues": [{"code": 1, "name": ""}]})]}
    assert read_domains(layer) == {"N": ({"value": 1, "label": "1"},)}


def test_subtypes_add_the_codes_that_only_they_know() -> None:
    subtype = {"id": 1, "domains": {"LAMP": coded(b="other", c="Lantern"), "N": {"type": "inherited"}}}
    layer = {"fields": [field("LAMP", coded(a="Arm", b="Bollard"))], "types": [subtype]}
    labels = [one["label"] for one in read_domains(layer)["LAMP"]]
    assert labels == ["Arm", "Bollard", "Lantern"]


@pytest.mark.parametrize(
    "layer",
    [
        None,
        [],
        {"fields": None},
        {"fields": [field("N", {"type": "range", "range": [0, 1]})]},
        {"error": {"code": 499}},
    ],
)
def test_what_lists_no_codes_gives_none(layer: Any) -> None:
    assert read_domains(layer) == {}
