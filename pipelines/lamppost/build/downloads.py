"""Driver of the build's last part: every file of data that the site offers, and where it comes from on disk.

What the store holds is linked, not copied. Whole tables in each format are made once a version, in build/data, and kept
until the version is no longer the newest.
"""

import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from lamppost import __version__
from lamppost.build.tables import Rows, Shelf
from lamppost.errors import RefusedError
from lamppost.formats import FORMATS, MOST_BYTES, MOST_ROWS, is_whole, parquet
from lamppost.formats.about import About
from lamppost.formats.export import compress_csv, join_csv, write
from lamppost.formats.filed import FiledTable, read_slices
from lamppost.formats.formulas import count_formulas
from lamppost.model import Dataset, Publish, Table, Version
from lamppost.render.fetch import powershell_script, shell_script
from lamppost.render.files import PublishedFile, file_name, fixed_path, join_url, manifest_path, newest_path
from lamppost.render.page import dataset_path, link
from lamppost.store import Store, measure

SCRIPTS = {"sh": shell_script, "ps1": powershell_script}
TOO_LARGE = f"more than {MOST_ROWS:,} rows or {MOST_BYTES // 1_000_000} MB"


@dataclass(frozen=True)
class _Maker:
    """Makes the files of one version in one folder."""

    shelf: Shelf
    head: Version
    folder: Path
    url: str
    wanted: Mapping[str, Publish]
    """resource → how it is published now; one that is no longer declared has none."""

    def make(self) -> Iterator[PublishedFile]:
        """Every file of every table, as it is made."""
        for table in self.head.tables:
            yield from self._make_table(table)

    def _make_table(self, table: Table) -> Iterator[PublishedFile]:
        rows = Rows(self.shelf.store, self.head, table, table.parts)
        size = sum(part.size for part in table.parts)
        files, absent = [], {}
        for name in dict.fromkeys(("csv", *table.formats)):
            if not is_whole(name, table.rows, size):
                absent[name] = TOO_LARGE
                continue
            try:
                files.append(self._make_file(rows, name))
            except RefusedError as error:
                absent[name] = str(error)
        publish = self.wanted.get(table.resource, Publish())
        for name in publish.partition_formats:
            if not is_whole(name, table.rows, size):
                files += self._make_parts(table, name)
                absent.pop(name, None)
        if absent.pop("csv", None):
            files[:0] = [self._make_file(rows, name) for name in ("csv.gz", *SCRIPTS)]
        files[0] = replace(files[0], formulas=count_formulas(rows, table.schema), absent=absent)
        yield from files

    def _make_file(self, rows: Rows, name: str, partition: str = "") -> PublishedFile:
        resource = rows.table.resource
        path = newest_path(
            self.head.dataset, resource, FORMATS[name].extension, simulated=self.head.simulated, partition=partition
        )
        target = self.folder / Path(path).name
        self._write(rows, name, target)
        digest, size = measure(target)
        count = sum(part.rows for part in rows.parts)
        return PublishedFile(resource, name, path, size, count, digest, partition)

    def _write(self, rows: Rows, name: str, target: Path) -> None:
        only = rows.parts[0] if len(rows.parts) == 1 else None
        schema = rows.table.schema
        if name == "csv":
            join_csv(rows.paths(), target)
        elif name == "csv.gz":
            compress_csv(rows.paths(), target)
        elif name in SCRIPTS:
            _write(target, self._write_script(rows.table, name))
        elif name == "parquet" and only and only.parquet_path:
            shutil.copyfile(self.shelf.store.path(self.head.dataset, only.parquet_path), target)
        elif name == "parquet":
            sort = parquet.sort_names(self.wanted.get(rows.table.resource, Publish()), schema)
            self._write_parquet(rows, target, sort)
        else:
            write(name, rows, target, schema, self._describe(rows.table))

    def _write_parquet(self, rows: Rows, target: Path, sort: Sequence[str]) -> None:
        """Each part sorted on its own, so that no more than one is held."""
        schema, typed = rows.table.schema, self.shelf.table(self.head, rows.table.resource)
        if len(rows.parts) == 1:
            parquet.write(rows.read(rows.parts[0]), target, schema, sort)
        elif isinstance(typed, FiledTable):
            tables = read_slices(typed, [part.rows for part in rows.parts])
            parquet.write_typed(tables, target, schema, typed.schema, rows.table.rows, sort)
        else:
            parquet.write([rows.read(part) for part in rows.parts], target, schema, sort)

    def _make_parts(self, table: Table, name: str) -> Iterator[PublishedFile]:
        for part in table.parts:
            yield self._make_file(Rows(self.shelf.store, self.head, table, (part,)), name, part.partition)

    def _write_script(self, table: Table, name: str) -> str:
        """The script that makes the CSV of its parts."""
        output = file_name(table.resource, "csv", simulated=self.head.simulated)
        base = join_url(self.url, f"data/{self.head.dataset}")
        return SCRIPTS[name](output, base, [(one.hash, one.path) for one in table.parts], table.rows)

    def _describe(self, table: Table) -> About:
        said = self.head.descriptor
        own = [
            one for one in said.get("resources", ()) if one.get("name") == table.resource and len(self.head.tables) > 1
        ]
        licences = [(one.get("title") or one.get("name"), one.get("path")) for one in said.get("licenses", ())]
        publishers = [one for one in said.get("contributors", ()) if "publisher" in one.get("roles", ())]
        return About(
            name=table.resource,
            title=_first("title", *own, said),
            description=_first("description", *own, said),
            publisher=_first("title", *publishers, *said.get("contributors", ())),
            licence=", ".join(" ".join(filter(None, one)) for one in licences),
            version=str(self.head.seq),
            date=self.head.date,
            source=join_url(self.url, link("index.md", dataset_path(self.head.dataset))),
            simulated=self.head.simulated,
        )


def newest_files(
    shelf: Shelf, head: Version, cache: Path, url: str, dataset: Dataset | None = None
) -> tuple[list[PublishedFile], dict[str, Path]]:
    """The newest version's tables in each of their formats: what pages say of them, and site path → file on disk.

    `url` is the site's own address, `dataset` what the city's files say of it now.
    """
    folder = cache / head.dataset
    wanted = {one.name: one.publish for one in dataset.resources} if dataset else {}
    asked = [url, __version__, *((name, one.sort, one.partition_formats) for name, one in sorted(wanted.items()))]
    index = folder / f"v{head.seq}-{head.hash[:16]}-{sha256(repr(asked).encode()).hexdigest()[:8]}.json"
    if not index.is_file():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True, exist_ok=True)  # Windows keeps a file that some program holds open
        made = list(_Maker(shelf, head, folder, url, wanted).make())
        _write(folder / "datapackage.json", newest_package(head, made))
        _write(index, json.dumps([asdict(one) for one in made], indent=1))
    files = [PublishedFile(**entry) for entry in json.loads(index.read_text(encoding="utf-8"))]
    paths = [f"data/{head.dataset}/datapackage.json", *(one.path for one in files)]
    return files, {path: folder / Path(path).name for path in paths}


def _first(key: str, *blocks: Mapping[str, Any]) -> str:
    """The first of the blocks that says something under the key says it."""
    return next((str(one[key]) for one in blocks if one.get(key)), "")


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def newest_package(head: Version, files: Iterable[PublishedFile]) -> str:
    """datapackage.json of the newest version: the same description, with the whole CSV files beside it.

    A table that is too large for one CSV keeps the paths of its parts.
    """
    known = {one.resource: one for one in files if one.format == "csv"}
    descriptor = {key: value for key, value in head.descriptor.items() if key not in {"lamppost", "resources"}}
    resources = []
    for resource in head.descriptor.get("resources", ()):
        file = known.get(resource["name"])
        own = {"path": Path(file.path).name, "bytes": file.size, "hash": f"sha256:{file.sha256}"} if file else {}
        resources.append({**resource, **own})
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
