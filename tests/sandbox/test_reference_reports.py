"""Reports of the reference city: in the published form, and in words and places that staff can act on."""

import json
from datetime import date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from jsonschema import Draft202012Validator

from lamppost.load import load_city
from lamppost.model import Dates, Issue
from lamppost.pull import Transport
from lamppost.run import Setting, run
from lamppost.sandbox import Sandbox
from lamppost.store import open_store

ROOT = Path(__file__).parents[2]
FORM = json.loads((ROOT / "pipelines/lamppost/assets/report.schema.json").read_text(encoding="utf-8"))
NAMES = ("innovation-budget", "service-requests", "streetlights", "contract-reviews", "bike-availability")
PARTS = ("datasets", "schemas", "docs")


@pytest.fixture(scope="module")
def city(
    sandbox: Sandbox, today: date, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, dict[str, list[Issue]]]:
    """The folder of a small store, and what the run that made it noticed."""
    root = tmp_path_factory.mktemp("reference")
    (root / "mkdocs.yml").write_bytes((ROOT / "mkdocs.yml").read_bytes())
    for part in PARTS:
        (root / part).symlink_to(ROOT / part)
    loaded = load_city(root)
    noticed: dict[str, list[Issue]] = {}
    now = datetime.combine(today, time(12), ZoneInfo(loaded.time_zone))
    transport = Transport(sleep=lambda _: None, allow={"127.0.0.1"})
    setting = Setting(
        loaded, open_store(loaded.store), Dates(today, now), sandbox.environ, transport,
        notice=lambda name, issues: noticed.update({name: list(issues)}),
    )  # fmt: skip
    record = run(setting, NAMES)
    assert {one.verdict for one in record.outcomes.values()} == {"published"}
    return root, noticed


def test_every_report_in_the_store_has_the_published_form(city: tuple[Path, dict[str, list[Issue]]]) -> None:
    Draft202012Validator.check_schema(FORM)
    found = 0
    for path in sorted(city[0].glob("store/datasets/*/1.json")):
        for table in json.loads(path.read_text(encoding="utf-8"))["lamppost"]["tables"].values():
            for key in ("report", "incoming"):
                report = json.loads((path.parent / table[key]).read_text(encoding="utf-8"))
                Draft202012Validator(FORM).validate(report)
                found += len(report["issues"])
    assert found >= len(NAMES)


@pytest.mark.parametrize(
    "change",
    [
        {"format": 2},
        {"issues": [{"code": "Type Error"}]},
        {"rows": -1},
        {"faults": {"1": ["type-error n"]}},
        {"bad_rows": [0]},
    ],
)
def test_another_form_is_not_taken_for_it(change: dict[str, object]) -> None:
    report = {"format": 1, "rows": 1, "issues": [], "bad_rows": [], "valid": True}
    assert Draft202012Validator(FORM).is_valid(report)
    assert not Draft202012Validator(FORM).is_valid(report | change)


@pytest.mark.parametrize(
    ("name", "code", "said"),
    [
        ("streetlights", "constraint-error", "it looks like `LED`; correct it at the source"),
        ("contract-reviews", "constraint-error", "expected at least 0 days"),
        ("service-requests", "constraint-error", "Status (`status`): found 'referred', expected one of open, closed"),
        ("innovation-budget", "primary-key", "the key (Fiscal year (`fiscal_year`), Line (`line_id`)) is empty"),
    ],
)
def test_the_words_are_the_schemas_and_say_what_to_do(
    city: tuple[Path, dict[str, list[Issue]]], name: str, code: str, said: str
) -> None:
    assert any(said in one.message for one in city[1][name] if one.code == code)


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("innovation-budget", "Budget!"),
        ("service-requests", "record 364 of page 1, request_id "),
        ("streetlights", "record 10 of page 3, light_id "),
    ],
)
def test_a_sample_stands_where_the_source_has_it(
    city: tuple[Path, dict[str, list[Issue]]], name: str, place: str
) -> None:
    assert any(one.place.startswith(place) for issue in city[1][name] for one in issue.samples)
