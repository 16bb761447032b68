"""Adapter `poll`: one document as it is now.

url, path, params, headers   where it is
format                       json | geojson | csv
records                      dotted path to the list (JSON); `features` in GeoJSON
discover                     {feed: vehicle_status, language: en}: `url` is a GBFS gbfs.json, which names the address
encoding, dialect            of a CSV
fail_when                    paths that hold an error when they hold anything, for errors sent as HTTP 200
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from lamppost.model import Receipt, Snapshot
from lamppost.notation import find
from lamppost.pull.access import Access, read_access
from lamppost.pull.address import add_path, name_source, show_url
from lamppost.pull.content import check_errors, count_csv, find_records, parse_json
from lamppost.pull.fault import fault
from lamppost.pull.job import Job, as_mapping, read_dialect
from lamppost.pull.options import Options
from lamppost.pull.receipt import make_receipt
from lamppost.pull.snapshot import keep_page
from lamppost.pull.tally import Tally, count_distinct, look_at
from lamppost.pull.transport import Response

Form = Literal["json", "geojson", "csv"]
FORMS: tuple[Form, ...] = ("json", "geojson", "csv")


@dataclass(frozen=True)
class _Poll:
    access: Access
    path: str
    params: Mapping[str, str]
    form: Form
    records: str
    fail_when: tuple[str, ...]
    encoding: str
    dialect: tuple[tuple[str, str], ...]
    feed: str
    language: str


def pull_poll(job: Job) -> tuple[Snapshot, Receipt]:
    """The document and its Receipt: complete when its transfer, or its syntax, shows where it ends."""
    asked = _read_poll(job.options())
    url, params, simulated = add_path(asked.access.home, asked.path), asked.params, False
    if asked.feed:
        index = _get(job, asked, url, params)
        url, params, simulated = _find_feed(index, asked.feed, asked.language), {}, index.simulated
    response = _get(job, asked, url, params)
    simulated = simulated or response.simulated
    tally = _count(job, asked, response)
    page = keep_page(job.folder, response.body, asked.form, rows=tally.received)
    snapshot = Snapshot((page,), asked.form, asked.records, asked.encoding, asked.dialect, simulated)
    whole = response.whole or asked.form != "csv"  # JSON cut anywhere is no JSON any more
    receipt = make_receipt(
        source=name_source(url, simulated=simulated),
        adapter="poll",
        pages=tally.pages,
        size=page.size,
        stopped="end of document",
        doubt=""
        if whole
        else "The connection closed, and neither a length nor the format shows whether that was the end.",
        proof="The document came whole; the source declares no count.",
        distinct=count_distinct([tally]),
        cursor=(job.cursor, job.cursor),
        simulated=simulated,
    )
    return snapshot, receipt


def _read_poll(options: Options) -> _Poll:
    form = options.choice("format", FORMS)
    discover = options.block("discover", short="feed")
    asked = _Poll(
        access=read_access(options, options.text("url")),
        path=options.text("path", ""),
        params=options.pairs("params"),
        form=form,
        records=options.text("records", "features" if form == "geojson" else ""),
        fail_when=options.texts("fail_when"),
        encoding=options.text("encoding", "utf-8"),
        dialect=read_dialect(options),
        feed=discover.text("feed") if discover else "",
        language=discover.text("language", "") if discover else "",
    )
    if discover:
        discover.close()
    options.close()
    return asked


def _get(job: Job, asked: _Poll, url: str, params: Mapping[str, str]) -> Response:
    return job.transport.ask(url, asked.access, params=params, expect=asked.form)


def _count(job: Job, asked: _Poll, response: Response) -> Tally:
    place = show_url(response.url)
    tally = Tally(look_at(job.resource, job.pull, job.now))
    if asked.form == "csv":
        tally.pages.append(count_csv(response.body, asked.encoding, dict(asked.dialect), place))
        tally.keys = None
    else:
        body = parse_json(response.body, place)
        check_errors(body, asked.fail_when, place)
        tally.add(find_records(body, asked.records, place), {})
    return tally


def _find_feed(index: Response, feed: str, language: str) -> str:
    """The feed's address: `data.feeds` in GBFS 3.0, `data.<language>.feeds` before; PullError names what there is."""
    place = show_url(index.url)
    data = as_mapping(find(parse_json(index.body, place), "data"))
    language = language or ("en" if "en" in data else next(iter(data), ""))
    feeds = data["feeds"] if "feeds" in data else as_mapping(data.get(language)).get("feeds")
    found = _name_feeds(feeds)
    if feed not in found:
        names = ", ".join(found) or "none"
        raise fault(place, f"no feed `{feed}`, only {names}", "its address", "correct `discover:` in the descriptor")
    return found[feed]


def _name_feeds(feeds: Any) -> Mapping[str, str]:
    items = [as_mapping(one) for one in feeds] if isinstance(feeds, list) else []
    return {str(one["name"]): str(one["url"]) for one in items if "name" in one and "url" in one}
