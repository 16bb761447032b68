"""`place`: what may hold a store, a folder and a bucket in turn; the bucket's server answers on loopback alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from lamppost.store import Store
from lamppost.store.folder import Folder
from lamppost.store.place import Place
from lamppost.store.s3 import Bucket
from tests.conftest import Lamps
from tests.store.bucket import BucketServer, start_server


@pytest.fixture(scope="session")
def server() -> Iterator[BucketServer]:
    """An S3 server in memory, for the whole session; it lists seven keys at a time, so that every listing goes on."""
    with pytest.MonkeyPatch.context() as patch, start_server() as started:
        patch.setenv("MOTO_S3_DEFAULT_MAX_KEYS", "7")
        yield started


@pytest.fixture
def bucket(server: BucketServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bucket:
    """An empty bucket of its own."""
    for name, value in server.environ.items():
        monkeypatch.setenv(name, value)
    made = Bucket(f"s3://{server.make_bucket()}/city", tmp_path / "cache")
    assert made.names("runs") == ()  # whoever changes the environment now means the next one
    return made


@pytest.fixture(params=["folder", "bucket"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """An empty folder or bucket."""
    if request.param == "folder":
        return Folder(tmp_path / "store")
    made: Bucket = request.getfixturevalue("bucket")
    return made


@pytest.fixture
def any_lamps(place: Place, tmp_path: Path) -> Lamps:
    """The dataset `lamps`, its store in a folder and in a bucket in turn."""
    return Lamps(tmp_path, Store(place))
