"""`lamppost try`: from an address that nobody has described to a dataset that is published, in a new city."""

import json
import socketserver
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from lamppost.attempt import OnePage, Tried, attempt, read_options, save
from lamppost.check import check_city
from lamppost.errors import LoadError, PullError
from lamppost.load import load_city
from lamppost.model import Dates, Outcome, Version
from lamppost.pull import Transport
from lamppost.run import Setting, run
from lamppost.sandbox import Sandbox, start
from lamppost.starter import new_city
from lamppost.store import open_store
from tests.loopback import running

DAY = date(2026, 11, 22)
DATES = Dates(DAY, datetime(2026, 11, 22, 12, tzinfo=UTC))
WELLS = [
    {"well_id": f"{number:03d}", "depth": number / 2, "owner": "Jo", "lon": -118.3, "lat": 34} for number in range(7)
]
CSV = "well_id,depth,e-mail\n" + "".join(f"{number:03d},{number / 2},jo@example.org\n" for number in range(7))
POINT = {"type": "Point", "coordinates": [-118.3, 34.1]}
FEATURES = [
    {"type": "Feature", "id": number, "properties": {"Depth (m)": number, "note": "call Jo"}, "geometry": POINT}
    for number in range(7)
]
GEOJSON = {"type": "FeatureCollection", "features": FEATURES}
Answer = tuple[str, bytes]


class Files(socketserver.ThreadingTCPServer):
    """Answers `/name` with a content type and a body; says whatever is not there with HTTP 404."""

    daemon_threads = True
    answers: Mapping[str, Answer] = {
        "/wells.json": ("application/json", json.dumps(WELLS).encode()),
        "/wells.csv": ("text/csv", CSV.encode()),
        "/wells.geojson": ("application/geo+json", json.dumps(GEOJSON).encode()),
        "/paged": ("application/json", json.dumps({"items": WELLS, "next": "/never"}).encode()),
        "/page.html": ("text/html", b"<!doctype html><p>Wells"),
        "/odd.csv": ("text/csv", b'id,"a\nresources: []","b: c #","yes"\n1,"x\x1b[2J",2,no\n2,"y\ny",3,no\n'),
        "/none.json": ("application/json", b"[]"),
    }

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.asked: list[str] = []


class _Handler(BaseHTTPRequestHandler):
    server: Files

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        kind, body = self.server.answers.get(self.path.partition("?")[0], ("text/plain", b""))
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def files() -> Iterator[Files]:
    with running(Files()) as server:
        yield server


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with start(DAY) as running:
        yield running


@pytest.fixture
def root(tmp_path: Path) -> Path:
    new_city(tmp_path / "city", "Riverton")
    return tmp_path / "city"


Look = Callable[..., Tried]


@pytest.fixture
def look(root: Path) -> Look:
    """Tries a source in the new city."""

    def ask(target: str, *options: str, env: Mapping[str, str] | None = None, **how: Any) -> Tried:
        transport = OnePage(sleep=lambda _: None, attempts=1, allow=["127.0.0.1"])
        city = load_city(root)
        return attempt(target, read_options(options), city=city, dates=DATES, env=env or {}, transport=transport, **how)

    return ask


def publish(root: Path, name: str, env: Mapping[str, str]) -> tuple[Outcome, Version | None]:
    """Runs the one dataset, as `lamppost run NAME` does."""
    city = load_city(root)
    store = open_store(city.store)
    transport = Transport(sleep=lambda _: None, attempts=1, allow=["127.0.0.1"])
    record = run(Setting(city, store, DATES, env, transport), [name])
    return record.outcomes[name], store.head(name)


@pytest.mark.parametrize(
    ("path", "options", "fields", "formats"),
    [
        ("/wells.csv", (), ("well_id", "depth"), ("csv", "xlsx", "json", "parquet")),
        ("/wells.json", ("paging=none",), ("well_id", "depth", "longitude", "latitude"),
         ("csv", "xlsx", "json", "parquet", "geojson")),
        ("/wells.geojson", (), ("id", "depth_m", "longitude", "latitude"),
         ("csv", "xlsx", "json", "parquet", "geojson")),
    ],
)  # fmt: skip
def test_what_is_proposed_for_a_file_reads_well_and_is_published(
    look: Look, files: Files, root: Path, path: str, options: Any, fields: Any, formats: Any
) -> None:
    save(root, look(files.url + path, *options, name="wells").files)
    assert [one for one in check_city(root, DAY) if one.severity == "error"] == []
    outcome, version = publish(root, "wells", {})
    assert (outcome.verdict, outcome.read, outcome.published, outcome.quarantined) == ("published", 7, 7, 0)
    assert version is not None
    assert version.tables[0].schema.names == fields
    assert version.tables[0].formats == formats


@pytest.mark.parametrize(
    ("preset", "options", "key", "held"),
    [
        ("open311", (), ("service_request_id",), 2),
        ("arcgis", ("url=${STREETLIGHT_LAYER_URL}",), ("light_id",), 0),
        ("gbfs", (), ("row_id",), 1),
    ],
)
def test_what_is_proposed_for_a_preset_reads_well_and_is_published(
    look: Look, sandbox: Sandbox, root: Path, preset: str, options: Any, key: tuple[str, ...], held: int
) -> None:
    """The sandbox places a few things at 0, 0; these are held back."""
    save(root, look(preset, *options, env=sandbox.environ, name="things").files)
    assert [one for one in check_city(root, DAY) if one.severity == "error"] == []
    outcome, version = publish(root, "things", sandbox.environ)
    assert (outcome.verdict, outcome.quarantined, outcome.simulated) == ("published", held, True)
    assert version is not None
    assert version.tables[0].schema.primary_key == key


def test_names_that_are_yaml_or_move_a_terminal_are_written_as_the_text_they_are(
    look: Look, files: Files, root: Path
) -> None:
    found = look(f"{files.url}/odd.csv", name="odd")
    save(root, found.files)
    assert not any("\x1b" in line or "\n" in line for line in found.lines)
    outcome, version = publish(root, "odd", {})
    assert (outcome.verdict, outcome.published) == ("published", 2)
    assert version is not None
    assert version.tables[0].schema.names == ("id", "a_resources", "b_c", "yes")


def test_an_address_of_a_known_system_finds_its_preset(look: Look, sandbox: Sandbox) -> None:
    found = look(sandbox.environ["STREETLIGHT_LAYER_URL"])
    text = found.files["datasets/street-lights/dataset.yaml"]
    assert "preset: arcgis" in text
    assert "attributes.CREW_NOTES: drop   # may hold free text" in text
    assert "This is an ArcGIS layer." in found.lines


def test_one_page_is_asked_and_never_the_next(look: Look, files: Files) -> None:
    look(f"{files.url}/paged")
    assert files.asked == ["/paged", "/paged"]


def test_what_came_is_shown_with_status_type_and_length(look: Look, files: Files) -> None:
    lines = "\n".join(look(f"{files.url}/wells.csv?x=1").lines)
    assert f"{files.url}/wells.csv -> 200, text/csv, {len(CSV)} bytes" in lines
    assert "well_id=000 · depth=0.0 · e-mail=jo@example.org" in lines


def test_in_a_log_that_others_read_no_row_is_shown(look: Look, files: Files) -> None:
    assert "jo@" not in "\n".join(look(f"{files.url}/wells.csv", env={"CI": "true"}).lines)


def test_fault_02_unknown_paging_is_asked_for_and_not_run_before_it_is_answered(
    look: Look, files: Files, root: Path
) -> None:
    found = look(f"{files.url}/wells.json", name="wells")
    assert any("page by page" in line for line in found.lines)
    save(root, found.files)
    assert any("QUESTION: how does this source" in one.message for one in check_city(root, DAY))
    outcome, version = publish(root, "wells", {})
    assert (outcome.verdict, version) == ("failed", None)
    assert "pull.paging" in outcome.reason


def test_what_a_person_has_to_say_is_a_warning_of_check_with_its_line(look: Look, files: Files, root: Path) -> None:
    save(root, look(f"{files.url}/wells.csv", name="wells").files)
    found = {one.place: one.message for one in check_city(root, DAY) if one.code == "unfinished"}
    assert found["datasets/wells/dataset.yaml:3"].startswith("TODO: what is this")
    assert any(place.startswith("schemas/wells.yaml:") for place in found)


def test_a_secret_in_the_address_is_used_and_not_written_down(look: Look, files: Files) -> None:
    text = "".join(look(f"{files.url}/wells.csv?token=abcd").files.values())
    assert files.asked[-1] == "/wells.csv?token=abcd"
    assert "abcd" not in text
    assert 'auth: {query: {token: "${SOURCE_TOKEN}"}}' in text


def test_a_user_in_the_address_is_refused(look: Look) -> None:
    with pytest.raises(PullError, match="a user and a password in the address") as error:
        look("https://jo:abcd@example.org/wells.csv")
    assert "abcd" not in str(error.value)


def test_nothing_is_overwritten_and_then_nothing_is_written(look: Look, files: Files, root: Path) -> None:
    found = look(f"{files.url}/wells.csv", name="wells").files
    (root / "schemas/wells.yaml").write_text("mine", encoding="utf-8")
    with pytest.raises(LoadError, match="there is such a file already"):
        save(root, found)
    assert (root / "schemas/wells.yaml").read_text(encoding="utf-8") == "mine"
    assert not (root / "datasets/wells").exists()


@pytest.mark.parametrize("path", ["/page.html", "/none.json"])
def test_what_holds_no_records_proposes_nothing(look: Look, files: Files, path: str) -> None:
    assert look(files.url + path).files == {}


def test_options_go_as_deep_as_their_dots_and_beat_what_was_found(look: Look, files: Files) -> None:
    assert read_options(["paging.by=offset", "paging.param=skip", "fail_when=[error, errors]", "count=null"]) == {
        "paging": {"by": "offset", "param": "skip"},
        "fail_when": ["error", "errors"],
        "count": None,
    }
    text = "".join(look(f"{files.url}/wells.json", "paging=none", "rate=5").files.values())
    assert "paging: none" in text
    assert 'rate: "5"' in text


def test_an_adapter_of_ones_own_beats_what_was_found(look: Look, files: Files) -> None:
    text = look(f"{files.url}/wells.json", "adapter=poll", "format=json", name="wells").files
    assert "adapter: poll" in text["datasets/wells/dataset.yaml"]
    assert "QUESTION" not in text["datasets/wells/dataset.yaml"]


def test_what_would_make_the_whole_pull_fail_is_said_beside_the_first_page(look: Look, files: Files) -> None:
    found = look(f"{files.url}/paged", "paging=none")
    assert any("says that there is more" in line for line in found.lines)
    assert found.files


@pytest.mark.parametrize(
    ("target", "options", "message"),
    [
        ("opem311", (), "there is no preset `opem311`"),
        ("open311", ("paging",), "expected KEY=VALUE"),
        ("open311", ("urll=https://example.org",), "`urll` is not a key here. Did you mean `url`?"),
        ("open311", ("paging={by: [}",), "--option paging"),
    ],
)
def test_a_slip_is_told(look: Look, target: str, options: Any, message: str) -> None:
    with pytest.raises(LoadError) as error:
        look(target, *options, env={"OPEN311_URL": "https://example.org"})
    assert message in str(error.value)


def test_a_name_that_no_folder_can_have_is_refused_before_anything_is_asked(look: Look, files: Files) -> None:
    with pytest.raises(LoadError, match="cannot stand in an address"):
        look(f"{files.url}/wells.csv", name="My Wells")
    assert files.asked == []


def test_names_that_are_not_set_are_told_by_name(look: Look) -> None:
    with pytest.raises(PullError, match=r"\$\{OPEN311_URL\} is not set"):
        look("open311")


def test_a_queue_is_not_tried_because_looking_would_empty_it(look: Look) -> None:
    with pytest.raises(PullError, match="expected http or poll, which show a page and take nothing away"):
        look("chirpstack")
