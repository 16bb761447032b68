"""What harvesters need of a descriptor: a name for ever, time and place, and whether the dataset is listed."""

from collections.abc import Callable, Mapping

import pytest

from lamppost.load import find_unlisted, load_datasets, load_figures
from lamppost.model import City, Dataset

Write = Callable[[Mapping[str, str]], City]
DESCRIPTOR = "datasets/trees/dataset.yaml"
URN = "urn:uuid:00000000-0000-4000-8000-000000000001"


def with_lines(sound: Mapping[str, str], *lines: str) -> dict[str, str]:
    return {DESCRIPTOR: sound[DESCRIPTOR] + "\n".join(lines) + "\n"}


def only(city: City) -> Dataset:
    (dataset,), issues = load_datasets(city)
    assert not issues
    return dataset


def test_the_identifier_is_published_as_the_packages_id(write: Write, sound: Mapping[str, str]) -> None:
    dataset = only(write(with_lines(sound, f"identifier: {URN}")))
    assert (dataset.identifier, dataset.metadata["id"]) == (URN, URN)
    assert list(dataset.metadata)[:2] == ["name", "id"]


def test_time_and_place_are_published(write: Write, sound: Mapping[str, str]) -> None:
    dataset = only(write(with_lines(sound, "temporal: 2018-02/..", "spatial: [-118.4, 34, -118.3, 34.1]")))
    assert (dataset.metadata["temporal"], dataset.metadata["spatial"]) == ("2018-02/..", [-118.4, 34, -118.3, 34.1])


def test_the_whole_city_is_its_boundary(write: Write, sound: Mapping[str, str]) -> None:
    bounded = {"mkdocs.yml": sound["mkdocs.yml"] + "    boundary: [-118.4, 34.0, -118.3, 34.1]\n"}
    dataset = only(write(with_lines(sound, "spatial: city") | bounded))
    assert dataset.metadata["spatial"] == [-118.4, 34.0, -118.3, 34.1]


def test_a_dataset_may_be_named_without_being_published(write: Write, sound: Mapping[str, str]) -> None:
    dataset = only(write(with_lines(sound, "listed: false", "reason: Names of people.", "since: 2026-11-01")))
    assert (dataset.listed, dataset.reason, dataset.since) == (False, "Names of people.", "2026-11-01")
    assert not {"listed", "reason", "since"} & set(dataset.metadata)


def test_what_is_not_published_needs_no_resources(write: Write, sound: Mapping[str, str]) -> None:
    text = sound[DESCRIPTOR].partition("resources:")[0] + "listed: false\nreason: Names of people.\n"
    assert only(write({DESCRIPTOR: text})).resources == ()


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (("identifier: two words",), "expected one word such as urn:uuid:"),
        (('temporal: "2018"',), "expected a period such as 2018/2024"),
        (("temporal: 2020/2019",), "expected a period"),
        (("temporal: 2018-02-30/..",), "expected a period"),
        (("spatial: city",), "needs the city's boundary"),
        (("spatial: [1, 2]",), "expected `city`, a place's name, or [west"),
        (("spatial: [4, 3, 2, 1]",), "expected `city`"),
        (("listed: false",), "`reason` is missing"),
        (("listed: no way",), "expected true or false"),
        (("reason: why",), "write `listed: false` too"),
        (("id: 7",), "write `identifier:`"),
    ],
)
def test_a_fault_is_named(write: Write, sound: Mapping[str, str], lines: tuple[str, ...], said: str) -> None:
    found, issues = load_datasets(write(with_lines(sound, *lines)))
    assert found == ()
    assert any(said in one.message for one in issues["trees"])


def test_an_entry_that_nothing_dates_asks_for_the_day(write: Write, sound: Mapping[str, str]) -> None:
    text = sound[DESCRIPTOR].replace("R/P1D", "irregular") + "listed: false\nreason: Names.\n"
    _, issues = load_datasets(write({DESCRIPTOR: text}))
    assert "`since` is missing" in issues["trees"][0].message


def test_one_identifier_is_one_dataset(write: Write, sound: Mapping[str, str]) -> None:
    files = with_lines(sound, f"identifier: {URN}")
    twin = {
        path.replace("trees", "shrubs"): text.replace("trees", "shrubs") for path, text in {**sound, **files}.items()
    }
    found, issues = load_datasets(write({**files, **{path: twin[path] for path in twin if path not in sound}}))
    assert [one.name for one in found] == ["shrubs"]
    assert "the identifier is that of `shrubs`" in issues["trees"][0].message


def test_no_figure_shows_what_is_not_listed(write: Write, sound: Mapping[str, str]) -> None:
    figures = "format: 1\nfigures: [{name: tall, title: T, sql: SELECT max(height_m) FROM trees}]\n"
    city = write({**with_lines(sound, "listed: false", "reason: Names."), "datasets/trees/figures.yaml": figures})
    found, issues = load_figures(city, load_datasets(city)[0])
    assert found == ()
    assert "the figure `tall` shows `trees`, which is not listed" in issues[0].message


def test_nothing_is_derived_from_what_is_not_listed(write: Write, sound: Mapping[str, str]) -> None:
    pull = 'pull: {adapter: files, folder: data, glob: "*.csv"}'
    shrubs = sound[DESCRIPTOR].replace(pull, "derive: {from: [trees], sql: q.sql}").replace("trees\n", "shrubs\n")
    files = {
        "datasets/shrubs/dataset.yaml": shrubs,
        "datasets/shrubs/q.sql": "SELECT 1",
        "schemas/shrubs.yaml": "fields: [{name: a, type: string}]\nprimaryKey: a\n",
    }
    _, issues = load_datasets(write(with_lines(sound, "listed: false", "reason: Names.") | files))
    assert any("`derive.from` names `trees`, which is not listed" in one.message for one in issues["shrubs"])


@pytest.mark.parametrize("line", ["listed: false", 'listed: "false"', "'listed': no", "listed: [", "listed:"])
def test_a_file_with_a_fault_cannot_bring_back_what_was_taken_away(
    write: Write, sound: Mapping[str, str], line: str
) -> None:
    city = write({DESCRIPTOR: f"{line}\ntitle: [\n{sound[DESCRIPTOR]}"})
    assert find_unlisted(city.root) == {"trees"}
    assert find_unlisted(write({DESCRIPTOR: f"listed: true  # now\n{sound[DESCRIPTOR]}"}).root) == frozenset()
