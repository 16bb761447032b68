"""The rows of versions as the build needs them: small tables are held, large ones lie in files that queries read."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import pyarrow as pa

from lamppost import __version__
from lamppost.errors import StoreError
from lamppost.formats import csv
from lamppost.formats.filed import Typed, file_table, open_filed, release
from lamppost.model import Part, Table, Version
from lamppost.store import Store, measure

LARGE = 50_000
"""Rows of a table that is not held, unless the caller says otherwise."""
HELD = 1_000_000
"""Rows of all tables together that are held at most."""
TRIM = 4
"""Blocks after which memory is given back."""
WHOLE = 16 << 20
"""Bytes of a part that is read at once."""


@dataclass(frozen=True)
class Rows:
    """The rows of some parts as text tables; each time they are gone through they are read anew."""

    store: Store
    version: Version
    table: Table
    parts: tuple[Part, ...]

    def __iter__(self) -> Iterator[pa.Table]:
        for part in self.parts:
            if part.size <= WHOLE:
                yield self.read(part)
            else:
                for number, block in enumerate(csv.read_blocks(self._prove(part)), 1):
                    yield block
                    if number % TRIM == 0:
                        release()

    def read(self, part: Part) -> pa.Table:
        """All rows of one part."""
        return self.store.table_text(self.version, self.table.resource, [part.partition])[part.partition]

    def paths(self) -> list[Path]:
        """The parts' CSV files."""
        return [self.store.path(self.version.dataset, one.path) for one in self.parts]

    def first(self, count: int) -> pa.Table:
        """The first rows of them; a table without columns when there is none."""
        return next((one.slice(0, count) for one in self), pa.table({}))

    def prove(self) -> None:
        """StoreError unless every part's file is the one that was published."""
        for part in self.parts:
            self._prove(part)

    def _prove(self, part: Part) -> Path:
        path = self.store.path(self.version.dataset, part.path)
        found = measure(path)[0] if path.is_file() else "no file"
        if found != part.hash:
            place = f"{self.version.dataset}: {part.path}"
            raise StoreError(f"{place} has sha256 {found}, expected {part.hash}; restore it, or roll back")
        return path


@dataclass
class Shelf:
    """The typed tables of versions, each made once a build; files are kept from one build to the next."""

    store: Store
    folder: Path
    large: int = LARGE
    """Rows of a table that is put into a file."""
    _made: dict[tuple[str, int], Mapping[str, Typed]] = field(default_factory=dict)
    _filed: set[Path] = field(default_factory=set)
    _rows: int = 0

    def tables(self, versions: Iterable[Version]) -> dict[str, Typed]:
        """All tables of the versions under the names that queries call them by."""
        found: dict[str, Typed] = {}
        for version in versions:
            key = (version.dataset, version.seq)
            if key not in self._made:
                self._made[key] = {version.sql_name(one.resource): self._get(version, one) for one in version.tables}
            found |= self._made[key]
        return found

    def table(self, version: Version, resource: str) -> Typed:
        """One of them."""
        return self.tables([version])[version.sql_name(resource)]

    def _get(self, version: Version, table: Table) -> Typed:
        if table.rows < self.large and self._rows + table.rows <= HELD:
            self._rows += table.rows
            return self.store.table_typed(version, table.resource)
        rows = Rows(self.store, version, table, table.parts)
        rows.prove()
        path = self._path(version, table)
        if not path.is_file():
            path.parent.mkdir(parents=True, exist_ok=True)
            pa.set_memory_pool(pa.system_memory_pool())  # Arrow's own keeps as much as the largest block took
            file_table(rows, path, table.schema)
        self._filed.add(path)
        return open_filed(path)

    def _path(self, version: Version, table: Table) -> Path:
        asked = [__version__, table.schema.descriptor, [one.hash for one in table.parts]]
        digest = sha256(json.dumps(asked, sort_keys=True, default=str).encode()).hexdigest()[:32]
        return self.folder / f"{version.dataset}.{table.resource}.{digest}.parquet"

    def forget(self) -> None:
        """Remove the files that nobody asked for in this build."""
        for path in self.folder.glob("*.parquet"):
            if path not in self._filed:
                path.unlink()
