"""The course of a retraction: planned as a whole on a draft of the store, told, then written so that it can be resumed.

First the list that keeps the rows from coming back, then new objects, then manifests: what is computed from the dataset
before the dataset itself, and each chain upward; then figures and run records; last, every object that no manifest
names. Whoever starts it again after a crash gets the same bytes as without one.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from lamppost.errors import StoreError
from lamppost.load import load_datasets
from lamppost.model import PLAN, City, Dataset, Redaction, Version
from lamppost.retract.chain import rewrite_chain
from lamppost.retract.derived import recompute
from lamppost.retract.draft import Draft
from lamppost.retract.elsewhere import find_elsewhere
from lamppost.retract.find import Found, Wanted, find_rows
from lamppost.retract.order import Order, check_words, find_table, find_wanted, misuse
from lamppost.retract.parts import Bench, make_bench, named_objects
from lamppost.retract.records import rewrite_figures, rewrite_runs
from lamppost.retract.table import Cutting, cut_table, empty_table, scrub_papers
from lamppost.retract.traces import clean_messages, find_messages, find_traces, remove
from lamppost.run.secret import NAME, find_secret
from lamppost.store import Store, sweep
from lamppost.store.barred import FILE, Barred, Key, encode_barred, has_barred, read_barred
from lamppost.store.redact import Needles

ATTEMPTS = 5


@dataclass(frozen=True)
class Plan:
    """All that a retraction changes; nothing of it is done yet."""

    order: Order
    draft: Store
    rows: int
    """Primary keys that were found; of a whole dataset the rows of its newest version."""
    versions: Mapping[str, tuple[int, ...]]
    """Dataset → versions that are written anew; the one asked for first, then what is computed from it."""
    figures: tuple[str, ...]
    runs: tuple[str, ...]
    objects: tuple[str, ...]
    """Keys that no manifest will name."""
    traces: tuple[Path, ...]
    messages: Mapping[Path, int]
    elsewhere: tuple[str, ...]
    """What is left to people: where the rows' own texts still stand, or may, as far as anybody can tell."""
    needles: Needles
    keys: frozenset[Key] = frozenset()
    barred: bytes | None = None
    """The list that keeps the rows away, when it changes."""

    @property
    def is_done(self) -> bool:
        """True when the store needs nothing more."""
        return not (any(self.versions.values()) or self.figures or self.runs or self.objects or self.barred)


def plan_retraction(city: City, store: Store, order: Order, *, day: str, env: Mapping[str, str], folder: Path) -> Plan:
    """Everything that would change, made in `folder`; LoadError for misuse, StoreError for a store that is damaged."""
    order = check_words(order)
    head = _find_head(store, order)
    declared = {one.name: one for one in load_datasets(city)[0]}
    place = Draft(store.place, folder)
    draft = Store(place)
    said = Redaction(day, order.reason, order.by, 0, whole=order.is_whole and not order.table)
    bench = make_bench(store, draft, folder, order.dataset, declared.get(order.dataset))
    wanted, found, barred = None, None, None
    if order.table:
        find_table(order, head)
    if not order.is_whole:
        wanted = find_wanted(order, head)
        found, barred = _find(city, store, order, wanted, env)
    change = _cut(Cutting(bench, found)) if found else _empty(bench, order.table)
    versions = {order.dataset: tuple(rewrite_chain(store, draft, order.dataset, change, said))}
    versions |= _follow(store, draft, folder, declared, order.dataset, said)
    needles = found.needles if found else Needles()
    _require_discreet(order, needles)
    figures = tuple(rewrite_figures(draft, list(versions), day))
    keys = frozenset(found.keys.get(found.wanted.names, ())) if found else frozenset()
    return Plan(
        order, draft, len(keys) if found else head.rows, versions, figures, tuple(rewrite_runs(draft, needles)),
        objects=tuple(_find_orphans(store, draft, list(versions))),
        traces=tuple(find_traces(city.private, city.root, list(versions))),
        messages=dict(find_messages(city.private, [order.dataset], needles)),
        elsewhere=tuple(find_elsewhere(city, draft, list(declared.values()), set(versions), needles)),
        needles=needles, keys=keys, barred=barred,
    )  # fmt: skip


def _find_head(store: Store, order: Order) -> Version:
    head = store.head(order.dataset) if order.dataset in store.datasets() else None
    if head is None:
        listed = ", ".join(store.datasets()) or "none yet"
        raise misuse(order.dataset, f"nothing was ever published under this name; published are: {listed}")
    if order.dataset == PLAN and order.is_whole:
        raise misuse(PLAN, "is made of the files under docs/plan/; expected --rows or --where with --table")
    return head


def _find(city: City, store: Store, order: Order, wanted: Wanted, env: Mapping[str, str]) -> tuple[Found, bytes | None]:
    """The rows, and the list that keeps them away, if it has to be written."""
    secret = b"" if order.gone and not has_barred(store, order.dataset) else find_secret(city.private, env)
    if not secret and not order.gone:
        raise misuse(
            "--rows",
            f"the next pull would bring the rows back, and there is no secret to know them by; set {NAME} here and "
            "where runs are made, or delete them at the source and say --gone-at-source",
        )
    known = read_barred(store, order.dataset, secret)
    versions = [store.read(order.dataset, seq) for seq in store.versions(order.dataset)]
    found = find_rows(store, versions, wanted, known)
    strange = [key for key in found.keys[wanted.names] - found.met if not _is_known(known, wanted, key)]
    if strange and not (order.gone and _is_begun(versions, order)):
        shown = "/".join(map(str, min(strange, key=str)))
        raise misuse(f"--rows {shown}", f"no version of {order.dataset} has or had such a row; nothing was changed")
    if not found.keys[wanted.names] and not known.digests:
        raise misuse("--where", f"no version of {order.dataset} has such a row; nothing was changed")
    listed = known
    for names, some in found.keys.items():
        listed = listed.add(wanted.resource, names, some)
    return found, encode_barred(listed) if listed != known and not order.gone else None


def _is_known(barred: Barred, wanted: Wanted, key: Key) -> bool:
    return barred.digest(wanted.resource, wanted.names, key) in barred.digests


def _is_begun(versions: Sequence[Version], order: Order) -> bool:
    """True when a crash stopped this very order on its way."""
    return any((one.reason, one.by) == (order.reason, order.by) for version in versions for one in version.redacted)


def _cut(cutting: Cutting) -> Callable[[Version, dict[str, Any]], int | None]:
    resource = cutting.found.wanted.resource

    def change(version: Version, manifest: dict[str, Any]) -> int | None:
        listed = {one["name"]: one for one in manifest["resources"]}
        blocks = manifest["lamppost"]["tables"]
        rows: int | None = 0
        for table in version.tables:
            if table.resource == resource:
                rows = cut_table(cutting, table, blocks[resource], listed[resource])
        for table in version.tables:
            if table.resource != resource:
                scrub_papers(cutting, blocks[table.resource])
        return rows

    return change


def _empty(bench: Bench, only: str) -> Callable[[Version, dict[str, Any]], int]:
    def change(version: Version, manifest: dict[str, Any]) -> int:
        listed = {one["name"]: one for one in manifest["resources"]}
        blocks = manifest["lamppost"]["tables"]
        return sum(
            empty_table(bench, table, blocks[table.resource], listed[table.resource])
            for table in version.tables
            if only in {"", table.resource}
        )

    return change


def _follow(
    store: Store, draft: Store, folder: Path, declared: Mapping[str, Dataset], name: str, said: Redaction
) -> dict[str, tuple[int, ...]]:
    """Versions that are written anew of each dataset that is computed from this one, directly or not, inputs first."""
    moved = {name: find_moved(store, draft, name)}
    made: dict[str, tuple[int, ...]] = {}
    published = store.datasets()
    for one in (*declared, *(other for other in published if other not in declared)):
        head = store.head(one) if one in published and one != name else None
        inputs = {source for table in head.tables for source in table.inputs} if head else set()
        if inputs & moved.keys():
            bench = make_bench(store, draft, folder, one, declared.get(one))
            change = recompute(bench, declared.get(one), moved)
            made[one] = tuple(rewrite_chain(store, draft, one, change, replace(said, whole=False)))
            moved[one] = find_moved(store, draft, one)
    return made


def find_moved(store: Store, draft: Store, name: str) -> frozenset[int]:
    """Versions that name other bytes in the draft."""
    return frozenset(seq for seq in store.versions(name) if _paths(store, name, seq) != _paths(draft, name, seq))


def _paths(store: Store, name: str, seq: int) -> list[str]:
    return [part.path for table in store.read(name, seq).tables for part in table.parts]


def _require_discreet(order: Order, needles: Needles) -> None:
    for name, text in (("reason", order.reason), ("by", order.by)):
        if needles.hide(text) != text:
            raise misuse(f"--{name}", "says what is to be taken out; everybody can read it; expected other words")


def _find_orphans(store: Store, draft: Store, names: Sequence[str]) -> Iterator[str]:
    """Objects that nobody will name; however young: what a dead run left may hold the rows too."""
    for name in names:
        kept = {path for seq in draft.versions(name) for path in named_objects(draft.manifest(name, seq))}
        yield from (store.key(name, path) for path in store.objects(name) if path not in kept)


def carry_out(store: Store, plan: Plan) -> None:
    """Does what was planned; interrupted anywhere, the same order given again does the rest."""
    place = plan.draft.place
    assert isinstance(place, Draft)
    if plan.barred is not None:
        store.replace(store.key(plan.order.dataset, FILE), plan.barred)
    for key, path in place.written.items():
        if "/objects/" in key:
            store.place.keep(key, path)
    manifests = [store.manifest_key(name, seq) for name in reversed(list(plan.versions)) for seq in plan.versions[name]]
    others = [key for key in place.written if key.startswith(("figures/", "runs/"))]
    for key in (*manifests, *others):
        store.replace(key, place.written[key].read_bytes())
    for key in plan.objects:
        store.remove(key)
    sweep(store)
    for path in plan.messages:
        clean_messages(path, plan.needles)
    for path in plan.traces:
        remove(path)


def retract(city: City, store: Store, plan: Plan, *, day: str, env: Mapping[str, str], folder: Path) -> None:
    """Carries the plan out, and looks again: a run may have published the rows meanwhile."""
    order = plan.order
    if plan.keys:
        order = replace(order, keys=plan.keys, rows=())
    for number in range(ATTEMPTS):
        carry_out(store, plan)
        again = folder / f"again-{number}"
        again.mkdir()
        plan = plan_retraction(city, store, order, day=day, env=env, folder=again)
        if plan.is_done:
            return
    raise StoreError(f"{order.dataset}: other runs publish faster than it is taken out; stop them, and run it again")


def tell(plan: Plan) -> Iterator[str]:
    """What a plan changes, a line each."""
    name, numbers = plan.order.dataset, plan.versions[plan.order.dataset]
    rows = f"{plan.rows:,} {'row' if plan.rows == 1 else 'rows'}"
    whole = f"all {rows} of the newest version, and all of the older ones" if plan.order.is_whole else rows
    yield f"{name}: {whole}; versions rewritten: {_list(numbers)}"
    for other, some in list(plan.versions.items())[1:]:
        yield f"{other}, which is computed from it: versions rewritten: {_list(some)}"
    if plan.figures:
        yield f"figures computed again: {', '.join(plan.figures)}"
    if plan.runs:
        yield f"what {', '.join(plan.runs)} said"
    yield f"files deleted from the store: {len(plan.objects):,}"
    for path in plan.traces:
        yield f"deleted: {path}"
    for path, count in plan.messages.items():
        yield f"{count:,} waiting messages taken out of {path}"
    for place in plan.elsewhere:
        yield f"LOOK HERE YOURSELF: {place}"


def _list(numbers: Sequence[int]) -> str:
    return ", ".join(map(str, numbers)) or "none"
