"""Options of the adapter `poll`.

url, path, params, headers   where it is; also `auth`, `allow`, `ca`, `rate`, see access.py
method, body                 POST with a body (sent as JSON) in place of GET; then nothing is conditional
format                       json | ndjson | geojson | csv | xml: of the document, or of the wanted members of a ZIP
member                       the document is a ZIP: names of its wanted members, or globs (`*/stops.txt`); several are
                             one table
records                      dotted path to the list (JSON, XML); `features` in GeoJSON
discover                     {feed: vehicle_status, language: en} or {feeds: {vehicle_status: data.vehicles, …}}: `url`
                             is a GBFS gbfs.json or manifest.json, which names the address, see feeds.py
encoding, dialect            of a CSV; `encoding` also of an XML document that does not tell its own
ok_when, fail_when           what an answer with HTTP 200 must, and must not, say, see content.py
statuses                     {202: pending}: statuses that say: not yet
ttl                          how long an answer stays current: a duration, or where in it its seconds stand (`ttl`)
stale                        {path: last_updated, after: PT1H, as: epoch_s}, or {newest: last_reported, …}: how old the
                             data may be by its own word before readers are told, see age.py
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace

from lamppost.model.pull import Decode
from lamppost.pull.content import Rules, read_rules
from lamppost.pull.fault import fault
from lamppost.pull.glance import Lens
from lamppost.pull.job import read_dialect
from lamppost.pull.options import Options
from lamppost.pull.poll.age import Stale, read_stale
from lamppost.pull.poll.feeds import Discover, read_discover
from lamppost.pull.transport.access import Access, read_access

FORMS: tuple[Decode, ...] = ("json", "ndjson", "geojson", "csv", "xml")


@dataclass(frozen=True)
class Asked:
    """The options above."""

    access: Access
    path: str
    params: Mapping[str, str]
    body: bytes | None
    lens: Lens
    members: tuple[str, ...]
    rules: Rules
    pending: frozenset[int]
    discover: Discover | None
    ttl: str
    stale: Stale | None

    @property
    def expect(self) -> str:
        """What the transport holds an answer against."""
        return "zip" if self.members else self.lens.decode


def read_asked(options: Options) -> Asked:
    """The options, each taken; PullError for one that is missing, wrong, or that nobody reads."""
    discover, stale, rules = read_discover(options), read_stale(options), read_rules(options)
    asked = Asked(
        access=read_access(options, options.text("url")),
        path=options.text("path", ""),
        params=options.pairs("params"),
        body=_read_body(options),
        lens=_read_lens(options, rules, stale),
        members=options.texts("member"),
        rules=rules,
        pending=_read_pending(options),
        discover=discover,
        ttl=options.text("ttl", ""),
        stale=stale,
    )
    if asked.lens.decode == "xml" and not asked.lens.records and not (discover and all(discover.feeds.values())):
        raise fault(f"{options.place}.records", "nothing", "where the records are", "write it: `rss.channel.item`")
    options.close()
    return asked


def _read_lens(options: Options, rules: Rules, stale: Stale | None) -> Lens:
    lens = Lens(
        options.text("records", ""),
        options.choice("format", FORMS),
        (stale.newest,) if stale and stale.newest else (),
        options.text("encoding", "utf-8"),
        read_dialect(options),
    )
    return replace(lens, whole=rules.look_into(lens.root), judged=bool(rules.paths))


def _read_body(options: Options) -> bytes | None:
    method = options.choice("method", ("GET", "POST", "get", "post"), "GET").upper()
    body = options.mapping("body")
    if method == "GET" and body:
        raise fault(f"{options.place}.body", "a body for a GET", "none", "write `method: POST`, or take it out")
    return json.dumps(body).encode() if method == "POST" else None


def _read_pending(options: Options) -> frozenset[int]:
    statuses = options.mapping("statuses")
    for status, word in statuses.items():
        if not status.isdigit() or word != "pending":
            place = f"{options.place}.statuses.{status}"
            raise fault(place, repr(word), "a status with `pending`", "a document that is not there is an error")
    return frozenset(int(status) for status in statuses)
