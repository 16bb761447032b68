"""P1: whatever comes in the place of good data, what was published stays byte for byte, and the page says why."""

import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from lamppost.model import Outcome
from tests.promises.conftest import Ashton
from tests.promises.faults import page, write_all, write_pages
from tests.promises.sources import RECORDS, TYPES, declare_all, give, make_bodies
from tests.pull.conftest import serve
from tests.pull.test_pull_transport_tls import Authority
from tests.pull.wire import sized

ATTACKS = Path(__file__).parents[2].parent / "shared" / "attacks" / "files"
BAD = {"kept", "failed", "pending"}
SAME = {("csv", "ok.csv"), ("csv", "bom.csv"), ("csv", "shuffled.csv")}
"""Form and file of those that hold the very rows that are published."""
LIMITS = {"deadline": 0.3, "silence": 0.1, "attempts": 1}


def published(city: Ashton) -> dict[str, str]:
    declare_all(city)
    give(city, make_bodies())
    assert {one.verdict for one in city.run().outcomes.values()} == {"published"}
    return city.published()


def is_told(outcome: Outcome) -> bool:
    """Nothing is silent: the verdict says that it went wrong, the reason what."""
    return outcome.verdict in BAD and len(outcome.reason) > 20


@pytest.mark.skipif(not ATTACKS.is_dir(), reason="the folder ../shared with attacks is not here")
def test_no_hostile_file_in_any_place_changes_what_is_published(ashton: Ashton) -> None:
    before, forms, files = published(ashton), make_bodies(), sorted(ATTACKS.iterdir())
    assert len(files) * len(forms) >= 336
    for path in files:
        give(ashton, dict.fromkeys(forms, path.read_bytes()))
        if path.suffix == ".txt":  # a whole answer, as it goes over the wire
            ashton.source.routes |= {f"/{form}": lambda _query, path=path: iter([path.read_bytes()]) for form in TYPES}  # type: ignore[misc]
        outcomes = ashton.run(*forms).outcomes
        same = {form for form in forms if (form, path.name) in SAME}
        assert {form for form in forms if not is_told(outcomes[form])} == same, path.name
        assert {outcomes[form].verdict for form in same} <= {"unchanged"}
        assert ashton.published() == before, path.name


def test_no_fault_of_the_network_changes_what_is_published(ashton: Ashton) -> None:
    before = published(ashton)
    ashton.limits = {**LIMITS, "max_bytes": 100_000}
    faults = write_all()
    assert len(faults) >= 48
    for name, route in faults.items():
        ashton.source.routes["/csv"] = route
        outcome = ashton.run("csv").outcomes["csv"]
        assert is_told(outcome), (name, outcome)
        assert ashton.published() == before, name


def test_no_fault_of_paging_changes_what_is_published(ashton: Ashton) -> None:
    paging = "records: rows, count: {path: total}, paging: {by: cursor, param: page, path: after}"
    ashton.declare("paged", f'adapter: http, url: "{ashton.source.url}", path: /paged, {paging}')
    pages = {"1": page(RECORDS[:2], "2"), "2": page(RECORDS[2:])}
    ashton.source.routes["/paged"] = lambda query: (200, {}, pages[query.get("page", "1")])
    assert ashton.run().outcomes["paged"].published == 3
    before = ashton.published()
    for name, route in write_pages().items():
        ashton.source.routes["/paged"] = route
        assert is_told(ashton.run("paged").outcomes["paged"]), name
        assert ashton.published() == before, name


@pytest.mark.parametrize("fault", ["no such host", "nobody listens", "signed by itself", "run out"])
def test_no_fault_of_the_connection_changes_what_is_published(ashton: Ashton, tmp_path: Path, fault: str) -> None:
    ashton.declare("csv", 'adapter: http, url: "${URL}", path: /csv, format: csv')
    ashton.env["URL"] = ashton.source.url
    give(ashton, make_bodies())
    ashton.run()
    before = ashton.published()
    ashton.allow |= {"localhost", "nowhere.invalid"}
    end = datetime.now(UTC) + timedelta(days=-1 if fault == "run out" else 1)
    tls = Authority(tmp_path).issue("localhost", end=end, by_itself=fault != "run out")
    for secure in serve("localhost", tls=tls):
        with socket.create_server(("127.0.0.1", 0)) as free:
            deaf = f"http://127.0.0.1:{free.getsockname()[1]}"
        ashton.env["URL"] = {"no such host": "http://nowhere.invalid", "nobody listens": deaf}.get(fault, secure.url)
        assert is_told(ashton.run("csv").outcomes["csv"])
    assert ashton.published() == before


def test_the_page_says_since_when_and_why_and_serves_the_same_bytes(ashton: Ashton) -> None:
    published(ashton)
    ashton.build()
    forms = make_bodies()
    files = {form: (ashton.root / f"site/data/{form}/rows.csv").read_bytes() for form in forms}
    give(ashton, dict.fromkeys(forms, b"<!doctype html><p>Under repair"))
    ashton.run()
    since = f'since <time datetime="{ashton.day}">'
    ashton.build()
    for form in forms:
        text = ashton.page(f"datasets/{form}.html")
        assert since in text
        assert "expected" in text.partition(since)[2]
        assert (ashton.root / f"site/data/{form}/rows.csv").read_bytes() == files[form]
    assert not any(b"Under repair" in one.read_bytes() for one in (ashton.root / "site").rglob("*.html"))


@pytest.mark.parametrize(
    "header", ["Date: Thu, 01 Jan 2099 00:00:00 GMT", "Last-Modified: Thu, 01 Jan 2099 00:00:00 GMT", 'ETag: "same"']
)
def test_a_header_that_lies_hides_no_new_row(ashton: Ashton, header: str) -> None:
    published(ashton)
    body = make_bodies()["csv"] + b"4,d,4\n"
    ashton.source.routes["/csv"] = lambda _query: iter([sized(body, "Content-Type: text/csv", header)])
    outcome = ashton.run("csv").outcomes["csv"]
    assert (outcome.verdict, outcome.published) == ("published", 4)
