"""All systems stand behind one loopback address, marked on every answer, and silent."""

import socket
from collections.abc import Callable
from datetime import date
from typing import Any
from urllib.parse import urlsplit

import pytest

from lamppost.sandbox import Sandbox, start

Ask = Callable[..., Any]
NAMES = {
    "LAMPPOST_SANDBOX",
    "MERAKI_URL", "MERAKI_ORG", "MERAKI_API_KEY", "STREETLIGHT_LAYER_URL", "IOT_GATEWAY_URL",
    "GBFS_URL", "OPEN311_URL", "OPEN311_API_KEY", "CONTRACTS_DB_URL", "BUDGET_FOLDER",
}  # fmt: skip


def test_every_name_that_descriptors_use_has_a_value(sandbox: Sandbox) -> None:
    assert set(sandbox.environ) == NAMES
    assert all(sandbox.environ.values())


def test_all_addresses_are_on_loopback(sandbox: Sandbox) -> None:
    urls = [value for value in sandbox.environ.values() if value.startswith("http")]
    assert {urlsplit(url).hostname for url in urls} == {"127.0.0.1"}


@pytest.mark.parametrize("path", ["/", "/iot/v1.1/Nothing", "/arcgis/rest", "/gbfs/3.0/x", "/georeport/v2/x", "/%ff"])
def test_even_an_unknown_path_is_marked_and_is_json(sandbox: Sandbox, get: Ask, path: str) -> None:
    origin = sandbox.environ["IOT_GATEWAY_URL"].removesuffix("/iot/v1.1")
    answer = get(origin + path)
    assert answer.headers["X-Lamppost-Simulated"] == "true"
    assert answer.status == 404 or "error" in answer.body


def test_one_connection_serves_many_requests(sandbox: Sandbox) -> None:
    address = urlsplit(sandbox.environ["GBFS_URL"])
    ask = f"GET {address.path} HTTP/1.1\r\nHost: sandbox\r\n\r\n".encode()
    with socket.create_connection((str(address.hostname), int(address.port or 0)), timeout=5) as connection:
        answers = []
        for _ in range(2):
            connection.sendall(ask)
            answers.append(connection.recv(65536))
    assert answers[0] == answers[1]
    assert answers[0].startswith(b"HTTP/1.1 200 OK")


def test_nothing_is_logged(sandbox: Sandbox, get: Ask, capfd: pytest.CaptureFixture[str]) -> None:
    get(sandbox.environ["GBFS_URL"])
    assert capfd.readouterr() == ("", "")


def test_a_closed_sandbox_answers_nobody() -> None:
    running = start(date(2026, 11, 22))
    address = urlsplit(running.environ["GBFS_URL"])
    running.close()
    running.serve_forever()
    with pytest.raises(OSError):
        socket.create_connection((str(address.hostname), int(address.port or 0)), timeout=1)
