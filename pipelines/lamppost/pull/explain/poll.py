"""Explain the adapter `poll`: which document is asked for, when it is not asked for at all, and what shows its end."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from lamppost.decode import SEALED
from lamppost.notation import parse_duration
from lamppost.pull.explain.explanation import Explanation
from lamppost.pull.job import Job, record_path
from lamppost.pull.poll.asked import Asked, read_asked
from lamppost.pull.poll.memory import TRUSTED
from lamppost.pull.transport.address import add_path, show_url
from lamppost.pull.words import word_pairs, word_span

ROTATING = {"bike_id", "vehicle_id"}
"""GBFS: a vehicle gets another one after each trip, so that nobody can be followed."""
ENDS = {
    "json": "JSON that is cut anywhere is no JSON",
    "geojson": "JSON that is cut anywhere is no JSON",
    "xml": "XML that is cut anywhere is no XML",
}


def explain_poll(job: Job) -> Explanation:
    """The questions in order, with `${NAME}` as it stands in the descriptor."""
    asked = read_asked(job.options())
    return Explanation(tuple(_tell_asks(asked)), tuple(_tell_proof(asked)), tuple(_find_refusals(job, asked)))


def _tell_asks(asked: Asked) -> Iterator[str]:
    url = add_path(asked.access.home, asked.path)
    place = show_url(url) if urlsplit(url).scheme else url.partition("?")[0]
    verb = "Asks" if asked.body is None else "Sends a POST to"
    what = f"{verb} {place}" + (f" with {word_pairs(asked.params)}" if asked.params else "")
    if asked.ttl:
        span = parse_duration(asked.ttl)
        long = word_span(span) if span else f"the seconds that it says itself at `{asked.ttl}`, a day at most"
        yield f"Asks nothing while the last answer is current: for {long}."
    if asked.discover:
        feeds = " or else ".join(f"`{feed}`" for feed in asked.discover.feeds)
        yield f"{what} for the address of the feed {feeds}."
        what = "Asks that address"
    if asked.members:
        named = ", ".join(asked.members)
        yield f"{what} for a ZIP archive and opens of it only {named}, as {asked.lens.decode}."
    else:
        yield f"{what} for one document, {asked.lens.decode}" + (
            f", whose records are at `{asked.lens.records}`." if asked.lens.records else "."
        )
    if asked.body is None:
        yield (
            "After the first pull it asks only whether the document has changed (ETag, Last-Modified), "
            f"and for the whole all the same once in {word_span(TRUSTED)}."
        )


def _tell_proof(asked: Asked) -> Iterator[str]:
    if asked.members:
        yield "The archive's directory and the checksum of each member show that nothing of it is missing."
    elif asked.lens.decode in SEALED:
        yield f"The document declares no count; its end shows itself: {ENDS[asked.lens.decode]}."
    else:
        yield (
            "The document declares no count; its length, or the end of its last chunk, shows that it came whole. "
            "Where the server sends neither, the pull is unproven."
        )
    if asked.access.types:
        types = " or ".join(sorted(asked.access.types))
        yield f"The content type {types} is not believed; a page of HTML is refused all the same."
    if asked.stale:
        where = f"`{asked.stale.path}`" if asked.stale.path else f"the latest `{asked.stale.newest}` of the records"
        yield f"Its age is judged by {where}: when that is over {word_span(asked.stale.after)} ago, readers are told."
    else:
        yield "How old the data is by its own word is not looked at: no `stale:` is declared."


def _find_refusals(job: Job, asked: Asked) -> Iterator[str]:
    key = () if job.resource.key_content else job.resource.schema.primary_key
    rotating = ROTATING & {record_path(job.pull, name) for name in key}
    if asked.discover and rotating:
        yield (
            f"`{min(rotating)}` is in the primary key, and GBFS gives a vehicle another one after each trip: rows "
            "would seem to come and go; write `key: content` and drop it."
        )
    every = job.resource.publish.every
    if job.private is None and every and every > job.pull.every and job.resource.publish.mode != "snapshot":
        yield "It is polled more often than versions are made, and there is no private folder where rows could wait."
