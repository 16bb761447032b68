"""The service desk answers as Open311 GeoReport v2 prescribes."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from lamppost.sandbox import Sandbox

Ask = Callable[..., Any]
Records = list[dict[str, Any]]


@pytest.fixture(scope="module")
def base(sandbox: Sandbox) -> str:
    return sandbox.environ["OPEN311_URL"]


@pytest.fixture(scope="module")
def pull(base: str, get: Ask) -> Ask:
    def ask(**query: object) -> Records:
        found: Records = []
        page = 1
        while rows := get(f"{base}/requests.json", page=page, page_size=300, **query).body:
            found, page = found + rows, page + 1
        return found

    return ask


@pytest.fixture(scope="module")
def requests(pull: Ask) -> Records:
    found: Records = pull()
    return found


def test_ninety_days_come_in_pages_newest_first(requests: Records) -> None:
    assert 2300 < len(requests) < 3000
    assert len({one["service_request_id"] for one in requests}) == len(requests)
    times = [datetime.fromisoformat(one["requested_datetime"]) for one in requests]
    assert times == sorted(times, reverse=True)
    assert (times[0] - times[-1]).days in {89, 90}


def test_times_carry_the_offset_of_their_season(requests: Records) -> None:
    assert {one["requested_datetime"][-6:] for one in requests} == {"-07:00", "-08:00"}


def test_requests_are_updated_after_they_were_made(requests: Records) -> None:
    assert all(one["updated_datetime"] >= one["requested_datetime"] for one in requests[:500])
    assert Counter(one["status"] for one in requests)["closed"] > 2000


def test_the_window_is_on_the_time_of_the_request(pull: Ask) -> None:
    found = pull(start_date="2026-11-01T00:00:00-07:00", end_date="2026-11-07T23:59:59-08:00")
    assert {one["requested_datetime"][:8] for one in found} == {"2026-11-"}
    assert 150 < len(found) < 300


def test_codes_and_statuses_narrow_the_answer(base: str, pull: Ask, get: Ask) -> None:
    codes = {one["service_code"] for one in get(f"{base}/services.json").body}
    found = pull(service_code="NOISE,BIKE", status="open")
    assert codes > {one["service_code"] for one in found} == {"NOISE", "BIKE"}
    assert {one["status"] for one in found} == {"open"}


def test_one_request_has_an_address_of_its_own(base: str, requests: Records, get: Ask) -> None:
    number = requests[5]["service_request_id"]
    assert get(f"{base}/requests/{number}.json").body == [requests[5]]
    assert get(f"{base}/requests/000000-000.json").status == 404


@pytest.mark.parametrize("wrong", [{"page": 0}, {"page_size": "all"}, {"start_date": "soon"}])
def test_an_error_is_a_list(base: str, get: Ask, wrong: dict[str, Any]) -> None:
    answer = get(f"{base}/requests.json", **wrong)
    assert answer.status == 400
    assert answer.body[0]["code"] == 400


def test_some_texts_hold_a_made_up_person(requests: Records) -> None:
    signed = [one["description"] for one in requests if "555-01" in one["description"]]
    assert len(signed) > 100
    assert all("Sample" in one for one in signed)


def test_a_few_requests_have_a_status_or_a_place_that_cannot_be(requests: Records) -> None:
    bad = [one for one in requests if one["status"] == "referred" or one["lat"] == 0]
    assert 0 < len(bad) < 0.03 * len(requests)
    assert any(one["lat"] is None for one in requests)
