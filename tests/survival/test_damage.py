"""What a crash left half written on a disk that cannot link stops nothing: one line says what was passed over."""

import logging
from pathlib import Path

import pytest
from click.testing import CliRunner

from lamppost.cli import main


@pytest.mark.parametrize("verb", ["run", "status", "build"])
@pytest.mark.parametrize("left", [b"", b'{"format": 1, "outcomes": {"street', b"\xff\x00"])
def test_a_damaged_run_record_is_passed_over_and_named(
    city: Path, verb: str, left: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    (city / "store" / "runs" / "2.json").write_bytes(left)
    with caplog.at_level(logging.WARNING):
        done = CliRunner().invoke(main, ["--city", str(city), verb])
    assert done.exit_code == 0, done.output
    (said,) = caplog.messages
    assert said.startswith("runs/2.json: not a record: ")


@pytest.mark.parametrize("verb", ["run", "status", "build"])
def test_a_run_record_of_a_newer_engine_is_refused_in_one_line(city: Path, verb: str) -> None:
    (city / "store" / "runs" / "2.json").write_bytes(b'{"format": 9}')
    done = CliRunner().invoke(main, ["--city", str(city), verb])
    assert done.exit_code == 1
    assert done.output.splitlines()[-1] == (
        "Error: runs/2.json: format 9; this engine knows 1; install a newer lamppost"
    )
