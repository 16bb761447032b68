"""Driver back: from a built site or a store to "every byte and every number is what it says", on any machine.

Nothing but the published files is read, and every one of them is doubted: a path may not leave the folder, a link is
refused, a query runs behind the lock of `query`. What rests on something already found wrong is not reported again.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from lamppost.store import open_store
from lamppost.store.folder import open_folder
from lamppost.verify import sums
from lamppost.verify.fetch import fetch_site
from lamppost.verify.pages import check_copies, check_newest, check_page
from lamppost.verify.records import check_figure
from lamppost.verify.redacted import list_redactions
from lamppost.verify.seen import Finding, Seen, Site, guard
from lamppost.verify.thinned import list_thinned
from lamppost.verify.versions import check_dataset

__all__ = ["Finding", "fetch_site", "list_redactions", "list_thinned", "open_place", "verify"]


def verify(place: Path | str) -> tuple[Finding, ...]:
    """All that is wrong with the store or the built site in a folder, or with the store at an address `s3://…`.

    In a fixed order; empty when all is as it says.
    """
    with tempfile.TemporaryDirectory(prefix="lamppost-", ignore_cleanup_errors=True) as folder:
        seen = open_place(place, Path(folder))
        found = tuple(_verify(seen, place))
        if not isinstance(seen.store, Site):
            return found
        known = {one for finding in found for one in (finding.place, f"data/{finding.place}")}
        return (*found, *guard(sums.PATH, sums.check_sums(Path(place), known)))


def open_place(place: Path | str, cache: Path) -> Seen:
    """The site or the store at `place`, of which nothing was looked at yet; what has to be fetched goes to `cache`."""
    if isinstance(place, str):
        return Seen(open_store(place, cache))
    is_site = (place / "data").is_dir() or (place / "index.html").is_file()
    return Seen(Site(open_folder(place)) if is_site else open_store(place))


def _verify(seen: Seen, place: Path | str) -> Iterator[Finding]:
    names = seen.store.datasets()
    if not names:
        yield Finding(str(place), "no dataset in it; expected a store or a built site with at least one version")
    for name in names:
        yield from check_dataset(seen, name)
    for name in seen.store.figure_names():
        yield from check_figure(seen, name)
    if isinstance(place, Path) and isinstance(seen.store, Site):
        for name in names:
            yield from guard(f"data/{name}/datapackage.json", check_newest(seen, name))
            yield from guard(f"data/{name}", check_copies(seen, name))
        for page in sorted(place.rglob("*.html")):
            path = page.relative_to(place).as_posix()
            yield from guard(path, check_page(seen, page, path))
