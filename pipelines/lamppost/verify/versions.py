"""Re-hashes every object that a manifest names, counts its rows, and follows the chain of parents."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow.parquet as pq

from lamppost.formats import csv
from lamppost.model import Part, Table, Version
from lamppost.store.compare import data_paths
from lamppost.store.objects import measure
from lamppost.store.thin import read_answers
from lamppost.verify.seen import Finding, Seen, guard, read_small


def check_dataset(seen: Seen, name: str) -> Iterator[Finding]:
    """Every version of one dataset, oldest first: its bytes, its counts, and that it stands on the one before."""
    hashes: dict[int, str] = {}
    yield from guard(name, check_thinned(seen, name))
    for seq in seen.store.versions(name):
        place = f"{name} version {seq}"
        found = list(guard(place, check_version(seen, name, seq, hashes)))
        version = seen.versions.get((name, seq))
        if version is not None:
            found += check_parent(seen, place, version, hashes)
        if found:
            seen.versions.pop((name, seq), None)
        yield from found
    for seq in seen.thinned.get(name, ()):  # nothing can be computed from them any more
        seen.versions.pop((name, seq), None)


def check_thinned(seen: Seen, name: str) -> Iterator[Finding]:
    """Every version without rows has one that answers for it; notes those that do, whose rows may be missing."""
    numbers = seen.store.versions(name)
    for seq, answer in read_answers(seen.store, name).items():
        if answer in numbers:
            seen.thinned.setdefault(name, set()).add(seq)
        else:
            yield Finding(f"{name} version {seq}", f"was thinned; version {answer}, which answers for it, is not here")


def check_version(seen: Seen, name: str, seq: int, hashes: dict[int, str]) -> Iterator[Finding]:
    """One manifest and all that it names; notes its hash in `hashes`, and the version among those seen."""
    data = read_small(seen.store.manifest_path(name, seq))
    hashes[seq] = measure(data)[0]
    place = f"{name} version {seq}"
    is_sound, manifest = True, json.loads(data)
    gone = set(_find_gone(seen, name, manifest)) if seq in seen.thinned.get(name, ()) else set()
    for path in sorted(set(_named_objects(manifest)) - gone):
        yield from check_object(seen, name, path)
        is_sound = is_sound and seen.is_sound(seen.store.path(name, path))
    if not is_sound:
        return
    version = seen.store.parse(name, seq, data)
    seen.versions[name, seq] = version
    listed = {one["name"]: one for one in version.descriptor["resources"]}
    for table in version.tables:
        yield from check_table(seen, f"{place}, table {table.resource}", version, table, listed[table.resource])


def _find_gone(seen: Seen, name: str, manifest: Mapping[str, Any]) -> Iterator[str]:
    """The rows that a thinned version gave up; its diffs, reports and receipts must be there."""
    for table in manifest["lamppost"]["tables"].values():
        for path in _named_objects(table["parts"]):
            if not seen.store.path(name, path).is_file():
                yield path


def _named_objects(value: Any) -> Iterator[str]:
    if isinstance(value, str) and value.startswith("objects/"):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _named_objects(one)
    elif isinstance(value, list):
        for one in value:
            yield from _named_objects(one)


def check_object(seen: Seen, name: str, relative: str) -> Iterator[Finding]:
    """The bytes of one object have the hash that is its name; said once, however many versions name it."""
    path = seen.store.path(name, relative)
    if path in seen.objects:
        return
    seen.objects[path] = measure(path) if path.is_file() else ("", 0)
    if not seen.objects[path][0]:
        yield Finding(f"{name}/{relative}", "is missing; expected the file that a manifest names")
    elif not seen.is_sound(path):
        yield Finding(f"{name}/{relative}", f"has sha256 {seen.objects[path][0]}; expected the one in its name")


def check_table(
    seen: Seen, place: str, version: Version, table: Table, resource: Mapping[str, Any]
) -> Iterator[Finding]:
    """Counts that add up, parts that hold as many rows as they say, and a resource that names the same parts."""
    if not table.counts.holds() or table.counts.published != table.rows:
        yield Finding(place, f"its counts do not add up with {table.rows} rows in parts: {table.counts}")
    paths = [resource["path"]] if isinstance(resource["path"], str) else list(resource["path"])
    if paths != [one.path for one in table.parts] or resource.get("rows") != table.rows:
        yield Finding(place, "its resource names other files or rows than its parts; expected the same")
    only = table.parts[0] if len(table.parts) == 1 else None
    if only and only.hash and (resource.get("hash"), resource.get("bytes")) != (f"sha256:{only.hash}", only.size):
        yield Finding(place, "its resource gives another hash or size than its only part; expected the same")
    for part in _find_kept(seen, version, table):
        named_part = f"{place}, part {part.partition}" if part.partition else place
        yield from guard(named_part, check_part(seen, named_part, version.dataset, table, part))


def _find_kept(seen: Seen, version: Version, table: Table) -> Iterator[Part]:
    """The parts that must be there; of a thinned version those that are, as another version shares them."""
    thinned = version.seq in seen.thinned.get(version.dataset, ())
    for part in table.parts:
        there = [seen.store.path(version.dataset, path) in seen.objects for path in data_paths([part])]
        if not thinned or all(there):
            yield part


def check_part(seen: Seen, place: str, name: str, table: Table, part: Part) -> Iterator[Finding]:
    """Hash, size, header and number of rows of one partition's CSV, hash, size and rows of its Parquet."""
    path = seen.store.path(name, part.path)
    if seen.objects.get(path) != (part.hash, part.size):
        yield Finding(place, f"{part.path} is not the {part.size} bytes with sha256 {part.hash} that are declared")
        return
    names = table.schema.names
    if (path, part.rows, names) not in seen.counted:
        rows = csv.read(path)
        if rows.num_rows != part.rows or tuple(rows.column_names) != names:
            yield Finding(place, f"{rows.num_rows} rows of {', '.join(rows.column_names)}; {part.rows} are declared")
            return
        seen.counted.add((path, part.rows, names))
    if part.parquet_path:
        twin = seen.store.path(name, part.parquet_path)
        if seen.objects.get(twin) != (part.parquet_hash, part.parquet_size):
            yield Finding(place, f"{part.parquet_path} has not the declared size and sha256 {part.parquet_hash}")
        elif (count := pq.read_metadata(twin).num_rows) != part.rows:
            yield Finding(place, f"{part.parquet_path} holds {count} rows; {part.rows} are declared")


def check_parent(seen: Seen, place: str, version: Version, hashes: Mapping[int, str]) -> Iterator[Finding]:
    """The version stands on the one before it, by number and by hash; a first real one stands on nothing."""
    newest = max((seq for seq in hashes if seq < version.seq), default=None)
    before = None if newest is None else seen.versions.get((version.dataset, newest))
    if version.parent is None:
        if before is not None and (version.simulated or not before.simulated):
            yield Finding(place, f"stands on no version; expected version {newest}")
    elif version.parent not in hashes or version.parent >= version.seq:
        yield Finding(place, f"stands on version {version.parent}, which is not here; expected every version it needs")
    elif version.parent != newest:
        yield Finding(place, f"stands on version {version.parent}; expected version {newest}, the one before it")
    elif version.parent_hash != hashes[newest]:
        said = version.parent_hash
        yield Finding(place, f"stands on version {newest} with sha256 {said}; that version has {hashes[newest]}")
    elif before is not None and before.simulated and not version.simulated:
        yield Finding(place, "stands on simulated data and does not say so; expected the mark, or no parent")
