"""Datasets: a folder joined with its schemas; each fault names file, line, key and what to do, all of them at once."""

import sys
from collections.abc import Callable, Mapping
from datetime import timedelta

import pytest

from lamppost.load import load_datasets
from lamppost.model import City, Dataset, FieldSource, Round

Write = Callable[[Mapping[str, str]], City]
DESCRIPTOR, SCHEMA = "datasets/trees/dataset.yaml", "schemas/trees.yaml"
PULL = 'pull: {adapter: files, folder: data, glob: "*.csv"}'


@pytest.fixture
def descriptor(sound: Mapping[str, str]) -> str:
    return sound[DESCRIPTOR]


def faults(city: City, dataset: str = "trees") -> list[tuple[str, str]]:
    found, issues = load_datasets(city)
    assert dataset not in [one.name for one in found]
    return [(issue.place, issue.message) for issue in issues[dataset]]


def only(city: City) -> Dataset:
    (dataset,), issues = load_datasets(city)
    assert not issues
    return dataset


def derived(name: str, source: str) -> dict[str, str]:
    """Files of a dataset that is one SELECT over `source`."""
    text = f"""\
format: 1
title: T
description: D
licenses: [{{name: CC0-1.0}}]
contributors: [{{title: Parks}}]
accrualPeriodicity: irregular
resources: [{{name: all, derive: {{from: [{source}], sql: q.sql}}}}]
"""
    schema = "primaryKey: id\nfields: [{name: id, type: string}]\n"
    return {f"datasets/{name}/dataset.yaml": text, f"datasets/{name}/q.sql": "SELECT 1", f"schemas/{name}.yaml": schema}


def test_a_sound_dataset_is_joined_with_its_schema(write: Write) -> None:
    dataset = only(write({}))
    (resource,) = dataset.resources
    assert (dataset.name, dataset.promise, dataset.steward) == ("trees", timedelta(days=1), "Parks")
    assert resource.schema.names == ("tree_id", "height_m", "planted_date")
    assert resource.schema.descriptor["primaryKey"] == ["tree_id"]
    assert resource.pull is not None
    assert resource.pull.options["glob"] == "*.csv"


def test_our_blocks_never_reach_public_metadata(write: Write) -> None:
    assert set(only(write({})).metadata) == {
        "name", "title", "description", "licenses", "contributors", "accrualPeriodicity",
    }  # fmt: skip


def test_a_folder_of_files_is_meant_from_the_datasets_own(write: Write) -> None:
    city = write({})
    pull = only(city).resources[0].pull
    assert pull is not None
    assert pull.options["folder"] == str(city.root / "datasets/trees/data")


def test_a_preset_lies_under_the_descriptors_own_keys(write: Write, descriptor: str) -> None:
    text = descriptor.replace(PULL, 'pull: {preset: arcgis, url: "${LAYER}", params: {where: "A=1"}, every: PT1H}')
    pull = only(write({DESCRIPTOR: text})).resources[0].pull
    assert pull is not None
    assert (pull.adapter, pull.preset, pull.every) == ("http", "arcgis", timedelta(hours=1))
    assert pull.options["url"] == "${LAYER}"
    assert pull.options["params"]["where"] == "A=1"
    assert pull.options["params"]["f"] == "json"


def test_fields_are_paths_or_converted_paths(write: Write, descriptor: str) -> None:
    fields = "fields: {tree_id: a.ID, planted_date: {path: a.DAY, as: epoch_ms_date}}"
    pull = only(write({DESCRIPTOR: descriptor.replace("folder: data", f"folder: data, {fields}")})).resources[0].pull
    assert pull is not None
    assert pull.fields == {"tree_id": FieldSource("a.ID"), "planted_date": FieldSource("a.DAY", "epoch_ms_date")}


def test_gates_and_publishing_are_read(write: Write, descriptor: str) -> None:
    text = descriptor + (
        "    checks: {rows: {min: 5, shrink: 20%}, quarantine: {max: 0.01}}\n"
        "    publish: {mode: upsert, event_time: planted_date, every: P1W,"
        " partition: {by: month, of: planted_date, formats: [xlsx]}, sort: [height_m], formats: [csv, json]}\n"
    )
    resource = only(write({DESCRIPTOR: text})).resources[0]
    assert (resource.checks.min_rows, resource.checks.shrink, resource.checks.quarantine_max) == (5, 0.2, 0.01)
    assert (resource.publish.mode, resource.publish.event_time, resource.publish.every) == (
        "upsert", "planted_date", timedelta(days=7),
    )  # fmt: skip
    assert (resource.publish.partition_by, resource.publish.formats) == ("month", ("csv", "json"))
    assert (resource.publish.partition_formats, resource.publish.sort) == (("xlsx",), ("height_m",))


def test_rows_without_a_key_get_a_described_row_id(write: Write, descriptor: str) -> None:
    schema = "fields: [{name: height_m, type: number}]\n"
    resource = only(write({DESCRIPTOR: descriptor + "    key: content\n", SCHEMA: schema})).resources[0]
    assert resource.key_content
    assert resource.schema.names == ("row_id", "height_m")
    assert resource.schema.primary_key == ("row_id",)
    assert len(resource.schema.field("row_id").description) > 40


def test_a_dropped_column_is_known_and_transform_is_attached(write: Write, descriptor: str) -> None:
    text = descriptor + "    protect: {owner_name: drop, height_m: keep}\n"
    resource = only(write({DESCRIPTOR: text, "datasets/trees/transform.py": "x = 1\n"})).resources[0]
    assert resource.drop == ("owner_name",)
    assert resource.transform is not None


def test_a_rounded_field_carries_its_rule_and_its_values_are_in_no_message(write: Write, descriptor: str) -> None:
    resource = only(write({DESCRIPTOR: descriptor + "    protect: {height_m: {round: 1}}\n"})).resources[0]
    assert resource.rules == {"height_m": Round(1)}
    assert resource.schema.guarded == {"height_m"}


@pytest.mark.parametrize(("field", "message"), [("bareNumber: false", "is written with `bareNumber`"), ("", "key")])
def test_what_rounding_would_leave_exact_or_make_equal_is_no_field_to_round(
    write: Write, descriptor: str, field: str, message: str
) -> None:
    key = "tree_id" if field else "height_m"
    schema = (
        f"primaryKey: [{key}]\nfields: [{{name: tree_id, type: string}}, {{name: height_m, type: number, {field}}}]\n"
    )
    files = {SCHEMA: schema, DESCRIPTOR: descriptor + "    protect: {height_m: {round: 1}}\n"}
    assert [message in text for place, text in faults(write(files)) if "protect" in place] == [True]


def test_each_resource_of_several_has_its_own_schema(write: Write, descriptor: str) -> None:
    second = '  - name: parks\n    pull: {adapter: poll, url: "https://example.org", format: csv}\n'
    schema = "primaryKey: [park_id]\nfields: [{name: park_id, type: string}]\n"
    files = {"schemas/trees.trees.yaml": schema, "schemas/trees.parks.yaml": schema, DESCRIPTOR: descriptor + second}
    assert [one.name for one in only(write(files)).resources] == ["trees", "parks"]


@pytest.mark.parametrize(
    ("line", "place", "message"),
    [
        ("  protect: {height_m: drop}", "protect.height_m", "is a field of the schema, so it would be published"),
        ("  protect: {owner: keep}", "protect.owner", "is not a field of the schema"),
        ("  protect: {owner: hash}", "protect.owner", "the privacy rule `hash` is not one that the engine knows"),
        ("  protect: {height_m: {snap: 3}}", "protect.height_m", "expected one of drop, keep, {round: …}"),
        ("  protect: {height_m: {round: 1, snap: 1}}", "protect.height_m", "the privacy rule several at once"),
        ("  protect: {height_m: {rond: 1}}", "protect.height_m", "Did you mean `round`?"),
        ("  protect: {height_m: round}", "protect.height_m", "the privacy rule `round` is not one"),
        ("  protect: {height: {round: 1}}", "protect.height", "Did you mean `height_m`?"),
        ("  protect: {planted_date: {round: 1}}", "protect.planted_date.round", "has the type date, expected number"),
        ("  protect: {height_m: {round: -1}}", "protect.height_m.round", "how many digits stay after the point"),
        (
            "  publish: {formats: [csv, xls]}",
            "publish.formats[1]",
            "found the format `xls`, expected csv, xlsx, json, nd",
        ),
        ("  publish: {formats: [csv, csv.gz]}", "publish.formats[1]", "found the format `csv.gz`"),
        ("  publish: {formats: [csv, gpkg]}", "publish.formats[1]", "gpkg needs the fields `longitude`"),
        ("  publish: {sort: [planted]}", "publish.sort[0]", "`planted` is not a field of the schema"),
        (
            "  publish: {partition: {by: month, of: planted_date, formats: [parquet]}}",
            "publish.partition.formats[0]",
            "found the format `parquet`, expected xlsx, json, ndjson",
        ),
        ("  publish: {formats: [json]}", "publish.formats[0]", "the list lacks csv"),
        ("  publish: {formats: [csv, geojson]}", "publish.formats[1]", "geojson needs the fields `longitude`"),
        (
            "  publish: {mode: upset}",
            "publish.mode",
            "expected one of snapshot, append, upsert. Did you mean `upsert`?",
        ),
        ("  publish: {event_time: planted}", "publish.event_time", "Did you mean `planted_date`?"),
        ("  publish: {partition: {by: day, of: nowhere}}", "publish.partition.of", "is not a field of the schema"),
        ("  publish: {partition: {by: day, of: height_m}}", "publish.partition.of", "expected a date or datetime"),
        ("  publish: {every: 1 day}", "publish.every", "expected an ISO 8601 duration"),
        ("  checks: {rows: {shrink: 120%}}", "checks.rows.shrink", "expected a share such as 5%"),
        ("  checks: {rows: {min: -1}}", "checks.rows.min", "expected a whole number from 0 up"),
        ("  checks: {rows: {maximum: 1}}", "checks.rows.maximum", "is not a key here"),
        ("  checks: {inside: city}", "checks.inside", "needs the fields `longitude`"),
        ("  key: contents", "key", "expected one of content. Did you mean `content`?"),
        ("  pulls: {}", "pulls", "Did you mean `pull`?"),
        ("  schema: trees.yaml", "schema", "is joined by name"),
        ("  derive: {from: [nothing], sql: no.sql}", "derive.from[0]", "there is no dataset `nothing`"),
    ],
)
def test_a_fault_in_a_resource_names_its_place(
    write: Write, descriptor: str, line: str, place: str, message: str
) -> None:
    found = faults(write({DESCRIPTOR: f"{descriptor}  {line}\n"}))
    assert any(where.endswith(f"resources[0].{place}") and message in what for where, what in found), found
    assert all(where.startswith("datasets/trees/dataset.yaml:") for where, _ in found)


@pytest.mark.parametrize(
    ("pull", "place", "message"),
    [
        ("{preset: arcgiss, url: a}", "pull.preset", "Did you mean `arcgis`?"),
        ("{url: a}", "pull", "names no source"),
        ("{adapter: htpp, url: a}", "pull.adapter", "Did you mean `http`?"),
        ("{adapter: files, folder: ../up}", "pull.folder", "expected a folder without `..`"),
        ("{adapter: files, folder: a, globb: b}", "pull.globb", "Did you mean `glob`?"),
        ("{adapter: http, url: '${desk}'}", "pull.url", "expected `${NAME}` in capitals"),
        ("{adapter: http, url: 'https://a/${KEY'}", "pull.url", "expected `${NAME}` in capitals"),
        ("{adapter: files, folder: a, every: daily}", "pull.every", "expected an ISO 8601 duration"),
        ("{adapter: files, folder: a, cursor: when}", "pull.cursor", "is not a field of the schema"),
        ("{adapter: files, folder: a, fields: {hight_m: H}}", "pull.fields.hight_m", "Did you mean `height_m`?"),
        (
            "{adapter: files, folder: a, fields: {height_m: {path: H, as: epoch}}}",
            "height_m.as",
            "expected one of epoch_s",
        ),
    ],
)
def test_a_fault_in_a_pull_names_its_place(write: Write, descriptor: str, pull: str, place: str, message: str) -> None:
    found = faults(write({DESCRIPTOR: descriptor.replace(PULL, f"pull: {pull}")}))
    assert any(place in where and message in what for where, what in found), found


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("format: 1", "format: 2", "expected 1; update lamppost"),
        ("title: Trees", "title: 2026", 'found the number `2026`, expected text; write "2026"'),
        ("title: Trees", "titlez: Trees", "Did you mean `title`?"),
        ("R/P1D", "daily", "expected how often new data is promised"),
        ("[{name: CC0-1.0}]", "CC0", "found `CC0`, expected a list"),
        ("[{name: CC0-1.0}]", "[{title: CC0}]", "a licence needs `name:`"),
        ("roles: [publisher, steward]", "role: publisher", "is Data Package 1; write `roles:"),
        ("resources:", "version: 1.0.0\nresources:", "is made by the engine"),
        ("name: trees", "name: Trees!", "expected 1 to 64 of a-z"),
        (PULL, "title: T", "neither is written, expected exactly one of `pull:` and `derive:`"),
    ],
)
def test_a_fault_in_a_descriptor_says_what_to_do(
    write: Write, descriptor: str, old: str, new: str, message: str
) -> None:
    found = faults(write({DESCRIPTOR: descriptor.replace(old, new)}))
    assert any(message in what for _, what in found), found


def test_all_faults_of_all_files_come_together(write: Write, descriptor: str) -> None:
    broken = descriptor.replace("R/P1D", "often").replace("title: Trees", "titlez: Trees") + "    protect: {a: mask}\n"
    schema = "primaryKey: [nothing]\nfields: [{name: Height, type: float}]\n"
    places = [place.split(":")[0] for place, _ in faults(write({DESCRIPTOR: broken, SCHEMA: schema}))]
    assert places.count("datasets/trees/dataset.yaml") == 4
    assert places.count("schemas/trees.yaml") == 3


def test_a_fault_in_one_dataset_leaves_the_others_sound(write: Write) -> None:
    datasets, issues = load_datasets(write({"datasets/broken/dataset.yaml": "a: &a [*a]\n"}))
    assert [one.name for one in datasets] == ["trees"]
    assert [issue.code for issue in issues["broken"]] == ["yaml-anchor"]


def test_a_missing_schema_hides_no_other_fault_and_invents_none(write: Write, descriptor: str) -> None:
    city = write({DESCRIPTOR: descriptor + "    publish: {event_time: planted_date, mode: often}\n"})
    (city.root / SCHEMA).rename(city.root / "schemas/tree.yaml")
    assert [what for _, what in faults(city)] == [
        "the file is missing; write it. Did you mean `tree.yaml`?",
        "found `often`, expected one of snapshot, append, upsert.",
    ]


@pytest.mark.parametrize("path", [DESCRIPTOR, SCHEMA])
def test_yml_is_told_to_be_renamed(write: Write, path: str) -> None:
    city = write({})
    (city.root / path).rename((city.root / path).with_suffix(".yml"))
    ((place, message),) = faults(city)
    assert place == path.replace(".yaml", ".yml")
    assert "rename the file" in message


LINUX_ONLY = ["Trees", "con", "lpt1"] if sys.platform == "linux" else []
"""Other systems take `Trees` for `trees`, or give such a name to no folder at all."""


@pytest.mark.parametrize("name", ["Birds", *LINUX_ONLY, "a_b", "-a", "a" * 65, "plan"])
def test_a_folder_name_must_be_legal_everywhere(
    write: Write, name: str, descriptor: str, sound: Mapping[str, str]
) -> None:
    city = write({f"datasets/{name}/dataset.yaml": descriptor, f"schemas/{name}.yaml": sound[SCHEMA]})
    assert "folder name" in faults(city, name)[0][1] or "choose another name" in faults(city, name)[0][1]


def test_a_derived_dataset_comes_after_its_inputs(write: Write) -> None:
    datasets, issues = load_datasets(write(derived("all-trees", "more-trees") | derived("more-trees", "trees")))
    assert not issues
    assert [one.name for one in datasets] == ["trees", "more-trees", "all-trees"]


def test_a_circle_of_derived_datasets_is_a_fault_of_each(write: Write) -> None:
    datasets, issues = load_datasets(write(derived("a", "b") | derived("b", "a")))
    assert [one.name for one in datasets] == ["trees"]
    assert set(issues) == {"a", "b"}
    assert "in a circle" in issues["a"][0].message


@pytest.mark.parametrize("sql", ["../q.sql", "none.sql", "q.txt"])
def test_sql_is_a_file_of_the_folder(write: Write, sql: str) -> None:
    files = derived("a", "trees")
    files["datasets/a/dataset.yaml"] = files["datasets/a/dataset.yaml"].replace("q.sql", sql)
    ((place, _),) = faults(write(files), "a")
    assert place.endswith("resources[0].derive.sql")


def test_two_tables_with_one_name_in_queries_are_refused(
    write: Write, descriptor: str, sound: Mapping[str, str]
) -> None:
    second = '  - name: big\n    pull: {adapter: files, folder: data, glob: "*.csv"}\n'
    files = {DESCRIPTOR: descriptor + second, "datasets/trees-big/dataset.yaml": descriptor}
    files |= {f"schemas/{name}.yaml": sound[SCHEMA] for name in ("trees.trees", "trees.big", "trees-big")}
    assert "would be called `trees_big`" in faults(write(files), "trees-big")[0][1]


def test_what_editors_leave_behind_is_no_dataset(write: Write) -> None:
    left = {"datasets/.cache/x.txt": "", "datasets/__pycache__/x.txt": "", "datasets/notes.md": ""}
    assert only(write(left)).name == "trees"


def test_what_is_published_unproven_says_why(write: Write, descriptor: str) -> None:
    bare = descriptor.replace("folder: data", "accept: unproven, folder: data")
    assert bare != descriptor
    assert "`reason` is missing" in faults(write({DESCRIPTOR: bare}))[0][1]
    given = bare.replace("accept: unproven", "accept: unproven, reason: The vendor counts nothing")
    (resource,) = only(write({DESCRIPTOR: given})).resources
    assert resource.pull is not None
    assert resource.pull.accept_unproven == "The vendor counts nothing"


def test_a_reason_for_nothing_is_told(write: Write, descriptor: str) -> None:
    found = faults(write({DESCRIPTOR: descriptor.replace("folder: data", "reason: because, folder: data")}))
    assert "`accept: unproven`, which is missing" in found[0][1]


def test_newest_rows_alone_never_replace_all_rows(write: Write, descriptor: str) -> None:
    found = faults(write({DESCRIPTOR: descriptor.replace("folder: data", "cursor: planted_date, folder: data")}))
    assert found[0][0] == f"{DESCRIPTOR} resources {only_name(descriptor)}"
    assert "would throw the earlier rows away" in found[0][1]


def test_answers_that_have_to_wait_need_a_folder(write: Write, descriptor: str, sound: Mapping[str, str]) -> None:
    polled = 'adapter: poll, url: "https://example.org/a", format: csv, every: PT15M}\n    publish: PUBLISH'
    polled = descriptor.replace('adapter: files, folder: data, glob: "*.csv"}', polled)
    daily = "{mode: upsert, event_time: planted_date, every: P1D}"
    homeless = {"mkdocs.yml": sound["mkdocs.yml"] + "    private: none\n"}
    found = faults(write({DESCRIPTOR: polled.replace("PUBLISH", daily), **homeless}))
    assert "there is no folder where rows could wait" in found[0][1]
    assert only(write({DESCRIPTOR: polled.replace("PUBLISH", "{every: P1D}"), **homeless})).name == "trees"
    housed = {"mkdocs.yml": sound["mkdocs.yml"]}
    assert only(write({DESCRIPTOR: polled.replace("PUBLISH", daily), **housed})).name == "trees"


def only_name(descriptor: str) -> str:
    return descriptor.partition("- name: ")[2].split()[0]
