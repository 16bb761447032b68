from collections.abc import Mapping
from dataclasses import replace

import yaml

from lamppost.model import Mantra
from lamppost.render.context import SiteContext
from lamppost.render.home import render_home

from .small_plan import make_plan_context, without_figures

FRONT = {
    "kind": "home",
    "lead": "What the city <promised>.",
    "novel": [
        {
            "image": "novel/1.svg",
            "alt": "A lamp.",
            "caption": "It used {{ power }} kW.",
            "transcript": "A lamp used {{ power }}.",
        },
        {"image": "novel/2.svg", "alt": "A stop.", "caption": "Somebody *waits*.", "transcript": ""},
    ],
}


def home(context: SiteContext, front: Mapping[str, object] = FRONT, body: str = "") -> str:
    return render_home(context, front, body).replace("\N{NO-BREAK SPACE}", " ")


def test_the_page_opens_with_the_mantra_under_its_own_template() -> None:
    text = home(make_plan_context())
    assert yaml.safe_load(text.split("---\n")[1])["template"] == "home.html"
    assert text.index('<h1 class="hero__mantra">Light for all</h1>') < text.index("What the city &lt;promised&gt;.")


def test_a_mantra_that_nobody_adopted_says_so() -> None:
    context = make_plan_context()
    ours = replace(context, city=replace(context.city, mantra=Mantra("See for yourself", illustrative=True)))
    assert "This sentence is ours" in home(ours)
    assert "This sentence is ours" not in home(context)


def test_each_focus_area_shows_one_number_with_its_figure() -> None:
    text = home(make_plan_context())
    assert '<a href="plan/areas/streets.html">Streets</a>' in text
    assert '<data class="figure" data-figure="power" data-version="2" value="1202.5">1,202.5</data></a>' in text
    assert text.count("No number yet.") == 1


def test_a_caption_quotes_figures_and_is_otherwise_plain_text() -> None:
    text = home(make_plan_context())
    assert 'It used <a class="figure-link" href="figures/power.html">' in text
    assert "Somebody *waits*." in text


def test_a_figure_without_a_value_yet_leaves_no_hole() -> None:
    text = home(without_figures(make_plan_context()))
    assert "It used (no value yet) kW." in text
    assert "{{" not in text


def test_each_action_is_a_lamp_that_says_its_status_in_words() -> None:
    text = home(make_plan_context())
    assert '<span class="visually-hidden">1.1 Light every stop: Late</span>' in text
    assert text.count('class="street__item ') == 3


def test_the_newest_changes_and_all_datasets_are_one_step_away() -> None:
    text = home(make_plan_context())
    assert '<a href="plan/1.1-stops.html">1.1 Light every stop</a>' in text
    assert '<a href="datasets/lights.html">Street lights</a>' in text
    assert 'href="changes.html"' in text


def test_datasets_first_published_on_one_day_are_one_line() -> None:
    context = make_plan_context(simulated=True)
    lights = replace(context.changes[1], is_first=True)
    trees = replace(lights, title="Trees", href="datasets/trees.md", simulated=False)
    text = home(replace(context, changes=(context.changes[0], lights, trees)))
    assert '<a href="changes.html">2 datasets published for the first time</a>' in text
    assert "Street lights; Trees." in text
    assert "38 rows added" not in text
    assert "38 rows added" in home(replace(context, changes=(context.changes[0], lights)))


def test_statuses_that_rest_on_examples_say_so() -> None:
    assert "on dates and stages that are examples" in home(make_plan_context())


def test_simulated_numbers_are_marked_each_and_at_the_top() -> None:
    text = home(make_plan_context(simulated=True))
    assert yaml.safe_load(text.split("---\n")[1])["simulated"] is True
    assert text.count('class="figure figure--simulated"') == 3
    assert text.count("(simulated data)") == 2
    assert "simulated" not in home(make_plan_context())


def test_a_city_with_nothing_but_a_name_has_a_home_page() -> None:
    empty = SiteContext(make_plan_context().city, make_plan_context().today)
    assert "Nothing has changed yet." in home(empty, {}, "")


def test_what_the_city_wrote_itself_stands_last() -> None:
    assert home(make_plan_context(), FRONT, "# Title\n\n## Why\n\nBecause.").endswith("## Why\n\nBecause.\n")
