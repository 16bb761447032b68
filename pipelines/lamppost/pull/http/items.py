"""`for_each:`: a list asked first, of which each item is asked for what it has."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lamppost.notation import find
from lamppost.pull.fault import fault
from lamppost.pull.http.asked import Asked
from lamppost.pull.http.asking import Pace
from lamppost.pull.http.listing import prove_listing, word_proof
from lamppost.pull.http.reading import Listing
from lamppost.pull.options import write_scalar
from lamppost.pull.receipt import judge
from lamppost.pull.tally import Look
from lamppost.pull.template import fill_pairs, fill_path
from lamppost.pull.transport import Transport
from lamppost.pull.transport.address import add_path


@dataclass(frozen=True)
class Contexts:
    """What each item knows, and whether their list can be trusted."""

    names: tuple[Mapping[str, str], ...] = ({},)
    doubt: str = ""
    simulated: bool = False


def list_items(asked: Asked, transport: Transport) -> Contexts:
    """One context an item; a single empty one without `for_each`."""
    items = asked.items
    if items is None:
        return Contexts()
    url = add_path(items.form.access.home, fill_path(items.path, asked.values, "pull.for_each.path"))
    params = fill_pairs(items.params, asked.values, "pull.for_each.params")
    listed = prove_listing(Listing(items.form, url, params, {}, asked.values), transport, Look(), None, Pace())
    names = tuple(_take(one, items.take) for one in listed.records if _is_wanted(one, items.only))
    verdict, reason = judge(
        listed.tally.received, listed.declared, declared_by=items.form.count.name, doubt=listed.doubt,
        proof=word_proof(items.form, shifting=listed.shifting, stopped=listed.stopped),
    )  # fmt: skip
    doubt = "" if verdict == "complete" else f"The list of what to ask for is not complete: {reason}"
    return Contexts(names, doubt or ("" if names else "The list of what to ask for is empty."), listed.simulated)


def _take(item: Any, names: Mapping[str, str]) -> Mapping[str, str]:
    taken = {}
    for name, path in names.items():
        text = write_scalar(find(item, path))
        if not text:
            raise fault(f"pull.for_each.take.{name}", f"an item without `{path}`", "a text in each", "correct the path")
        taken[name] = text
    return taken


def _is_wanted(item: Any, only: Mapping[str, str]) -> bool:
    found = {path: find(item, path) for path in only}
    return all(text == found[path] or text in _as_list(found[path]) for path, text in only.items())


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
