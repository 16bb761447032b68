"""Driver back: from a built site or a store to "every byte and every number is what it says", on any machine.

Nothing but the published files is read, and every one of them is doubted: a path may not leave the folder, a link is
refused, a query runs behind the lock of `query`. What rests on something already found wrong is not reported again.
"""

from collections.abc import Iterator
from pathlib import Path

from lamppost.store import open_store
from lamppost.store.objects import named
from lamppost.verify.pages import check_copies, check_newest, check_page
from lamppost.verify.records import check_figure
from lamppost.verify.seen import Finding, Seen, Site, guard
from lamppost.verify.versions import check_dataset

__all__ = ["Finding", "verify"]


def verify(path: Path) -> tuple[Finding, ...]:
    """All that is wrong with the store or the built site at `path`, in a fixed order; empty when all is as it says."""
    return tuple(_verify(path))


def _verify(path: Path) -> Iterator[Finding]:
    is_site = (path / "data").is_dir() or (path / "index.html").is_file()
    seen = Seen(Site(path) if is_site else open_store(path))
    names = seen.store.datasets()
    if not names:
        yield Finding(str(path), "no dataset in it; expected a store or a built site with at least one version")
    for name in names:
        yield from check_dataset(seen, name)
    for name in named(path / "figures"):
        yield from check_figure(seen, name)
    if is_site:
        for name in names:
            yield from guard(f"data/{name}/datapackage.json", check_newest(seen, name))
            yield from guard(f"data/{name}", check_copies(seen, name))
        for page in sorted(path.rglob("*.html")):
            place = page.relative_to(path).as_posix()
            yield from guard(place, check_page(seen, page, place))
