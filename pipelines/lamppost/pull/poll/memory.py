"""What one poll leaves for the next (pure): validators, a hash, how long the answer stays current, how old its data is.

It lies in the private folder, beside the snapshots. Only texts, because it is kept as such.
"""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from lamppost.pull.content import is_count
from lamppost.pull.poll.age import LONGEST_TTL
from lamppost.pull.window import parse_instant, write_instant

Memory = Mapping[str, str]
TRUSTED = timedelta(days=1)
"""How long a source is believed that nothing changed, before the whole document is asked for again: ETags lie."""
TAG = re.compile(r"[\x21-\x7e]{1,256}")


def find_validators(memory: Memory, now: datetime) -> Memory:
    """What the source gets to compare (RFC 9110 §13.1); nothing once it has been believed for long enough."""
    since = parse_instant(memory.get("read_at", ""))
    if since is None or not timedelta() <= now - since < TRUSTED or not is_whole(memory):
        return {}
    return {name: memory[name] for name in ("etag", "last_modified") if memory.get(name)}


def read_validators(headers: Memory, now: datetime) -> dict[str, str]:
    """The answer's own, empty where it has none; a date to come would be answered with 304 until it has come."""
    tag, modified = headers.get("etag", ""), headers.get("last-modified", "")
    try:
        known = parsedate_to_datetime(modified) <= now
    except (ValueError, TypeError):  # no date, or one without zone
        known = False
    return {
        "etag": tag if TAG.fullmatch(tag) else "",
        "last_modified": modified if known else "",
        "read_at": write_instant(now),
    }


def renew(memory: Memory, now: datetime, ttl: timedelta | None = None) -> dict[str, str]:
    """The memory, current from now on for as long as its answer said."""
    if ttl is None:
        seconds = memory.get("ttl", "")
        ttl = timedelta(seconds=int(seconds)) if is_count(seconds) and len(seconds) < 9 else timedelta()  # noqa: PLR2004
    return {**memory, "ttl": str(int(ttl.total_seconds())), "expires": write_instant(now + ttl) if ttl else ""}


def is_current(memory: Memory, now: datetime) -> bool:
    """True while what was pulled last is still current by its own word; never for longer than a day."""
    expires = parse_instant(memory.get("expires", ""))
    return is_whole(memory) and expires is not None and now < expires <= now + LONGEST_TTL


def is_whole(memory: Memory) -> bool:
    """True for one that a poll left; without it nothing can be unchanged."""
    return is_count(memory.get("rows", ""))
