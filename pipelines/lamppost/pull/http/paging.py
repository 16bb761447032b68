"""`paging:` of a descriptor, and how to ask for the rest (pure).

none          one answer
next_link     {path}: the address of the next page stands in the body: a text, {href: …}, or a list of links with `rel`
link_header   the Link header names it (RFC 8288)
offset        {param, limit, size, first: 0, more}: rows to skip; `more` is what in the body is true while there is more
page          {param, limit, size, first: 1}: number of a page
cursor        {path | header, param, limit, size}: a token for the next page
keyset        {key, params: {where: "id > {last}"}, limit, size, quote: "'"}: params that replace others from the second
              question on; `{last}` is the last record's key, in quotes and its own quotes doubled with `quote`
time_window   {limit_rows}: each window is one answer; one with so many rows was cut, and its window is halved
id_chunks     {ids: {params, path}, param, size: 100, join: ",", key}: a list of ids first, then the records by id

`in: body` (with `method: post`) puts all these into the JSON body, a dotted name leads into it: page.pageNumber.
`otherwise: {by: offset, …}` beside next_link or link_header is used where a link leads nowhere.

Steps are made by the rows *received*: a server that clamps the page size gets asked for what it held back. A page
shorter than asked ends nothing, because it may be just such a clamp.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from lamppost.notation import ABSENT, find
from lamppost.pull.fault import fault
from lamppost.pull.http.question import Question
from lamppost.pull.options import Options
from lamppost.pull.template import fill_pairs
from lamppost.pull.transport.address import join_url, show_url

By = Literal["none", "next_link", "link_header", "offset", "page", "cursor", "keyset", "time_window", "id_chunks"]
WAYS: tuple[By, ...] = (
    "none", "next_link", "link_header", "offset", "page", "cursor", "keyset", "time_window", "id_chunks",
)  # fmt: skip
LINKS = frozenset({"next_link", "link_header"})
COUNTED = frozenset({"offset", "page"})
"""Ways in which a record that comes or goes meanwhile moves all records after it."""
OPEN = frozenset({"none", "time_window"})
"""Ways in which one answer is all."""


@dataclass(frozen=True)
class Ids:
    """A list of ids to ask for first."""

    params: Mapping[str, str]
    path: str
    key: str = ""
    """Dotted path to the id in a record."""


@dataclass(frozen=True)
class Paging:
    """`paging:` as the table above says."""

    by: By = "none"
    path: str = ""
    header: str = ""
    param: str = ""
    limit: str = ""
    """The parameter that holds `size`."""
    size: int = 0
    first: int = 0
    more: str = ""
    key: str = ""
    params: Mapping[str, str] = field(default_factory=dict)
    quote: str = ""
    limit_rows: int = 0
    ids: Ids | None = None
    join: str = ","
    inside: bool = False
    """`in: body`."""
    otherwise: "Paging | None" = None

    @property
    def is_open(self) -> bool:
        """One answer is all there is."""
        return self.by in OPEN


@dataclass(frozen=True)
class Answer:
    """What one page says about the rest."""

    url: str
    """Where the page came from; relative links start there."""
    body: Any
    rows: int
    links: Mapping[str, str]
    """The Link header."""
    headers: Mapping[str, str] = field(default_factory=dict)
    last: str = ""
    """keyset: the key of its last record."""
    received: int = 0
    """Records so far, this page's among them."""
    declared: int | None = None


def read_paging(options: Options | None) -> Paging:
    """`paging:` as written; a lone word is `{by: word}`."""
    if options is None:
        return Paging()
    by = options.choice("by", WAYS)
    paging = Paging(
        by,
        limit=options.text("limit", "") if by not in OPEN else "",
        size=options.number("size", 100 if by == "id_chunks" else 0) if by not in OPEN else 0,
        inside=by not in LINKS and options.choice("in", ("query", "body"), "query") == "body",
    )
    paging = _READERS[by](paging, options)
    options.close()
    if paging.limit and not paging.size:
        raise fault(f"{options.place}.size", "nothing", f"how many records `{paging.limit}` asks for", "write `size:`")
    return paging


def _read_open(paging: Paging, options: Options) -> Paging:
    limit = options.number("limit_rows", 0)
    if paging.by == "time_window" and not limit:
        raise fault(
            f"{options.place}.limit_rows", "nothing", "the most rows that the source sends at once",
            "look it up in the source's documentation",
        )  # fmt: skip
    return replace(paging, limit_rows=limit)


def _read_link(paging: Paging, options: Options) -> Paging:
    below = options.block("otherwise")
    otherwise = None if below is None else read_paging(below)
    if below is not None and otherwise and otherwise.by != "offset":
        raise fault(f"{below.place}.by", repr(otherwise.by), "offset", "only rows can be counted on from any page")
    return replace(paging, path=options.text("path") if paging.by == "next_link" else "", otherwise=otherwise)


def _read_offset(paging: Paging, options: Options) -> Paging:
    return replace(paging, param=options.text("param"), first=options.number("first", 0), more=options.text("more", ""))


def _read_page(paging: Paging, options: Options) -> Paging:
    return replace(paging, param=options.text("param"), first=options.number("first", 1))


def _read_cursor(paging: Paging, options: Options) -> Paging:
    header = options.text("header", "")
    return replace(paging, param=options.text("param"), header=header, path="" if header else options.text("path"))


def _read_keyset(paging: Paging, options: Options) -> Paging:
    params = options.pairs("params")
    if not any("{last}" in text for text in params.values()):
        do = "write what asks for the records after {last}"
        raise fault(f"{options.place}.params", "no {last}", 'such as where: "id > {last}"', do)
    return replace(paging, key=options.text("key"), params=params, quote=options.text("quote", ""))


def _read_chunks(paging: Paging, options: Options) -> Paging:
    return replace(paging, param=options.text("param"), join=options.text("join", ","), ids=read_ids(options, "ids"))


def read_ids(options: Options, name: str) -> Ids:
    """`ids: {params, path, key}`."""
    block = options.block(name)
    if block is None:
        raise fault(
            f"{options.place}.{name}", "nothing", "{params, path} of the list of ids", "write how to ask for it"
        )
    ids = Ids(block.pairs("params"), block.text("path", ""), block.text("key", ""))
    block.close()
    return ids


_READERS = {
    "none": _read_open,
    "time_window": _read_open,
    "next_link": _read_link,
    "link_header": _read_link,
    "offset": _read_offset,
    "page": _read_page,
    "cursor": _read_cursor,
    "keyset": _read_keyset,
    "id_chunks": _read_chunks,
}


def first_question(paging: Paging, base: Question, *, ids: tuple[str, ...] = ()) -> Question:
    """The question for page 1."""
    if paging.by == "id_chunks":
        return ask_ids(paging, base, ids[: paging.size], at=0)
    if paging.by in COUNTED:
        base = replace(base.put({paging.param: paging.first}, inside=paging.inside), at=paging.first)
    return base.put({paging.limit: paging.size}, inside=paging.inside) if paging.limit else base


def resize(paging: Paging, question: Question, size: int) -> Question:
    """The same question for `size` records, where there is a parameter for that."""
    if paging.by == "id_chunks":
        return ask_ids(paging, question, question.ids[:size], at=question.at)
    if not paging.limit or not size:
        return question
    if paging.by in LINKS and paging.limit not in question.params:
        return question.put_in_address(paging.limit, size)
    return question.put({paging.limit: size}, inside=paging.inside)


def ask_ids(paging: Paging, question: Question, ids: tuple[str, ...], *, at: int) -> Question:
    """The question for the records with these ids."""
    asked = question.put({paging.param: paging.join.join(ids)}, inside=paging.inside)
    return replace(asked, ids=ids, at=at)


def next_question(
    paging: Paging, base: Question, question: Question, answer: Answer,
    *, names: Mapping[str, str], ids: tuple[str, ...] = (),
) -> Question | str:  # fmt: skip
    """The question for the next page, or the reason (`no next link`, `empty page`) why there is none."""
    if paging.by in OPEN:
        return "one answer"
    if paging.by in LINKS:
        link = find_link(paging, answer)
        return Question(join_url(answer.url, link), {}) if link else "no next link"
    if paging.by == "id_chunks":
        at = question.at + len(question.ids)
        return ask_ids(paging, question, ids[at : at + paging.size], at=at) if ids[at:] else "all ids asked for"
    if paging.by == "offset":
        return _next_offset(paging, question, answer)
    return _ask_after(paging, base, question, answer, names)


def find_link(paging: Paging, answer: Answer) -> str:
    """The next page's address as written, empty where there is none; what cannot be read must not end the list."""
    if paging.by == "link_header":
        return answer.links.get("next", "")
    found = find(answer.body, paging.path)
    if isinstance(found, list) and all(isinstance(one, Mapping) and _list_relations(one) for one in found):
        found = next((one for one in found if "next" in _list_relations(one)), ABSENT)
    if isinstance(found, Mapping):
        found = found.get("href", found.get("url", found or ABSENT))
    return _take_text(found, paging.path, answer) if _is_set(found) else ""


def _list_relations(link: Mapping[str, Any]) -> list[str]:
    """What a link in JSON says it leads to: `rel`, a text or a list of them; FHIR calls it `relation`."""
    rel = link.get("rel", link.get("relation", ""))
    return str(" ".join(map(str, rel)) if isinstance(rel, list) else rel).lower().split()


def _take_text(found: Any, path: str, answer: Answer) -> str:
    if not isinstance(found, (Mapping, list, bool)):
        return str(found)
    what = "true" if isinstance(found, bool) else "a list" if isinstance(found, list) else "an object"
    expected = "a text that leads to the next page"
    raise fault(show_url(answer.url), f"{what} at `{path}`", expected, "correct `paging:` so that it ends there")


def _ask_after(
    paging: Paging, base: Question, question: Question, answer: Answer, names: Mapping[str, str]
) -> Question | str:
    """For what is asked with something that this page brought: a token, a key, or the number of its own page."""
    if paging.by == "cursor":
        token = answer.headers.get(paging.header.lower()) if paging.header else find(answer.body, paging.path)
        if not _is_set(token):
            return "no next token"
        return question.put({paging.param: _take_text(token, paging.path, answer)}, inside=paging.inside)
    if not answer.rows:
        return "empty page"
    if paging.by == "page":
        return _move(paging, question, question.at + 1)
    quote = paging.quote
    last = f"{quote}{answer.last.replace(quote, quote * 2)}{quote}" if quote else answer.last
    params = fill_pairs(paging.params, {**names, "last": last}, "pull.paging.params")
    return resize(paging, base.put(params, inside=paging.inside), paging.size)


def _next_offset(paging: Paging, question: Question, answer: Answer) -> Question | str:
    """Ask on while the source says so, or while rows are missing; some send an empty page in between and mean it.

    A flag that is not there at all ends nothing, unless as many rows came as the source declares.
    """
    flag = find(answer.body, paging.more) if paging.more else ABSENT
    at = question.at + answer.rows
    if not answer.rows:
        return _move(paging, question, at + max(paging.size, 1)) if _is_set(flag) else "empty page"
    enough = answer.declared is not None and answer.received >= answer.declared
    if paging.more and not _is_set(flag) and (enough or (flag is not ABSENT and answer.declared is None)):
        return f"{paging.more} not set"
    return _move(paging, question, at)


def step_past(paging: Paging, question: Question, largest: int) -> Question:
    """The question for the page behind this one; `largest` is how many records the biggest page held."""
    return _move(paging, question, question.at + (1 if paging.by == "page" else max(paging.size, largest)))


def _move(paging: Paging, question: Question, at: int) -> Question:
    return replace(question.put({paging.param: at}, inside=paging.inside), at=at)


def _is_set(value: Any) -> bool:
    return value is not ABSENT and value not in (None, "", False, "false", [], {})
