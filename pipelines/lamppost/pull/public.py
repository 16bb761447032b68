"""Files that lie in the city's repository are public as they are: what must not be published must not be in them.

Nothing is asked of any server. `protect: drop` is no help here: who reads the repository reads the dropped column.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from lamppost.decode import DECODERS, Records
from lamppost.decode.workbook import OPENERS
from lamppost.errors import LamppostError, PullError
from lamppost.formats.concealed import Kind, find_concealed
from lamppost.model import City, Dataset, Issue, Resource, Snapshot
from lamppost.pull.files.asked import TABLES, Asked, read_asked, write_dialect
from lamppost.pull.files.choose import choose, list_globs
from lamppost.pull.files.places import open_place
from lamppost.pull.files.unpack import find_form, unpack
from lamppost.pull.options import Options
from lamppost.pull.transport import MAX_BYTES, Transport
from lamppost.pull.transport.exchange import Limits

CODES: Mapping[Kind, str] = {
    "sheet": "public-hidden-sheet",
    "row": "public-hidden-row",
    "column": "public-hidden-column",
    "comment": "public-comment",
    "content": "public-hidden-content",
}
ADVICE = "the file lies in the repository, so it is public already; take it out, or keep the file outside"
LIMITS = Limits(silence=0, max_bytes=MAX_BYTES, max_ratio=200)


def check_public(city: City, dataset: Dataset) -> Iterator[Issue]:
    """What the files of a dataset hold beyond its published columns, when they lie where everybody can read them."""
    for resource in dataset.resources:
        if resource.pull is None or resource.pull.adapter != "files" or not _is_public(city, resource):
            continue
        try:
            asked = read_asked(Options(resource.pull.options, "pull"))
            yield from _check_files(city, dataset, resource, asked)
        except LamppostError as error:
            yield Issue("public-unreadable", f"datasets/{dataset.name}", str(error))


def _is_public(city: City, resource: Resource) -> bool:
    """True for a folder below the city's own that is neither private nor the store nor made by the engine."""
    assert resource.pull is not None
    text = str(resource.pull.options.get("folder", ""))
    if "${" in text or "://" in text or not text:
        return False
    folder, root = Path(text).resolve(), city.root.resolve()
    apart = [root / "build", root / "site", city.store, city.private]
    folders = [one.resolve() for one in apart if isinstance(one, Path)]
    return folder.is_relative_to(root) and not any(folder.is_relative_to(one) for one in folders)


def _check_files(city: City, dataset: Dataset, resource: Resource, asked: Asked) -> Iterator[Issue]:
    folder = Path(asked.source.folder)
    if not folder.is_dir():
        return
    transport = Transport()
    place = open_place(asked.source, transport)
    try:
        chosen = choose(place.find(list_globs(asked.glob, "")), asked.glob, "all", "", dataset.name)
    except PullError:
        return  # nothing there yet
    finally:
        transport.close()
    for entry in chosen:
        shown = (folder / entry.name).resolve().relative_to(city.root.resolve()).as_posix()
        yield from _check_file(place.read(entry)[0], shown, dataset, resource, asked)


def _check_file(body: bytes, place: str, dataset: Dataset, resource: Resource, asked: Asked) -> Iterator[Issue]:
    try:
        for name, content in unpack(body, place, asked.member, LIMITS):
            form = find_form(asked.form, name)
            if form in TABLES:
                for one in find_concealed(content, form, name):
                    yield Issue(
                        CODES[one.kind], name, f"found {one.found}, expected nothing that is not seen; {ADVICE}"
                    )
                yield from _check_sheets(content, form, name, dataset, asked)
            snapshot = Snapshot((), form, asked.records, asked.encoding, write_dialect(asked, form))
            yield from _check_columns(_list_columns(DECODERS[form](content, snapshot, name)), name, resource, form)
    except LamppostError as error:
        yield Issue("public-unreadable", place, str(error))


def _check_sheets(content: bytes, form: str, name: str, dataset: Dataset, asked: Asked) -> Iterator[Issue]:
    """Sheets that no resource of the dataset pulls from this folder."""
    visible = [one.name for one in OPENERS[form](content, name).sheets if one.visible]
    pulled = {
        str(one.pull.options.get("sheet", ""))
        for one in dataset.resources
        if one.pull and str(one.pull.options.get("folder", "")) == asked.source.folder
    }
    for sheet in visible if asked.sheet else ():
        if sheet not in pulled:
            message = f"found the sheet `{sheet}`, which no resource pulls, expected only such sheets; {ADVICE}"
            yield Issue("public-undeclared-sheet", name, message)


def _list_columns(records: Records) -> list[str]:
    """Columns of a table, or the dotted paths at which the records hold values."""
    if records.header is not None:
        return list(records.header)
    return list(dict.fromkeys(path for row in records.rows for path in _list_paths(row, "")))


def _list_paths(row: Mapping[str, Any], before: str) -> Iterator[str]:
    for name, value in row.items():
        if isinstance(value, Mapping) and value and name != "geometry":
            yield from _list_paths(value, f"{before}{name}.")
        else:
            yield before + name


def _check_columns(columns: Sequence[str], name: str, resource: Resource, form: str) -> Iterator[Issue]:
    declared = _list_declared(resource, form)
    for column in columns:
        if column in resource.drop or _is_within(column, declared["dropped"]):
            found = f"found the column `{column}`, which `protect:` drops"
            yield Issue("public-dropped-column", name, f"{found}, expected it nowhere; {ADVICE}")
        elif not _is_within(column, declared["published"]):
            found = f"found the column `{column}`, which the schema does not declare"
            yield Issue("public-undeclared-column", name, f"{found}, expected only declared ones; {ADVICE}")


def _list_declared(resource: Resource, form: str) -> Mapping[str, set[str]]:
    """Where published and dropped fields come from; behind a transform.py, what `fields:` names is declared by it."""
    assert resource.pull is not None
    names, where = resource.schema.names, resource.pull.geometry
    place = {"geometry", where.x, where.y} - {""} if where else set()
    if not resource.pull.fields:
        return {"published": {*names} | place, "dropped": set(resource.drop)}
    paths = {
        name: {
            one.removeprefix("properties.") if form == "geojson" else one for one in (source.path, *source.otherwise)
        }
        for name, source in resource.pull.fields.items()
    }
    dropped = {path for name, found in paths.items() if name in resource.drop for path in found}
    published = {path for name, found in paths.items() if name in names or resource.transform for path in found}
    return {"published": (published | place) - dropped, "dropped": dropped - published}


def _is_within(column: str, declared: Collection[str]) -> bool:
    """True for a declared path, for one above it that holds a list, and for all that lies below it."""
    return any(column == one or column.startswith(f"{one}.") or one.startswith(f"{column}.") for one in declared)
