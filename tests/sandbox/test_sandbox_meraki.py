"""The Wi-Fi dashboard answers as Meraki's API v1 does."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from lamppost.sandbox import Sandbox

Ask = Callable[..., Any]
Records = list[dict[str, Any]]


@pytest.fixture(scope="module")
def ask(sandbox: Sandbox, get: Ask) -> Ask:
    headers = {"Authorization": f"Bearer {sandbox.environ['MERAKI_API_KEY']}"}
    base = sandbox.environ["MERAKI_URL"]
    return lambda path, **query: get(path if path.startswith("http") else base + path, headers, **query)


@pytest.fixture(scope="module")
def networks(sandbox: Sandbox, ask: Ask) -> list[dict[str, Any]]:
    found, url = [], f"/organizations/{sandbox.environ['MERAKI_ORG']}/networks?perPage=1000"
    while url:
        answer = ask(url)
        found += answer.body
        following = re.search(r'<([^>]+)>; rel="?next', answer.headers["Link"])
        url = following[1] if following else ""
    return found


def test_the_link_header_leads_through_all_networks(networks: Records) -> None:
    assert len({one["id"] for one in networks}) == len(networks) == 12


def test_a_page_smaller_than_three_is_refused(ask: Ask, sandbox: Sandbox) -> None:
    answer = ask(f"/organizations/{sandbox.environ['MERAKI_ORG']}/networks", perPage=2)
    assert (answer.status, list(answer.body)) == (400, ["errors"])


def test_without_a_key_nothing_is_told(sandbox: Sandbox, get: Ask) -> None:
    answer = get(f"{sandbox.environ['MERAKI_URL']}/organizations")
    assert answer.status == 401
    assert answer.body == {"errors": ["Invalid API key"]}
    assert answer.headers["X-Lamppost-Simulated"] == "true"


def test_an_hour_is_a_bucket_of_3600_seconds(ask: Ask, networks: Records) -> None:
    window = {"t0": "2026-11-20T08:00:00Z", "t1": "2026-11-21T08:00:00Z", "resolution": 3600}
    rows = ask(f"/networks/{networks[7]['id']}/wireless/clientCountHistory", **window).body
    assert len(rows) == 24
    assert rows[0] == {"startTs": "2026-11-20T08:00:00Z", "endTs": "2026-11-20T09:00:00Z", "clientCount": 1}


def test_a_coarse_bucket_holds_the_largest_of_its_hours(ask: Ask, networks: Records) -> None:
    window = {"t0": "2026-11-18T00:00:00Z", "t1": "2026-11-20T00:00:00Z"}
    path = f"/networks/{networks[0]['id']}/wireless/clientCountHistory"
    hours = [one["clientCount"] or 0 for one in ask(path, resolution=3600, **window).body]
    days = [one["clientCount"] for one in ask(path, resolution=86400, **window).body]
    assert len(days) == 2
    assert max(days) == max(hours)


def test_no_hour_of_today_is_there(ask: Ask, networks: Records) -> None:
    path = f"/networks/{networks[3]['id']}/wireless/clientCountHistory"
    rows = ask(path, t0="2026-11-21T08:00:00Z", t1="2026-11-23T00:00:00Z", resolution=3600).body
    assert rows[-1]["endTs"] == "2026-11-22T08:00:00Z"


@pytest.mark.parametrize(
    "wrong",
    [
        {"t0": "2026-10-01T00:00:00Z", "resolution": 3600},
        {"t0": "yesterday", "resolution": 3600},
        {"resolution": 100},
        {"resolution": "x"},
    ],
)
def test_what_the_dashboard_does_not_keep_is_an_error(ask: Ask, networks: Records, wrong: dict[str, Any]) -> None:
    answer = ask(f"/networks/{networks[0]['id']}/wireless/clientCountHistory", **wrong)
    assert answer.status == 400
    assert len(answer.body["errors"]) == 1


def test_nightlife_is_busiest_on_friday_and_saturday_evening(ask: Ask, networks: Records) -> None:
    path = f"/networks/{networks[0]['id']}/wireless/clientCountHistory"
    rows = ask(path, t0="2026-11-15T08:00:00Z", t1="2026-11-22T08:00:00Z", resolution=3600).body
    busiest = sorted(rows, key=lambda row: row["clientCount"] or 0)[-6:]
    assert {row["startTs"][:10] for row in busiest} <= {"2026-11-21", "2026-11-22"}


def test_few_hours_have_no_count_and_some_are_gone(ask: Ask, networks: Records) -> None:
    rows = []
    for one in networks:
        path = f"/networks/{one['id']}/wireless/clientCountHistory"
        rows += ask(path, t0="2026-10-22T08:00:00Z", t1="2026-11-22T08:00:00Z", resolution=3600).body
    missing = sum(row["clientCount"] is None for row in rows)
    assert 0 < missing < 0.02 * len(rows)
    assert 8000 < len(rows) < 12 * 24 * 31
