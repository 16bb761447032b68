"""A whole city whose store is a bucket: the same bytes as in a folder, and a site that verifies."""

import shutil
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from lamppost.build import build_site
from lamppost.cli import main
from lamppost.load import load_city
from lamppost.model import City, Dates
from lamppost.outside import date_run, open_city_store
from lamppost.pull import Transport
from lamppost.run import Setting, run
from lamppost.starter import new_city
from lamppost.store import Store, open_store
from lamppost.verify import verify
from tests.store.bucket import BucketServer
from tests.store.conftest import server  # noqa: F401  the fixture


@pytest.fixture
def address(server: BucketServer, monkeypatch: pytest.MonkeyPatch) -> str:  # noqa: F811
    for name, value in server.environ.items():
        monkeypatch.setenv(name, value)
    return f"s3://{server.make_bucket()}/riverton"


def place_store(root: Path, store: str) -> City:
    """The city in that folder, with its store somewhere else."""
    path = root / "mkdocs.yml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("    format: 1\n", f"    format: 1\n    store: {store}\n", 1), encoding="utf-8")
    return load_city(root)


def publish(city: City) -> Store:
    """Run on one day, twice: the second time there is nothing to do."""
    store, dates = open_city_store(city), noon(city)
    for names in ((), ("street-trees",)):
        record = run(Setting(city, store, dates, {}, Transport()), names)
        assert {one.verdict for one in record.outcomes.values()} <= {"published", "unchanged"}, record
    return store


def noon(city: City) -> Dates:

    return date_run(city, datetime(2026, 11, 22))  # noqa: DTZ001  a day


def contents(store: Store) -> dict[str, bytes]:
    return {key: store.read_key(key) for key in store.listing() if not key.startswith("runs/")}


def test_a_bucket_holds_the_bytes_of_a_folder_and_its_site_verifies(address: str, tmp_path: Path) -> None:
    new_city(tmp_path / "near", "Riverton")
    shutil.copytree(tmp_path / "near", tmp_path / "far")
    near, far = load_city(tmp_path / "near"), place_store(tmp_path / "far", address)
    kept = publish(far)
    assert contents(kept) == contents(publish(near))
    assert not (far.root / "store").exists()
    build_site(far, noon(far))
    assert verify(far.root / "site") == ()
    assert open_store(address).heads() == kept.heads()
    for words in (("verify", address), ("gc",), ("status",)):
        done = CliRunner().invoke(main, ["--city", str(far.root), *words])
        assert done.exit_code == 0, done.output
