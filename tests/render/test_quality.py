import re
from dataclasses import replace

import pytest

from lamppost.model import Counts, Issue, Receipt, Report, Sample
from lamppost.render.dataset import render_dataset
from lamppost.render.quality import (
    Problem,
    describe_identity,
    describe_receipt,
    describe_report,
    describe_sample,
    list_checks,
    list_problems,
    mark_code,
)

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


def test_a_sample_says_where_it_is_and_a_value_only_where_it_was_kept() -> None:
    assert describe_sample(Sample(12, "phone", None, "too long")) == ("row 12", "", "too long")
    assert describe_sample(Sample(12, "watts_w", "-3")) == ("row 12", "-3", "")
    assert describe_sample(Sample(12, "watts_w", "", "", "Lights!C14")) == ("Lights!C14", "(empty)", "")
    assert describe_sample(Sample(None, "kind", "park", "9 rows before")) == ("", "park", "9 rows before")


def problem(issue: Issue, site: Site) -> Problem:
    return list_problems(replace(site.history[0].tables[0], incoming=Report(9, (issue,))))[0]


def test_a_fault_is_headed_by_the_title_of_its_field_and_shows_no_empty_column(site: Site) -> None:
    sample = Sample(7, "watts_w", None, "expected at least 0", "line 8")
    issue = Issue("constraint-error", "field watts_w", "Power (`watts_w`): …", count=7, samples=(sample,))
    told = problem(issue, site)
    assert told.title == "Power: against its rules"
    assert plain(told.number) == "7 cells, held back; 1 of 7 are shown"
    assert (told.heads, told.samples) == (("Where", "About it"), (("line 8", "expected at least 0"),))


def test_what_the_message_says_of_all_is_not_repeated_for_each(site: Site) -> None:
    samples = tuple(Sample(row, "watts_w", "-3", "expected at least 0", f"line {row}") for row in (2, 3))
    issue = Issue(
        "constraint-error", "field watts_w", "Power: found '-3', expected at least 0", count=2, samples=samples
    )
    assert problem(issue, site).samples == (("line 2", "-3"), ("line 3", "-3"))


def test_a_warning_says_that_it_was_published(site: Site) -> None:
    told = problem(Issue("size-swing", "lights/lights", "…", "warning"), site)
    assert (told.title, plain(told.number), told.samples) == (
        "lights/lights: size swing",
        "1 row, warning, published",
        (),
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("`a` is <b>", "<code>a</code> is &lt;b&gt;"),
        ("found '`' here", "found &#39;`&#39; here"),
        ("`<i>`\x07", "<code>&lt;i&gt;</code>\u2407"),
    ],
)
def test_names_are_shown_as_code_and_nothing_of_a_source_becomes_html(text: str, shown: str) -> None:
    assert mark_code(text) == shown


def test_the_page_leads_to_the_reports_as_json(site: Site) -> None:
    tables = {"lights": {"report": "objects/a.json", "incoming": "objects/b.json"}}
    head = replace(site.history[0], seq=99, descriptor={"lamppost": {"tables": tables}})
    text = render_dataset(site.context, site.dataset, [head])
    assert '<a href="../data/lights/objects/b.json">of the rows that came in</a>' in text
    assert '<a href="../assets/report.schema.json">what its words mean</a>' in text


def test_every_fault_has_a_heading_below_that_of_the_section_and_its_table_a_caption(site: Site) -> None:
    text = render_dataset(site.context, site.dataset, site.history)
    section = text[text.index("## Checks") : text.index("## What changed")]
    assert re.findall(r"<h(\d)>", section) == ["3"]
    assert section.count("<caption>") == section.count("<table>") == 1
    assert section.count('<th scope="col">') == section.count("<th") - section.count("<thead")


def test_a_first_version_starts_from_nothing() -> None:
    counts = Counts(read=3, accepted=3, added=3, settled=3, published=3)
    assert plain(describe_identity(counts).sentence).endswith(
        "3 published = 0 before + 3 new \N{MINUS SIGN} 0 removed."
    )
