import re
from dataclasses import replace
from datetime import date

import pytest
import yaml

from lamppost.model import Issue, Milestone
from lamppost.render.action import view_steps
from lamppost.render.indicator import render_indicator
from lamppost.render.plan import render_plan
from lamppost.render.plan_view import say_why, split_advice

from .small_plan import MILESTONES, make_plan_context

ACTION = "plan/1.1-stops.md"


def front(text: str) -> dict[str, object]:
    head: dict[str, object] = yaml.safe_load(text.split("---\n")[1])
    return head


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


def test_every_part_of_the_plan_has_its_page() -> None:
    assert set(render_plan(make_plan_context())) == {
        "plan/index.md", "plan/1.1-stops.md", "plan/1.2-stops.md", "plan/2.1-stops.md", "plan/s1.md", "plan/s2.md",
        "plan/areas/streets.md", "plan/areas/hall.md", "plan/values/safety.md", "plan/indicators/lit.md",
    }  # fmt: skip


def test_a_city_without_a_plan_has_no_pages_of_one() -> None:
    assert render_plan(replace(make_plan_context(), plan=None)) == {}


def test_an_action_opens_with_the_problem_and_who_has_it() -> None:
    text = render_plan(make_plan_context())[ACTION]
    problem, people, doing = (
        text.index(one) for one in ("wait in the dark", "ride after sunset", "## What is being done")
    )
    assert problem < people < doing


def test_what_is_ours_is_marked_where_it_stands_and_once_more_in_words() -> None:
    text = plain(render_plan(make_plan_context())[ACTION])
    assert 'The problem <span class="illustrative">illustrative</span>' in text
    assert '31 January 2027 <span class="illustrative">' in text
    assert "Not from the city: the problem, the due date." in text


def test_a_status_stands_beside_its_sentence_and_its_rule() -> None:
    text = render_plan(make_plan_context())[ACTION]
    assert '<span class="badge badge--bad">Late</span>' in text
    assert 'Order lamps was due on 1 November 2026. <a href="../about/method.html#delivery">' in text


def test_an_action_without_a_computed_status_says_so() -> None:
    assert '<span class="badge badge--none">No status</span>' in render_plan(make_plan_context())["plan/1.2-stops.md"]


def test_milestones_are_done_late_or_next() -> None:
    steps = view_steps(MILESTONES, date(2026, 11, 22), ACTION)
    assert [one.state for one in steps] == ["done", "late", "next"]
    assert [plain(one.note) for one in steps] == ["13 days after its date, 1 March 2026", "Late by 21 days", ""]


def test_evidence_on_this_site_is_linked_from_the_page() -> None:
    step = Milestone("a", "Count", date(2026, 3, 1), date(2026, 3, 1), "datasets/lights.md")
    assert view_steps([step], date(2026, 11, 22), ACTION)[0].evidence == "../datasets/lights.html"
    assert 'Evidence: <a href="../datasets/lights.html">Street lights</a>' in render_plan(make_plan_context())[ACTION]


def test_dependencies_are_named_in_both_directions() -> None:
    pages = render_plan(make_plan_context())
    assert "It holds up" in pages[ACTION]
    assert 'href="1.2-stops.html">1.2 Ask at the stops' in pages[ACTION]
    assert "It waits for" in pages["plan/1.2-stops.md"]


def test_a_warning_of_the_checks_stands_on_the_overview_and_on_its_action() -> None:
    issue = Issue("order", "docs/plan/1.2-stops.md:4 depends_on", "1.2 starts before 1.1.", "warning")
    pages = render_plan(replace(make_plan_context(), warnings=(issue,)))
    found = sorted(path for path, text in pages.items() if "1.2 starts before 1.1." in text)
    assert found == ["plan/1.2-stops.md", "plan/index.md"]


def test_an_indicator_brings_its_chart_its_table_and_its_source() -> None:
    text = plain(render_plan(make_plan_context())[ACTION])
    assert "<svg><title>Lit stops</title></svg>" in text
    assert "Newest value: 25.5 stops on 31 October 2026." in text
    assert '<td class="num">20</td>' in text
    assert '<a href="../data/lights/lights.csv" download>' in text


def test_what_rests_on_simulated_data_says_so_at_the_top_and_at_each_number() -> None:
    text = render_plan(make_plan_context(simulated=True))[ACTION]
    assert front(text)["simulated"] is True
    assert text.count('<span class="simulated">simulated data</span>') >= 3
    assert "../data/lights/lights.simulated.csv" in text


def test_real_data_are_not_called_simulated() -> None:
    assert not [path for path, text in render_plan(make_plan_context()).items() if "simulated" in text]


def test_an_area_is_simulated_when_only_its_number_is() -> None:
    context = make_plan_context()
    made_up = {"power": replace(context.figures["power"], simulated=True)}
    assert front(render_plan(replace(context, figures=made_up))["plan/areas/streets.md"])["simulated"] is True


def test_the_overview_counts_statuses_and_averages_nothing() -> None:
    text = render_plan(make_plan_context())["plan/index.md"]
    counts = re.findall(r'counts__number">(\d+)</span> <span class="badge badge--\w+">([^<]+)', text)
    assert counts == [("1", "Late"), ("1", "No status"), ("1", "Stopped"), ("1", "Behind")]
    assert "statuses are counted and never averaged" in text


def test_the_matrix_has_each_action_once() -> None:
    matrix = re.search(
        r'<table class="table__grid matrix stacks" role="table">.*?</table>',
        render_plan(make_plan_context())["plan/index.md"],
        re.DOTALL,
    )
    assert matrix is not None
    assert re.findall(r'matrix__id">([\d.]+)<', matrix.group()) == ["1.1", "1.2", "2.1"]


def test_what_was_and_what_is_stands_on_the_action() -> None:
    assert "Due: 31 December 2026 → 31 January 2027" in render_plan(make_plan_context())[ACTION]


def test_a_title_of_the_city_is_text_and_never_markup() -> None:
    pages = render_plan(make_plan_context())
    assert "# 2.1 Pay &lt;b&gt;less&lt;/b&gt; &amp; more\n" in pages["plan/2.1-stops.md"]
    assert "2.1 Pay &lt;b&gt;less&lt;/b&gt; &amp; more" in pages["plan/index.md"]
    bodies = {path: text.split("---\n", 2)[2] for path, text in pages.items()}
    assert not [path for path, text in bodies.items() if re.search(r"(?<!\\)<b>", text)]


def test_every_html_block_closes_before_the_empty_line_that_ends_it() -> None:
    for text in render_plan(make_plan_context()).values():
        blocks = [one for one in text.split("\n\n") if one.startswith("<")]
        assert blocks
        for block in blocks:
            assert all(
                block.count(f"<{tag}") == block.count(f"</{tag}>") for tag in ("div", "section", "ol", "ul", "dl")
            )


def test_no_page_holds_a_style_attribute_or_a_script() -> None:
    assert not [
        path for path, text in render_plan(make_plan_context()).items() if " style=" in text or "<script" in text
    ]


def test_the_citys_own_words_come_below_without_a_second_title() -> None:
    text = render_plan(make_plan_context())[ACTION]
    assert text.count("\n# ") == 1
    assert "It uses {{ power }} kW." in text


def test_the_same_plan_gives_the_same_pages() -> None:
    assert render_plan(make_plan_context()) == render_plan(make_plan_context())


def test_a_status_from_example_dates_is_marked_in_every_list() -> None:
    pages = render_plan(make_plan_context())
    mark = '<span class="illustrative">illustrative</span>'
    assert f'<span class="badge badge--bad">Late</span> {mark}' in pages["plan/index.md"]
    assert f'<span class="badge badge--bad">Late</span> {mark}' in pages["plan/1.2-stops.md"]
    assert "They say nothing about the city" in pages["plan/s1.md"]
    assert "examples" not in pages["plan/s2.md"]


def test_what_is_late_or_off_course_comes_before_what_goes_well() -> None:
    text = render_plan(make_plan_context())["plan/index.md"]
    late = text.index("Late, paused or stopped")
    assert late < text.index("## What is measured") < text.index("## All actions, by strategy and focus area")
    assert "Order lamps was due on 1 November 2026." in text[late:]


def test_a_sentence_does_not_repeat_the_word_that_stands_before_it() -> None:
    assert say_why("On pace because 48% is done.", "On pace") == "48% is done."
    assert say_why("Paused: no bids came; 0 of 1.", "Paused") == "No bids came; 0 of 1."
    assert say_why("Something else.", "Late") == "Something else."


def test_a_warning_is_told_as_a_finding_and_its_mend() -> None:
    assert split_advice("2.1 is missing; expected no gap; add it") == ("2.1 is missing.", "Expected: no gap; add it.")
    assert split_advice("2.1 is missing.") == ("2.1 is missing.", "")


def test_a_plan_whose_years_are_over_does_not_run() -> None:
    context = make_plan_context()
    assert context.plan
    over = replace(context, plan=replace(context.plan, ends="2023-02"))
    assert "<dt>Ran until</dt>" in render_plan(over)["plan/index.md"]
    assert "<dt>Runs until</dt>" in render_plan(context)["plan/index.md"]


def test_an_indicator_lists_its_actions_by_titles_that_are_text() -> None:
    context = make_plan_context()
    plan = context.plan
    assert plan is not None
    indicator = replace(next(iter(plan.indicators.values())), path="plan/i.md")
    action = replace(plan.actions[0], title="Mend <script>", indicators=(indicator.id,))
    assert "Mend &lt;script&gt;](" in render_indicator(indicator, replace(plan, actions=(action,)), context)


@pytest.mark.parametrize("path", ["plan/s1.md", "plan/areas/streets.md", "plan/values/safety.md"])
def test_a_page_that_gathers_actions_tells_what_they_have_in_common(path: str) -> None:
    text = render_plan(make_plan_context())[path]
    for said in ("Led by", "First start and last due date", "Milestones done", "Waits for", "## Problems it takes on"):
        assert said in text
    assert text.index("## Problems it takes on") < text.index("## How we know whether it works")
    assert '<figure class="chart">' in text
