from dataclasses import replace

from lamppost.model import Counts, Issue, Receipt, Report, Sample
from lamppost.render.quality import describe_identity, describe_receipt, describe_report, describe_sample, list_checks

from .small_site import COUNTS, RECEIPT, Site


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


def test_the_receipt_sets_what_was_declared_against_what_came() -> None:
    check = describe_receipt(RECEIPT)
    assert check.tone == "good"
    assert plain(check.sentence).startswith(
        "The source declared 2,600 records (@iot.count); 2,600 came in 6 pages (1.2 MB)."
    )


def test_a_pull_that_could_not_be_proven_is_not_called_complete() -> None:
    receipt = Receipt("x", "files", 5, None, verdict="unproven", reason="The source declares no count.")
    check = describe_receipt(receipt)
    assert (check.tone, check.name) == ("fair", "Completeness could not be proven")
    assert plain(check.sentence) == "5 records came. The source declares no count."


def test_every_row_is_accounted_for_in_sums() -> None:
    assert plain(describe_identity(COUNTS).sentence) == (
        "2,600 rows read = 2,588 accepted + 12 held back. 2,588 accepted = 38 new + 120 changed + 2,430 unchanged. "
        "2,588 published = 2,550 before + 38 new \N{MINUS SIGN} 0 removed."
    )


def test_sums_that_do_not_add_up_are_said_to() -> None:
    assert describe_identity(replace(COUNTS, read=2601)).tone == "bad"


def test_rows_held_back_are_counted_with_the_number_of_reasons(site: Site) -> None:
    checks = {one.name: plain(one.sentence) for one in list_checks(site.history[0].tables[0])}
    assert checks["Some rows were held back"].startswith("12 rows were held back for 1 reason, listed below.")


def test_a_derived_table_names_what_it_was_computed_from(site: Site) -> None:
    table = replace(site.history[0].tables[0], receipt=None, inputs={"meters": 4, "lights": 2})
    assert "computed from lights version 2, meters version 4." in list_checks(table)[0].sentence


def test_an_invalid_file_is_called_invalid() -> None:
    assert describe_report(Report(3, (Issue("type-error", "x", "y", count=2),))).tone == "bad"


def test_a_value_that_was_not_kept_is_not_shown() -> None:
    assert describe_sample(Sample(12, "phone", None, "too long")) == "row 12, column phone (too long)"
    assert describe_sample(Sample(12, "watts_w", "-3")) == "row 12, column watts_w: -3"


def test_a_first_version_starts_from_nothing() -> None:
    counts = Counts(read=3, accepted=3, added=3, settled=3, published=3)
    assert plain(describe_identity(counts).sentence).endswith(
        "3 published = 0 before + 3 new \N{MINUS SIGN} 0 removed."
    )
