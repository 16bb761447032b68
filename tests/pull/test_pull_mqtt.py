"""Adapter mqtt, against a small broker on loopback."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from tests.pull.broker import (
    CONNECT,
    FRAMES,
    NOW,
    PUBACK,
    SUBSCRIBE,
    UNSUBSCRIBE,
    Broker,
    Queue,
    change,
    codes,
    commit,
    count,
    cut,
    opened,
    replaced,
    rows,
    values,
)

from lamppost.errors import PendingError, PullError
from lamppost.pull.job import Job
from lamppost.pull.mqtt import pull_mqtt


@pytest.mark.parametrize("levels", [{4, 5}, {4}])
def test_what_waited_is_drained_and_proven(broker: Broker, job: Job, levels: set[int]) -> None:
    broker.levels = levels
    broker.send({"n": -1})
    opened(job)
    broker.send(*count(0, 300), topic="lights/7/up")
    pulled = pull_mqtt(job)
    assert values(pulled) == [str(number) for number in range(300)]
    assert (pulled[1].verdict, pulled[1].stopped, pulled[1].declared) == ("complete", "queue drained", None)
    assert rows(pulled)[0]["topic"] == "lights/7/up"
    assert pulled[0].pages[0].context == (("received_at", "2026-11-22T17:20:00Z"),)
    assert codes(pulled) == {"session-new": 1}


def test_two_equal_pulls_give_equal_receipts(broker: Broker, job: Job) -> None:
    opened(job)
    broker.send(*count(0, 30))
    first, second = pull_mqtt(job), pull_mqtt(replace(job, now=NOW + timedelta(hours=1)))
    assert first[1] == second[1]


def test_committed_messages_go_and_the_others_come_again(broker: Broker, job: Job) -> None:
    opened(job)
    broker.send(*count(0, 5))
    first = pull_mqtt(job)
    broker.send(*count(5, 8))
    assert values(pull_mqtt(job)) == list("01234567")
    assert values(pull_mqtt(commit(job, first))) == list("567")


def test_nothing_new_is_unchanged_after_a_commit_and_pending_before_one(broker: Broker, job: Job) -> None:
    opened(job)
    with pytest.raises(PendingError, match="no message has come"):
        pull_mqtt(job)
    broker.send({"n": 1})
    again = pull_mqtt(commit(job, pull_mqtt(job)))
    assert (again[0].unchanged, again[0].pages, again[1].verdict) == (True, (), "complete")


def test_numbers_keep_their_digits_and_lists_are_taken_apart(broker: Broker, job: Job) -> None:
    opened(job)
    broker.send(b'{"all": [{"n": 1.10},\n {"n": 9007199254740993}]}', b'{"all": []}')
    listed = pull_mqtt(change(job, records="all"))
    broker.send(b'{"n": 2.50}\n\n{"n": 3}\r\n')
    lines = pull_mqtt(change(commit(job, listed), format="ndjson"))
    assert (values(listed), values(lines)) == (["1.10", "9007199254740993"], ["2.50", "3"])


def test_undecodable_payloads_are_kept_apart_and_counted(broker: Broker, job: Job, tmp_path: Path) -> None:
    opened(job)
    broker.send({"n": 1}, b"\xff\x00", b'{"n": 1, "n": 2}', b'{"n":\n"a\nb"}', b'{"n":1},"x":2', b"[1]", b"", {"n": 2})
    for _pull in range(2):
        pulled = pull_mqtt(job)
        assert (values(pulled), codes(pulled)["dead-letter"]) == (["1", "2"], 6)
    letters = [json.loads(path.read_text("utf-8")) for path in (tmp_path / "private/dead-letters/air/obs").iterdir()]
    assert len(letters) == 6
    assert {one["base64"] for one in letters} >= {"/wA=", "WzFd", ""}
    assert all(one["reason"] and one["topic"] == "a" for one in letters)


def test_when_not_one_message_can_be_read_the_spool_waits(broker: Broker, job: Job) -> None:
    opened(job)
    broker.send(b"\x08\x01", b'[{"n": 1}]')
    with pytest.raises(PullError, match="2 messages, none of them readable"):
        pull_mqtt(change(job, records="all"))
    broker.send({"n": 2})
    assert (values(pull_mqtt(job)), codes(pull_mqtt(job))["dead-letter"]) == (["2"], 2)


def test_27_a_queue_that_overflowed_is_never_called_complete(broker: Broker, job: Job) -> None:
    job = change(opened(job), frames=FRAMES)
    broker.send(*count(0, 3000))
    full = pull_mqtt(job)
    assert (full[1].received, full[1].verdict, "queue-full" in codes(full)) == (1000, "unproven", True)
    broker.send(*count(3000, 3001))
    gaps = pull_mqtt(job)
    assert (gaps[1].received, gaps[1].verdict, codes(gaps)["frame-gap"]) == (1001, "unproven", 2000)
    assert "2,000 frames of 1 device never came" in gaps[1].reason


def test_source_fault_27_counters_that_run_on_prove_that_a_full_queue_lost_nothing(broker: Broker, job: Job) -> None:
    job = change(opened(job), frames=FRAMES)
    broker.send(*count(0, 1000))
    assert pull_mqtt(job)[1].verdict == "unproven"
    broker.send(*count(1000, 1002))
    _snapshot, receipt = pull_mqtt(job)
    assert (receipt.verdict, "They bridge the moment" in receipt.reason) == ("complete", True)


def test_a_broker_that_keeps_any_number_is_believed(broker: Broker, job: Job) -> None:
    opened(job)
    broker.cap = 10_000
    broker.send(*count(0, 3000))
    assert pull_mqtt(change(job, queue=0))[1].verdict == "complete"


def test_source_fault_26_duplicates_are_rows_for_settle_and_counted(broker: Broker, job: Job) -> None:
    job = change(opened(job), frames=FRAMES)
    broker.send(*count(0, 3), *count(2, 4), *count(1, 2))
    pulled = pull_mqtt(job)
    assert (values(pulled), pulled[1].verdict) == (list("012231"), "complete")
    assert "2 sent twice" in pulled[0].issues[1].message


def test_25_a_time_that_cannot_be_is_replaced_by_when_it_came(broker: Broker, job: Job) -> None:
    opened(job)
    good = "2026-11-22T09:34:15.775023242+00:00"
    times = [good, "0001-01-01T00:00:00Z", "1980-01-06T00:00:00Z", "2026-12-31T00:00:00Z", None, 7]
    broker.send(*({"n": 1, "time": one} for one in times), {"n": 1})
    pulled = pull_mqtt(change(job, time="time"))
    assert [row["event_at"] for row in rows(pulled)] == [good, *["2026-11-22T17:20:00Z"] * 6]
    assert codes(pulled)["device-clock"] == 6


def test_what_came_at_qos_0_shows_that_more_may_be_lost(broker: Broker, job: Job) -> None:
    opened(job)
    broker.watch = lambda kind: broker.send({"n": 1}, qos=0) if kind == SUBSCRIBE else None
    pulled = pull_mqtt(job)
    assert (codes(pulled)["qos-0"], pulled[1].verdict) == (1, "unproven")
    assert "have the sender publish at QoS 1" in pulled[1].reason


def test_a_session_that_the_broker_lost_is_told_until_its_rows_are_accepted(broker: Broker, job: Job) -> None:
    opened(job)
    broker.send({"n": 1})
    job = commit(job, pull_mqtt(job))
    broker.queues.clear()
    assert (pull_mqtt(job)[1].verdict, pull_mqtt(job)[1].verdict) == ("unproven", "unproven")
    broker.send({"n": 2})
    lost = pull_mqtt(job)
    assert (lost[1].verdict, codes(lost)) == ("unproven", {"session-lost": 1})
    broker.send({"n": 3})
    assert pull_mqtt(commit(job, lost))[1].verdict == "complete"


@pytest.mark.parametrize(("next_frame", "verdict"), [(3, "complete"), (4, "unproven")])
def test_counters_prove_or_disprove_a_loss(broker: Broker, job: Job, next_frame: int, verdict: str) -> None:
    job = change(opened(job), frames={**FRAMES, "tolerate": "90%"})
    broker.send(*count(0, 3), *count(0, 3, "d2"))
    job = commit(job, pull_mqtt(job))
    broker.queues.clear()
    assert pull_mqtt(job)[1].verdict == "unproven"
    broker.send(*count(3, 5), *count(next_frame, 6, "d2"))
    assert pull_mqtt(job)[1].verdict == verdict


def test_a_session_of_our_name_that_we_do_not_know_is_doubted(broker: Broker, job: Job) -> None:
    broker.queues["lamppost-air-obs"] = Queue(subscribed=True)
    broker.send({"n": 1})
    pulled = pull_mqtt(job)
    assert (pulled[1].verdict, codes(pulled)) == ("unproven", {"session-foreign": 1})


def test_the_deadline_ends_a_pull_that_never_drains(broker: Broker, job: Job) -> None:
    opened(job)
    broker.watch = lambda kind: broker.send({"n": 1}) if kind == UNSUBSCRIBE else None
    pulled = pull_mqtt(change(job, deadline="PT1S", queue=0))
    assert (pulled[1].verdict, pulled[1].stopped) == ("unproven", "deadline")
    broker.watch = lambda _kind: None
    assert pull_mqtt(change(job, queue=0))[1].verdict == "complete"


@pytest.mark.parametrize(("granted", "found"), [(0, "only QoS 0 was granted"), (0x80, "the subscription was refused")])
def test_less_than_qos_1_is_refused(broker: Broker, job: Job, granted: int, found: str) -> None:
    broker.granted = granted
    with pytest.raises(PullError, match=found):
        pull_mqtt(job)


def test_a_refused_login_is_told_without_the_password(broker: Broker, job: Job) -> None:
    broker.refusal = 0x86
    with pytest.raises(PullError, match=r"refused .*Bad user name or password") as caught:
        pull_mqtt(change(job, auth={"basic": {"user": "lamp", "password": "hunter22"}}))
    assert "hunter22" not in str(caught.value)


def test_a_broker_that_is_not_there_is_tried_again_and_named(broker: Broker, job: Job) -> None:
    waits: list[float] = []
    with pytest.raises(PullError, match=r"no connection \(Connection refused\), 4 times"):
        pull_mqtt(change(job, url="mqtt://127.0.0.1:1"), pause=waits.append)
    assert len(waits) == 3


def test_a_connection_that_breaks_is_taken_up_again(broker: Broker, job: Job) -> None:
    opened(job)
    broker.send(*count(0, 100))
    broker.watch = lambda kind: cut(broker) if kind == PUBACK and broker.heard.count(PUBACK) == 30 else None
    pulled = pull_mqtt(job, pause=lambda _seconds: None)
    assert ({int(one) for one in values(pulled)}, pulled[1].verdict) == (set(range(100)), "complete")
    assert broker.heard.count(CONNECT) == 3


def test_a_broker_that_says_who_took_our_place_is_repeated(broker: Broker, job: Job) -> None:
    opened(job)
    broker.watch = lambda kind: replaced(broker) if kind == UNSUBSCRIBE else None
    with pytest.raises(PullError, match="somebody else connected with our client id"):
        pull_mqtt(job)


def test_a_topic_that_is_named_no_more_is_ended(broker: Broker, job: Job) -> None:
    opened(change(job, topics=["a/#"]))
    broker.heard.clear()
    with pytest.raises(PendingError):
        pull_mqtt(change(job, topics=["b"]))
    assert broker.heard[:3] == [CONNECT, UNSUBSCRIBE, SUBSCRIBE]


def test_a_shorter_expiry_than_asked_is_an_issue(broker: Broker, job: Job) -> None:
    broker.expiry = 3600
    opened(job)
    broker.send({"n": 1})
    assert codes(pull_mqtt(job)) == {"session-new": 1, "session-short": 1}
