"""From one page to the question for the next (pure).

Steps are made by the rows *received*: a server that clamps the page size gets asked for what it held back. A page
shorter than asked ends nothing, because it may be just such a clamp.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from lamppost.notation import ABSENT, find
from lamppost.pull.fault import fault
from lamppost.pull.http.paging import COUNTED, LINKS, OPEN, Paging
from lamppost.pull.http.question import PageQuestion
from lamppost.pull.template import fill_pairs
from lamppost.pull.transport.address import join_url, show_url


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


def first_question(paging: Paging, base: PageQuestion, *, ids: tuple[str, ...] = ()) -> PageQuestion:
    """The question for page 1."""
    if paging.by == "id_chunks":
        return ask_ids(paging, base, ids[: paging.size], at=0)
    if paging.by in COUNTED:
        base = replace(base.put({paging.param: paging.first}, inside=paging.inside), at=paging.first)
    return base.put({paging.limit: paging.size}, inside=paging.inside) if paging.limit else base


def resize(paging: Paging, question: PageQuestion, size: int) -> PageQuestion:
    """The same question for `size` records, where there is a parameter for that."""
    if paging.by == "id_chunks":
        return ask_ids(paging, question, question.ids[:size], at=question.at)
    if not paging.limit or not size:
        return question
    if paging.by in LINKS and paging.limit not in question.params:
        return question.put_in_address(paging.limit, size)
    return question.put({paging.limit: size}, inside=paging.inside)


def ask_ids(paging: Paging, question: PageQuestion, ids: tuple[str, ...], *, at: int) -> PageQuestion:
    """The question for the records with these ids."""
    asked = question.put({paging.param: paging.join.join(ids)}, inside=paging.inside)
    return replace(asked, ids=ids, at=at)


def next_question(
    paging: Paging, base: PageQuestion, question: PageQuestion, answer: Answer,
    *, names: Mapping[str, str], ids: tuple[str, ...] = (),
) -> PageQuestion | str:  # fmt: skip
    """The question for the next page, or the reason (`no next link`, `empty page`) why there is none."""
    if paging.by in OPEN:
        return "one answer"
    if paging.by in LINKS:
        link = find_link(paging, answer)
        return PageQuestion(join_url(answer.url, link), {}) if link else "no next link"
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
    if isinstance(found, list) and all(isinstance(one, Mapping) and list_relations(one) for one in found):
        found = next((one for one in found if "next" in list_relations(one)), ABSENT)
    if isinstance(found, Mapping):
        found = found.get("href", found.get("url", found or ABSENT))
    return _take_text(found, paging.path, answer) if _is_set(found) else ""


def list_relations(link: Mapping[str, Any]) -> list[str]:
    """What a link in JSON says it leads to: `rel`, a text or a list of them; FHIR calls it `relation`, XML `@rel`.

    Some write a relation's whole name, such as http://www.iana.org/assignments/relation/next; its last step counts.
    """
    rel = link.get("rel", link.get("relation", link.get("@rel", "")))
    words = str(" ".join(map(str, rel)) if isinstance(rel, list) else rel).lower().split()
    return [re.split("[/#:]", one)[-1] for one in words]


def _take_text(found: Any, path: str, answer: Answer) -> str:
    if not isinstance(found, (Mapping, list, bool)):
        return str(found)
    what = "true" if isinstance(found, bool) else "a list" if isinstance(found, list) else "an object"
    expected = "a text that leads to the next page"
    raise fault(show_url(answer.url), f"{what} at `{path}`", expected, "correct `paging:` so that it ends there")


def _ask_after(
    paging: Paging, base: PageQuestion, question: PageQuestion, answer: Answer, names: Mapping[str, str]
) -> PageQuestion | str:
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


def _next_offset(paging: Paging, question: PageQuestion, answer: Answer) -> PageQuestion | str:
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


def step_past(paging: Paging, question: PageQuestion, rows: int) -> PageQuestion:
    """The question for what stands `rows` records behind the beginning of this page; for pages, the next one."""
    return _move(paging, question, question.at + (1 if paging.by == "page" else rows))


def step_before(paging: Paging, question: PageQuestion) -> PageQuestion:
    """The question for what stands before page 1, where the first number that was asked for is not 0."""
    return _move(paging, question, paging.first - 1)


def _move(paging: Paging, question: PageQuestion, at: int) -> PageQuestion:
    return replace(question.put({paging.param: at}, inside=paging.inside), at=at)


def _is_set(value: Any) -> bool:
    return value is not ABSENT and value not in (None, "", False, "false", [], {})
