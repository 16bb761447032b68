from lamppost.render.changes import render_changes
from lamppost.render.context import Change

from .small_site import Site

LOG = (
    Change("2026-11-22", "data", "Street lights", "38 rows added.", "datasets/lights.md", simulated=True),
    Change(
        "2026-11-20",
        "plan",
        "1.2 Dashboards",
        "due date: 2026-06-30 → 2027-01-31. Decided by the council.",
        "plan/1.2.md",
    ),
    Change("2026-10-01", "site", "Figures <b>", "", "figures/index.md"),
)


def render(site: Site) -> str:
    return render_changes(site.with_context(changes=LOG).context).replace("\N{NO-BREAK SPACE}", " ")


def test_changes_stand_by_month_newest_first(site: Site) -> None:
    text = render(site)
    assert text.index("November 2026</h2>") < text.index("October 2026</h2>")


def test_a_change_of_the_plan_says_what_was_and_what_is(site: Site) -> None:
    arrow = '<span aria-hidden="true">→</span><span class="visually-hidden">became</span>'
    assert f"due date: 2026-06-30 {arrow} 2027-01-31. Decided by the council." in render(site)


def test_each_kind_can_be_linked_and_needs_no_script(site: Site) -> None:
    text = render(site)
    for kind in ("plan", "data", "site"):
        assert f'<span id="{kind}" class="kind-anchor"></span>' in text
        assert f'<a href="#{kind}">' in text
        assert f'data-kind="{kind}"' in text


def test_every_line_leads_to_its_place(site: Site) -> None:
    assert '<a href="datasets/lights.html">Street lights</a>' in render(site)


def test_titles_are_text(site: Site) -> None:
    assert "Figures &lt;b&gt;" in render(site)


def test_changes_of_simulated_data_are_marked(site: Site) -> None:
    assert render(site).count('<span class="simulated">simulated data</span>') == 1


def test_a_site_on_its_first_day_has_nothing_to_tell(site: Site) -> None:
    assert "Nothing has changed yet." in render_changes(site.context)


def test_feeds_are_linked_where_a_reader_and_where_a_program_looks(site: Site) -> None:
    text = render(site)
    assert '<a href="changes.atom">Atom feed</a>, <a href="changes.feed.json">JSON feed</a>' in text
    assert "- href: changes.atom\n  title: 'Lampton: what changed'\n  type: application/atom+xml" in text
