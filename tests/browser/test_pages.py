"""Every kind of page in a real browser: for everyone, on a phone, in the dark, without script, asking nobody else."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

PAGES = [
    "index.html", "plan/index.html", "plan/2.1-pizza-tracker.html", "plan/s1.html", "plan/areas/streetscape.html",
    "plan/values/transparency.html", "plan/indicators/contract-review-days.html", "datasets/index.html",
    "datasets/air-quality.html", "datasets/streetlights.html", "datasets/plan.html", "figures/index.html",
    "figures/pm25-latest-day.html", "changes.html", "stories/ten-days-to-four.html", "about/how-this-works.html",
    "about/method.html", "404.html",
]  # fmt: skip
LOOKS = [(1280, "light"), (390, "light"), (390, "dark"), (320, "light")]
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def open_page(
    browser: Browser, url: str, width: int = 1280, scheme: str = "light", *, script: bool = True
) -> tuple[Page, list[str]]:
    """The page, and what it complained of or asked elsewhere."""
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme="dark" if scheme == "dark" else "light",
        java_script_enabled=script,
    )  # fmt: skip
    page, faults = context.new_page(), []
    origin = url.partition("/town/")[0]
    page.on("console", lambda said: faults.append(said.text) if said.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("request", lambda asked: None if asked.url.startswith((origin, "data:")) else faults.append(asked.url))
    page.goto(url)
    page.wait_for_load_state("load")
    return page, faults


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_whole_at_every_width_and_in_the_dark(browser: Browser, site: str, path: str) -> None:
    for width, scheme in LOOKS:
        page, faults = open_page(browser, site + path, width, scheme)
        assert not faults, (width, scheme)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, (width, "scrolls sideways")
        assert page.locator("h1").count() == 1
        page.context.close()


@pytest.mark.parametrize("path", PAGES)
def test_on_a_phone_no_table_hides_a_column_except_rows_of_data(browser: Browser, site: str, path: str) -> None:
    page, _ = open_page(browser, site + path, 390)
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    cut = page.eval_on_selector_all(
        ".table:not(.table--small)",
        "all => all.filter(one => one.scrollWidth > one.clientWidth + 1).map(one => one.getAttribute('aria-label'))",
    )
    page.context.close()
    assert cut == []


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_axe_finds_nothing(browser: Browser, site: str, path: str, width: int, scheme: str) -> None:
    page, _ = open_page(browser, site + path, width, scheme)
    found = Axe().run(page, options=RULES).response["violations"]
    said = [f"{one['id']}: {[node['target'] for node in one['nodes']][:3]}" for one in found]
    page.context.close()
    assert said == []


@pytest.mark.parametrize("path", PAGES)
def test_without_script_everything_is_there(browser: Browser, site: str, path: str) -> None:
    page, _ = open_page(browser, site + path, script=False)
    assert page.locator("main").inner_text().strip()
    assert page.locator("nav a").first.is_visible()
    assert "not an official city of west hollywood site" in page.locator("footer").last.inner_text().lower()
    page.context.close()


def test_a_chart_is_drawn_before_any_script_runs(browser: Browser, site: str) -> None:
    page, _ = open_page(browser, site + "datasets/air-quality.html", script=False)
    drawn = page.locator("figure.chart svg:visible")
    assert drawn.count() == 1
    assert "simulated data" in (drawn.first.text_content() or "")
    page.context.close()


def test_the_keyboard_reaches_the_content_first_and_shows_where_it_is(browser: Browser, site: str) -> None:
    page, _ = open_page(browser, site + "index.html")
    page.keyboard.press("Tab")
    skip = page.locator(":focus")
    assert "skip" in skip.inner_text().lower()
    assert skip.evaluate("one => getComputedStyle(one).outlineStyle") != "none"
    page.keyboard.press("Enter")
    assert page.url.endswith("#content")
    page.context.close()


def test_every_internal_link_of_the_site_leads_somewhere(browser: Browser, site: str) -> None:
    context = browser.new_context()
    page, broken = context.new_page(), []
    seen: set[str] = set()
    for path in PAGES[:-1]:
        page.goto(site + path)
        links = page.eval_on_selector_all("a[href]", "all => all.map(one => one.href.split('#')[0])")
        for link in sorted(set(links) - seen):
            seen.add(link)
            if link.startswith(site) and context.request.get(link).status != 200:
                broken.append((path, link.removeprefix(site)))
    context.close()
    assert broken == []


def test_search_finds_a_story(browser: Browser, site: str) -> None:
    page, faults = open_page(browser, site + "index.html")
    page.locator(".search-button").click()
    page.keyboard.type("contract")
    page.wait_for_selector(".md-search-result__item", timeout=10_000)
    assert not faults
    page.context.close()


def test_the_site_opens_from_a_folder(browser: Browser, folder: object) -> None:
    context = browser.new_context()
    page, faults = context.new_page(), []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(f"file://{folder}/index.html")
    page.locator("nav a", has_text="Data").first.click()
    assert page.url.endswith("datasets/index.html")
    assert not faults
    context.close()


def test_a_late_dataset_says_so_by_itself(browser: Browser, site: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.clock.set_fixed_time("2036-01-01T00:00:00Z")
    page.goto(site + "datasets/air-quality.html")
    assert "late" in page.locator("main").inner_text().lower()
    context.close()


@pytest.mark.parametrize(("day", "late"), [("2020-01-01", False), ("2036-01-01", True)])
def test_lateness_follows_the_readers_clock_from_a_folder_too(
    browser: Browser, folder: object, day: str, late: bool
) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.clock.set_fixed_time(f"{day}T00:00:00Z")
    for path in ("datasets/air-quality.html", "datasets/index.html"):
        page.goto(f"file://{folder}/{path}")
        assert page.locator("time[data-due]").count() > 0
        assert (page.locator(".late__mark").count() > 0) is late
    context.close()
