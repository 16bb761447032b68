"""Adapter files against OpenSSH, a web server's index and an S3 server: row for row, or not at all."""

import asyncio
import contextlib
import csv
import io
import os
import shutil
import socket
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from lamppost.errors import PendingError, PullError
from lamppost.model import Field, Pull, Receipt, Resource, Schema, Snapshot
from lamppost.pull import Transport
from lamppost.pull.files.adapter import pull_files
from lamppost.pull.job import Job
from lamppost.table.read import read

from .conftest import Start, absent, answers, free_port
from .known import assets, observations

NOW = datetime(2026, 11, 22, 17, 20, tzinfo=UTC)
Drop = Callable[..., tuple[Snapshot, Receipt]]
Way = Mapping[str, Any]
CONFIG = """\
Port {port}
ListenAddress 127.0.0.1
HostKey {folder}/host
PidFile {folder}/pid
AuthorizedKeysFile {folder}/keys
PasswordAuthentication no
StrictModes no
UsePAM no
Subsystem sftp internal-sftp
ForceCommand internal-sftp -d {drop}
"""
NGINX = """\
daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{}}
http {{
  access_log off; types {{ text/csv csv; }}
  client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3;
  uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
  server {{ listen 127.0.0.1:{port}; root {drop}; autoindex on; }}
}}
"""


def text_of(row: Mapping[str, Any]) -> dict[str, str | None]:
    return {name: None if value is None else str(value) for name, value in row.items()}


def write_csv(rows: list[dict[str, Any]]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def write_xlsx(rows: list[dict[str, Any]]) -> bytes:
    book, out = openpyxl.Workbook(), io.BytesIO()
    for row in [list(rows[0]), *(list(one.values()) for one in rows)]:
        book.active.append(row)  # type: ignore[union-attr]
    book.save(out)
    return out.getvalue()


def write_zip(name: str, body: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, body)
    return out.getvalue()


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    lights, readings = assets(), list(observations())
    return {
        "assets.csv": write_csv(lights),
        "assets.xlsx": write_xlsx(lights),
        "observations.csv": write_csv(readings),
        "observations.zip": write_zip("observations.csv", write_csv(readings)),
    }


@pytest.fixture
def drop(tmp_path: Path) -> Iterator[Drop]:
    transport = Transport(deadline=60, silence=10, budget=60)

    def run(options: Way, pause: Callable[[], object] = lambda: None, memory: Any = None) -> Any:
        asked = Pull("files", {"allow": ["127.0.0.1"], **options}, {})
        resource = Resource("rows", Schema((Field("id", "string"),), ("id",)), pull=asked)
        job = Job("a/rows", resource, asked, None, tmp_path / "kept", NOW, transport, memory=memory or {})
        return pull_files(job, pause=pause)

    yield run
    transport.close()


def check_rows(found: tuple[Snapshot, Receipt], expected: list[dict[str, Any]]) -> None:
    snapshot, receipt = found
    assert (receipt.received, receipt.verdict) == (len(expected), "complete")
    rows = read(snapshot, Pull("files", {}, {})).drop_columns("_row").to_pylist()
    assert rows == [text_of(one) for one in expected]


CASES = [
    ({"glob": "assets.csv"}, assets),
    ({"glob": "assets.xlsx"}, assets),
    ({"glob": "observations.csv"}, lambda: list(observations())),
    ({"glob": "*.zip", "member": "observations.csv"}, lambda: list(observations())),
]


class Sftp:
    """OpenSSH on loopback, and the folder that it serves."""

    def __init__(self, folder: Path, port: int) -> None:
        self.drop, self.port = folder / "drop", port
        self.key = (folder / "ours").read_text(encoding="ascii")
        line = (folder / "host.pub").read_text(encoding="ascii")
        self.way = {"folder": f"sftp://root@127.0.0.1:{port}{self.drop}", "key": self.key, "host_key": line}


@pytest.fixture(scope="module")
def sftp(start: Start, files: dict[str, bytes], tmp_path_factory: Any) -> Sftp:
    sshd = shutil.which("sshd", path=os.environ["PATH"] + ":/usr/sbin")
    if sshd is None or os.geteuid() != 0:
        absent("OpenSSH's sshd is not installed, or this is not root; `nox -s peers` installs it")
    folder, port = tmp_path_factory.mktemp("sftp"), free_port()
    (folder / "drop").mkdir()
    for name, body in files.items():
        (folder / "drop" / name).write_bytes(body)
    for name in ("host", "ours"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)], check=True)
    shutil.copy(folder / "ours.pub", folder / "keys")
    (folder / "config").write_text(CONFIG.format(port=port, folder=folder, drop=folder / "drop"), encoding="ascii")
    Path("/run/sshd").mkdir(parents=True, exist_ok=True)
    start([str(sshd), "-D", "-f", str(folder / "config"), "-E", str(folder / "log")], lambda: answers(port))
    return Sftp(folder, port)


@pytest.mark.parametrize(("options", "expected"), CASES)
def test_openssh_gives_every_row(drop: Drop, sftp: Sftp, options: Way, expected: Any) -> None:
    check_rows(drop({**sftp.way, **options}), expected())


def test_openssh_with_another_host_key_is_left_before_we_say_who_we_are(drop: Drop, sftp: Sftp) -> None:
    with pytest.raises(PullError, match=r"the host key SHA256:\S+ \(ssh-ed25519\) · expected SHA256:A"):
        drop({**sftp.way, "host_key": "SHA256:" + "A" * 43, "glob": "assets.csv"})
    assert "ssh-ed25519" in sftp.way["host_key"]
    log = (sftp.drop.parent / "log").read_text(encoding="utf-8").splitlines()
    assert "preauth" in log[-1] or "Connection closed" in log[-1] or "reset" in log[-1]


def test_source_fault_34_a_file_that_grows_on_openssh_is_pending(drop: Drop, sftp: Sftp) -> None:
    path = sftp.drop / "growing.csv"
    path.write_bytes(b"id\n1\n")
    with path.open("ab") as file, pytest.raises(PendingError, match="still being written"):
        drop({**sftp.way, "glob": "growing.csv"}, lambda: os.write(file.fileno(), b"2\n"))
    check_rows(drop({**sftp.way, "glob": "growing.csv"}), [{"id": 1}, {"id": 2}])


def relay(port: int, limit: int) -> tuple[socket.socket, threading.Thread]:
    """A way to `port` that is cut after `limit` bytes of answer."""
    door = socket.create_server(("127.0.0.1", 0))

    def carry() -> None:
        taken, _address = door.accept()
        with taken, socket.create_connection(("127.0.0.1", port)) as far:
            threading.Thread(target=forward, args=(taken, far, 1 << 40), daemon=True).start()
            forward(far, taken, limit)
            with contextlib.suppress(OSError):  # the reader may have left before
                taken.shutdown(socket.SHUT_RDWR)

    thread = threading.Thread(target=carry, daemon=True)
    thread.start()
    return door, thread


def forward(source: socket.socket, target: socket.socket, limit: int) -> None:
    try:
        while limit > 0 and (part := source.recv(min(limit, 65_536))):
            target.sendall(part)
            limit -= len(part)
    except OSError:
        pass


def test_a_connection_to_openssh_that_is_cut_leaves_nothing_behind(drop: Drop, sftp: Sftp, tmp_path: Path) -> None:
    door, thread = relay(sftp.port, 200_000)
    folder = sftp.way["folder"].replace(f":{sftp.port}/", f":{door.getsockname()[1]}/")
    with door, pytest.raises(PullError, match="the connection broke"):
        drop({**sftp.way, "folder": folder, "glob": "observations.csv"})
    thread.join()
    assert not (tmp_path / "kept").exists()


@pytest.fixture(scope="module", params=["nginx", "python"])
def web(request: Any, start: Start, files: dict[str, bytes], tmp_path_factory: Any) -> tuple[str, Path]:
    """The address of a folder with an index, and where it lies."""
    folder, port = tmp_path_factory.mktemp("web"), free_port()
    (folder / "drop" / "out").mkdir(parents=True)
    folder.chmod(0o755)
    for name, body in files.items():
        (folder / "drop" / "out" / name).write_bytes(body)
    if request.param == "nginx":
        if os.geteuid() == 0:  # its workers then run as nobody, who must be let in
            for one in [folder, *folder.parents][:3]:
                one.chmod(0o755)
        (folder / "conf").write_text(NGINX.format(folder=folder, port=port, drop=folder / "drop"), encoding="ascii")
        start(["nginx", "-p", str(folder), "-c", str(folder / "conf")], lambda: answers(port))
    else:
        command = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1", "-d", str(folder / "drop")]
        start(command, lambda: answers(port))
    return f"http://127.0.0.1:{port}/out/", folder / "drop" / "out"


@pytest.mark.parametrize(("options", "expected"), CASES)
def test_a_web_folder_gives_every_row(drop: Drop, web: tuple[str, Path], options: Way, expected: Any) -> None:
    check_rows(drop({"folder": web[0], **options}), expected())


def test_the_index_of_a_web_folder_names_its_files(drop: Drop, web: tuple[str, Path]) -> None:
    snapshot, receipt = drop({"folder": web[0], "glob": "assets*.csv"})
    assert receipt.received == 4_500
    assert drop({"folder": web[0], "glob": "assets*.csv"}, memory=snapshot.memory)[0].unchanged


def test_source_fault_34_a_file_that_grows_on_a_web_server_is_pending(drop: Drop, web: tuple[str, Path]) -> None:
    path = web[1] / "growing.csv"
    path.write_bytes(b"id\n1\n")
    with path.open("ab") as file, pytest.raises(PendingError, match="still being written"):
        drop({"folder": web[0], "glob": "grow*.csv"}, lambda: os.write(file.fileno(), b"2\n"))


@pytest.fixture(scope="module")
def bucket(start: Start, files: dict[str, bytes]) -> Way:
    moto = os.environ.get("PEER_MOTO") or shutil.which("moto_server")
    if moto is None:
        absent("moto_server is not installed; `nox -s peers` installs it")
    port = free_port()
    start([str(moto), "-H", "127.0.0.1", "-p", str(port)], lambda: answers(port))
    endpoint = f"http://127.0.0.1:{port}"
    asyncio.run(fill(endpoint, {f"drop/out/{name}": body for name, body in files.items()}))
    auth = {"basic": {"user": "testing", "password": "testing"}}
    return {"folder": "s3://drop/out", "endpoint": endpoint, "auth": auth}


async def fill(endpoint: str, objects: Mapping[str, bytes]) -> None:
    s3fs = pytest.importorskip("s3fs", reason="the extra lamppost[s3] is not installed")
    files = s3fs.S3FileSystem(
        key="testing", secret="testing", endpoint_url=endpoint, asynchronous=True, skip_instance_cache=True,
        client_kwargs={"region_name": "us-east-1"},
    )  # fmt: skip
    session = await files.set_session()
    await session.create_bucket(Bucket="drop")
    for path, body in objects.items():
        await files._pipe_file(path, body)
    await session.close()


@pytest.mark.parametrize(("options", "expected"), CASES)
def test_a_bucket_gives_every_row(drop: Drop, bucket: Way, options: Way, expected: Any) -> None:
    check_rows(drop({**bucket, **options}), expected())


def test_source_fault_34_an_object_that_is_replaced_is_pending(drop: Drop, bucket: Way) -> None:
    asyncio.run(put(bucket["endpoint"], b"id\n1\n"))
    with pytest.raises(PendingError, match="still being written"):
        drop({**bucket, "glob": "again.csv"}, lambda: asyncio.run(put(bucket["endpoint"], b"id\n2\n")))


async def put(endpoint: str, body: bytes) -> None:
    s3fs = pytest.importorskip("s3fs")
    files = s3fs.S3FileSystem(
        key="testing", secret="testing", endpoint_url=endpoint, asynchronous=True, skip_instance_cache=True,
        client_kwargs={"region_name": "us-east-1"},
    )  # fmt: skip
    session = await files.set_session()
    await files._pipe_file("drop/out/again.csv", body)
    await session.close()
