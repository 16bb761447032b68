from lamppost.render.context import Failure
from lamppost.render.datasets import render_datasets

from .small_site import Site


def test_the_catalogue_shows_rows_version_and_promise(site: Site) -> None:
    text = render_datasets(site.context).replace("\N{NO-BREAK SPACE}", " ")
    assert '<a href="lights.html">Street lights</a>' in text
    assert "2,588 rows" in text
    assert 'Version 2 of <time datetime="2026-11-22" data-due="2026-11-24T08:00:00Z">' in text
    assert "New version promised: every day" in text


def test_a_dataset_is_found_by_its_column_names(site: Site) -> None:
    assert "watts_w power" in render_datasets(site.context)


def test_no_page_claims_to_be_up_to_date_by_the_time_it_is_read(site: Site) -> None:
    assert "badge--good" not in render_datasets(site.context)


def test_a_failing_dataset_stands_out(site: Site) -> None:
    text = render_datasets(site.with_context(failures={"lights": Failure("2026-11-21", "down")}).context)
    assert '<span class="badge badge--bad">Not updated since 21' in text


def test_a_dataset_that_was_never_published_is_listed_all_the_same(site: Site) -> None:
    assert '<span class="badge badge--none">Nothing published yet</span>' in render_datasets(
        site.with_context(heads={}).context
    )


def test_simulated_datasets_are_marked(practice: Site) -> None:
    text = render_datasets(practice.context)
    assert "simulated: true" in text
    assert '<span class="simulated">simulated data</span>' in text


def test_a_city_without_datasets_has_a_catalogue_that_says_so(site: Site) -> None:
    assert "No dataset is declared yet." in render_datasets(site.with_context(datasets={}, heads={}).context)
