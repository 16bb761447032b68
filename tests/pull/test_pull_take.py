"""pull_resource: names filled in from the environment, and no secret in anything it says."""

from collections.abc import Callable
from typing import Any

import pytest

from lamppost.errors import PullError

Run = Callable[..., Any]
OPTIONS = {"url": "${LAMPS_URL}", "path": "/{org}/lamps", "values": {"org": "${LAMPS_ORG}"}}


def test_every_unset_name_is_told_with_what_to_do(pull: Run) -> None:
    with pytest.raises(PullError) as caught:
        pull({**OPTIONS, "headers": {"Authorization": "Bearer ${LAMPS_KEY}"}}, env={"LAMPS_KEY": " ", "LAMPS_ORG": "1"})
    assert str(caught.value) == (
        "streetlights/lights: ${LAMPS_KEY} and ${LAMPS_URL} are not set · expected a value in the environment, because "
        "the descriptor asks for it · set it as a repository variable or secret, or rehearse with `--sandbox`"
    )


def test_names_are_filled_in_and_a_line_break_at_their_end_is_dropped(source: Any, pull: Run) -> None:
    source.routes["/w31/lamps"] = lambda _query: [{"id": 1}]
    options = {**OPTIONS, "headers": {"Authorization": "Bearer ${LAMPS_KEY}"}}
    env = {"LAMPS_URL": source.url + "/", "LAMPS_ORG": "w31", "LAMPS_KEY": "k-123\n"}
    assert pull(options, env=env)[1].received == 1
    assert source.asked[0][2]["authorization"] == "Bearer k-123"


@pytest.mark.parametrize(
    "answer", [(500, {}, b""), (404, {}, b""), (200, {}, b"<html>"), (302, {"Location": "?k=hunter22"}, b"")]
)
def test_no_secret_is_in_any_message(source: Any, pull: Run, answer: Any) -> None:
    source.routes["/secret-org/lamps"] = lambda _query: answer
    env = {
        "LAMPS_URL": source.url.replace("//", "//bob%40x:pass%2Fword@"),
        "LAMPS_ORG": "secret-org",
        "LAMPS_KEY": "hunter22",
    }
    with pytest.raises(PullError) as caught:
        pull({**OPTIONS, "params": {"token": "${LAMPS_KEY}"}}, env=env)
    assert "/${LAMPS_ORG}/lamps" in str(caught.value)
    assert not [one for one in ("hunter22", "secret-org", "bob", "pass") if one in str(caught.value)]
    assert caught.value.__suppress_context__


def test_a_secret_that_the_source_repeats_is_hidden(source: Any, pull: Run) -> None:
    source.routes["/a"] = lambda query: {"error": f"unknown token {query['token']}"}
    options = {"url": source.url + "/a", "params": {"token": "${LAMPS_KEY}"}, "fail_when": "error"}
    with pytest.raises(PullError) as caught:
        pull(options, env={"LAMPS_KEY": "hunter22"})
    assert caught.value.detail == 'error = "unknown token ${LAMPS_KEY}"'
    assert "token" not in str(caught.value)


def test_the_header_of_the_descriptor_stays_at_its_place(source: Any, other: Any, pull: Run) -> None:
    source.routes["/a"] = lambda _query: (307, {"Location": other.url}, b"")
    with pytest.raises(PullError):
        pull({"url": source.url + "/a", "headers": {"X-Key": "${LAMPS_KEY}"}}, env={"LAMPS_KEY": "hunter22"})
    assert (source.asked[0][2]["x-key"], other.asked) == ("hunter22", [])
