"""Signs in a good answer, with records in it, that something went wrong (pure).

A source may say so in words that no descriptor foresaw: a state, a code, a message beside the records that did come.
"""

import re
from collections.abc import Collection
from typing import Any

from lamppost.pull.content import EMPTY, is_count
from lamppost.pull.http.more import Member, list_members
from lamppost.pull.http.step import Answer

ERRORS = frozenset({
    "error", "errors", "exception", "exceptions", "errormessage", "errorcode", "errordescription", "failures", "fault",
})  # fmt: skip
STATES = frozenset({"status", "state", "stat", "outcome", "responsestatus", "resultstatus"})
BAD = frozenset({"error", "err", "fail", "failed", "failure", "ko", "denied", "unauthorized", "forbidden", "partial"})
CODES = frozenset({"code", "status", "statuscode", "httpcode", "httpstatus", "responsecode"})
"""Where a status of HTTP may stand inside an answer that has a good one outside."""
NOTES = frozenset({"message", "messages", "msg", "warning", "warnings"})
SHORT = re.compile(r"truncat|incomplete|partial|exceed|rate.?limit|too many|unauthori[sz]ed|forbidden|denied")
"""What such a note says of records that are missing."""
LONGEST_NOTE = 2_000
FAULTS = range(400, 600)


def find_error(answer: Answer, records: str, known: Collection[str] = ()) -> str:
    """A sentence for an answer that holds records and says beside them that something went wrong."""
    for one in list_members(answer.body, records):
        if one.near and one.path not in known and _is_wrong(one):
            rule = "`ok_when:`" if one.name in {*STATES, *CODES} else f"`fail_when: {one.path}`, or `ok_when:`"
            return f"`{one.path}` beside its records says that something went wrong: write {rule} with what it may say."
    return ""


def _is_wrong(one: Member) -> bool:
    text = str(one.value).lower()
    if one.name == "success":
        return one.value is False or text == "false"
    if one.name in ERRORS:
        return one.value not in (*EMPTY, 0, "0")
    if one.name in STATES and text in BAD:
        return True
    if one.name in CODES and is_count(text):
        return int(text) in FAULTS
    return one.name in NOTES and _tells_of_loss(one.value)


def _tells_of_loss(value: Any) -> bool:
    return bool(SHORT.search(str(value)[:LONGEST_NOTE].lower()))
