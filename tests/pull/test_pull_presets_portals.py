"""Presets for data portals and sheets: Socrata, CKAN, Google Sheets, and what goes wrong with them elsewhere."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from lamppost.errors import PullError

Take = Callable[..., Any]
Payload = Callable[[str], bytes]
Query = Mapping[str, str]
PERMITS = """
preset: {preset}
fields: {{permit_id: permit_number, fee_usd: fee, issued_at: {{path: issued, as: local, zone: America/Los_Angeles}}}}
"""
NUMBERS = ["0012", "0013", "0014", "0015", "0016"]


@pytest.fixture
def rows(payload: Payload) -> list[dict[str, Any]]:
    return list(json.loads(payload("socrata-rows.json")))


@pytest.fixture
def portal(source: Any, rows: list[dict[str, Any]]) -> Mapping[str, str]:
    """SODA 2.1: at most two rows at once whatever is asked for, ids apart; without `$order` they come in any order."""

    def answer(query: Query) -> Any:
        at, limit = int(query.get("$offset", 0)), int(query.get("$limit", 1000))
        if query["$select"] == ":id":
            return [{":id": row[":id"]} for row in rows[:limit]]
        found = rows if query.get("$order") == ":id" else rows[::-1]
        return found[at : at + min(limit, 2)]

    source.routes["/resource/abcd-1234.json"] = answer
    return {"SOCRATA_URL": source.url + "/resource/abcd-1234.json", "SOCRATA_APP_TOKEN": "t0k3n"}


def test_socrata_brings_every_row_in_the_order_of_its_id(portal: Any, source: Any, take: Take) -> None:
    taken = take(PERMITS.format(preset="socrata"), "permit_id", env=portal)
    assert taken.column("permit_id") == NUMBERS
    assert (taken.receipt.verdict, taken.receipt.declared) == ("complete", 5)
    pages = [query for _path, query, _headers in source.asked if query["$select"] == ":*,*"]
    assert {query["$order"] for query in pages} == {":id"}
    assert [query["$offset"] for query in pages] == ["0", "2", "4", "5"]
    assert all(headers["x-app-token"] == "t0k3n" for _path, _query, headers in source.asked)


def test_fault_22_socrata_times_without_a_zone_get_one_and_doubtful_ones_do_not(portal: Any, take: Take) -> None:
    assert take(PERMITS.format(preset="socrata"), "permit_id", env=portal).column("issued_at") == [
        "2026-01-05T08:00:00Z", "2026-11-01T01:30:00.000 America/Los_Angeles", "2026-07-04T16:15:00Z", None,
        "2026-08-19T07:00:00Z",
    ]  # fmt: skip


@pytest.mark.parametrize("preset", ["socrata", "socrata3"])
def test_socrata_a_column_that_a_row_leaves_out_is_null(portal: Any, soda3: Any, take: Take, preset: str) -> None:
    env = portal if preset == "socrata" else soda3
    assert take(PERMITS.format(preset=preset), "permit_id", env=env).column("fee_usd") == [
        "120.50", None, "0", "75", "80",
    ]  # fmt: skip


def test_fault_06_socrata_a_row_that_goes_as_another_comes_is_noticed(
    portal: Any, source: Any, rows: list[dict[str, Any]], take: Take
) -> None:
    answers = source.routes["/resource/abcd-1234.json"]

    def swap(query: Query) -> Any:
        found = answers(query)
        if query.get("$offset") == "0" and rows[0]["permit_number"] == "0012":
            rows.append({**rows.pop(0), ":id": "row-new1_new2~new3", "permit_number": "0099"})
        return found

    source.routes["/resource/abcd-1234.json"] = swap
    taken = take(PERMITS.format(preset="socrata"), "permit_id", env=portal)
    assert taken.column("permit_id") == [*NUMBERS[1:], "0099"]
    assert taken.receipt.verdict == "complete"


def test_fault_01_socrata_a_list_of_ids_that_is_cut_proves_nothing(portal: Any, source: Any, take: Take) -> None:
    answers = source.routes["/resource/abcd-1234.json"]
    source.routes["/resource/abcd-1234.json"] = lambda query: answers(query)[: 3 if query["$select"] == ":id" else 9]
    taken = take(PERMITS.format(preset="socrata"), "permit_id", env=portal)
    assert (taken.receipt.verdict, taken.receipt.declared, taken.receipt.received) == ("failed", 3, 5)


@pytest.mark.parametrize("status", [200, 400])
def test_fault_07_socrata_an_error_is_no_list(
    portal: Any, source: Any, take: Take, payload: Payload, status: int
) -> None:
    source.routes["/resource/abcd-1234.json"] = lambda _query: (status, {}, payload("socrata-error.json"))
    with pytest.raises(PullError, match=r"expected a list of records|HTTP 400") as raised:
        take(PERMITS.format(preset="socrata"), "permit_id", env=portal)
    assert "no-such-column" not in str(raised.value)


def test_fault_14_socrata_429_is_waited_out(portal: Any, source: Any, take: Take, waits: list[float]) -> None:
    answers = source.routes["/resource/abcd-1234.json"]
    source.routes["/resource/abcd-1234.json"] = lambda query: answers(query) if waits else (429, {}, b"{}")
    assert take(PERMITS.format(preset="socrata"), "permit_id", env=portal).receipt.verdict == "complete"
    assert waits


@pytest.fixture
def soda3(source: Any, rows: list[dict[str, Any]]) -> Mapping[str, str]:
    """SODA 3: a page is asked for in the body, and nobody gets anything without a token."""

    def answer(_query: Query) -> Any:
        if "x-app-token" not in source.asked[-1][2]:
            return 403, {}, b'{"code":"permission_denied","error":true}'
        page = json.loads(source.sent[-1])["page"]
        at = (page["pageNumber"] - 1) * 2
        return rows[at : at + 2]

    source.routes["/api/v3/views/abcd-1234/query.json"] = answer
    return {"SOCRATA_URL": source.url + "/api/v3/views/abcd-1234/query.json", "SOCRATA_APP_TOKEN": "t0k3n"}


def test_socrata3_brings_every_page_twice_the_same(soda3: Any, source: Any, take: Take) -> None:
    taken = take(PERMITS.format(preset="socrata3"), "permit_id", env=soda3)
    assert taken.column("permit_id") == NUMBERS
    assert (taken.receipt.verdict, taken.receipt.declared) == ("complete", None)
    assert "a second pass gave the same records" in taken.receipt.reason
    assert json.loads(source.sent[0]) == {
        "query": "SELECT *", "includeSynthetic": True, "page": {"pageNumber": 1, "pageSize": 5000},
    }  # fmt: skip
    assert [json.loads(one)["page"]["pageNumber"] for one in source.sent][:4] == [1, 2, 3, 4]


def test_fault_06_socrata3_a_row_that_goes_meanwhile_makes_it_read_again(
    soda3: Any, source: Any, rows: list[dict[str, Any]], take: Take
) -> None:
    answers = source.routes["/api/v3/views/abcd-1234/query.json"]

    def shrink(query: Query) -> Any:
        found = answers(query)
        if len(source.sent) == 1:
            del rows[0]
        return found

    source.routes["/api/v3/views/abcd-1234/query.json"] = shrink
    taken = take(PERMITS.format(preset="socrata3"), "permit_id", env=soda3)
    assert taken.column("permit_id") == NUMBERS[1:]
    assert taken.receipt.verdict == "complete"


def test_socrata3_without_a_token_nothing_comes(soda3: Any, take: Take) -> None:
    with pytest.raises(PullError, match="403"):
        take(PERMITS.format(preset="socrata3") + "headers: {X-App-Token: null}", "permit_id", env=soda3)


METERS = """
preset: ckan
fields: {meter_id: METER_ID, street: STREET_NAME, read_at: {path: READ_AT, as: local, zone: America/Los_Angeles}}
"""
SEARCH = "/api/3/action/datastore_search"


@pytest.fixture
def table(payload: Payload) -> Any:
    return json.loads(payload("ckan-datastore_search.json"))


@pytest.fixture
def ckan(source: Any, table: Any) -> Mapping[str, str]:
    """Two rows at once, whatever is asked for, and not a word of that; unsorted it turns them round."""

    def answer(query: Query) -> Any:
        at, result = int(query["offset"]), table["result"]
        found = result["records"] if query.get("sort") == "_id asc" else result["records"][::-1]
        return {**table, "result": {**result, "records": found[at : at + 2], "limit": 2, "offset": at}}

    source.routes[SEARCH] = answer
    return {"CKAN_URL": source.url, "CKAN_RESOURCE": "0b6a3f2e-7a7e-4a33-9a0e-6a0f0c1d2e3f"}


def test_fault_01_ckan_steps_by_the_rows_that_a_clamp_leaves(ckan: Any, source: Any, take: Take) -> None:
    taken = take(METERS, "meter_id", env=ckan)
    assert taken.column("meter_id") == ["001", "002", "004", "005", "009"]
    assert taken.column("street")[2:] == [None, "La Brea Av", "Ñandú St"]
    assert (taken.receipt.verdict, taken.receipt.declared_by) == ("complete", "result.total")
    assert [query["offset"] for _path, query, _headers in source.asked] == ["0", "2", "4", "5"]
    assert {(query["sort"], query["limit"]) for _path, query, _headers in source.asked} == {("_id asc", "10000")}


def test_fault_22_ckan_times_without_a_zone_get_one(ckan: Any, take: Take) -> None:
    assert set(take(METERS, "meter_id", env=ckan).column("read_at")) == {"2026-11-01T15:00:00Z"}


def test_fault_07_ckan_success_false_is_an_error(ckan: Any, source: Any, take: Take, payload: Payload) -> None:
    source.routes[SEARCH] = lambda _query: (200, {}, payload("ckan-error.json"))
    with pytest.raises(PullError, match="`success` is not true"):
        take(METERS, "meter_id", env=ckan)


def test_ckan_an_estimated_total_proves_nothing(ckan: Any, table: Any, take: Take) -> None:
    table["result"]["total_was_estimated"] = True
    with pytest.raises(PullError, match=r"result\.total_was_estimated"):
        take(METERS, "meter_id", env=ckan)


def test_ckan_rows_that_are_missing_fail_by_the_total(ckan: Any, table: Any, take: Take) -> None:
    table["result"]["total"] = 6
    assert take(METERS, "meter_id", env=ckan).receipt.verdict == "failed"


GRANTS = """
preset: google-sheet
fields: {grant_id: Grant, amount_usd: Amount, signed_date: Signed}
"""
SHEET = "/spreadsheets/d/1x/export"


@pytest.fixture
def sheet(source: Any, payload: Payload) -> Mapping[str, str]:
    headers = {"Content-Type": "text/csv"}
    source.routes["/files/1x"] = lambda _query: (200, headers, payload("google-sheet.csv"))
    source.routes[SHEET] = lambda _query: (307, {"Location": source.url + "/files/1x"}, b"")
    return {"SHEET_URL": source.url + SHEET + "?format=csv&gid=0"}


def test_google_sheet_brings_the_cells_as_they_are_shown(sheet: Any, source: Any, take: Take) -> None:
    taken = take(GRANTS, "grant_id", env=sheet)
    assert taken.column("grant_id") == ["0007", "0008"]
    assert taken.column("amount_usd") == ["1,200.50", "#N/A"]
    assert (taken.receipt.verdict, taken.receipt.received) == ("complete", 2)
    assert source.asked[0][1] == {"format": "csv", "gid": "0"}


def test_fault_08_google_sheet_a_sign_in_page_is_no_sheet(
    sheet: Any, source: Any, take: Take, payload: Payload
) -> None:
    headers = {"Content-Type": "text/html; charset=utf-8"}
    source.routes[SHEET] = lambda _query: (200, headers, payload("google-signin.html"))
    with pytest.raises(PullError, match="a page of HTML"):
        take(GRANTS, "grant_id", env=sheet)


def test_fault_32_google_sheet_a_column_that_was_renamed_is_missed(
    sheet: Any, source: Any, take: Take, payload: Payload
) -> None:
    table = payload("google-sheet.csv").replace(b"Amount", b"Amount (USD)")
    source.routes["/files/1x"] = lambda _query: (200, {"Content-Type": "text/csv"}, table)
    assert "amount_usd" not in take(GRANTS, "grant_id", env=sheet).rows[0]


def test_google_sheet_nothing_secret_goes_along_where_it_is_sent(sheet: Any, source: Any, take: Take) -> None:
    other = source.url.replace("127.0.0.1", "localhost")
    source.routes[SHEET] = lambda _query: (307, {"Location": other + "/files/1x"}, b"")
    take(GRANTS + "auth: {bearer: s3cret}\nallow: [localhost]", "grant_id", env=sheet)
    assert [headers.get("authorization") for _path, _query, headers in source.asked] == ["Bearer s3cret", None]
