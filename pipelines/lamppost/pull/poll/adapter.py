"""One document: found, asked for if it may have changed, opened, counted and kept."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus

from lamppost.decode import SEALED
from lamppost.decode.archive import open_members
from lamppost.errors import PullError, RefusedError
from lamppost.model import Issue, Receipt, Snapshot
from lamppost.pull.content import check_rules, parse_json
from lamppost.pull.fault import fault, pending
from lamppost.pull.glance import Glance, Lens
from lamppost.pull.http.more import find_doubt, find_more
from lamppost.pull.http.paging import Paging
from lamppost.pull.http.step import Answer
from lamppost.pull.http.wrong import find_error
from lamppost.pull.job import Job
from lamppost.pull.poll.age import find_data_time, judge_age, read_ttl
from lamppost.pull.poll.asked import Asked, read_asked
from lamppost.pull.poll.feeds import find_feed
from lamppost.pull.poll.memory import Memory, find_validators, is_current, is_whole, read_validators, renew
from lamppost.pull.receipt import OPEN_END, make_receipt
from lamppost.pull.snapshot import keep_page
from lamppost.pull.transport import Response
from lamppost.pull.transport.address import add_path, name_source, show_url
from lamppost.pull.transport.trail import describe

ONE = Paging()
DEEPEST = 2
"""Documents between `url` and a feed: a manifest.json and a gbfs.json."""


@dataclass(frozen=True)
class _Target:
    """What is asked for in the end."""

    url: str
    params: Mapping[str, str]
    lens: Lens
    simulated: bool = False

    @property
    def name(self) -> str:
        """Tells it apart from other addresses without keeping what may be secret in this one."""
        return hashlib.sha256(json.dumps([self.url, sorted(self.params.items())]).encode()).hexdigest()


@dataclass(frozen=True)
class _Document:
    """A page to be kept, and what was seen of it."""

    body: bytes
    glance: Glance


def pull_poll(job: Job) -> tuple[Snapshot, Receipt]:
    """The document and its Receipt: complete when its transfer, or its syntax, shows where it ends.

    Unchanged when nothing was asked because the last answer is still current, when the source says so, or when the
    very same bytes came again.
    """
    asked = read_asked(job.options())
    if is_current(job.memory, job.now):
        target = _Target(add_path(asked.access.home, asked.path), asked.params, asked.lens)
        return _stay(job, asked, target, job.memory, "The last answer is still current by its own word.")
    target = _find_target(job, asked)
    memory = job.memory if job.memory.get("address") == target.name else {}
    response = _ask(job, asked, target, memory)
    target = replace(target, simulated=target.simulated or response.simulated)
    if response.status == HTTPStatus.NOT_MODIFIED:
        reason = "The source says that nothing changed since the last pull."
        return _stay(job, asked, target, renew(memory, job.now), reason)
    digest = hashlib.sha256(response.body).hexdigest()
    if memory.get("sha256") == digest and is_whole(memory):
        memory = {**memory, **read_validators(response.headers, job.now)}
        return _stay(job, asked, target, renew(memory, job.now), "The very same bytes came as in the last pull.")
    return _take(job, asked, target, response, digest)


def _find_target(job: Job, asked: Asked) -> _Target:
    """The address to ask; for a feed, after the documents that lead to it."""
    target = _Target(add_path(asked.access.home, asked.path), asked.params, asked.lens)
    if asked.discover is None:
        return target
    for _step in range(DEEPEST):
        response = job.transport.ask(target.url, asked.access, params=target.params, expect="json")
        place = show_url(response.url)
        found = find_feed(parse_json(response.body, place), asked.discover, response.url, place)
        lens = replace(asked.lens, records=found.records or asked.lens.records)
        target = _Target(found.url, {}, lens, target.simulated or response.simulated)
        if not found.is_index:
            return target
    raise fault(show_url(target.url), "another manifest", "a gbfs.json", "correct `url:` in the descriptor")


def _ask(job: Job, asked: Asked, target: _Target, memory: Memory) -> Response:
    response = job.transport.ask(
        target.url, asked.access, params=target.params, body=asked.body, expect=asked.expect, also=asked.pending,
        validators=find_validators(memory, job.now) if asked.body is None else {},
    )  # fmt: skip
    if response.status in asked.pending:
        said = describe(response.status, response.headers, None)
        raise pending(show_url(response.url), f"{said}: not ready yet", "a document", "it is asked again")
    return response


def _stay(job: Job, asked: Asked, target: _Target, memory: Memory, reason: str) -> tuple[Snapshot, Receipt]:
    """Nothing new; that the data was already too old, or has become so, is said all the same."""
    snapshot = Snapshot(
        (), target.lens.decode, target.lens.root, simulated=target.simulated,
        issues=_judge(job, asked, memory.get("data_time", "")), memory=memory, unchanged=True,
    )  # fmt: skip
    receipt = make_receipt(
        source=name_source(target.url, simulated=target.simulated),
        adapter="poll",
        pages=[int(memory["rows"])],
        size=0,
        stopped="nothing new",
        proof=reason,
        cursor=(job.cursor, job.cursor),
        simulated=target.simulated,
    )
    return snapshot, receipt


def _take(job: Job, asked: Asked, target: _Target, response: Response, digest: str) -> tuple[Snapshot, Receipt]:
    place, lens = show_url(response.url), target.lens
    documents = _open(asked, lens, response, place)
    bodies = [one.glance.body for one in documents]
    times = [text for one in documents for column in one.glance.columns.values() for text in column]
    data_time = find_data_time(asked.stale, bodies, times, job.now, place) if asked.stale else ""
    pages = tuple(keep_page(job.folder, one.body, lens.decode, rows=one.glance.rows) for one in documents)
    memory = {
        **read_validators(response.headers, job.now), "address": target.name, "sha256": digest, "data_time": data_time,
        "rows": str(sum(page.rows for page in pages)),
    }  # fmt: skip
    snapshot = Snapshot(
        pages, lens.decode, lens.root, lens.encoding, lens.dialect, target.simulated,
        issues=_judge(job, asked, data_time), memory=renew(memory, job.now, read_ttl(asked.ttl, bodies[0])),
    )  # fmt: skip
    whole = response.whole or bool(asked.members) or lens.decode in SEALED
    receipt = make_receipt(
        source=name_source(target.url, simulated=target.simulated),
        adapter="poll",
        pages=[page.rows for page in pages],
        size=len(response.body),
        stopped="end of document",
        doubt=_find_doubt(asked, lens, response, documents) if whole else OPEN_END,
        proof="The document came whole; the source declares no count.",
        cursor=(job.cursor, job.cursor),
        simulated=target.simulated,
    )
    return snapshot, receipt


def _find_doubt(asked: Asked, lens: Lens, response: Response, documents: list[_Document]) -> str:
    """Why the one document may not be all: it says so itself, and a page of a list looks just like a document."""
    glance = documents[0].glance
    answer = Answer(
        response.url, glance.body, glance.rows, response.links, response.headers, received=glance.rows,
    )  # fmt: skip
    if asked.members:
        return ""
    sign = find_more(answer, ONE, lens.root, asked.rules.paths)
    if sign:
        return f"It says that there is more (`{sign}`), and `poll` asks once: write `adapter: http` with `paging:`."
    return find_doubt(answer, ONE, lens.root, alone=False) or find_error(answer, lens.root, asked.rules.paths)


def _judge(job: Job, asked: Asked, data_time: str) -> tuple[Issue, ...]:
    return judge_age(asked.stale, data_time, job.now, job.place) if asked.stale else ()


def _open(asked: Asked, lens: Lens, response: Response, place: str) -> list[_Document]:
    """The document, or the wanted members of an archive, each looked over."""
    said = f" ({describe(response.status, response.headers, response.body)})"
    try:
        members = open_members(response.body, asked.members, place) if asked.members else [("", response.body)]
    except RefusedError as error:
        raise PullError(str(error), issues=error.issues) from None
    return [_look(asked, lens, body, f"{place}, {name}" if name else place, said) for name, body in members]


def _look(asked: Asked, lens: Lens, body: bytes, place: str, said: str) -> _Document:
    return _Document(body, lens.look(body, place, lambda root: check_rules(root, asked.rules, place, said)))
