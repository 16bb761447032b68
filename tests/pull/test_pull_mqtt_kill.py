"""Adapter mqtt when a pull dies, or the disk is full: nothing is acknowledged that is not kept."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.pull.broker import (
    CONNECT,
    PUBACK,
    SUBSCRIBE,
    UNSUBSCRIBE,
    Broker,
    Queue,
    codes,
    count,
    opened,
    values,
)

from lamppost.errors import PullError
from lamppost.pull.job import Job
from lamppost.pull.mqtt import pull_mqtt


def test_a_full_disk_acknowledges_nothing(broker: Broker, job: Job) -> None:
    opened(job)
    broker.send(*count(0, 3))

    def fail(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    broker.heard.clear()
    with pytest.raises(PullError, match=r"the spool: No space left on device .* so it comes again"):
        pull_mqtt(job, sync=fail)
    assert PUBACK not in broker.heard
    assert set(values(pull_mqtt(job))) == set("012")


CHILD = """
import json, os, sys
from datetime import datetime, UTC
from pathlib import Path
from lamppost.model import Pull, Resource, Schema
from lamppost.pull import Transport
from lamppost.pull.job import Job
from lamppost.pull.mqtt import pull_mqtt
folder, options, moment = Path(sys.argv[1]), json.loads(sys.argv[2]), sys.argv[3]
def sync(handle):
    if moment == "before-sync":
        os.kill(os.getpid(), 9)
    os.fsync(handle)
    if moment == "after-sync":
        os.kill(os.getpid(), 9)
resource = Resource("obs", Schema((), ()), pull=Pull("mqtt", options, {}))
print("ready", flush=True)
sys.stdin.readline()
now = datetime(2026, 11, 22, 17, 20, tzinfo=UTC)
job = Job("air/obs", resource, resource.pull, None, folder / "snap", now, Transport(), folder / "private")
pull_mqtt(job, sync=sync)
os.kill(os.getpid(), 9)  # drained and read, but not committed
"""


def kill_at(broker: Broker, job: Job, folder: Path, moment: Any) -> None:
    """A pull in a process of its own that is killed, by itself or as the broker hears the packet `moment` of it."""
    command = [sys.executable, "-c", CHILD, str(folder), json.dumps(job.pull.options), str(moment)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0) as child:
        assert child.stdin
        assert child.stdout
        child.stdout.readline()
        broker.watch = lambda kind: os.kill(child.pid, signal.SIGKILL) if kind == moment else None
        child.stdin.write(b"\n")
        assert child.wait() == -signal.SIGKILL
    broker.watch = lambda _kind: None


@pytest.mark.parametrize("moment", ["before-sync", "after-sync", SUBSCRIBE, PUBACK, UNSUBSCRIBE, "before-commit"])
def test_a_pull_killed_at_any_moment_loses_nothing(broker: Broker, job: Job, tmp_path: Path, moment: Any) -> None:
    opened(job)
    broker.send(*count(0, 60))
    kill_at(broker, job, tmp_path, moment)
    pulled = pull_mqtt(job)
    assert {int(one) for one in values(pulled)} == set(range(60))
    assert pulled[1].verdict == "complete"


def test_a_pull_killed_before_it_saw_the_session_hides_no_loss(broker: Broker, job: Job, tmp_path: Path) -> None:
    opened(job)
    broker.queues.clear()
    kill_at(broker, job, tmp_path, CONNECT)
    broker.queues.setdefault("lamppost-air-obs", Queue())  # the broker opened a new queue for the pull that died
    pulled = pull_mqtt(job)
    assert (pulled[1].verdict, codes(pulled)) == ("unproven", {"session-new": 1, "session-unsure": 1})
