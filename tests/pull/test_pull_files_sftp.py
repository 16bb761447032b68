"""Adapter files over SFTP: a real server on loopback, whose key is the pinned one or who learns nothing."""

import os
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from lamppost.errors import PendingError, PullError
from lamppost.model import Field, Pull, Receipt, Resource, Schema, Snapshot
from lamppost.pull import Transport, pull_resource
from lamppost.pull.files.adapter import pull_files
from lamppost.pull.files.places.host_key import name_key
from lamppost.pull.job import Job

pytest.importorskip("paramiko", reason="the extra lamppost[sftp] is not installed")
import paramiko
from paramiko.sftp import SFTP_NO_SUCH_FILE

NOW = datetime(2026, 11, 22, 17, 20, tzinfo=UTC)
HOST = paramiko.ECDSAKey.generate()
OURS = paramiko.RSAKey.generate(2048)
Drop = Callable[..., tuple[Snapshot, Receipt]]


class Folder(paramiko.SFTPServerInterface):
    """Files below `root`; `root` may hold what happens when one is read."""

    root = Path()
    link: Callable[[], Any]
    reading: Callable[[Path], object] = staticmethod(lambda _path: None)

    def list_folder(self, path: str) -> Any:
        here = self.root / path.lstrip("/")
        if not here.is_dir():
            return SFTP_NO_SUCH_FILE
        return [paramiko.SFTPAttributes.from_stat(one.lstat(), one.name) for one in sorted(here.iterdir())]

    def stat(self, path: str) -> Any:
        return paramiko.SFTPAttributes.from_stat((self.root / path.lstrip("/")).stat())

    def open(self, path: str, flags: int, attr: Any) -> Any:
        Folder.reading(self.root / path.lstrip("/"))
        handle: Any = paramiko.SFTPHandle(flags)
        handle.readfile = (self.root / path.lstrip("/")).open("rb")
        return handle


class Door(paramiko.ServerInterface):
    """Lets `ann` in with a password or with our key; remembers what was tried."""

    def __init__(self, tried: list[str]) -> None:
        self.tried = tried

    def get_allowed_auths(self, username: str) -> str:
        return "password,publickey"

    def check_auth_password(self, username: str, password: str) -> int:
        self.tried.append(f"password of {username}")
        return 0 if (username, password) == ("ann", "pass-word-1") else 2

    def check_auth_publickey(self, username: str, key: Any) -> int:
        self.tried.append(f"key of {username}")
        return 0 if username == "ann" and key.asbytes() == OURS.asbytes() else 2

    def check_channel_request(self, kind: str, chanid: int) -> int:
        return 0


class Server:
    """Serves each connection on a thread of its own until it is closed."""

    def __init__(self, root: Path) -> None:
        self.tried: list[str] = []
        self.links: list[Any] = []
        self.socket = socket.create_server(("127.0.0.1", 0))
        Folder.root, Folder.reading = root, staticmethod(lambda _path: None)
        self.url = f"sftp://ann@127.0.0.1:{self.socket.getsockname()[1]}/out"
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self) -> None:
        while True:
            try:
                taken, _address = self.socket.accept()
            except OSError:
                return
            link = paramiko.Transport(taken)
            self.links.append(link)
            link.add_server_key(HOST)
            link.set_subsystem_handler("sftp", paramiko.SFTPServer, Folder)
            try:
                link.start_server(server=Door(self.tried))
            except (paramiko.SSHException, EOFError, OSError):
                link.close()

    def close(self) -> None:
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        self.thread.join()
        for one in self.links:
            one.close()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    (tmp_path / "server" / "out").mkdir(parents=True)
    (tmp_path / "server" / "out" / "b-1.csv").write_bytes(b"id\n1\n")
    (tmp_path / "server" / "out" / "b-2.csv").write_bytes(b"id\n1\n2\n")
    made = Server(tmp_path / "server")
    yield made
    made.close()


@pytest.fixture
def drop(server: Server, tmp_path: Path) -> Iterator[Drop]:
    transport = Transport(allow={"127.0.0.1"}, silence=5, deadline=10, max_bytes=10_000_000)

    def run(pause: Callable[[], object] = lambda: None, memory: Any = None, **options: Any) -> Any:
        given = {"folder": server.url, "host_key": name_key(HOST.asbytes()), "glob": "*.csv", **options}
        asked = Pull("files", {key: one for key, one in given.items() if one is not None}, {})
        resource = Resource("rows", Schema((Field("id", "string"),), ("id",)), pull=asked)
        job = Job("a/rows", resource, asked, None, tmp_path / "kept", NOW, transport, memory=memory or {})
        return pull_files(job, pause=pause)

    yield run
    transport.close()
    assert not [one for one in threading.enumerate() if one.name == "lamppost-sftp"]


PASSWORD = {"basic": {"user": "ann", "password": "pass-word-1"}}


def write_key(passphrase: str | None = None) -> str:
    out = StringIO()
    OURS.write_private_key(out, passphrase)
    return out.getvalue()


@pytest.mark.parametrize("way", [{"auth": PASSWORD}, {"key": write_key().strip()},
                                 {"key": write_key("open sesame"), "passphrase": "open sesame"}])  # fmt: skip
def test_the_newest_file_is_read_with_key_or_password(drop: Drop, way: Any) -> None:
    snapshot, receipt = drop(**way)
    assert (receipt.source, receipt.received, receipt.verdict) == ("b-2.csv", 2, "complete")
    assert snapshot.pages[0].path.read_bytes() == b"id\n1\n2\n"


@pytest.mark.parametrize(
    "pin",
    [name_key(HOST.asbytes()) + "=", f"{HOST.get_name()} {HOST.get_base64()} root@files"],
    ids=["fingerprint", "whole"],
)
def test_the_host_key_may_be_pinned_by_fingerprint_or_whole(drop: Drop, pin: str) -> None:
    assert drop(auth=PASSWORD, host_key=pin)[1].verdict == "complete"


OTHER = f"{HOST.get_name()} {paramiko.ECDSAKey.generate().get_base64()}"


@pytest.mark.parametrize(
    "pin", [name_key(OURS.asbytes()), OTHER, f"ssh-rsa {OURS.get_base64()}"], ids=["fingerprint", "whole", "kind"]
)
def test_a_server_with_another_host_key_learns_nothing(drop: Drop, server: Server, pin: str) -> None:
    with pytest.raises(PullError, match="host key") as caught:
        drop(auth=PASSWORD, host_key=pin)
    assert (name_key(HOST.asbytes()) in str(caught.value)) is not pin.startswith("ssh-rsa")
    assert "on the phone" in str(caught.value)
    assert server.tried == []


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"auth": PASSWORD, "host_key": None}, "no host key · expected SHA256"),
        ({"auth": PASSWORD, "host_key": "SHA256:short"}, "expected SHA256"),
        ({"auth": PASSWORD, "host_key": "ssh-ed25519 AAAA"}, "expected SHA256"),
        ({}, "no way to log in"),
        ({"auth": {"basic": {"user": "ann", "password": "wrong-word"}}}, "the login was refused"),
        ({"key": "-----BEGIN OPENSSH PRIVATE KEY-----\nnonsense"}, "a private key that cannot be read"),
        ({"key": write_key("x1234")}, "a key with a passphrase"),
        ({"auth": PASSWORD, "headers": {"X-Key": "1"}}, "a way in that SFTP does not know"),
        ({"auth": PASSWORD, "glob": "../*.csv"}, "a pattern inside the folder"),
        ({"auth": PASSWORD, "glob": "*.none"}, r"no file like \*\.none"),
    ],
)
def test_what_keeps_us_out_is_named(drop: Drop, options: Any, message: str) -> None:
    with pytest.raises(PullError, match=message) as caught:
        drop(**options)
    assert "word" not in str(caught.value).partition("·")[0].replace("password", "")


def test_source_fault_34_a_file_that_grows_on_the_server_is_pending(drop: Drop, server: Server) -> None:
    with pytest.raises(PendingError, match=r"b-2\.csv: a file that is still being written"):
        drop(lambda: (Folder.root / "out" / "b-2.csv").write_bytes(b"id\n1\n2\n3\n"), auth=PASSWORD)


def test_source_fault_34_a_file_that_grew_since_the_listing_is_pending(drop: Drop) -> None:
    Folder.reading = staticmethod(lambda path: path.write_bytes(b"id\n1\n2\n3\n"))
    with pytest.raises(PendingError, match="still being written"):
        drop(auth=PASSWORD)


def test_a_connection_that_breaks_within_a_file_is_an_error(drop: Drop, server: Server) -> None:
    Folder.reading = staticmethod(lambda _path: server.links[-1].close())
    with pytest.raises(PullError, match=r"/out/b-2\.csv: the connection broke"):
        drop(auth=PASSWORD)


class Breaking(paramiko.SFTPHandle):
    """Closes the connection at the third piece that is asked for."""

    asked = 0

    def read(self, offset: int, length: int) -> bytes | int:
        self.asked += 1
        if self.asked == 3:
            Folder.link().close()
        return b"1\n" * (length // 2)


def test_a_connection_that_breaks_while_much_is_asked_ahead_is_one_error_and_no_traceback(
    drop: Drop, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    (Folder.root / "out" / "b-2.csv").write_bytes(b"1\n" * 4_000_000)
    monkeypatch.setattr(Folder, "open", lambda _self, _path, flags, _attr: Breaking(flags))
    monkeypatch.setattr(Folder, "link", lambda: server.links[-1], raising=False)
    fell: list[object] = []
    monkeypatch.setattr(threading, "excepthook", lambda told: fell.append(told.exc_type))
    for _time in range(5):
        with pytest.raises(PullError, match="the connection broke"):
            drop(auth=PASSWORD)
    assert fell == []


def test_a_time_of_whole_seconds_is_not_taken_for_proof(drop: Drop, server: Server) -> None:
    memory = drop(auth=PASSWORD)[0].memory
    assert drop(auth=PASSWORD, memory=memory)[0].unchanged
    path = Folder.root / "out" / "b-2.csv"
    times = path.stat()
    path.write_bytes(b"id\n1\n3\n")
    os.utime(path, (times.st_atime, times.st_mtime))
    assert not drop(auth=PASSWORD, memory=memory)[0].unchanged


def test_a_folder_that_is_not_there_is_named(drop: Drop, server: Server) -> None:
    with pytest.raises(PullError, match="/nowhere: nothing of that name"):
        drop(auth=PASSWORD, folder=server.url.replace("/out", "/nowhere"))


def test_a_file_above_the_cap_is_refused_before_it_is_read(drop: Drop) -> None:
    (Folder.root / "out" / "b-3.csv").write_bytes(b"1" * 10_000_001)
    with pytest.raises(PullError, match="10,000,001 bytes · expected at most 10,000,000"):
        drop(auth=PASSWORD)


def test_a_server_that_never_speaks_ends_at_the_deadline(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"sftp://ann@127.0.0.1:{silent.getsockname()[1]}/out"
        asked = Pull("files", {"folder": url, "host_key": name_key(HOST.asbytes()), "auth": PASSWORD}, {})
        transport = Transport(allow={"127.0.0.1"}, silence=5, deadline=0.3)
        job = Job("a/b", Resource("b", Schema((), ())), asked, None, tmp_path, NOW, transport)
        with pytest.raises(PullError, match=r"not all that was asked within 0\.3 s"):
            pull_files(job)
        transport.close()


def test_a_private_server_is_asked_only_when_it_is_allowed(server: Server, tmp_path: Path) -> None:
    options = {"folder": "${SFTP}", "host_key": name_key(HOST.asbytes()), "auth": PASSWORD, "stable": "PT0S"}
    asked = {"env": {"SFTP": server.url}, "cursor": None, "folder": tmp_path, "now": NOW, "transport": Transport()}
    refused = Resource("b", Schema((), ()), pull=Pull("files", options, {}))
    with pytest.raises(PullError, match="its host has a loopback address"):
        pull_resource("a", refused, **asked)  # type: ignore[arg-type]
    allowed = Resource("b", Schema((), ()), pull=Pull("files", {**options, "allow": ["127.0.0.1"]}, {}))
    assert pull_resource("a", allowed, **asked)[1].received == 2  # type: ignore[arg-type]
