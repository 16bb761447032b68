"""Adapter mqtt against mosquitto: nothing that it kept for us is missing, and what it dropped is seen."""

import json
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from lamppost.decode import DECODERS
from lamppost.errors import PendingError, PullError
from lamppost.model import Pull, Receipt, Resource, Schema, Snapshot
from lamppost.pull import Transport
from lamppost.pull.job import Job
from lamppost.pull.mqtt import pull_mqtt

from .conftest import answers, free_port, running
from .known import ASSETS, OBSERVATIONS, assets, observations

Pulled = tuple[Snapshot, Receipt]
NOW = datetime(2026, 11, 22, 17, 20, tzinfo=UTC)
LOCAL = "127.0.0.1"
CHILD = """
import json, sys
from datetime import datetime, UTC
from pathlib import Path
from lamppost.model import Pull, Resource, Schema
from lamppost.pull import Transport
from lamppost.pull.job import Job
from lamppost.pull.mqtt import pull_mqtt
folder, now = Path(sys.argv[1]), datetime(2026, 11, 22, 17, 20, tzinfo=UTC)
resource = Resource("obs", Schema((), ()), pull=Pull("mqtt", json.loads(sys.argv[2]), {}))
print("ready", flush=True)
sys.stdin.readline()
pull_mqtt(Job("air/obs", resource, resource.pull, None, folder / "snap", now, Transport(), folder / "private"))
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where mosquitto may write: started as root it becomes the user `mosquitto`."""
    for one in (tmp_path, *tmp_path.parents[:2]):
        one.chmod(0o777)
    return tmp_path


@contextmanager
def mosquitto(folder: Path, port: int, *lines: str) -> Iterator["subprocess.Popen[bytes]"]:
    """A broker that keeps its queues in `folder`, so that one that is started again has them."""
    said = [f"listener {port} {LOCAL}", "allow_anonymous true", "persistence true", f"persistence_location {folder}/"]
    (folder / "mosquitto.conf").write_text("\n".join([*said, *lines]) + "\n", encoding="utf-8")
    with running(["mosquitto", "-c", str(folder / "mosquitto.conf")], lambda: answers(port)) as process:
        yield process


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def job(folder: Path, port: int) -> Iterator[Job]:
    transport = Transport()
    options = {"url": f"mqtt://{LOCAL}:{port}", "allow": [LOCAL], "topics": ["#"], "queue": 0, "idle": "PT1S"}
    resource = Resource("obs", Schema((), ()), pull=Pull("mqtt", options, {}))
    assert resource.pull
    yield Job("air/obs", resource, resource.pull, None, folder / "snap", NOW, transport, folder / "private")
    transport.close()


def change(job: Job, **options: Any) -> Job:
    return replace(job, pull=replace(job.pull, options={**job.pull.options, **options}))


def commit(job: Job, pulled: Pulled) -> Job:
    return replace(job, memory=pulled[0].memory)


def opened(job: Job) -> Job:
    with pytest.raises(PendingError):
        pull_mqtt(job)
    return job


def publish(port: int, messages: Sequence[tuple[str, Any]], qos: int = 1) -> None:
    client = Client(CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv5)
    client.max_inflight_messages_set(1000)
    client.connect(LOCAL, port)
    client.loop_start()
    sent = [client.publish(topic, json.dumps(payload), qos=qos) for topic, payload in messages]
    for one in sent:
        one.wait_for_publish(timeout=60)
    client.disconnect()
    client.loop_stop()


def rows(pulled: Pulled) -> list[Mapping[str, Any]]:
    snapshot, _receipt = pulled
    return [row for page in snapshot.pages for row in DECODERS["ndjson"](page.path.read_bytes(), snapshot, "").rows]


def payloads(pulled: Pulled, topic: str = "") -> Counter[str]:
    """Each payload with the digits it was sent with."""
    return Counter(write(row["payload"]) for row in rows(pulled) if row["topic"].startswith(topic))


def write(record: Mapping[str, Any]) -> str:
    return json.dumps({key: None if value is None else str(value) for key, value in record.items()}, sort_keys=True)


def frames(start: int, stop: int) -> list[tuple[str, Any]]:
    return [(f"d/{device}", {"dev": f"d{device}", "n": n}) for n in range(start, stop) for device in range(10)]


def test_assets_and_observations_come_row_for_row(folder: Path, port: int, job: Job) -> None:
    with mosquitto(folder, port, "max_queued_messages 0"):
        opened(job)
        publish(port, [("assets", one) for one in assets()])
        publish(port, [(f"obs/{one['device']}", one) for one in observations()])
        pulled = pull_mqtt(job)
    assert payloads(pulled, "assets") == Counter(map(write, assets()))
    assert payloads(pulled, "obs/") == Counter(map(write, observations()))
    assert (pulled[1].received, pulled[1].verdict) == (ASSETS + OBSERVATIONS, "complete")


def test_several_pulls_bring_what_one_would(folder: Path, port: int, job: Job) -> None:
    with mosquitto(folder, port, "max_queued_messages 0"):
        opened(job)
        found: Counter[str] = Counter()
        for start in range(0, ASSETS, 1500):
            publish(port, [("assets", one) for one in assets()[start : start + 1500]])
            pulled = pull_mqtt(job)
            found += payloads(pulled)
            job = commit(job, pulled)
        assert pull_mqtt(job)[0].unchanged
    assert found == Counter(map(write, assets()))


def test_source_fault_27_three_thousand_are_sent_one_thousand_come_and_the_counters_tell(
    folder: Path, port: int, job: Job
) -> None:
    job = change(job, queue=1000, frames={"device": "dev", "counter": "n"})
    with mosquitto(folder, port):
        opened(job)
        publish(port, frames(0, 300))
        full = pull_mqtt(job)
        publish(port, frames(300, 301))
        gaps = pull_mqtt(job)
    assert (full[1].received, full[1].verdict) == (1000, "unproven")
    assert (gaps[1].received, gaps[1].verdict) == (1010, "unproven")
    assert [one.count for one in gaps[0].issues if one.code == "frame-gap"] == [2000]
    assert "2,000 frames of 10 devices never came" in gaps[1].reason


def test_what_was_not_acknowledged_comes_back(folder: Path, port: int, job: Job) -> None:
    def fail(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    with mosquitto(folder, port):
        opened(job)
        publish(port, frames(0, 5))
        with pytest.raises(PullError, match="No space left on device"):
            pull_mqtt(job, sync=fail)
        for segment in (folder / "private/spool/air/obs").glob("0000000[2-9]*"):
            segment.unlink()  # as a machine that lost its power may leave it: nothing of it was made durable
        pulled = pull_mqtt(job)
    assert payloads(pulled) == Counter(write(one) for _topic, one in frames(0, 5))
    assert pulled[1].verdict == "complete"


def test_a_broker_that_is_started_again_still_has_the_queue(folder: Path, port: int, job: Job) -> None:
    with mosquitto(folder, port):
        opened(job)
        publish(port, frames(0, 20))
    with mosquitto(folder, port):
        pulled = pull_mqtt(job)
    assert payloads(pulled) == Counter(write(one) for _topic, one in frames(0, 20))
    assert pulled[1].verdict == "complete"


def test_a_broker_that_forgot_us_is_found_out(folder: Path, port: int, job: Job) -> None:
    with mosquitto(folder, port):
        opened(job)
        publish(port, frames(0, 5))
        job = commit(job, pull_mqtt(job))
    (folder / "mosquitto.db").unlink()
    with mosquitto(folder, port):
        publish(port, frames(5, 6))
        lost = pull_mqtt(job)
    assert (lost[1].verdict, [one.code for one in lost[0].issues]) == ("unproven", ["session-lost"])
    assert "had forgotten the queue" in lost[1].reason


def test_a_stream_that_never_falls_silent_is_drained_all_the_same(folder: Path, port: int, job: Job) -> None:
    with mosquitto(folder, port):
        opened(job)
        publish(port, frames(0, 30))
        command = [
            "mosquitto_pub",
            "-h",
            LOCAL,
            "-p",
            str(port),
            "-q",
            "1",
            "-t",
            "live",
            "-m",
            "{}",
            "--repeat",
            "1000",
        ]
        with running([*command, "--repeat-delay", "0.03"], lambda: True):
            pulled = pull_mqtt(job)
    assert (pulled[1].verdict, pulled[1].stopped) == ("complete", "queue drained")
    assert payloads(pulled, "d/") == Counter(write(one) for _topic, one in frames(0, 30))


def test_another_client_that_takes_our_name_and_our_queue_is_found_out(folder: Path, port: int, job: Job) -> None:
    other = Client(CallbackAPIVersion.VERSION2, "lamppost-air-obs", protocol=MQTTProtocolVersion.MQTTv5)
    with mosquitto(folder, port):
        opened(job)
        publish(port, frames(0, 1))
        timer = threading.Timer(0.3, other.connect, (LOCAL, port))
        timer.start()
        pulled = pull_mqtt(change(job, idle="PT2S"))
        timer.join()
        other.disconnect()
    assert (pulled[1].verdict, [one.code for one in pulled[0].issues]) == ("unproven", ["session-new", "session-lost"])


def make_certificates(folder: Path) -> None:
    """A private authority, and a certificate that it signed for this machine and one for us."""

    def run(text: str, *more: str) -> None:
        subprocess.run(["openssl", *text.split(), *more], cwd=folder, check=True, capture_output=True)

    use = ("-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign")
    run("req -x509 -newkey rsa:2048 -nodes -days 2 -keyout ca.key -out ca.pem", "-subj", "/CN=City CA", *use)
    for name, extension in (("server", f"subjectAltName=IP:{LOCAL}"), ("client", "extendedKeyUsage=clientAuth")):
        (folder / f"{name}.ext").write_text(extension + "\n", encoding="utf-8")
        run(f"req -newkey rsa:2048 -nodes -subj /CN={name} -keyout {name}.key -out {name}.csr")
        run(f"x509 -req -in {name}.csr -CA ca.pem -CAkey ca.key -CAcreateserial -extfile {name}.ext -out {name}.pem")
        (folder / f"{name}.key").chmod(0o644)


def test_a_private_authority_and_our_own_certificate(folder: Path, port: int, job: Job) -> None:
    make_certificates(folder)
    lines = [f"cafile {folder}/ca.pem", f"certfile {folder}/server.pem", f"keyfile {folder}/server.key"]
    own = {"cert": str(folder / "client.pem"), "key": str(folder / "client.key")}
    job = change(job, url=f"mqtts://{LOCAL}:{port}")
    with mosquitto(folder, port, *lines, "require_certificate true"):
        with pytest.raises(PullError, match="a certificate that is self-signed certificate in certificate chain"):
            pull_mqtt(job, pause=lambda _seconds: None)
        with pytest.raises(PullError, match="times · expected a connection that holds"):
            pull_mqtt(change(job, ca=str(folder / "ca.pem")), pause=lambda _seconds: None)
        opened(change(job, ca=str(folder / "ca.pem"), certificate=own))


def test_user_and_password_are_asked_for_and_never_shown(folder: Path, port: int, job: Job) -> None:
    subprocess.run(["mosquitto_passwd", "-b", "-c", "users", "lamp", "hunter22"], cwd=folder, check=True)
    (folder / "users").chmod(0o644)
    with mosquitto(folder, port, "allow_anonymous false", f"password_file {folder}/users"):
        with pytest.raises(PullError, match="refused") as caught:
            pull_mqtt(change(job, auth={"basic": {"user": "lamp", "password": "hunter23"}}))
        opened(change(job, auth={"basic": {"user": "lamp", "password": "hunter22"}}))
    assert "hunter23" not in str(caught.value)


@pytest.mark.parametrize("seconds", [0.0, 0.005, 0.01, 0.02, 0.04, 0.08, 0.16, 0.32])
def test_a_pull_killed_by_chance_loses_nothing(folder: Path, port: int, job: Job, seconds: float) -> None:
    with mosquitto(folder, port, "max_queued_messages 0"):
        opened(job)
        publish(port, frames(0, 200))
        command = [sys.executable, "-c", CHILD, str(folder), json.dumps(job.pull.options)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0) as child:
            assert child.stdin
            assert child.stdout
            child.stdout.readline()
            child.stdin.write(b"\n")
            time.sleep(seconds)
            child.kill()
        pulled = pull_mqtt(job)
    assert set(payloads(pulled)) == {write(one) for _topic, one in frames(0, 200)}
