"""One built site for the whole folder: a build takes seconds, and every gate reads the same bytes."""

import shutil
from datetime import timedelta

import pytest

from .big_city import DAY, ROWS, BigCity, make_city


@pytest.fixture(scope="package")
def built(tmp_path_factory: pytest.TempPathFactory) -> BigCity:
    city = make_city(tmp_path_factory.mktemp("catalogue") / "city")
    city.run()
    city.build()
    return city


@pytest.fixture(scope="package")
def later(built: BigCity, tmp_path_factory: pytest.TempPathFactory) -> BigCity:
    """The same city a day on: one dataset has new rows, one a better title, one is taken back."""
    city = BigCity(tmp_path_factory.mktemp("later") / "city")
    shutil.copytree(built.root, city.root, ignore=shutil.ignore_patterns("build", "site"))
    for name, old, new in (
        ("benches-7", "title: 'Benches 7'", "title: Benches of the park"),
        ("benches-9", "accrualPeriodicity", "listed: false\nreason: They are gone.\naccrualPeriodicity"),
    ):
        path = f"datasets/{name}/dataset.yaml"
        city.write(path, (city.root / path).read_text(encoding="utf-8").replace(old, new))
    city.write("datasets/benches-8/data/rows.csv", ROWS.replace("007,3", "007,4"))
    city.run(DAY + timedelta(days=1))
    city.build(DAY + timedelta(days=1))
    return city
