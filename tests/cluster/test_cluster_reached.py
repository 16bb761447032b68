"""A cluster that cannot be reached, or would do the work in another way, is refused in one line before any work."""

import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from lamppost import __version__
from lamppost.errors import LamppostError
from lamppost.run.cluster import describe, open_cluster, require_same
from tests.benchmarks.scale import make_city, write_days
from tests.cluster.conftest import Start
from tests.cluster.machines import BARE, Machines, start_machines


def lamppost(root: Path, *options: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "lamppost.cli", "--city", str(root), "run", "air", *options]
    return subprocess.run(command, capture_output=True, text=True, env={**BARE, **(env or {})}, check=False)


def refused(address: str) -> str:
    with pytest.raises(LamppostError) as caught, open_cluster(address):
        pass
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.fixture
def city(tmp_path: Path) -> Path:
    """12 MB in 12 days: enough to be divided."""
    root = tmp_path / "city"
    write_days(make_city(root) / "1.csv", 12, 10_000)
    return root


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """70 MB of long rows in 12 days: so much that it is not held at once."""
    root = tmp_path / "city"
    path = make_city(root) / "1.csv"
    write_days(path, 12, 5_000)
    path.write_text(path.read_text(encoding="utf-8").replace("calibrated", "calibrated " * 130), encoding="utf-8")
    return root


def objects(root: Path) -> dict[str, str]:
    store = root / "store"
    return {
        path.relative_to(store).as_posix(): sha256(path.read_bytes()).hexdigest()
        for path in store.rglob("*")
        if path.is_file() and "runs" not in path.parts
    }


def test_the_whole_program_leaves_the_same_store_with_a_cluster_and_without(pair: Machines, large: Path) -> None:
    done = lamppost(large, "--cluster", pair.address)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    with_cluster = objects(large)
    shutil.rmtree(large / "store")
    assert lamppost(large).returncode == 0
    assert objects(large) == with_cluster
    assert len(with_cluster) > 24


def test_a_scheduler_that_is_not_there_is_one_line(city: Path) -> None:
    done = lamppost(city, "--cluster", "tcp://127.0.0.1:9")
    assert done.returncode == 1
    assert done.stderr.startswith("Error: tcp://127.0.0.1:9: no scheduler answers; expected one within 5 s")
    assert done.stderr.count("\n") == 1
    assert not (city / "store").exists()


@pytest.mark.parametrize("address", ["127.0.0.1:8786", "http://127.0.0.1:8786", "tcp://127.0.0.1", "tcp://:8786"])
def test_an_address_of_another_kind_is_misuse(tmp_path: Path, address: str) -> None:
    done = lamppost(tmp_path, "--cluster", address)
    assert done.returncode == 2
    assert "expected tcp://HOST:PORT" in done.stderr


def test_a_scheduler_without_a_worker_is_refused(start: Start) -> None:
    machines = start(0)
    assert refused(machines.address).startswith(f"{machines.address}: has no worker; expected one within 5 s")


@pytest.mark.parametrize("name", ["lamppost", "pyarrow", "frictionless"])
def test_a_worker_with_another_version_is_refused(start: Start, tmp_path: Path, name: str) -> None:
    other = tmp_path / "other" / f"{name}-0.0.9.dist-info"
    other.mkdir(parents=True)
    (other / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 0.0.9\n", encoding="utf-8")
    machines = start(0)
    machines.add_worker(env={"PYTHONPATH": str(other.parent)})
    machines.await_workers()
    told = refused(machines.address)
    assert f": has {name} 0.0.9; expected {name} {describe()[name]}, as where the run was started" in told


def test_a_worker_without_lamppost_or_with_another_python_is_refused() -> None:
    ours = describe()
    require_same("worker", ours, ours)
    theirs = {**ours, "lamppost": None, "Python": "3.9"}
    with pytest.raises(LamppostError, match=rf"has lamppost \(none\), Python 3.9; expected lamppost {__version__}, "):
        require_same("worker", theirs, ours)


def test_a_worker_of_many_threads_is_refused(start: Start) -> None:
    machines = start(0)
    machines.add_worker(threads=3)
    machines.await_workers()
    assert "is a worker of 3 threads; expected 1" in refused(machines.address)


def write_certificate(folder: Path) -> dict[str, str]:
    """One certificate for all machines, signed by itself; gives the settings with which Dask uses it."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "lamppost")])
    places = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, now - timedelta(days=1), now + timedelta(days=1))
    made = made.add_extension(places, critical=False)
    made = made.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    private = (serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "key.pem").write_bytes(key.private_bytes(serialization.Encoding.PEM, *private))
    certificate = made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    (folder / "cert.pem").write_bytes(certificate)
    start = "DASK_DISTRIBUTED__COMM__"
    env = {f"{start}TLS__CA_FILE": str(folder / "cert.pem"), f"{start}REQUIRE_ENCRYPTION": "true"}
    for role in ("CLIENT", "SCHEDULER", "WORKER"):
        env |= {
            f"{start}TLS__{role}__CERT": str(folder / "cert.pem"),
            f"{start}TLS__{role}__KEY": str(folder / "key.pem"),
        }
    return env


def test_an_encrypted_cluster_is_reached_with_the_settings_of_dask(tmp_path: Path, city: Path) -> None:
    env, folder = write_certificate(tmp_path), tmp_path / "machines"
    folder.mkdir()
    with start_machines(folder, 1, env, protocol="tls") as machines:
        assert machines.address.startswith("tls://")
        done = lamppost(city, "--cluster", machines.address, env=env)
        assert (done.returncode, done.stderr) == (0, "")
        without = lamppost(city, "--cluster", machines.address)
    assert without.returncode == 1
    assert without.stderr.count("\n") == 1
    assert without.stderr.startswith(f"Error: {machines.address}: TLS expects")
