"""Driver of the build's last part: every file of data that the site offers, and where it comes from on disk.

What the store holds is linked, not copied. Whole tables in each format are made once a version, in build/data, and kept
until the version is no longer the newest.
"""

import json
import os
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

from lamppost.formats.export import write
from lamppost.model import Table, Version
from lamppost.render.files import PublishedFile, fixed_path, manifest_path, newest_path
from lamppost.store import Store, measure


def newest_files(store: Store, head: Version, cache: Path) -> tuple[list[PublishedFile], dict[str, Path]]:
    """The newest version's tables in each of their formats: what pages say of them, and site path → file on disk."""
    folder = cache / head.dataset
    index = folder / f"v{head.seq}-{head.hash[:16]}.json"
    if not index.is_file():
        _make(store, head, folder, index)
    files = [PublishedFile(**entry) for entry in json.loads(index.read_text(encoding="utf-8"))]
    return files, {one.path: folder / Path(one.path).name for one in files} | {
        f"data/{head.dataset}/datapackage.json": folder / "datapackage.json"
    }


def _make(store: Store, head: Version, folder: Path, index: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)  # Windows keeps a file that some program holds open
    files = [_make_file(store, head, table, name, folder) for table in head.tables for name in table.formats]
    package = newest_package(head, files)
    (folder / "datapackage.json").write_text(package, encoding="utf-8", newline="\n")
    entries = [vars(one) for one in files]
    index.write_text(json.dumps(entries, indent=1), encoding="utf-8", newline="\n")


def _make_file(store: Store, head: Version, table: Table, name: str, folder: Path) -> PublishedFile:
    path = newest_path(head.dataset, table.resource, name, simulated=head.simulated)
    target = folder / Path(path).name
    only = table.parts[0] if len(table.parts) == 1 else None
    if only and name == "csv":
        shutil.copyfile(store.path(head.dataset, only.path), target)
    elif only and name == "parquet" and only.parquet_path:
        shutil.copyfile(store.path(head.dataset, only.parquet_path), target)
    else:
        write(name, store.table_whole(head, table.resource), target, table.schema)
    digest, size = measure(target)
    return PublishedFile(table.resource, name, path, size, table.rows, digest)


def newest_package(head: Version, files: Iterable[PublishedFile]) -> str:
    """datapackage.json of the newest version: the same description, with the whole CSV files beside it."""
    known = {one.resource: one for one in files if one.format == "csv"}
    descriptor = {key: value for key, value in head.descriptor.items() if key not in {"lamppost", "resources"}}
    resources = []
    for resource in head.descriptor.get("resources", ()):
        file = known.get(resource["name"])
        if file is not None:
            resources.append(
                {**resource, "path": Path(file.path).name, "bytes": file.size, "hash": f"sha256:{file.sha256}"}
            )
    return json.dumps({**descriptor, "resources": resources}, indent=2, ensure_ascii=False) + "\n"


def kept_files(store: Store, versions: Iterable[Version]) -> dict[str, Path]:
    """Every object and manifest of the given versions: site path → file in the store."""
    found: dict[str, Path] = {}
    for version in versions:
        name = version.dataset
        found[manifest_path(name, version.seq)] = store.manifest_path(name, version.seq)
        for relative in objects_of(version):
            found[fixed_path(name, relative)] = store.path(name, relative)
    return found


def objects_of(version: Version) -> set[str]:
    """Paths, relative to the manifest, of all objects that it names: data, reports, receipts, diffs."""
    named: set[str] = set()
    _collect(version.descriptor, named)
    return named


def _collect(value: object, named: set[str]) -> None:
    if isinstance(value, str) and value.startswith("objects/"):
        named.add(value)
    elif isinstance(value, Mapping):
        for one in value.values():
            _collect(one, named)
    elif isinstance(value, list | tuple):
        for one in value:
            _collect(one, named)


def link_files(site: Path, files: Mapping[str, Path]) -> None:
    """Put each file into the site, as a hard link where the file system allows, else as a copy."""
    for path, source in files.items():
        target = site / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.unlink(missing_ok=True)
        try:
            os.link(source, target)
        except OSError:  # another file system, or one without links
            shutil.copyfile(source, target)
