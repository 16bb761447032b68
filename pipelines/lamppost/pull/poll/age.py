"""How old data is by its own word, and how long it may be taken for current (pure).

A server that answers in time says nothing about its data: feeds have stood still for 93 days behind HTTP 200.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from lamppost.model import Issue
from lamppost.notation import ABSENT, CONVERSION_NAMES, find, find_conversion, parse_duration
from lamppost.pull.content import is_count
from lamppost.pull.fault import fault
from lamppost.pull.options import Options
from lamppost.pull.window import parse_instant, write_instant

LONGEST_TTL = timedelta(days=1)
"""A longer one is a slip: nobody polls a source that is asked less often than once a day."""
SKEW = timedelta(minutes=10)
"""By how much another clock may be ahead of ours."""


@dataclass(frozen=True)
class Stale:
    """`stale:` of a descriptor; `path` beside the records or `newest` in each of them, exactly one of the two."""

    after: timedelta
    after_text: str
    path: str = ""
    newest: str = ""
    convert: str = ""
    zone: str = ""


def read_stale(options: Options) -> Stale | None:
    """`stale: {path: last_updated, after: PT1H, as: epoch_s}`, or `newest:` for the latest time in the records."""
    block = options.block("stale")
    if block is None:
        return None
    written = block.text("after", "")
    after = parse_duration(written)
    stale = Stale(
        after or timedelta(), written, block.text("path", ""), block.text("newest", ""),
        block.choice("as", ("", *CONVERSION_NAMES), ""), block.text("zone", ""),
    )  # fmt: skip
    block.close()
    if not after or bool(stale.path) == bool(stale.newest):
        raise fault(
            block.place, "too little or too much", "`after: PT1H` with one of `path` and `newest`", "correct it"
        )
    return stale


def find_data_time(stale: Stale, bodies: Iterable[Any], times: Iterable[str | None], now: datetime, place: str) -> str:
    """The instant that the data is of: the source's word at `path`, or the latest of `times` that is not to come.

    Empty when there is no record to tell; PullError when what is there cannot be read as a time.
    """
    where = stale.path or stale.newest
    found = [_as_text(find(one, stale.path)) for one in bodies] if stale.path else [text or "" for text in times]
    if not found:
        return ""
    known = [_read(text, stale) for text in found if text]
    read = [one for one in known if one is not None]
    if not read:
        what = f"what is at `{where}` is no time" if any(found) else f"no time at `{where}`"
        raise fault(place, what, "an instant", "correct `stale:` in the descriptor; a number needs `as: epoch_s`")
    past = [one for one in read if stale.path or one <= now + SKEW]
    return write_instant(max(past or read))


def judge_age(stale: Stale, data_time: str, now: datetime, place: str) -> tuple[Issue, ...]:
    """An issue when the data is older than promised, or of a time to come; it tells the data's time, never ours."""
    instant = parse_instant(data_time) if data_time else None
    if instant is None:
        return ()
    shown = instant.strftime("%Y-%m-%d %H:%M UTC")
    if instant > now + SKEW:
        message = (
            f"the source says that its data is of {shown}, which is yet to come · expected a clock that is right · "
            "ask the source's operator; until then its age cannot be judged"
        )
        return (Issue("clock-skew", place, message, "warning"),)
    if now - instant <= stale.after:
        return ()
    message = (
        f"the source answers, but its data is of {shown} · expected it no older than {stale.after_text} · "
        "ask the source's operator what stands still"
    )
    return (Issue("stale-source", place, message, "warning"),)


def read_ttl(written: str, body: Any) -> timedelta:
    """How long the answer says it stays current (`ttl: ttl`), or the descriptor does (`ttl: PT5M`); at most a day."""
    span = parse_duration(written) if written else timedelta()
    if span is None:
        text = _as_text(find(body, written))
        span = timedelta(seconds=int(text)) if is_count(text) and len(text) < 9 else timedelta()  # noqa: PLR2004
    return min(span, LONGEST_TTL)


def _read(text: str, stale: Stale) -> datetime | None:
    change = find_conversion(stale.convert, stale.zone)
    return None if change is None else parse_instant(change(text))


def _as_text(value: Any) -> str:
    return "" if value is ABSENT or value is None else str(value)
