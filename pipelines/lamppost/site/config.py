"""What MkDocs is told about our theme: one value that the build writes into build/mkdocs.yml."""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from lamppost.model import City

THEME = Path(__file__).parent / "theme"

LICENCES = {
    "CC0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
    "CC-BY-4.0": "https://creativecommons.org/licenses/by/4.0/",
    "CC-BY-SA-4.0": "https://creativecommons.org/licenses/by-sa/4.0/",
    "ODbL-1.0": "https://opendatacommons.org/licenses/odbl/1-0/",
    "PDDL-1.0": "https://opendatacommons.org/licenses/pddl/1-0/",
}

STYLES = ("assets/lamppost.css", "assets/frame.css", "assets/parts.css", "assets/data.css", "assets/pages.css")
SCRIPTS = ("assets/status.js", "assets/freshness.js", "assets/filter.js", "assets/copy.js")
EXTENSIONS: Mapping[str, Mapping[str, Any]] = {
    "lamppost.site.markdown": {},
    "admonition": {},
    "attr_list": {},
    "footnotes": {},
    "md_in_html": {},
    "tables": {},
    "toc": {"permalink": False},
    "pymdownx.details": {},
    "pymdownx.highlight": {"guess_lang": False},
    "pymdownx.superfences": {},
}
SECTIONS = {
    "Plan": "plan/index.md",
    "Data": "datasets/index.md",
    "Figures": "figures/index.md",
    "Changes": "changes.md",
    "Stories": "stories/index.md",
    "About": "about/index.md",
}
"""The header's sections, where the city names none: those whose page exists."""
FOOTER = {
    "How this site works": "about/how-this-works.md",
    "How a status is computed": "about/method.md",
    "Accessibility": "about/accessibility.md",
    "Privacy": "about/privacy.md",
    "What changed": "changes.md",
    "For machines": "catalogue.md",
}


def theme_config(city: City, paths: Collection[str] = ()) -> dict[str, Any]:
    """Everything of mkdocs.yml that the look depends on; lists that the city wrote itself come after ours.

    `paths`: the pages of the site, so that header and footer name only what exists. The folder `lamppost/assets` must
    be copied to `assets/` in the docs tree; the templates themselves name `early.js`, `frame.js` and `print.css`.
    """
    return {
        "use_directory_urls": False,
        "theme": {
            "name": "material",
            "custom_dir": str(THEME),
            "font": False,
            "language": city.languages[0] if city.languages else "en",
            "favicon": "assets/favicon.svg",
        },
        "plugins": {"search": {}},
        "nav": city.config.get("nav") or _sections(paths),
        "not_in_nav": "*",
        "extra_css": [*STYLES, *city.config.get("extra_css", ())],
        "extra_javascript": [*SCRIPTS, *city.config.get("extra_javascript", ())],
        "markdown_extensions": {name: dict(options) for name, options in EXTENSIONS.items()},
        "extra": {"generator": False, "lamppost": _site(city, paths)},
    }


def _sections(paths: Collection[str]) -> list[dict[str, str]]:
    home = {"Home": "index.md"} if "index.md" in paths else {}
    return [{title: path} for title, path in {**home, **SECTIONS}.items() if path in paths]


def _site(city: City, paths: Collection[str]) -> dict[str, Any]:
    """What the templates of our theme say about the site."""
    return {
        "tagline": "Open data and the plan",
        "notice": city.notice,
        "publisher": city.publisher,
        "contact": city.contact,
        "licence": city.licence,
        "licence_url": LICENCES.get(city.licence, ""),
        "edit_base": f"{city.repo_url.rstrip('/')}/edit/main/" if city.repo_url else "",
        "footer": [
            {"title": title, "href": f"{path.removesuffix('.md')}.html"}
            for title, path in FOOTER.items()
            if path in paths
        ],
    }
