"""mkdocs.yml: plain YAML, and every fault of it told at once."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from lamppost.errors import LoadError
from lamppost.load import load_city
from lamppost.model import City, Mantra, Words

Write = Callable[[Mapping[str, str]], City]


@pytest.fixture
def mkdocs(sound: Mapping[str, str]) -> str:
    return sound["mkdocs.yml"]


def faults(write: Write, text: str) -> list[tuple[str, str]]:
    with pytest.raises(LoadError) as caught:
        write({"mkdocs.yml": text})
    return [(issue.place, issue.message) for issue in caught.value.issues]


def test_a_sound_city_is_read_with_its_defaults(write: Write, tmp_path: Path) -> None:
    city = write({})
    assert (city.name, city.url, city.mantra) == ("Testville", "https://testville.example.org/", Mantra("Look it up."))
    assert (city.store, city.private) == (tmp_path / "store", tmp_path / "private")
    assert city.languages == ("en",)
    assert city.config["site_name"] == "Testville"


def test_everything_that_may_be_said_is_read(write: Write, mkdocs: str, tmp_path: Path) -> None:
    extra = """\
    private: none
    store: kept/here
    boundary: [-118.4, 34, -118.3, 34.1]
    languages: [en, es-MX]
    notice: Not official.
    words: {avoid: [big data], say: {big data: data}, names: [Big Data Day]}
"""
    city = write({"mkdocs.yml": mkdocs.replace("Look it up.", "{text: Look, illustrative: true}") + extra})
    assert (city.private, city.store) == (None, tmp_path / "kept/here")
    assert city.boundary == (-118.4, 34.0, -118.3, 34.1)
    assert city.words == Words(("big data",), {"big data": "data"}, ("Big Data Day",))
    assert city.mantra == Mantra("Look", illustrative=True)


def test_a_store_may_be_at_an_address(write: Write, mkdocs: str) -> None:
    assert write({"mkdocs.yml": mkdocs + "    store: s3://city-data/lamppost/\n"}).store == "s3://city-data/lamppost"


@pytest.mark.parametrize("store", ["s3://", "s3://B/x", "s3://bucket/../x", "gs://bucket/x", "s3://key:hidden@bucket"])
def test_an_address_that_is_none_is_told_without_the_key_in_it(write: Write, mkdocs: str, store: str) -> None:
    ((place, message),) = faults(write, mkdocs + f"    store: {store}\n")
    assert place.endswith("extra.city.store")
    assert "expected a folder or s3://bucket/prefix" in message
    assert "hidden" not in message


def test_what_is_private_stays_on_this_machine(write: Write, mkdocs: str) -> None:
    ((_, message),) = faults(write, mkdocs + "    private: s3://bucket/private\n")
    assert message.endswith("expected a folder: private stays on the machine that runs")


def test_an_unknown_key_is_told_with_the_nearest(write: Write, mkdocs: str) -> None:
    assert faults(write, mkdocs + "    languagez: [en]\n") == [
        ("mkdocs.yml:12:16 extra.city.languagez", "`languagez` is not a key here. Did you mean `languages`?")
    ]


def test_all_faults_come_together(write: Write, mkdocs: str) -> None:
    broken = (
        mkdocs.replace("data@example.org", "nobody")
        .replace("America/Los_Angeles", "Mars/Base")
        .replace("format: 1", "format: 2")
    )
    broken += "    boundary: [1, 2]\n    store: gs://bucket\n    languages: [English!]\n    private: ../up\n"
    assert {place.split(".")[-1] for place, _ in faults(write, broken)} == {
        "format", "contact", "time_zone", "boundary", "store", "languages[0]", "private",
    }  # fmt: skip


@pytest.mark.parametrize(
    "key", ["site_name", "site_url", "mantra", "publisher", "contact", "licence", "time_zone", "format"]
)
def test_what_must_be_said_is_missed_by_name(write: Write, mkdocs: str, key: str) -> None:
    text = "\n".join(line for line in mkdocs.splitlines() if not line.strip().startswith(f"{key}:"))
    ((_, message),) = faults(write, text + "\n")
    assert message.startswith(f"`{key}` is missing")


def test_a_folder_without_mkdocs_yml_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(LoadError, match="lamppost new FOLDER"):
        load_city(tmp_path)


def test_mkdocs_yaml_is_told_to_be_renamed(tmp_path: Path, mkdocs: str) -> None:
    (tmp_path / "mkdocs.yaml").write_text(mkdocs, encoding="utf-8")
    with pytest.raises(LoadError, match=r"expected mkdocs\.yml; rename the file"):
        load_city(tmp_path)


def test_a_tag_that_would_run_code_is_refused(write: Write, mkdocs: str) -> None:
    ((place, message),) = faults(write, mkdocs + "markdown_extensions: !!python/name:os.system\n")
    assert place == "mkdocs.yml:12:22 markdown_extensions"
    assert "tags are not read" in message
