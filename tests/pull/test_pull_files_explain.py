"""`pull --explain` of files: which folder, which files, what proves them; secrets stay `${NAME}`."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from lamppost.model import Field, Pull, Resource, Schema
from lamppost.pull import Transport
from lamppost.pull.explain.explanation import Explanation
from lamppost.pull.explain.files import explain_files
from lamppost.pull.job import Job

Explain = Callable[..., Explanation]
PIN = "SHA256:" + "A" * 43


@pytest.fixture
def explain(transport: Transport) -> Explain:
    def run(**options: Any) -> Explanation:
        asked = Pull("files", options, {})
        resource = Resource("rows", Schema((Field("id", "string"),), ("id",)), pull=asked)
        return explain_files(Job("a/rows", resource, asked, None, Path(), datetime.now(UTC), transport))

    return run


def test_a_folder_here_is_told_with_what_is_taken_of_it(explain: Explain) -> None:
    told = explain(folder="${BUDGET_FOLDER}", glob="budget*.xlsx", sheet="Budget")
    assert told.asks[0] == (
        "The folder ${BUDGET_FOLDER}, which the environment names, is opened; symbolic links are passed over."
    )
    assert "the last one by name is taken" in told.asks[1]
    assert told.proof[-1] == "Cut anywhere, such a file cannot be read any more: complete when it reads whole."
    assert told.refusals == ()


def test_sftp_is_told_with_its_pinned_key_and_without_ours(explain: Explain) -> None:
    told = explain(
        folder="sftp://ann@files.example.org/out", host_key=PIN, key="${SFTP_KEY}", glob="*.csv", stable="PT5S"
    )
    text = " ".join((*told.asks, *told.proof))
    assert f"Unless that is {PIN}, nothing is sent to it" in text
    assert "logged in to as ann with a private key" in text
    assert "again after 5 s" in text
    assert ("SFTP_KEY" in text, told.refusals) == (False, ())


def test_sftp_without_a_pinned_key_or_a_login_is_refused(explain: Explain) -> None:
    told = explain(folder="sftp://files.example.org/out")
    assert [one.partition(":")[0].partition(" ")[0] for one in told.refusals] == ["`host_key", "`folder", "There"]
    assert explain(folder="sftp://ann@h.example/out", host_key="${PIN}", key="${KEY}").refusals == ()


def test_a_bucket_and_a_web_folder_are_told(explain: Explain) -> None:
    bucket = explain(folder="s3://drop/out", endpoint="https://s3.example.org", glob="*.zip", member=["a.csv"])
    assert (
        bucket.asks[0] == "The objects directly below s3://drop/out are listed at https://s3.example.org, as anybody."
    )
    assert "the members a.csv are unpacked" in bucket.asks[2]
    assert "index page of https://data.example.org/out/" in explain(folder="https://data.example.org/out/").asks[0]
    assert "no index is needed" in explain(folder="https://data.example.org/out/", glob="a.csv").asks[0]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"folder": "x", "glob": "*.zip"}, "needs `member:`"),
        ({"folder": "x", "fodler": "y"}, "an option nobody reads"),
        ({"folder": "ftp://x/y"}, "expected a path, sftp://"),
    ],
)
def test_what_cannot_run_as_declared_is_a_refusal(explain: Explain, options: Any, said: str) -> None:
    (refusal,) = explain(**options).refusals
    assert said in refusal
