"""The service desk behind Open311 GeoReport v2, JSON, read only.

Wire facts: `start_date` and `end_date` filter on the time of the request; without them, and at most, 90 days are
answered; `page` and `page_size` are an extension, without a total; times are W3C dates with an offset; an error is a
list. Source: GeoReport v2.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from lamppost.sandbox import chance
from lamppost.sandbox.desk import SERVICES, Case, Service, make_cases
from lamppost.sandbox.hours import HOUR, iso_local, midnight, seconds
from lamppost.sandbox.server import Answer, Request, System, as_json

DAYS = 90
PAGE, LARGEST_PAGE = 50, 500
_SPAN = DAYS * 24 * HOUR


class _QueryError(ValueError):
    """A parameter that cannot be read; answered with 400."""


def make_open311(today: date, seed: int) -> System:
    """The desk as it stands at the first second of `today`; it remembers a day more than it answers at once."""
    cases, now = make_cases(today, seed, DAYS + 1), midnight(today)

    def answer(request: Request) -> Answer:
        name = request.path.strip("/").removesuffix(".json")
        try:
            if name == "services":
                return as_json([_show_service(one) for one in SERVICES])
            if name == "requests":
                return as_json([_show_case(one, now) for one in _select(cases, request.query, now)])
            if name.startswith("requests/"):
                found = [one for one in cases if one.id == name.removeprefix("requests/")]
                return as_json([_show_case(one, now) for one in found]) if found else _error(404, "not found")
        except _QueryError as error:
            return _error(400, str(error))
        return _error(404, "not found")

    return answer


def _select(cases: Sequence[Case], query: Mapping[str, str], now: int) -> Sequence[Case]:
    """One page of the requests in the window, newest first."""
    end = _read_time(query, "end_date", now)
    start = _read_time(query, "start_date", end - _SPAN)
    # A window that is too wide loses its later part, as the standard's "maximum of 90 days" leaves open.
    end = min(end, start + _SPAN + 2 * HOUR)
    found = [one for one in cases if start <= one.requested <= end]
    if code := query.get("service_code"):
        found = [one for one in found if one.service.code in code.split(",")]
    if status := query.get("status"):
        found = [one for one in found if _status(one, now) in status.split(",")]
    size = min(LARGEST_PAGE, _read_count(query, "page_size", PAGE))
    first = (_read_count(query, "page", 1) - 1) * size
    return found[first : first + size]


def _read_time(query: Mapping[str, str], name: str, default: int) -> int:
    try:
        return seconds(query[name]) if query.get(name) else default
    except ValueError as error:
        raise _QueryError(f"{name} must be a W3C date-time") from error


def _read_count(query: Mapping[str, str], name: str, default: int) -> int:
    text = query.get(name, str(default))
    if not text.isdigit() or int(text) < 1:
        raise _QueryError(f"{name} must be a whole number from 1")
    return int(text)


def _status(case: Case, now: int) -> str:
    if case.odd_status:
        return "referred"
    return "closed" if case.closed is not None and case.closed < now else "open"


def _show_service(service: Service) -> dict[str, Any]:
    return {
        "service_code": service.code,
        "service_name": service.name,
        "description": "",
        "metadata": False,
        "type": "realtime",
        "keywords": "",
        "group": service.group,
    }


def _show_case(case: Case, now: int) -> dict[str, Any]:
    events = [case.requested, case.answered, case.closed]
    media = f"https://media.example.org/{case.id}.jpg" if chance.happens(0.2, case.id, "photo") else None
    return {
        "service_request_id": case.id,
        "status": _status(case, now),
        "status_notes": "We are on it." if case.answered < now else None,
        "service_name": case.service.name,
        "service_code": case.service.code,
        "description": case.description,
        "agency_responsible": case.service.group,
        "service_notice": None,
        "requested_datetime": iso_local(case.requested),
        "updated_datetime": iso_local(max(one for one in events if one is not None and one < now)),
        "expected_datetime": None,
        "address": case.address,
        "address_id": None,
        "zipcode": "90069",
        "lat": case.latitude,
        "long": case.longitude,
        "media_url": media,
    }


def _error(code: int, description: str) -> Answer:
    return as_json([{"code": code, "description": description}], code)
