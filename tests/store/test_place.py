"""A folder and a bucket behave the same: whole or absent, one creator a key, nothing outside."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from lamppost.errors import StoreError, TakenError
from lamppost.store import put_object
from lamppost.store.objects import Layout
from lamppost.store.place import Place

KEY = "datasets/trees/1.json"
SHA_X = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"
OBJECT = f"datasets/trees/objects/{SHA_X}.csv"


def try_to_create(place: Place, key: str, data: bytes) -> bool:
    try:
        place.create(key, data)
    except TakenError:
        return False
    return True


def test_what_is_not_there_reads_as_nothing(place: Place) -> None:
    assert (place.read(KEY), place.read(OBJECT)) == (None, None)
    assert not place.local(OBJECT).exists()
    assert (place.names("datasets/trees"), place.folders("datasets"), list(place.keys())) == ((), (), [])


def test_the_second_exclusive_create_fails(place: Place) -> None:
    place.create(KEY, b"first")
    for data in (b"second", b"first"):
        with pytest.raises(TakenError, match=r"^trees/1\.json: another run created it first; settle again on it$"):
            place.create(KEY, data)
    assert place.read(KEY) == b"first"


def test_of_eight_threads_exactly_one_creates_each_key(place: Place) -> None:
    with ThreadPoolExecutor(8) as pool:
        for number in range(1, 11):
            key = f"runs/{number}.json"
            won = list(pool.map(lambda who, key=key: try_to_create(place, key, str(who).encode() * 9999), range(8)))
            assert won.count(True) == 1
            assert place.read(key) == str(won.index(True)).encode() * 9999


def test_a_kept_object_can_be_read_here(place: Place) -> None:
    place.keep(OBJECT, b"x")
    assert (place.read(OBJECT), place.local(OBJECT).read_bytes()) == (b"x", b"x")


def test_a_kept_file_is_the_same_as_its_bytes(place: Place, tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"x")
    place.keep(OBJECT, tmp_path / "x")
    assert place.local(OBJECT).read_bytes() == b"x"


def test_keeping_it_again_repairs_an_object(place: Place) -> None:
    place.replace(OBJECT, b"y")
    place.keep(OBJECT, b"x")
    assert place.read(OBJECT) == b"x"


def test_a_listing_shows_names_sizes_and_ages_and_never_what_is_half_written(place: Place) -> None:
    for key in (OBJECT, KEY, "datasets/trees/10.json", "datasets/bins/1.json"):
        place.replace(key, b"x" * len(key))
    entries = place.files("datasets/trees")
    assert [(name, one.size) for name, one in entries.items()] == [("1.json", len(KEY)), ("10.json", len(KEY) + 1)]
    assert all(0 <= one.age < 60 for one in entries.values())
    assert place.names("datasets/trees") == tuple(entries)
    assert (place.folders("datasets"), place.folders("datasets/trees")) == (("bins", "trees"), ("objects",))
    assert sorted(place.keys()) == ["datasets/bins/1.json", KEY, "datasets/trees/10.json", OBJECT]


def test_a_listing_goes_on_to_its_end(place: Place) -> None:
    for number in range(1, 31):
        place.replace(f"runs/{number}.json", b"{}")
        place.replace(f"figures/f{number}/1.json", b"{}")
    assert (len(place.names("runs")), len(place.folders("figures")), len(list(place.keys()))) == (30, 30, 60)


def test_many_are_read_in_the_order_asked_for(place: Place) -> None:
    for number in range(40):
        place.replace(f"runs/{number}.json", str(number).encode())
    found = place.read_each([f"runs/{number}.json" for number in range(39, -2, -1)])
    assert list(found) == [*(str(number).encode() for number in range(39, -1, -1)), None]


def test_what_is_replaced_is_read_anew(place: Place) -> None:
    place.create(KEY, b"old")
    assert place.local(KEY).read_bytes() == b"old"
    place.replace(KEY, b"new")
    assert (place.read(KEY), place.local(KEY).read_bytes()) == (b"new", b"new")


@pytest.mark.parametrize("key", [KEY, OBJECT])
def test_what_is_removed_is_gone_and_removing_it_again_is_fine(place: Place, key: str) -> None:
    place.keep(key, b"x")
    place.local(key)
    for _ in range(2):
        place.remove(key)
    assert place.read(key) is None
    assert not place.local(key).exists()


@pytest.mark.parametrize("key", ["../a", "/etc/passwd", "a\\b", "C:/a", "", "a/../../b"])
def test_a_key_that_leaves_the_place_is_refused(place: Place, key: str) -> None:
    for deed in (place.read, place.local, place.remove, place.names, lambda key: place.create(key, b"")):
        with pytest.raises(StoreError, match="stays beside or below"):
            deed(key)


def test_an_object_is_known_by_its_bytes_wherever_it_lies(place: Place) -> None:
    store = Layout(place)
    kept = put_object(store, "trees", b"x", "csv")
    assert kept == (f"objects/{SHA_X}.csv", SHA_X, 1)
    assert store.holds("trees", kept.path)
    assert not store.holds("trees", "objects/0.csv")
    assert {path: one.size for path, one in store.objects("trees").items()} == {kept.path: 1}


def test_thinned_versions_are_no_versions(place: Place) -> None:
    store = Layout(place)
    store.create(store.manifest_key("trees", 2), b"{}")
    store.create("datasets/trees/1.thinned.json", b"{}")
    assert (store.versions("trees"), store.thinned("trees"), store.datasets()) == ((2,), {1: b"{}"}, ("trees",))


def test_nothing_whole_is_ever_swept(place: Place) -> None:
    place.keep(OBJECT, b"x")
    assert place.sweep() == ()
    assert list(place.keys()) == [OBJECT]
