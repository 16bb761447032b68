"""P4: of fifty datasets any may fail in any way; the others are published, and the record says why one was not."""

import random
import time
from collections.abc import Iterator, Mapping

import pytest

from tests.promises.conftest import Ashton
from tests.promises.sources import CSV

NAMES = [f"set-{number:02}" for number in range(50)]
QUICK = {"the source is down": "503", "the source is silent": "silent", "the descriptor is broken": "datasets/"}
"""Fault → what the record says of it."""
CODE = {
    "raise KeyError('x')": "KeyError",
    "raise SystemExit(0)": "SystemExit",
    "raise KeyboardInterrupt": "KeyboardInterrupt",
    "raise MemoryError": "MemoryError",
    "transform(table)": "RecursionError",
    "import os; os._exit(0)": "exit code 0",
    "import os; os.kill(os.getpid(), 9)": "SIGKILL",
}
"""Body of a transform → what the record says of it."""
HANG = {"while True: pass": "was not done after 0.5 seconds, and was ended"}


def transform(body: str) -> str:
    return f"def transform(table):\n    {body}\n"


@pytest.fixture
def fifty(ashton: Ashton) -> Ashton:
    """Fifty datasets, each of which has a source of its own."""
    for name in NAMES:
        ashton.source.routes[f"/{name}"] = lambda _query: (200, {"Content-Type": "text/csv"}, CSV)
        ashton.declare(name, f'adapter: http, url: "{ashton.source.url}", path: /{name}, format: csv')
    ashton.limits = {"silence": 0.5, "attempts": 1}
    return ashton


def spoil(city: Ashton, name: str, fault: str) -> None:
    """From now on the dataset fails in this way."""
    if fault == "the source is down":
        city.source.routes[f"/{name}"] = lambda _query: (503, {}, b"")
    elif fault == "the source is silent":
        city.source.routes[f"/{name}"] = lambda _query: iter([b"HTTP/1.1 200 OK\r\n", *_silence()])
    elif fault == "the descriptor is broken":
        city.write(f"datasets/{name}/dataset.yaml", "format: 1\ntitle: [\n")
    else:
        city.write(f"datasets/{name}/transform.py", transform(fault))


def _silence() -> Iterator[bytes]:
    time.sleep(0.6)
    yield b""


def run(city: Ashton, faults: Mapping[str, str]) -> None:
    """Every dataset that is not to fail is published; each that is has its reason, and keeps nothing half done."""
    for name, fault in faults.items():
        spoil(city, name, fault)
    outcomes = city.run().outcomes
    assert {name for name in NAMES if outcomes[name].verdict != "published"} == set(faults)
    for name, fault in faults.items():
        assert outcomes[name].verdict in {"failed", "kept"}
        assert {**QUICK, **CODE, **HANG}[fault] in outcomes[name].reason, name
        assert city.store.versions(name) == ()


@pytest.mark.parametrize(("seed", "fault"), list(enumerate([*QUICK, *HANG])))
def test_any_one_fails_alone(fifty: Ashton, seed: int, fault: str) -> None:
    fifty.patience = 0.5
    run(fifty, {random.Random(seed).choice(NAMES): fault})


def test_any_ten_fail_alone(fifty: Ashton) -> None:
    chosen = random.Random(4).sample(NAMES, 10)
    run(fifty, dict(zip(chosen, [*CODE, *QUICK], strict=True)))


def test_all_but_one_fail_alone(fifty: Ashton) -> None:
    run(
        fifty,
        {name: ("the source is down", "the descriptor is broken")[number % 2] for number, name in enumerate(NAMES[1:])},
    )
