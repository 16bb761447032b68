import os
import re
import subprocess
import sys
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest
import yaml

from lamppost.model import City, Mantra
from lamppost.site.config import SCRIPTS, STYLES, THEME, theme_config
from lamppost.site.harden import audit

ASSETS = Path(str(files("lamppost") / "assets"))
WRITTEN_BY_THE_BUILD = {"assets/status.js"}
CITY = City(
    root=Path(), name="Lampton", url="https://lampton.example/", time_zone="UTC", publisher="City of Lampton",
    contact="data@lampton.example", licence="CC0-1.0", store=Path(), private=None, mantra=Mantra("Light"),
    notice="Not official.",
)  # fmt: skip
GROUNDS = ("paper", "surface", "surface-sunk")
PAIRS = [
    *((one, ground) for one in ("text", "text-muted", "link", "link-hover", "simulated") for ground in GROUNDS),
    *((tone, f"{tone}-soft") for tone in ("good", "fair", "bad", "none", "simulated")),
    *(("text", f"{tone}-soft") for tone in ("good", "fair", "bad", "simulated")),
    ("on-ink", "ink"), ("on-ink", "ink-soft"), ("on-ink-muted", "ink"), ("lamp", "ink"), ("on-lamp", "lamp"),
    ("on-button", "button"), ("on-button", "button-hover"),
]  # fmt: skip


def luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str) -> float:
    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def read_tokens(scheme: int) -> dict[str, str]:
    found = re.findall(
        r"--([a-z0-9-]+): (light-dark\(([^)]*)\)|#[0-9a-f]{6})", (ASSETS / "lamppost.css").read_text(encoding="utf-8")
    )
    return {name: both.split(", ")[scheme] if both else whole for name, whole, both in found}


@pytest.mark.parametrize(("scheme", "name"), [(0, "light"), (1, "dark")])
def test_text_has_enough_contrast_on_every_ground_it_stands_on(scheme: int, name: str) -> None:
    tokens = read_tokens(scheme)
    weak = {pair: round(contrast(tokens[pair[0]], tokens[pair[1]]), 2) for pair in PAIRS}
    assert not {pair: ratio for pair, ratio in weak.items() if ratio < 4.5}, name


@pytest.mark.parametrize(("scheme", "name"), [(0, "light"), (1, "dark")])
def test_lines_and_focus_can_be_seen(scheme: int, name: str) -> None:
    tokens = read_tokens(scheme)
    for part in ("focus", "line-strong", "chart-1", "chart-2", "chart-3"):
        assert contrast(tokens[part], tokens["surface"]) >= 3, (part, name)


def test_every_file_the_theme_names_exists() -> None:
    templates = "".join(path.read_text(encoding="utf-8") for path in THEME.rglob("*.html"))
    named = {*STYLES, *SCRIPTS, *re.findall(r"'(assets/[\w.]+)'", templates)} - WRITTEN_BY_THE_BUILD
    assert {one for one in named if not (ASSETS.parent / one).is_file()} == set()


def test_styles_and_scripts_ask_nobody_else_for_anything() -> None:
    for path in [*ASSETS.glob("*.css"), *ASSETS.glob("*.js")]:
        text = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        assert "//" not in re.sub(r"^\s*//.*$|\s// .*$", "", text, flags=re.MULTILINE), path.name
        assert not re.search(r"@import|url\(|fetch\(|XMLHttpRequest|import ", text), path.name


def test_header_and_footer_name_only_pages_that_exist() -> None:
    settings = theme_config(CITY, {"index.md", "plan/index.md", "about/method.md"})
    assert settings["nav"] == [{"Home": "index.md"}, {"Plan": "plan/index.md"}]
    assert settings["extra"]["lamppost"]["footer"] == [
        {"title": "How a status is computed", "href": "about/method.html"}
    ]


def test_what_the_city_writes_in_mkdocs_yml_stays_and_comes_last() -> None:
    city = replace(CITY, config={"nav": [{"Start": "index.md"}], "extra_css": ["own.css"]})
    settings = theme_config(city, {"index.md", "plan/index.md"})
    assert settings["nav"] == [{"Start": "index.md"}]
    assert settings["extra_css"] == [*STYLES, "own.css"]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("theme")
    home = {"title": "Start", "template": "home.html", "simulated": True}
    page = {
        "title": "Stop & <go>", "description": 'Say "yes"', "eyebrow": "<i>", "layout": "wide",
        "crumbs": [["Plan", "plan/index.md"]], "jsonld": {"@type": "Dataset", "name": "</script>"},
    }  # fmt: skip
    pages = {
        "index.md": f"---\n{yaml.safe_dump(home)}---\n\n<h1>Light</h1>\n",
        "plan/more.md": "# Plan & more\n",
        "plan/index.md": "# Plan\n\n## One\n\n## Two\n\n## Three\n\n```python\nprint(1)\n```\n",
        "plan/1.1.md": f"---\n{yaml.safe_dump(page)}---\n\n# Stop\n\n| a | b |\n|---|---|\n| 1 | 2 |\n",
    }
    for path, text in pages.items():
        (folder / "docs" / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / "docs" / path).write_text(text, encoding="utf-8")
    settings = {"site_name": "Lampton", "site_url": CITY.url, **theme_config(CITY, pages)}
    (folder / "mkdocs.yml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "-f", str(folder / "mkdocs.yml")]
    subprocess.run(command, check=True, env=os.environ | {"NO_MKDOCS_2_WARNING": "1"}, cwd=folder)
    return folder / "site"


def test_no_page_needs_an_exception_in_the_security_policy(built: Path) -> None:
    assert {path.name: audit(path.read_text(encoding="utf-8")) for path in built.rglob("*.html")} == {
        "index.html": [], "1.1.html": [], "more.html": [], "404.html": [],
    }  # fmt: skip


def test_a_page_on_simulated_data_says_so_before_anything_else(built: Path) -> None:
    html = (built / "index.html").read_text(encoding="utf-8")
    assert html.index("<strong>Simulated data.</strong>") < html.index("<h1>")
    assert "Simulated data" not in (built / "plan/1.1.html").read_text(encoding="utf-8")


def test_every_page_has_skip_link_notice_licence_and_sections(built: Path) -> None:
    for path in built.rglob("*.html"):
        html = path.read_text(encoding="utf-8")
        for part in ('<a class="skip" href="#content">', 'id="content"', "Not official.", 'rel="license"'):
            assert part in html, (path, part)
        assert html.count("<h1") == 1, path


def test_the_section_of_a_page_is_named_current(built: Path) -> None:
    assert 'href="index.html" aria-current="true">Plan<' in (built / "plan/1.1.html").read_text(encoding="utf-8")
    assert re.search(r'href="[^"]*" aria-current="page">Plan<', (built / "plan/index.html").read_text(encoding="utf-8"))


def test_text_of_a_page_cannot_leave_the_place_it_is_put(built: Path) -> None:
    html = (built / "plan/1.1.html").read_text(encoding="utf-8")
    assert '"\\u003c/script\\u003e"' in html
    assert "<title>Stop &amp; · Lampton</title>" in html
    assert 'content="Say &#34;yes&#34;"' in html
    assert '<p class="eyebrow">&lt;i&gt;</p>' in html
    assert "<title>Plan &amp; more · Lampton</title>" in (built / "plan/more.html").read_text(encoding="utf-8")
