"""One running sandbox for all tests of this folder, and a client that follows nothing by itself."""

import json
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from email.message import Message
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

import pytest

from lamppost.sandbox import Sandbox, start

TODAY = date(2026, 11, 22)


class Got(NamedTuple):
    status: int
    body: Any
    headers: Message


Get = Callable[..., Got]


@pytest.fixture(scope="session")
def today() -> date:
    return TODAY


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    with start(TODAY) as running:
        yield running


@pytest.fixture(scope="session")
def get() -> Get:
    """GET `url` with `query` added; an error status is an answer like any other."""

    def ask(url: str, headers: Mapping[str, str] | None = None, **query: object) -> Got:
        names = {name.replace("_dollar_", "$"): value for name, value in query.items()}
        full = f"{url}?{urlencode(names, quote_via=quote)}" if query else url
        try:
            with urllib.request.urlopen(urllib.request.Request(full, headers=dict(headers or {}))) as answer:
                return Got(answer.status, json.load(answer), answer.headers)
        except urllib.error.HTTPError as error:
            with error:
                return Got(error.code, json.load(error), error.headers)

    return ask
