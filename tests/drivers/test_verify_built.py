"""`verify` on a site as `build` makes it: a digit changed by hand is found, whatever else was changed to hide it."""

from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest
from click.testing import CliRunner

from lamppost.cli import main
from lamppost.verify import verify

from .conftest import Town


@pytest.fixture
def site(town: Town) -> Path:
    town.run(date(2026, 11, 22))
    result = CliRunner().invoke(main, ["--city", str(town.root), "build", "--today", "2026-11-22"])
    assert result.exit_code == 0, result.output
    return town.root / "site"


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8", newline="\n")


def test_one_digit_changed_by_hand_in_a_page_is_found_and_only_that(site: Path) -> None:
    assert verify(site) == ()
    edit(site / "datasets" / "wells.html", "8 rows", "9 rows")
    (finding,) = verify(site)
    assert finding.place == "datasets/wells.html"


def test_a_figure_is_found_even_when_the_list_of_checksums_was_changed_with_it(site: Path) -> None:
    page, was = site / "index.html", sha256((site / "index.html").read_bytes()).hexdigest()
    edit(page, ">12.0<", ">13.0<")
    edit(site / "SHA256SUMS", was, sha256(page.read_bytes()).hexdigest())
    (finding,) = verify(site)
    assert (finding.place, "shows 13.0 (value 12.0) for figure deepest-well" in finding.message) == ("index.html", True)
