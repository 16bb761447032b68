"""A version in plain sentences, on pages and in feeds."""

from dataclasses import replace
from typing import Any

from lamppost.model import Diff, Version
from lamppost.render.dataset import render_dataset
from lamppost.render.told import tell_version

from .small_site import Site, make_version


def told(mode: str = "snapshot", change: Diff | None = None, **said: Any) -> list[str]:
    version = make_version(2)
    table = replace(version.tables[0], mode=mode, diff=change or version.tables[0].diff)
    return list(tell_version(replace(version, tables=(table,), **said)))


def page(site: Site, *history: Version, **context: Any) -> str:
    text = render_dataset(site.with_context(**context).context, site.dataset, history)
    return text.replace("\N{NO-BREAK SPACE}", " ")


def test_rows_fields_and_columns_are_said_in_the_words_of_the_page() -> None:
    assert told() == ["38 rows added, 120 rows changed.", "Changed: Power in 120 rows.", "Field lamp_type added."]


def test_a_change_of_what_an_append_only_table_had_published_is_a_revision() -> None:
    assert told("append", Diff(changed=1, fields={"watts_w": 1}, added=2)) == [
        "2 rows added.",
        "Revision: 1 row that was published before changed: Power in 1 row.",
    ]


def test_in_an_upsert_a_changed_row_is_no_revision() -> None:
    assert told("upsert", Diff(changed=1, fields={"watts_w": 1})) == ["1 row changed.", "Changed: Power in 1 row."]


def test_a_version_that_changed_only_words_says_that_no_row_changed() -> None:
    assert told(change=Diff()) == ["No row changed."]


def test_what_a_person_did_comes_first_with_the_reason() -> None:
    sentences = told(rolled_back_to=1, reason="The meter was wrong.")
    assert sentences[:2] == ["Rolled back: the rows of version 1 again.", "Reason: The meter was wrong."]
    assert told(withdrawn=True, reason="Felled", change=Diff()) == [
        "Withdrawn: nothing new will come, and what was published stays.",
        "Reason: Felled.",
    ]


def test_a_first_version_counts_its_rows() -> None:
    assert told(parent=None, change=Diff()) == ["Published for the first time, with 2,588 rows."]


def test_of_many_fields_the_commonest_are_named() -> None:
    fields = {f"f{number}": number for number in range(1, 9)}
    assert told(change=Diff(changed=9, fields=fields))[-1] == (
        "Changed: f8 in 8 rows, f7 in 7 rows, f6 in 6 rows, f5 in 5 rows, f4 in 4 rows, and 3 more columns."
    )


def test_the_page_of_a_withdrawn_dataset_says_since_when_and_why(site: Site) -> None:
    last = replace(make_version(2), withdrawn=True, reason="The city sold its lights.")
    text = page(site, last, make_version(1))
    assert '<strong>Withdrawn on <time datetime="2026-11-22">22 November 2026</time>.</strong> The city sold' in text


def test_the_page_of_a_dataset_that_was_rolled_back_says_so(site: Site) -> None:
    text = page(site, replace(make_version(2), rolled_back_to=1, reason="A wrong list."), make_version(1))
    assert 'Rolled back on <time datetime="2026-11-22">22 November 2026</time></strong> to <a href="#v1">' in text


def test_a_thinned_version_names_the_one_that_answers(site: Site) -> None:
    text = page(site, make_version(2), make_version(1), thinned={"lights": {1: 2}})
    assert 'Thinned: its rows are no longer kept; <a href="#v2">version 2</a> answers for it.' in text
    assert "Description of version 1" in text
    assert "Files of version 2" in text


def test_a_version_leads_to_the_receipt_of_its_pull(site: Site) -> None:
    block = {"lamppost": {"tables": {"lights": {"receipt": "objects/ab.json"}}}, "resources": []}
    text = page(site, replace(make_version(2), descriptor=block))
    assert '<a href="../data/lights/objects/ab.json">receipt of the pull</a>' in text


def test_a_removed_column_leaves_its_name_and_the_reason(site: Site) -> None:
    change = Diff(schema_changes=("field owner removed: it named private people", "field watts_w removed"))
    version = make_version(2)
    text = page(site, replace(version, tables=(replace(version.tables[0], diff=change),)), make_version(1))
    gone = (
        '<li><code>owner</code>, removed by <a href="#v2">version 2</a> of <time datetime="2026-11-22">22 November 2026'
    )
    assert f"{gone}</time>. Reason: it named private people.</li>" in text
    assert "<code>watts_w</code>, removed" not in text  # it came back


def test_a_page_lists_the_newest_versions_and_leads_to_the_others(site: Site) -> None:
    text = page(site, *(make_version(seq) for seq in range(300, 0, -1)))
    assert text.count('<tr id="v') == 250
    assert (
        '50 versions before these: their descriptions begin at <a href="../data/lights/v1.json">version 1</a>' in text
    )
