"""Driver of the build: store → pages → tree → MkDocs → hardened site, exchanged with the old one at once.

Only reads the store and never contacts a source. When nothing that a page is made of has changed, nothing is done.
"""

import json
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from importlib.resources import files as package_files
from pathlib import Path

import lamppost
from lamppost import load
from lamppost.build import gather, history
from lamppost.build.catalogue import catalogue_files, find_entries, write_last
from lamppost.build.downloads import kept_files, link_files, newest_files
from lamppost.build.pages import Content, all_pages
from lamppost.build.rows import find_rows
from lamppost.build.tables import Shelf
from lamppost.errors import BuildError, LoadError
from lamppost.model import PLAN, City, Dataset, Dates, Issue, Version
from lamppost.outside import open_city_store
from lamppost.render.context import Failure, SiteContext
from lamppost.render.feeds import render_feeds
from lamppost.render.files import PublishedFile
from lamppost.render.status import render_status
from lamppost.site.config import theme_config
from lamppost.site.engine import run_engine, write_config
from lamppost.site.exchange import exchange, repair
from lamppost.site.harden import harden
from lamppost.site.tree import write_tree
from lamppost.store import Store

CELLS = re.compile(r"<td[^>]*>.*?</td>|<pre.*?</pre>|<svg.*?</svg>|^---\n.*?^---\n", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Built:
    """What a build did."""

    sentence: str
    warnings: tuple[str, ...] = ()


def build_site(city: City, dates: Dates, *, strict: bool = False) -> Built:
    """Make site/ from the store; BuildError or LoadError leave the old site as it was."""
    site, work = city.root / "site", city.root / "build"
    repair(site)
    store = open_city_store(city)
    stamp = work / "stamp"
    now = fingerprint(city, store, dates)
    if site.is_dir() and stamp.is_file() and stamp.read_text(encoding="utf-8") == now:
        write_status(city, store, dates, site)
        return Built(f"Nothing changed since the last build: {site}/index.html")
    content = collect(city, store, dates, work)
    texts = all_pages(content, store)
    words = _check_words(city, texts, strict=strict)
    warnings = (*words, *(f"{one.place}: {one.message}" for one in content.warnings))
    made, pages = _make(city, content, texts, work)
    write_status(city, store, dates, made)
    stamp.unlink(missing_ok=True)  # killed from here on, the next build must not take this site for the one before
    exchange(made, site)
    stamp.write_text(now, encoding="utf-8", newline="\n")
    return Built(f"{pages} pages in {site}. Open {site}/index.html", warnings)


def fingerprint(city: City, store: Store, dates: Dates) -> str:
    """Hash of all that pages are made of: what the city wrote, what the store holds, the engine, the day."""
    total = sha256(f"{lamppost.__version__} {dates.today} {city.url}".encode())
    authored = [city.root / "mkdocs.yml"]
    for name in ("datasets", "schemas", "docs"):
        authored += sorted((city.root / name).rglob("*"))
    engine = sorted(Path(lamppost.__file__).parent.rglob("*.*"))
    for path in (*authored, *engine):
        if path.is_file() and "__pycache__" not in path.parts:
            total.update(path.name.encode() + b"\0" + path.read_bytes())
    for name in store.datasets():
        head = store.head(name)
        total.update(f"{name} {head.hash if head else ''} {sorted(store.thinned(name))}".encode())
    for name, record in sorted(store.figures().items()):
        total.update(f"{name} {record.n}".encode())
    for name, failure in sorted(history.find_failures(store).items()):
        total.update(f"{name} {failure.since} {failure.reason}".encode())
    return total.hexdigest()


def collect(city: City, store: Store, dates: Dates, work: Path) -> Content:
    """Read the store and the plan; LoadError when the plan's own files cannot be understood."""
    datasets, faults = load.load_datasets(city)
    plan, issues = load.load_plan(city)
    if issues:
        raise LoadError(issues)
    hidden = load.find_unlisted(city.root)
    heads = {name: head for name, head in store.heads().items() if name not in hidden}
    figures = {name: one for name, one in store.figures().items() if not hidden.intersection(one.inputs)}
    known = {one.name: one for one in datasets}
    known |= {name: gather.described(head) for name, head in heads.items() if name not in known}
    chains = {name: history.chain(store, head) for name, head in heads.items()}
    failures = history.find_failures(store)
    for name, found in faults.items():
        failures.setdefault(name, Failure(dates.today.isoformat(), f"{found[0].place}: {found[0].message}"))
    shelf = Shelf(store, work / "typed")
    typed = shelf.tables(heads.values())
    warnings: list[Issue] = []
    context = SiteContext(
        city=city, today=dates.today, plan=plan,
        datasets=known, heads=heads, figures=figures, failures=failures,
    )  # fmt: skip
    if plan is not None:
        first = history.first_plan(store, chains.get(PLAN, ()))
        context, warnings = gather.with_plan(context, plan, typed, first)
    context = replace(history.with_changes(context, store, chains), thinned=history.find_thinned(store, chains))
    context, charts = gather.with_charts(context, typed, work / "charts")
    downloads, linked = _gather_files(context, shelf, chains, work)
    entries, told = find_entries(context, downloads, chains), history.list_entries(context, store, chains)
    names = tuple(one.name for one in load.load_figures(city, datasets)[0])
    newest = gather.newest_readings(context, typed)
    rows = find_rows(shelf, context.figures, work / "rows")
    shelf.forget()
    linked |= {one.path: one.file for one in rows.values()}
    return Content(context, names, chains, downloads, charts, newest, rows, linked, entries, told, tuple(warnings))


def _gather_files(
    context: SiteContext, shelf: Shelf, chains: Mapping[str, tuple[Version, ...]], work: Path
) -> tuple[dict[str, tuple[PublishedFile, ...]], dict[str, Path]]:
    store = shelf.store
    downloads: dict[str, tuple[PublishedFile, ...]] = {}
    linked: dict[str, Path] = {}
    for name, head in context.heads.items():
        files, newest = newest_files(shelf, head, work / "data", context.city.url, context.datasets.get(name))
        downloads[name] = tuple(files)
        kept = kept_files(store, chains[name])
        linked |= newest | history.leave_out_thinned(store, chains[name], context.thinned.get(name, {}), kept)
    for name, record in context.figures.items():
        for n in range(1, record.n + 1):
            linked[f"figures/{name}/{n}.json"] = store.figure_path(name, n)
    return downloads, linked


def _make(city: City, content: Content, texts: Mapping[str, str], work: Path) -> tuple[Path, int]:
    """Write the tree, let the engine render it, add the data, harden; give the folder and the number of pages."""
    made_for_machines = catalogue_files(content.context, content.entries) | render_feeds(content.context, content.told)
    tree = {path: text.encode() for path, text in {**texts, **made_for_machines}.items()} | _static(city)
    write_tree(work / "docs", tree)
    settings = {**theme_config(city, texts), "docs_dir": "docs", "site_dir": "site", "site_url": city.url}
    write_config(work / "mkdocs.yml", city.root / "mkdocs.yml", settings)
    made = work / "site"
    shutil.rmtree(made, ignore_errors=True)
    run_engine(work / "mkdocs.yml", made)
    link_files(made, content.linked)
    pages = harden(made)
    write_last(made, content.context, sorted(texts))
    return made, pages


def _static(city: City) -> dict[str, bytes]:
    """Files beside the pages: the city's pictures, and our own scripts and styles."""
    docs = city.root / "docs"
    own = {
        path.relative_to(docs).as_posix(): path.read_bytes()
        for path in sorted(docs.rglob("*"))
        if path.is_file() and path.suffix not in {".md", ".yaml", ".yml"} and not path.name.startswith(".")
    }
    assets = Path(str(package_files("lamppost") / "assets"))
    ours = {
        f"assets/{path.relative_to(assets).as_posix()}": path.read_bytes()
        for path in sorted(assets.rglob("*"))
        if path.is_file() and path.suffix != ".py" and "__pycache__" not in path.parts
    }
    return own | ours


def _check_words(city: City, texts: Mapping[str, str], *, strict: bool) -> tuple[str, ...]:
    """House words, over everything a reader sees except data cells, code and pictures drawn from data."""
    found = load.check_words(city, {path: CELLS.sub(" ", text) for path, text in texts.items()})
    said = tuple(f"{one.place}: {one.message}" for one in found)
    if said and strict:
        raise BuildError("house words:\n  " + "\n  ".join(said))
    return said


def write_status(city: City, store: Store, dates: Dates, site: Path) -> None:
    """Write /status.json, the only part that moves with each run; as a script too, for pages opened from a folder."""
    datasets: dict[str, Dataset] = {one.name: one for one in load.load_datasets(city)[0]}
    hidden = load.find_unlisted(city.root)
    heads = {name: head for name, head in store.heads().items() if name not in hidden}
    datasets = {name: one for name, one in datasets.items() if name not in hidden}
    status = render_status(city, datasets, heads, store.last_outcomes(), dates)
    _replace(site / "status.json", status)
    _replace(site / "assets" / "status.js", f"window.LAMPPOST_STATUS = {json.dumps(json.loads(status))};\n")


def _replace(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.new")
    try:
        fresh.write_text(text, encoding="utf-8", newline="\n")
        fresh.replace(path)
    except OSError:
        fresh.unlink(missing_ok=True)
        raise
