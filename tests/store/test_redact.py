"""What is left when rows are taken out: counts that add up, papers without a trace, in a folder and in a bucket."""

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from lamppost.errors import RefusedError
from lamppost.model import City, Counts, Mantra
from lamppost.retract import Order, plan_retraction, retract
from lamppost.store import Store
from lamppost.store.barred import FILE, Barred, encode_barred, read_barred
from lamppost.store.redact import NOTE, Needles, Taken, redact_counts, redact_receipt, redact_report
from lamppost.verify import verify
from tests.conftest import Lamps
from tests.drivers.search import unpack

COUNTS = Counts(
    read=12,
    quarantined=1,
    accepted=11,
    added=3,
    changed=2,
    unchanged=6,
    removed=1,
    previous=9,
    settled=11,
    published=11,
)
RECEIPT = {
    "source": "https://city.example.org/P-1717", "reason": "all 12", "notes": [], "stopped": "", "declared_by": "",
    "cursor_before": "2026-11-01", "cursor_after": "2026-11-20", "span": ["2026-10-01", "2026-11-20"], "size": 900,
    "sizes": [900], "digests": ["ab"],
}  # fmt: skip


@pytest.fixture
def lamps(any_lamps: Lamps) -> Lamps:
    return any_lamps


@pytest.mark.parametrize("is_snapshot", [True, False])
@pytest.mark.parametrize(
    "taken", [Taken(1, added=1), Taken(2, changed=1), Taken(1), Taken(0, removed=1), Taken(3, 1, 1, 1), Taken()]
)
def test_counts_add_up_without_the_rows(taken: Taken, is_snapshot: bool) -> None:
    left = redact_counts(COUNTS, taken, is_snapshot=is_snapshot)
    assert left.holds()
    assert (left.published, left.read) == (11 - taken.published, 12)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("permit P-1717 of Anna", "permit (redacted) of (redacted)"),
        ("P-17171, Annabel, P-1717_2", "P-17171, Annabel, (redacted)_2"),
        ("(P-1717)", "((redacted))"),
        ("yes, and yes", "yes, and yes"),
    ],
)
def test_a_word_is_hidden_where_it_stands_by_itself(text: str, left: str) -> None:
    assert Needles(frozenset({"P-1717", "Anna", "yes"})).hide(text) == left


def test_a_receipt_keeps_its_proof_and_loses_what_measures_the_bytes() -> None:
    needles = Needles(frozenset({"P-1717", "2026-11-20"}))
    made = redact_receipt(RECEIPT, needles, {"2026-11-20": "2026-11-19"}, strip=True)
    assert made["source"] == "https://city.example.org/(redacted)"
    assert (made["cursor_after"], made["span"]) == ("2026-11-19", None)
    assert (made["size"], made["sizes"], made["digests"], made["notes"]) == (0, [], [], [NOTE])
    assert redact_receipt(made, needles, {}, strip=True) == made


def test_a_report_keeps_its_counts_and_loses_every_value() -> None:
    sample = {"row": 4, "field": "owner", "value": "Ann", "note": "as in row 3", "place": "line 5"}
    report = {
        "rows": 9,
        "issues": [{"code": "type-error", "message": "P-1717 is wrong", "count": 2, "samples": [sample]}],
    }
    made = redact_report(report, Needles(frozenset({"P-1717"})), 8)
    assert made["rows"] == 8
    assert made["issues"][0]["message"] == "(redacted) is wrong"
    assert made["issues"][0]["samples"] == [{**sample, "value": None, "note": ""}]


def test_barred_rows_are_known_by_the_secret_alone(lamps: Lamps) -> None:
    lamps.publish()
    barred = Barred("lamps", b"secret").add("lights", ["light_id"], [("b",)])
    lamps.store.replace(lamps.store.key("lamps", FILE), encode_barred(barred))
    rows = lamps.table(lamps.rows)
    assert read_barred(lamps.store, "lamps", b"secret").mark(rows, "lights", ["light_id"]).tolist() == [
        False,
        True,
        False,
    ]
    assert not barred.mark(rows, "other", ["light_id"]).any()
    assert not barred.mark(pa.table({"x": ["b"]}), "lights", ["light_id"]).any()
    for wrong in (b"other", b""):
        with pytest.raises(RefusedError, match="rows were retracted, and they cannot be told from others"):
            read_barred(lamps.store, "lamps", wrong)


def take_out(lamps: Lamps, folder: Path, **words: Any) -> None:
    city = City(folder, "Town", "", "UTC", "", "", "", lamps.folder / "store", None, Mantra(""))
    order = Order("lamps", "A resident asked.", "City Clerk", gone=True, **words)
    with tempfile.TemporaryDirectory(dir=folder) as name:
        plan = plan_retraction(city, lamps.store, order, day="2026-11-24", env={}, folder=Path(name))
        retract(city, lamps.store, plan, day="2026-11-24", env={}, folder=Path(name))


def test_a_row_is_taken_out_of_every_partition_of_every_version(lamps: Lamps, tmp_path: Path) -> None:
    record = ("w-7731", "40", "99.0625")
    lamps.publish({"2026-10": [*lamps.rows[:1], record], "2026-11": lamps.rows[1:]})
    lamps.publish({"2026-10": lamps.rows[:1], "2026-11": [*lamps.rows[1:], record]})
    lamps.publish({"2026-10": lamps.rows[:1], "2026-11": lamps.rows[1:2], "2026-12": [record]})
    take_out(lamps, tmp_path, rows=("w-7731",))
    data = [layer for key in lamps.store.listing() for layer in unpack(lamps.store.read_key(key))]
    assert not [one for one in data if b"w-7731" in one or b"99.0625" in one]
    assert [[part.rows for part in lamps.store.read("lamps", seq).tables[0].parts] for seq in (1, 2, 3)] == [
        [1, 2], [1, 2], [1, 1],
    ]  # fmt: skip
    assert not lamps.store.read("lamps", 2).tables[0].diff.path, "nothing else had changed"
    assert verify(lamps.store.place.root if hasattr(lamps.store.place, "root") else str(lamps.store.place)) == ()


def test_taken_out_twice_it_is_said_twice(lamps: Lamps, tmp_path: Path) -> None:
    lamps.publish()
    take_out(lamps, tmp_path, rows=("a",))
    take_out(replace(lamps, store=Store(lamps.store.place)), tmp_path, where={"watts_w": "60"})
    said = lamps.store.read("lamps", 1).redacted
    assert ([one.rows for one in said], lamps.store.read("lamps", 1).rows) == ([1, 1], 1)
