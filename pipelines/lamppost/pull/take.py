"""One resource pulled: its secrets filled in, its adapter asked, and no secret left in what is said about it."""

import hashlib
import hmac
import re
import traceback
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any

from lamppost.errors import LamppostError, PendingError, PullError, RefusedError, is_shortage, name_shortage
from lamppost.model import Page, Receipt, Resource, Snapshot
from lamppost.model.dataset import Adapter
from lamppost.pull.fault import fault
from lamppost.pull.job import Job
from lamppost.pull.transport import Transport
from lamppost.pull.transport.address import hide_secrets

Pull = Callable[[Job], tuple[Snapshot, Receipt]]
ADAPTERS: Mapping[Adapter, str] = {
    "http": "lamppost.pull.http",
    "poll": "lamppost.pull.poll",
    "mqtt": "lamppost.pull.mqtt",
    "files": "lamppost.pull.files",
    "sql": "lamppost.pull.sql",
}
"""Adapter → the room whose `pull_<adapter>` it is; imported when first asked for, since databases and brokers weigh."""
NAME = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


def pull_resource(
    dataset: str,
    resource: Resource,
    *,
    env: Mapping[str, str],
    cursor: str | None,
    folder: Path,
    now: datetime,
    transport: Transport,
    private: Path | None = None,
    memory: Mapping[str, str] | None = None,
    secret: bytes = b"",
) -> tuple[Snapshot, Receipt]:
    """The resource's raw pages, written below `folder`, and the Receipt that judges them.

    `env` fills in `${NAME}`; `cursor` is the newest kept value of the cursor field, or None for a first pull; `now`
    has a zone, whose midnight a first pull counts back from. `memory` is what the last committed pull left
    (`Snapshot.memory`); `secret` keys the digests in the receipt, without one there are none. PullError when the
    source did not give what was asked. A verdict other than `complete` is returned, not raised: refusing it is the
    caller's decision.
    """
    assert resource.pull is not None, "only a resource with `pull:` can be pulled"
    assert now.tzinfo is not None, "`now` needs a zone"
    place = f"{dataset}/{resource.name}"
    filled: dict[str, str] = {}
    missing: set[str] = set()
    options = fill_names(resource.pull.options, env, filled, missing)
    if missing:
        raise _refuse_unset(place, sorted(missing))
    pull = replace(resource.pull, options=options)
    job = Job(place, resource, pull, cursor, folder, now, transport, private, memory or {})
    transport.begin()
    try:
        snapshot, receipt = find_adapter(pull.adapter)(job)
    except LamppostError as error:
        raise _hide(error, place, filled) from None
    except Exception as error:
        raise _own(error, place) from error
    return _seal(snapshot, receipt, filled, secret)


def find_adapter(name: Adapter) -> Pull:
    """The function that pulls."""
    found: Pull = getattr(import_module(ADAPTERS[name]), f"pull_{name}")
    return found


def _seal(snapshot: Snapshot, receipt: Receipt, filled: Mapping[str, str], secret: bytes) -> tuple[Snapshot, Receipt]:
    """Both without what was filled in, and the receipt with the size and digest of each page that holds records."""
    issues = tuple(replace(one, message=hide_secrets(one.message, filled)) for one in snapshot.issues)
    pages = [one for one in snapshot.pages if one.rows]
    sealed = replace(
        receipt,
        source=hide_secrets(receipt.source, filled),
        reason=hide_secrets(receipt.reason, filled),
        sizes=tuple(one.size for one in pages),
        digests=tuple(digest(secret, one) for one in pages) if secret else (),
    )
    return replace(snapshot, issues=issues), sealed


def _own(error: Exception, place: str) -> LamppostError:
    """Our own fault, told without its text: that may hold an address with its keys, or what the source sent."""
    if is_shortage(error):
        return PullError(f"{place}: {name_shortage(error)}")
    frame = traceback.extract_tb(error.__traceback__)[-1]
    found = f"{place}: {type(error).__name__} in {Path(frame.filename).name}, line {frame.lineno}"
    return LamppostError(f"{found}; this is a fault of lamppost, please report it")


def digest(secret: bytes, page: Page) -> str:
    """A keyed hash of the page's bytes: who knows all rows but one value cannot try values until it fits."""
    return hmac.new(secret, page.sha256.encode(), hashlib.sha256).hexdigest()


def conceal(text: str, resource: Resource, env: Mapping[str, str]) -> str:
    """`text` without anything that `env` fills into the resource's `pull:`."""
    filled: dict[str, str] = {}
    if resource.pull is not None:
        fill_names(resource.pull.options, env, filled, set())
    return hide_secrets(text, filled)


def _hide(error: LamppostError, place: str, filled: Mapping[str, str]) -> LamppostError:
    kind = type(error) if type(error) in {PullError, PendingError, RefusedError} else PullError
    hidden = kind(hide_secrets(f"{place}: {error}", filled))
    if isinstance(error, PullError) and isinstance(hidden, PullError):
        hidden.detail = hide_secrets(error.detail, filled)
    if isinstance(error, (PullError, RefusedError)) and isinstance(hidden, (PullError, RefusedError)):
        hidden.issues = tuple(
            replace(one, place=hide_secrets(one.place, filled), message=hide_secrets(one.message, filled))
            for one in error.issues
        )
    return hidden


def fill_names(value: Any, env: Mapping[str, str], filled: dict[str, str], missing: set[str]) -> Any:
    """`value` with every `${NAME}` in its texts replaced; notes what was `filled` in and what is `missing`.

    Blanks around a value are dropped: a line break at the end is how a file's content gets into an environment.
    """
    if isinstance(value, Mapping):
        return {key: fill_names(one, env, filled, missing) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [fill_names(one, env, filled, missing) for one in value]
    if not isinstance(value, str):
        return value

    def replace_name(match: re.Match[str]) -> str:
        name = match.group(1)
        text = env.get(name, "").strip()
        if text:
            filled[name] = text
        else:
            missing.add(name)
        return text

    return NAME.sub(replace_name, value)


def _refuse_unset(place: str, names: list[str]) -> PullError:
    shown = " and ".join(f"${{{name}}}" for name in names)
    verb = "is" if len(names) == 1 else "are"
    expected = "a value in the environment, because the descriptor asks for it"
    do = "set it as a repository variable or secret, or rehearse with `--sandbox`"
    return fault(place, f"{shown} {verb} not set", expected, do)
