"""Joins each folder under datasets/ with its schemas; what is wrong with one dataset never touches another."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from lamppost.load.catalogue import place_dataset, read_listing, read_public, refuse_twins, refuse_unlisted_inputs
from lamppost.load.derive import find_cycle, order_datasets
from lamppost.load.names import explain_slug, suggest_nearest
from lamppost.load.removed import is_withdrawn, read_removed, read_withdrawn
from lamppost.load.resource import Surroundings, read_key_content, read_resource
from lamppost.load.schema import read_schema
from lamppost.load.section import Section, describe
from lamppost.load.together import check_targets, check_together
from lamppost.load.yaml import Node, read_yaml
from lamppost.model import PLAN, City, Dataset, Issue, Resource, Schema
from lamppost.notation import parse_interval, table_name

_PUBLIC_TEXTS = ("accrualPeriodicity", "homepage", "image")
_PUBLIC_LISTS = ("keywords", "licenses", "contributors", "sources")
_MADE = {
    "id": "is what `identifier` becomes; write `identifier:`",
    "created": "is made by the engine; remove it",
    "version": "is made by the engine; remove it",
    "profile": "is made by the engine; remove it",
    "name": "is the folder's name; remove it",
    "pull": "belongs to a resource; move it under `resources:`",
    "protect": "belongs to a resource; move it under `resources:`",
    "checks": "belongs to a resource; move it under `resources:`",
    "publish": "belongs to a resource; move it under `resources:`",
}


def load_datasets(city: City) -> tuple[tuple[Dataset, ...], Mapping[str, tuple[Issue, ...]]]:
    """Sound datasets, inputs before what is derived from them, and the issues of the others by folder name."""
    faults: dict[str, list[Issue]] = {}
    folders = find_folders(city.root)
    names = frozenset(folder.name for folder in folders)
    capitals = Counter(name.casefold() for name in names)
    found: list[Dataset] = []
    for folder in folders:
        own = faults.setdefault(folder.name, [])
        dataset = _load_dataset(city.root, folder, names, own)
        if capitals[folder.name.casefold()] > 1:
            place = f"datasets/{folder.name}"
            own.append(Issue("folder-name", place, "another folder differs only in capitals; rename one"))
        if dataset and not own:
            dataset = place_dataset(city, dataset, own)
            own += check_together(city, dataset)
        if dataset and not own:
            found.append(dataset)
    known = {one.name: one for one in found}
    for one in found:
        faults[one.name] += check_targets(one, known)
    refuse_twins(found, faults)
    refuse_unlisted_inputs(found, faults)
    _refuse_shared_tables(found, faults)
    _refuse_cycles(found, faults)
    sound = [one for one in found if not faults[one.name]]
    return order_datasets(sound), {name: tuple(issues) for name, issues in sorted(faults.items()) if issues}


def load_withdrawn(city: City) -> Mapping[str, str]:
    """Dataset → why nothing is asked for it any more; a block with a fault is among the issues of `load_datasets`."""
    found: dict[str, str] = {}
    for folder in find_folders(city.root):
        faults: list[Issue] = []
        path = folder / "dataset.yaml"
        if not path.is_file() or b"withdrawn" not in path.read_bytes():
            continue
        node = read_yaml(path, f"datasets/{folder.name}/dataset.yaml", faults)
        reason = read_withdrawn(node, faults) if node and is_withdrawn(node) else ""
        if reason and not faults:
            found[folder.name] = reason
    return found


def find_folders(root: Path) -> list[Path]:
    """Folders under datasets/, without those that editors and Python leave behind."""
    folder = root / "datasets"
    found = folder.iterdir() if folder.is_dir() else ()
    return sorted(one for one in found if one.is_dir() and not one.name.startswith((".", "_")))


def _load_dataset(root: Path, folder: Path, names: frozenset[str], faults: list[Issue]) -> Dataset | None:
    place = f"datasets/{folder.name}"
    if why := explain_slug(folder.name):
        faults.append(Issue("folder-name", place, f"the folder name {why}"))
    if folder.name == PLAN:
        faults.append(Issue("folder-name", place, "`plan` is the dataset made of docs/plan/; choose another name"))
    node = _read_authored(folder / "dataset.yaml", f"{place}/dataset.yaml", faults)
    if node and is_withdrawn(node):
        read_withdrawn(node, faults)
        return None
    return _read_dataset(root, folder, names, Section(node, faults)) if node else None


def _read_authored(path: Path, file: str, faults: list[Issue]) -> Node | None:
    """A `.yaml` file; one that is called `.yml` is told to be renamed, because frictionless takes `.yml` for JSON."""
    if path.is_file():
        return read_yaml(path, file, faults)
    if path.with_suffix(".yml").is_file():
        message = f"expected the name {path.name}: frictionless takes .yml for JSON; rename the file"
        faults.append(Issue("file-name", file.removesuffix(".yaml") + ".yml", message))
        return None
    near = suggest_nearest(path.name, [one.name for one in path.parent.glob("*.yaml")])
    faults.append(Issue("file-missing", file, f"the file is missing; write it.{near}"))
    return None


def _read_dataset(root: Path, folder: Path, names: frozenset[str], section: Section) -> Dataset:
    section.check_format()
    metadata = _read_metadata(section, folder.name)
    period = section.text("accrualPeriodicity", required=True)
    listing = read_listing(section)
    dataset = Dataset(
        name=folder.name,
        title=metadata["title"],
        description=metadata["description"],
        resources=_read_resources(root, folder, names, section, required=listing.listed),
        licenses=tuple(metadata.get("licenses", ())),
        contributors=tuple(metadata.get("contributors", ())),
        keywords=tuple(metadata.get("keywords", ())),
        accrual_periodicity=period,
        promise=parse_interval(period),
        focus=section.text("focus"),
        folder=folder,
        metadata=metadata,
        identifier=metadata.get("id", ""),
        listed=listing.listed,
        reason=listing.reason,
        since=listing.since,
    )
    removed = read_removed(section, "resource", [one.name for one in dataset.resources])
    section.close(_MADE)
    return replace(dataset, removed=removed)


def _read_metadata(section: Section, name: str) -> dict[str, Any]:
    """Data Package properties in a fixed order, exactly as they are published."""
    public = read_public(section)
    metadata: dict[str, Any] = {"name": name} | {key: value for key, value in public.items() if key == "id"}
    metadata["title"] = section.text("title", required=True)
    metadata["description"] = section.text("description", required=True)
    _check_licenses(section)
    _check_contributors(section)
    _check_sources(section)
    _check_promise(section)
    section.texts("keywords")
    for key in _PUBLIC_TEXTS:
        if text := section.text(key):
            metadata[key] = text
    for key in _PUBLIC_LISTS:
        if isinstance(value := section.plain(key), list):
            metadata[key] = value
    return metadata | public


def _check_licenses(section: Section) -> None:
    for one in section.sections("licenses", required=True):
        name, path = one.text("name"), one.text("path")
        one.text("title")
        if not name and not path:
            one.note("missing-key", one.node, "a licence needs `name:` (such as CC-BY-4.0) or `path:` (its address)")
        node = one.find("path")
        if node and path and not path.startswith(("https://", "http://")):
            one.note("wrong-value", node, f"found {describe(node)}, expected the licence's address with https://")
        one.close()


def _check_contributors(section: Section) -> None:
    for one in section.sections("contributors", required=True):
        one.text("title", required=True)
        for key in ("path", "email", "givenName", "familyName", "organization"):
            one.text(key)
        one.texts("roles")
        one.close({"role": "is Data Package 1; write `roles: [publisher, steward]`"})


def _check_sources(section: Section) -> None:
    for one in section.sections("sources"):
        for key in ("title", "path", "email", "version"):
            one.text(key)
        one.close()


def _check_promise(section: Section) -> None:
    text = section.text("accrualPeriodicity")
    node = section.find("accrualPeriodicity")
    if node and text and text != "irregular" and parse_interval(text) is None:
        message = f"found {describe(node)}, expected how often new data is promised, such as R/P1D, or irregular"
        section.note("wrong-value", node, message)


def _read_resources(
    root: Path, folder: Path, names: frozenset[str], section: Section, *, required: bool
) -> tuple[Resource, ...]:
    blocks = section.sections("resources", required=required)
    seen: set[str] = set()
    found = []
    for block in blocks:
        name = block.text("name", required=True)
        if not name:
            continue  # its schema cannot be looked for
        if name in seen:
            block.note("wrong-value", block.node, f"the resource `{name}` is listed twice; rename one")
        seen.add(name)
        found.append(_read_resource(root, folder, names, block, alone=len(blocks) == 1))
    return tuple(found)


def _read_resource(root: Path, folder: Path, names: frozenset[str], block: Section, *, alone: bool) -> Resource:
    schema = _load_schema(root, folder.name, block, alone=alone)
    transform = folder / "transform.py"
    around = Surroundings(
        folder=folder,
        schema=schema,
        datasets=names - {folder.name},
        key_content=block.plain("key") == "content",
        transform=transform if transform.is_file() else None,
    )
    return read_resource(block, around)


def _load_schema(root: Path, dataset: str, block: Section, *, alone: bool) -> Schema | None:
    """`schemas/<dataset>.<resource>.yaml`; `schemas/<dataset>.yaml` for the only resource of a dataset."""
    long, short = f"{dataset}.{block.text('name')}.yaml", f"{dataset}.yaml"
    folder = root / "schemas"
    name = short if alone and not (folder / long).is_file() else long
    node = _read_authored(folder / name, f"schemas/{name}", block.faults)
    return read_schema(node, block.faults, key_content=read_key_content(block)) if node else None


def _refuse_shared_tables(datasets: list[Dataset], faults: Mapping[str, list[Issue]]) -> None:
    """Two tables with one name in SQL would make a figure mean either."""
    owners: dict[str, str] = {PLAN: PLAN}
    for dataset in datasets:
        alone = len(dataset.resources) == 1
        for resource in dataset.resources:
            table = table_name(dataset.name, resource.name, alone=alone)
            owner = PLAN if table.startswith(f"{PLAN}_") else owners.setdefault(table, dataset.name)
            if owner != dataset.name:
                message = f"in queries its table would be called `{table}`, as that of `{owner}` is; rename one of them"
                faults[dataset.name].append(Issue("table-name", f"datasets/{dataset.name}", message))


def _refuse_cycles(datasets: list[Dataset], faults: Mapping[str, list[Issue]]) -> None:
    waiting = list(datasets)
    while cycle := find_cycle(waiting):
        for name in cycle[:-1]:
            circle = " → ".join(cycle)
            message = (
                f"datasets wait for each other in a circle: {circle}; remove one from `derive.from`, or from "
                "`references:` under `checks:`"
            )
            faults[name].append(Issue("derive-cycle", f"datasets/{name}/dataset.yaml", message))
        waiting = [one for one in waiting if one.name not in cycle]
