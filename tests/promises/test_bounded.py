"""P11: whatever becomes big when it is opened is stopped below a limit of memory, and named; the next dataset runs."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.promises import bombs
from tests.promises.conftest import Ashton
from tests.promises.sources import CSV
from tests.pull.wire import sized

ROOT = Path(__file__).parents[2]
MOST = 512 * 2**10
"""KiB."""
RUN = """
import json, sys
from pathlib import Path
from tests.promises.conftest import Ashton
outcomes = Ashton(Path(sys.argv[1]), None, limits={"deadline": 200.0, "silence": 100.0}).run().outcomes
said = {name: [one.verdict, one.reason, one.seconds] for name, one in outcomes.items()}
used = Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]
print(json.dumps({"kib": int(used), "said": said}))
"""
SAID = {
    "gzip": "more than 200 times what was sent", "zip": "more than 268,435,456 bytes unpacked",
    "small-zip": "more than 1,000 bytes", "fair-zip": "more than 209,715,200 bytes", "crowd": "65,535 members",
    "larger-crowd": "a ZIP64 archive", "rows": "more than 268,435,456 bytes", "cell": "more than 268,435,456 bytes",
    "wide": "100,000 columns", "wider": "a first line of more than 1,048,576 bytes", "deep": "nested too deep",
    "deep-xml": "elements more than 100 deep",
}  # fmt: skip
"""Bomb → what the record must say."""


@pytest.fixture
def mined(ashton: Ashton) -> Ashton:
    """A city all of whose sources but one are bombs."""
    text, packed = "Content-Type: text/csv", "Content-Encoding: gzip"
    ashton.source.routes |= {
        "/gzip": lambda _query: iter([sized(bombs.make_gzip(), text, packed)]),
        "/rows": lambda _query: bombs.stream_rows(),
        "/cell": lambda _query: bombs.stream_cell(),
        "/wide": lambda _query: iter([sized(bombs.make_wide(100_000), text)]),
        "/wider": lambda _query: iter([sized(bombs.make_wide(2_000_000), text)]),
        "/deep": lambda _query: iter([sized(bombs.make_deep(), "Content-Type: application/json")]),
        "/deep-xml": lambda _query: iter([sized(bombs.make_deep_xml(), "Content-Type: text/xml")]),
        "/whole": lambda _query: iter([sized(CSV, text)]),
    }  # fmt: skip
    forms = {"deep": "json", "deep-xml": "xml, records: rows.row"}
    for path in ashton.source.routes:
        name = path.strip("/")
        pull = f'adapter: http, url: "{ashton.source.url}", path: {path}, format: {forms.get(name, "csv")}'
        ashton.declare(name, pull)
    crowds = {"crowd": bombs.make_crowd(bombs.MOST_MEMBERS), "larger-crowd": bombs.make_crowd(1_000_000)}
    zips = {
        "zip": bombs.make_zip(2**32 - 1),
        "small-zip": bombs.make_zip(1000),
        "fair-zip": bombs.make_zip(200 * 2**20),
    }
    for name, data in {**zips, **crowds}.items():
        (ashton.inbox / name).mkdir()
        (ashton.inbox / name / "rows.zip").write_bytes(data)
        ashton.declare(name, f'adapter: files, folder: "{ashton.inbox}/{name}", format: csv, member: "*", stable: PT0S')
    return ashton


@pytest.mark.skipif(sys.platform != "linux", reason="the peak since the start of a program is Linux's to tell")
def test_each_bomb_is_named_below_half_a_gibibyte_and_the_rest_is_published(mined: Ashton) -> None:
    done = subprocess.run(
        [sys.executable, "-c", RUN, mined.root],
        cwd=ROOT,
        check=True,
        capture_output=True,
        encoding="utf-8",
        timeout=300,
    )
    told = json.loads(done.stdout)
    assert told["said"].pop("whole")[0] == "published"
    assert set(told["said"]) == set(SAID)
    for name, (verdict, reason, _seconds) in told["said"].items():
        assert verdict in {"failed", "kept"}, name
        assert SAID[name] in reason, (name, reason)
    assert told["kib"] <= MOST
