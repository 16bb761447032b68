"""Going back to an old version, and saying a last word: new versions that no pull brought."""

import random
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from lamppost.errors import RefusedError, TakenError
from lamppost.formats import csv
from lamppost.model import Version
from lamppost.store.compare import compare
from lamppost.store.restate import roll_back, withdraw
from lamppost.verify import verify

WORDS = {"reason": "The meter was wrong.", "date": "2026-11-23", "engine": "1"}
LETTERS = "abcdefgh"


def back(lamps: Any, seq: int) -> Version:
    return roll_back(lamps.store, lamps.store.head("lamps"), lamps.store.read("lamps", seq), **WORDS)


def bytes_of(lamps: Any, version: Version) -> dict[str, bytes]:
    return {
        part.partition: lamps.store.path("lamps", path).read_bytes()
        for part in version.tables[0].parts
        for path in (part.path, part.parquet_path)
    }


def make_rows(chance: random.Random) -> Mapping[str, Sequence[tuple[str, str, str]]]:
    """Some of eight lamps in three partitions, with a value of four."""
    months: dict[str, list[tuple[str, str, str]]] = {f"2026-{month:02d}": [] for month in (9, 10, 11)}
    for letter in sorted(chance.sample(LETTERS, chance.randint(1, 8))):
        months[f"2026-{chance.randint(9, 11):02d}"].append((letter, str(chance.randint(1, 4)), "1.5"))
    return months


def test_any_sequence_of_publishing_and_going_back_ends_at_the_bytes_of_that_version(lamps: Any) -> None:
    chance, held = random.Random(5), {1: bytes_of(lamps, lamps.publish(make_rows(random.Random(1))))}
    for _ in range(120):
        seq = chance.choice(list(held))
        if chance.random() < 0.5 or held[seq] == held[max(held)]:
            version = lamps.publish(make_rows(chance))
            held[version.seq] = bytes_of(lamps, version)
        else:
            version = back(lamps, seq)
            held[version.seq] = held[seq]
        assert bytes_of(lamps, lamps.store.head("lamps")) == held[version.seq]
        assert version.tables[0].counts.holds()
    chain = [lamps.store.read("lamps", seq) for seq in lamps.store.versions("lamps")]
    assert [(one.parent, one.parent_hash) for one in chain[1:]] == [(one.seq, one.hash) for one in chain[:-1]]
    assert verify(lamps.store.root) == ()


def test_the_diff_of_going_back_is_the_diff_of_coming_turned_round(lamps: Any) -> None:
    lamps.publish()
    lamps.publish({"": [("a", "41", "1.5"), ("b", "60", "2.25"), ("d", None, "7")]})
    change = back(lamps, 1).tables[0].diff
    listing = csv.read(lamps.store.path("lamps", change.path)).to_pylist()
    assert (change.added, change.changed, change.removed) == (1, 1, 1)
    assert [(one["change"], one["light_id"], one["was"], one["is"]) for one in listing] == [
        ("removed", "d", None, None),
        ("added", "c", None, None),
        ("changed", "a", "41", "40"),
    ]


def test_going_back_says_so_and_brings_the_receipt_of_then(lamps: Any) -> None:
    first = lamps.publish()
    lamps.publish({"": lamps.rows[:1]})
    third = back(lamps, 1)
    assert (third.seq, third.parent, third.rolled_back_to, third.reason) == (3, 2, 1, "The meter was wrong.")
    assert third.tables[0].receipt == first.tables[0].receipt
    assert lamps.store.read("lamps", 3) == third


def test_columns_come_back_with_the_rows_and_what_the_city_says_of_them_stays(lamps: Any) -> None:
    lamps.publish()
    fewer = lamps.dataset(schema=lamps.schema(light_id="string"), title="Lamps")
    lamps.publish({"": [("a",), ("b",), ("c",)]}, dataset=fewer)
    third = back(lamps, 1)
    assert third.tables[0].schema.names == ("light_id", "watts_w", "energy_kwh")
    assert third.tables[0].diff.schema_changes == ("field watts_w added", "field energy_kwh added")
    assert third.descriptor["title"] == "Lamps"


def test_there_is_no_way_back_to_made_up_numbers(lamps: Any) -> None:
    lamps.publish(simulated=True)
    lamps.publish({"": lamps.rows[:1]})
    with pytest.raises(RefusedError, match="never replace real ones"):
        back(lamps, 1)


def test_going_back_to_the_same_rows_is_refused(lamps: Any) -> None:
    lamps.publish()
    with pytest.raises(RefusedError, match="holds the same rows as the newest, version 1"):
        back(lamps, 1)


def test_who_goes_back_on_an_old_head_is_told(lamps: Any) -> None:
    lamps.publish()
    head = lamps.publish({"": lamps.rows[:1]})
    lamps.publish({"": lamps.rows[:2]})
    with pytest.raises(TakenError):
        roll_back(lamps.store, head, lamps.store.read("lamps", 1), **WORDS)


def test_a_withdrawn_dataset_keeps_its_rows_and_says_why(lamps: Any) -> None:
    before = lamps.publish()
    after = withdraw(lamps.store, before, **WORDS)
    assert bytes_of(lamps, after) == bytes_of(lamps, before)
    assert (after.withdrawn, after.reason, before.withdrawn) == (True, "The meter was wrong.", False)
    assert after.descriptor["withdrawn"] == {"date": "2026-11-23", "reason": "The meter was wrong."}
    assert verify(lamps.store.root) == ()


def test_only_partitions_that_differ_are_read_to_compare_two_versions(lamps: Any) -> None:
    first = lamps.publish({"2026-10": lamps.rows[:1], "2026-11": lamps.rows[1:]})
    second = lamps.publish({"2026-10": lamps.rows[:1], "2026-11": lamps.rows[1:2]})
    lamps.store.path("lamps", first.tables[0].parts[0].path).unlink()
    assert compare(lamps.store, first, second, "lights")[0].removed == 1
