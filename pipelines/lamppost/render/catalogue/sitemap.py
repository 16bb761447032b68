"""`/sitemap.xml` and `/robots.txt`.

A date stands only where one is known: of a dataset its version's, of a figure its record's. A page whose text may move
for other reasons has none, because crawlers stop believing a site whose dates do not mean anything.
"""

from collections.abc import Iterable
from xml.sax.saxutils import escape

from lamppost.model import City
from lamppost.render.context import SiteContext
from lamppost.render.files import join_url
from lamppost.render.page import dataset_path, figure_path

SITEMAP, ROBOTS = "sitemap.xml", "robots.txt"


def render_sitemap(context: SiteContext, paths: Iterable[str]) -> str:
    """Every page once, in the order of addresses; `paths` are those of the docs tree, others than `.md` are skipped."""
    dates = {dataset_path(name): head.date for name, head in context.heads.items()}
    dates |= {figure_path(name): record.date for name, record in context.figures.items()}
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">']
    for path in sorted(one for one in paths if one.endswith(".md")):
        address = escape(join_url(context.city.url, path.removesuffix(".md") + ".html"))
        changed = f"<lastmod>{dates[path]}</lastmod>" if path in dates else ""
        lines.append(f"<url><loc>{address}</loc>{changed}</url>")
    return "\n".join([*lines, "</urlset>", ""])


def render_robots(city: City) -> str:
    """Everything may be read; crawlers ask for this at a host's root only, elsewhere it does no harm."""
    return f"User-agent: *\nAllow: /\nSitemap: {join_url(city.url, SITEMAP)}\n"
