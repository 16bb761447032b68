"""How to ask for the rest (pure): from one page to the question for the next, or to the reason why there is none.

Steps are made by the rows *received*: a server that clamps the page size gets asked for what it held back. A page
shorter than asked ends nothing, because it may be just such a clamp.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from lamppost.notation import ABSENT, find
from lamppost.pull.address import join_url
from lamppost.pull.options import Options

By = Literal["none", "next_link", "link_header", "offset", "page", "cursor"]
WAYS: tuple[By, ...] = ("none", "next_link", "link_header", "offset", "page", "cursor")


@dataclass(frozen=True)
class Paging:
    """`paging:` of a descriptor."""

    by: By = "none"
    path: str = ""
    """next_link, cursor: where in the body the address or the token stands."""
    param: str = ""
    """offset, page, cursor: the parameter that moves."""
    limit: str = ""
    """The parameter that holds `size`."""
    size: int = 0
    first: int = 0
    """page: number of the first page; offset: of the first row."""
    more: str = ""
    """offset: what in the body is true while there is more."""


@dataclass(frozen=True)
class Question:
    """One request: an address and its parameters."""

    url: str
    params: Mapping[str, str]


@dataclass(frozen=True)
class Answer:
    """What one page says about the rest."""

    url: str
    """Where the page came from; relative links start there."""
    body: Any
    rows: int
    links: Mapping[str, str]
    """The Link header."""


def read_paging(options: Options | None) -> Paging:
    """`paging:` as written; a lone word is `{by: word}`."""
    if options is None:
        return Paging()
    by = options.choice("by", WAYS)
    paging = Paging(by)
    if by in {"next_link", "cursor"}:
        paging = replace(paging, path=options.text("path"))
    if by in {"offset", "page", "cursor"}:
        paging = replace(paging, param=options.text("param"))
    if by in {"offset", "page"}:
        paging = replace(paging, first=options.number("first", 1 if by == "page" else 0))
    if by == "offset":
        paging = replace(paging, more=options.text("more", ""))
    paging = replace(paging, limit=options.text("limit", ""), size=options.number("size", 0))
    options.close()
    return paging


def first_question(paging: Paging, url: str, params: Mapping[str, str]) -> Question:
    """The question for page 1."""
    moving = {paging.param: str(paging.first)} if paging.by in {"offset", "page"} else {}
    limit = {paging.limit: str(paging.size)} if paging.limit and paging.size else {}
    return Question(url, {**params, **limit, **moving})


def next_question(
    paging: Paging, question: Question, answer: Answer, *, received: int, declared: int | None
) -> Question | str:
    """The question for the next page, or the reason (`no next link`, `empty page`) why there is none.

    `received` counts this page too; `declared` is the count that the source gave, if it did.
    """
    if paging.by == "none":
        return "one answer"
    if paging.by in {"next_link", "link_header"}:
        link = find(answer.body, paging.path) if paging.by == "next_link" else answer.links.get("next", ABSENT)
        return Question(join_url(answer.url, str(link)), {}) if _is_set(link) else "no next link"
    if paging.by == "cursor":
        token = find(answer.body, paging.path)
        return _move(question, paging.param, str(token)) if _is_set(token) else "no next token"
    at = int(question.params[paging.param])
    if paging.by == "page":
        return _move(question, paging.param, str(at + 1)) if answer.rows else "empty page"
    return _next_offset(paging, question, answer, at + answer.rows, short=declared is not None and received < declared)


def _next_offset(paging: Paging, question: Question, answer: Answer, at: int, *, short: bool) -> Question | str:
    """Ask on while the source says so, or while rows are missing; some send an empty page in between and mean it."""
    more = _is_set(find(answer.body, paging.more)) if paging.more else None
    if more and not answer.rows:
        return _move(question, paging.param, str(at + max(paging.size, 1)))
    if answer.rows and (more or short or more is None):
        return _move(question, paging.param, str(at))
    return f"{paging.more} not set" if answer.rows else "empty page"


def _move(question: Question, param: str, value: str) -> Question:
    return replace(question, params={**question.params, param: value})


def _is_set(value: Any) -> bool:
    return value is not ABSENT and value not in (None, "", False)
