"""How a list is read, whatever its address: the keys of a descriptor that `for_each:` has too.

records        dotted path to the list in an answer; empty: the answer is the list
format         json | ndjson | csv | xml | geojson | influx (InfluxDB 1.x's own JSON); encoding, dialect of a CSV
empty          none: an answer without a single byte means no records (InfluxDB's CSV)
paging         see paging.py
count          what proves the number: {path} in each answer, {header} of each answer, {params, path, headers}: a
               question of its own before and after (a parameter written "" is left out), {ids: {params, path, key}}:
               a list of ids; `first: true`: only page 1 is to be believed, and is asked again at the end;
               `otherwise: 0`: what an answer without the count means, where that is a question of its own
ok_when        {status_code: 1000, state: [done, empty]}: what an answer must say
fail_when      paths that hold an error when they hold anything, for errors sent as HTTP 200
statuses       {202: pending, 404: none}: statuses that are answers: not yet, and no records
nested         {path: Observations, next: Observations@iot.nextLink}: a list inside each record with pages of its own;
               `records`, `link`: where in an answer to that address its records and the address after stand
method, body   post: the body is JSON, {names} in its texts are filled in
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from lamppost.pull.content import Rules, read_rules
from lamppost.pull.fault import fault
from lamppost.pull.glance import Lens
from lamppost.pull.http.paging import Ids, Paging, read_ids, read_paging
from lamppost.pull.job import read_dialect
from lamppost.pull.options import Options, write_scalar
from lamppost.pull.transport.access import Access, read_access
from lamppost.pull.transport.expect import OR_NOTHING
from lamppost.pull.transport.question import GOOD

Meaning = Literal["pending", "none"]
Format = Literal["json", "ndjson", "csv", "xml", "geojson", "influx"]
FORMATS: tuple[Format, ...] = ("json", "ndjson", "csv", "xml", "geojson", "influx")
METHODS = ("get", "post", "GET", "POST")


@dataclass(frozen=True)
class Count:
    """`count:` of a descriptor: at most one of `header`, `params` and `ids`."""

    path: str = ""
    header: str = ""
    params: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    ids: Ids | None = None
    first: bool = False
    otherwise: int | None = None
    """The number that a question of its own stands for when its answer has none."""

    @property
    def name(self) -> str:
        """In the source's own words."""
        asked = {**self.params, **(self.ids.params if self.ids else {})}
        return self.header or next(iter(asked), "") or (self.ids.path if self.ids else self.path)

    @property
    def is_apart(self) -> bool:
        """Asked for with a question of its own."""
        return bool(self.params) or self.ids is not None


@dataclass(frozen=True)
class Nested:
    """`nested:` of a descriptor."""

    path: str
    """From a record to its list; `*` stands for every item of a list on the way."""
    next: str
    """Key beside that list with the address of its next page."""
    records: str
    link: str
    """In an answer to that address: where its records and the address of the one after stand."""


@dataclass(frozen=True)
class Form:
    """All of the above, and the way in."""

    lens: Lens
    paging: Paging
    count: Count
    rules: Rules
    statuses: Mapping[int, Meaning]
    nested: Nested | None
    access: Access
    body: Mapping[str, Any] | None = None
    may_be_empty: bool = False
    """An answer without a byte means no records."""

    @property
    def expect(self) -> str:
        """What the transport holds an answer against."""
        return self.lens.decode + (OR_NOTHING if self.may_be_empty else "")

    @property
    def also(self) -> frozenset[int]:
        """Statuses beside the good ones that are answers."""
        return frozenset(self.statuses) - GOOD


def read_form(options: Options, home: str) -> Form:
    """Takes the keys of the table above and those of `access`."""
    paging = read_paging(options.block("paging", short="by"))
    rules = read_rules(options)
    lens = _read_lens(options, rules)
    return Form(
        lens=lens,
        paging=paging,
        count=_read_count(options.block("count", short="path"), paging),
        rules=rules,
        statuses=_read_statuses(options),
        nested=_read_nested(options.block("nested", short="path"), lens, paging),
        access=read_access(options, home),
        body=_read_body(options, paging),
        may_be_empty=options.choice("empty", ("", "none"), "") == "none",
    )


def inherit(form: Form, outer: Form) -> Form:
    """A form of `for_each:` with what it has in common with the one around it."""
    access = replace(outer.access, headers={**outer.access.headers, **form.access.headers})
    return replace(
        form,
        lens=replace(form.lens, whole=True, judged=True),
        rules=form.rules if form.rules.paths else outer.rules,
        statuses=form.statuses or outer.statuses,
        access=access,
    )


def _read_lens(options: Options, rules: Rules) -> Lens:
    lens = Lens(
        options.text("records", ""),
        options.choice("format", FORMATS, "json"),
        encoding=options.text("encoding", "utf-8"),
        dialect=read_dialect(options),
    )
    return replace(lens, whole=rules.look_into(lens.root), judged=bool(rules.paths))


def _read_count(options: Options | None, paging: Paging) -> Count:
    if options is None:
        return Count(ids=paging.ids)
    ids = read_ids(options, "ids") if options.has("ids") else paging.ids
    count = Count(
        options.text("path", ""),
        options.text("header", ""),
        options.pairs("params"),
        options.pairs("headers"),
        ids,
        options.choice("first", ("true", "false"), "false") == "true",
        options.number("otherwise", 0) if options.has("otherwise") else None,
    )
    options.close()
    if not count.name or sum(map(bool, (count.header, count.params, count.ids))) > 1:
        expected = "one of `path`, `header`, `params` with `path`, `ids`"
        raise fault(options.place, "no count, or two", expected, "correct the descriptor")
    return count


def _read_statuses(options: Options) -> Mapping[int, Meaning]:
    found: dict[int, Meaning] = {}
    for text, word in options.mapping("statuses").items():
        if not text.isdigit() or word not in {"pending", "none"}:
            place = f"{options.place}.statuses.{text}"
            raise fault(place, repr(word), "a status with `pending` or `none`", "correct the descriptor")
        found[int(text)] = word
    return found


def _read_nested(options: Options | None, lens: Lens, paging: Paging) -> Nested | None:
    if options is None:
        return None
    path = options.text("path")
    key = options.text("next", f"{path.rpartition('.')[2]}@iot.nextLink")
    nested = Nested(path, key, options.text("records", lens.root), options.text("link", paging.path or "@iot.nextLink"))
    options.close()
    return nested


def _read_body(options: Options, paging: Paging) -> Mapping[str, Any] | None:
    method = options.choice("method", METHODS, "get").lower()
    body = options.mapping("body")
    if (body or paging.inside) and method == "get":
        found = "a body" if body else "`in: body`"
        raise fault(f"{options.place}.method", found, "`method: post` with it", "write `method: post`")
    _check_tree(body, f"{options.place}.body")
    return body if method == "post" else None


def _check_tree(value: Any, place: str) -> None:
    if isinstance(value, Mapping):
        for name, one in value.items():
            _check_tree(one, f"{place}.{name}")
    elif isinstance(value, (list, tuple)):
        for one in value:
            _check_tree(one, place)
    elif value is not None and write_scalar(value) is None:
        raise fault(place, repr(value), "what JSON can hold", "correct the descriptor")
