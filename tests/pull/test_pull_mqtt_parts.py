"""The parts of adapter mqtt that need no broker: counters, spool, options, explanation, preset."""

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from lamppost.decode import DECODERS
from lamppost.errors import PullError
from lamppost.load.preset import describe_preset, load_preset
from lamppost.model import Pull, Resource, Schema, Snapshot
from lamppost.notation import find
from lamppost.pull import Transport
from lamppost.pull.explain.mqtt import explain_mqtt
from lamppost.pull.job import Job
from lamppost.pull.mqtt import pull_mqtt
from lamppost.pull.mqtt.frames import Counters, Frames, Gaps
from lamppost.pull.mqtt.message import decode_message
from lamppost.pull.mqtt.settings import read_settings
from lamppost.pull.mqtt.spool import Message, Writer, forget_segments, read_spool

Make = Callable[..., Job]
AT = "2026-11-22T17:20:00Z"
OPTIONS = {"url": "mqtts://iot.example.org", "topics": ["up"]}
UPLINK = (
    # Written from the ChirpStack 4 documentation, "Integrations / Event types / up" (UplinkEvent in integration.proto
    # of 4.18): adr, confirmed and the first fCnt are false and zero, so the Protocol Buffers JSON mapping omits them.
    b'{"deduplicationId":"6b2f0c1e-52a7-4a53-9f0e-0d6f3a1c7b11","time":"0001-01-01T00:00:00Z","deviceInfo":'
    b'{"tenantId":"a6f0","tenantName":"City","applicationId":"17c8","applicationName":"Air","deviceProfileId":"9b1d",'
    b'"deviceProfileName":"AQ","deviceName":"Plummer Park","devEui":"70b3d57ed0001a2b","tags":{"ward":"2"}},'
    b'"devAddr":"01a2b3c4","dr":5,"fPort":2,"data":"AQ4=","object":{"temperature":27.0,"humidity":41},'
    b'"rxInfo":[{"gatewayId":"0016c001ff10a235","uplinkId":21,"rssi":-97,"snr":8.25}],"txInfo":{"frequency":904300000}}'
)


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    transport = Transport()

    def build(private: bool = True, every: timedelta = timedelta(days=1), **options: Any) -> Job:
        pull = Pull("mqtt", {**OPTIONS, **options}, {}, every=every)
        resource, now = Resource("obs", Schema((), ()), pull=pull), datetime(2026, 11, 22, 17, 20, tzinfo=UTC)
        folder = tmp_path / "private" if private else None
        return Job("air/obs", resource, pull, None, tmp_path / "snap", now, transport, folder)

    yield build
    transport.close()


def follow(counters: Sequence[int], session: Sequence[str] = (), again: Sequence[int] = (), known: str = "") -> Gaps:
    found = Counters(known)
    for index, counter in enumerate(counters):
        found.add("d", session[index] if session else "", counter, bytes([index]), again=index in again)
    return found.report()


@pytest.mark.parametrize(
    ("counters", "missing", "late", "repeated", "restarted"),
    [
        ([5, 6, 7], 0, 0, 0, 0),
        ([5, 9], 3, 0, 0, 0),
        ([5, 9, 7, 6, 8], 0, 3, 0, 0),
        ([5, 6, 6], 0, 0, 1, 0),
        ([65_534, 65_535, 0, 1], 0, 0, 0, 0),  # 16 bits go through zero
        ([65_530, 2], 7, 0, 0, 0),
        ([65_530, 2, 65_535], 6, 1, 0, 0),
        ([65_535, 65_536, 65_537], 0, 0, 0, 0),  # 32 bits do not
        ([2**32 - 1, 0], 0, 0, 0, 0),
        ([500, 0, 1, 2], 0, 0, 0, 1),  # joined anew
        ([500, 502, 0], 1, 0, 0, 1),
        ([500, 4, 5], 4, 0, 0, 1),
    ],
)
def test_gaps_turns_and_restarts_of_a_counter_are_told_apart(
    counters: list[int], missing: int, late: int, repeated: int, restarted: int
) -> None:
    gaps = follow(counters)
    assert (gaps.missing, gaps.late, gaps.repeated, gaps.restarted) == (missing, late, repeated, restarted)
    assert gaps.devices == 1
    assert gaps.frames + gaps.repeated == len(counters)


def test_26_with_its_session_a_restart_is_known_and_not_guessed() -> None:
    rejoined = follow([4, 5, 0, 1, 5], ["a", "a", "b", "b", "a"])
    assert (rejoined.missing, rejoined.restarted, rejoined.late) == (0, 1, 1)
    assert follow([900, 100], ["a", "a"]).restarted == 0


def test_what_the_broker_sends_again_is_no_restart() -> None:
    gaps = follow([100, 101, 102], again=[0, 1, 2], known='{"d":["",600]}')
    assert (gaps.repeated, gaps.restarted, gaps.missing) == (3, 0, 0)


def test_counters_go_on_where_the_last_committed_pull_ended() -> None:
    first = Counters()
    first.add("d", "s", 10, b"", again=False)
    assert follow([14], ["s"], known=first.dump()).missing == 3
    assert follow([14], ["s"], known="{broken").missing == 0


@pytest.mark.parametrize(
    ("after", "bridged"),
    [
        ([("a", 2), ("b", 5)], True),
        ([("a", 2)], False),  # b was not heard again
        ([("a", 3), ("b", 5)], False),
        ([("a", 2), ("b", 5), ("c", 0)], True),
        ([("a", 2), ("b", 5), ("c", 7)], False),  # what c sent before nobody knows
        ([("a", 0), ("b", 5)], True),
    ],
)
def test_only_devices_that_run_on_bridge_a_doubtful_moment(after: list[tuple[str, int]], bridged: bool) -> None:
    counters = Counters('{"a":["",1],"b":["",4]}')
    counters.cross()
    for device, counter in after:
        counters.add(device, "", counter, b"", again=False)
    assert counters.report().bridged is bridged


def test_a_device_that_joined_anew_meanwhile_bridges_nothing() -> None:
    counters = Counters('{"a":["",100]}')
    counters.cross()
    counters.add("a", "", 0, b"", again=False)
    assert (counters.report().restarted, counters.report().missing, counters.report().bridged) == (1, 0, False)


@pytest.mark.parametrize(
    "payload", [{}, {"n": 1}, {"dev": "a", "n": -1}, {"dev": "a", "n": True}, {"dev": "a", "n": 1.5}]
)
def test_a_payload_without_device_or_counter_shows_none(payload: Any) -> None:
    assert Frames("dev", "n").read(payload) is None


def write(folder: Path, *entries: Any) -> Writer:
    writer = Writer(folder, AT)
    writer.append(entries)
    writer.close()
    return writer


def test_the_spool_gives_back_what_it_was_given(tmp_path: Path) -> None:
    messages = (Message("a/ü", b'{"n": 1.10}\n'), Message("b", b"\xff\r\n\x00", 0, again=True, retained=True))
    write(tmp_path, *messages, "drained")
    write(tmp_path, Message("c", "\u2028\u0085".encode()))
    first, second = read_spool(tmp_path)
    assert (first.entries, first.received_at, first.broken) == ((*messages, "drained"), AT, 0)
    assert second.entries[0] == Message("c", "\u2028\u0085".encode())


def test_a_line_that_was_never_finished_was_never_acknowledged(tmp_path: Path) -> None:
    write(tmp_path, Message("a", b"1"), Message("a", b"2"))
    path = next(tmp_path.glob("*.ndjson"))
    whole = path.read_bytes()
    for size in range(len(whole)):
        path.write_bytes(whole[:size])
        (segment,) = read_spool(tmp_path)
        assert (len(segment.entries), segment.broken) == (whole[:size].count(b"\n"), 0)


def test_a_line_that_the_disk_spoilt_is_counted(tmp_path: Path) -> None:
    write(tmp_path, Message("a", b"1"), Message("a", b"2"))
    path = next(tmp_path.glob("*.ndjson"))
    path.write_bytes(b"\0" * 20 + path.read_bytes()[20:])
    (segment,) = read_spool(tmp_path)
    assert (len(segment.entries), segment.broken) == (1, 1)


def test_only_the_named_segments_go_and_no_name_comes_twice(tmp_path: Path) -> None:
    write(tmp_path, Message("a", b"1"))
    write(tmp_path, Message("a", b"2"))
    first, second = (one.name for one in read_spool(tmp_path))
    forget_segments(tmp_path, [second, "00000009-deadbeef"])
    write(tmp_path, Message("a", b"3"))
    kept = [one.name for one in read_spool(tmp_path)]
    assert (kept[0], kept[1][:8], kept[1] != second) == (first, "00000002", True)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"topics": []}, "pull.topics: none"),
        ({"headers": {}}, "pull.headers: an option nobody reads"),
        ({"auth": {"bearer": "x"}}, "pull.auth.bearer: an option nobody reads"),
        ({"auth": {}}, "pull.auth: nothing"),
        ({"idle": "PT3M"}, "pull.deadline: 2 minutes, and `idle` 3 minutes"),
        ({"frames": {"device": "a", "counter": "b", "tolerate": "many"}}, "a share such as 5%"),
        ({"frames": {"device": "a", "counter": "b", "otherwise": "x"}}, "a whole number"),
        ({"session_expiry": "P200Y"}, "at most 136 years"),
    ],
)
def test_what_the_descriptor_must_not_say(make: Make, options: Any, message: str) -> None:
    with pytest.raises(PullError, match=message):
        read_settings(make(**options))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"url": "https://iot.example.org"}, "no broker's address"),
        ({"url": "mqtts://"}, "no broker's address"),
        ({"url": "mqtts://h:99999"}, "no broker's address"),
        ({"url": "mqtt://iot.example.org"}, "a connection without encryption"),
        ({"url": "mqtts://127.0.0.1:1"}, "its host has a loopback address"),
        ({"url": "mqtts://[::ffff:169.254.169.254]:1"}, "its host has an IPv4 address in disguise"),
        ({"url": "mqtts://127.0.0.1:1", "allow": ["127.0.0.1"], "ca": "none.pem"}, "a certificate or key that cannot"),
    ],
)
def test_where_an_mqtt_pull_must_not_go(make: Make, options: Any, message: str) -> None:
    with pytest.raises(PullError, match=message):
        pull_mqtt(make(**options), pause=lambda _seconds: None)


def test_a_schedule_that_one_failed_visit_would_break_is_refused(make: Make) -> None:
    job = make(session_expiry="P1D", every=timedelta(hours=13))
    (refusal,) = explain_mqtt(job).refusals
    assert "for 1 day (`session_expiry`), and we come by every 13 hours (`every`)" in refusal
    assert "One visit that fails must not cost messages" in refusal
    with pytest.raises(PullError, match="One visit that fails must not cost messages"):
        pull_mqtt(job)
    assert explain_mqtt(make(session_expiry="P1D", every=timedelta(hours=12))).refusals == ()


def test_without_a_private_folder_nothing_is_asked(make: Make) -> None:
    assert "private: none" in explain_mqtt(make(private=False)).refusals[0]
    with pytest.raises(PullError, match="before the broker may forget it"):
        pull_mqtt(make(private=False))


def test_the_explanation_names_the_cap_and_what_to_ask(make: Make) -> None:
    user = {"user": "${MQTT_USER}", "password": "${MQTT_PASSWORD}"}
    said = explain_mqtt(make(url="mqtts://lamp:hunter22@iot.example.org", auth={"basic": user}, queue=5000))
    text = " ".join((*said.asks, *said.proof))
    assert "mosquitto 1,000 unless told otherwise" in text
    assert "finds 5,000 or more (`queue`) is not called complete" in text
    assert "under the client id lamppost-air-obs" in text
    assert not [one for one in ("hunter22", "MQTT_PASSWORD", "lamp:") if one in text]


def test_no_secret_is_in_the_settings_as_they_print(make: Make) -> None:
    assert "hunter22" not in repr(read_settings(make(url="mqtts://lamp:hunter22@iot.example.org")))


def test_33_the_chirpstack_preset_reads_an_uplink_that_leaves_zeros_out(make: Make) -> None:
    preset = load_preset("chirpstack")
    settings = read_settings(make(**preset["options"]))
    line = decode_message(Message("application/17c8/device/70b3/event/up", UPLINK), settings, AT).lines[0]
    row = DECODERS["ndjson"](line, Snapshot((), "ndjson"), "").rows[0]
    assert settings.frames
    assert settings.frames.read(row["payload"]) == ("70b3d57ed0001a2b", "01a2b3c4", 0)
    assert find(row, preset["fields"]["device_id"]) == "70b3d57ed0001a2b"
    assert find(row, preset["fields"]["measured_at"]["path"]) == AT
    assert find(row, "payload.object.temperature") == "27.0"
    assert (settings.frames.tolerate, settings.time, settings.user is not None) == (0.1, "time", True)


def test_the_chirpstack_preset_says_what_its_page_needs() -> None:
    preset = describe_preset("chirpstack")
    assert (preset.status, preset.adapter) == ("from the specification", "mqtt")
    assert "qos=1" in " ".join(preset.traps)
    assert preset.secrets >= {"CHIRPSTACK_MQTT_PASSWORD"}
    assert json.dumps(preset.example).count("queue: 100000") == 1
