"""Driver of the build's catalogue: each standard's file as text, and what can be said only when all files lie there."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from lamppost.model import Version
from lamppost.render import catalogue
from lamppost.render.catalogue import dcat_ap, dcat_us_1, dcat_us_3, llms, sitemap, sums
from lamppost.render.context import SiteContext
from lamppost.render.files import PublishedFile
from lamppost.store import measure

_HASH = 64


def find_entries(
    context: SiteContext, downloads: Mapping[str, Sequence[PublishedFile]], chains: Mapping[str, Sequence[Version]]
) -> tuple[catalogue.Entry, ...]:
    """One entry a dataset, in the catalogue's order."""
    return catalogue.list_entries(context, downloads, chains)


def catalogue_files(context: SiteContext, entries: Sequence[catalogue.Entry]) -> dict[str, str]:
    """Path in the site → text, of every file of the catalogue that is no page."""
    city = context.city
    own = {catalogue.croissant_path(one.name): catalogue.render_croissant(one) for one in entries if one.is_public}
    return {
        dcat_us_1.PATH: catalogue.render_dcat_us_1(city, entries),
        dcat_us_3.PATH: catalogue.render_dcat_us_3(city, entries),
        dcat_ap.JSONLD: catalogue.render_jsonld(city, entries),
        dcat_ap.TURTLE: catalogue.render_turtle(city, entries),
        llms.PATH: catalogue.render_llms(city, entries),
        sitemap.ROBOTS: catalogue.render_robots(city),
        **own,
    }


def write_last(site: Path, context: SiteContext, pages: Sequence[str]) -> None:
    """Write the sitemap in place of the engine's, whose dates are those of no change, and the checksums of all files.

    A word of prose has no other proof; what a run writes later (status.json) is not among them.
    """
    (site / sitemap.SITEMAP).write_text(catalogue.render_sitemap(context, pages), encoding="utf-8", newline="\n")
    (site / f"{sitemap.SITEMAP}.gz").unlink(missing_ok=True)
    found = sorted(path for path in site.rglob("*") if path.is_file() and path != site / sums.PATH)
    hashes = {path.relative_to(site).as_posix(): _hash(path) for path in found}
    (site / sums.PATH).write_text(catalogue.render_sums(hashes), encoding="utf-8", newline="\n")


def _hash(path: Path) -> str:
    """An object is listed by the hash that is its name, so that one which has changed since fails; all else is read."""
    if path.parent.name == "objects" and len(path.stem) == _HASH:
        return path.stem
    return measure(path)[0]
