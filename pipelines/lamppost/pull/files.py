"""Adapter `files`: all files of a folder or the newest, newest by name: copying a folder about changes nothing.

folder                where the files are dropped
glob                  which ones: `budget-*.xlsx` (default: `*`)
take                  newest (default) | all: every file that fits, in order of name, as one table
format                csv | json | geojson | xlsx; default: the file's ending
sheet, header_row     of a workbook: the sheet's name (default: the visible one), the row of names (default: 1)
encoding, dialect     of a CSV
records               dotted path to the list in a JSON file
"""

import io
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

from lamppost.formats.sheet_xml import list_sheets, survey_cells
from lamppost.model import Receipt, Snapshot
from lamppost.pull.content import count_csv, find_records, parse_json
from lamppost.pull.fault import fault
from lamppost.pull.job import Job, read_dialect
from lamppost.pull.options import Options
from lamppost.pull.receipt import make_receipt
from lamppost.pull.snapshot import keep_page
from lamppost.pull.transport import MAX_BYTES

Form = Literal["csv", "json", "geojson", "xlsx"]
FORMS: tuple[Form, ...] = ("csv", "json", "geojson", "xlsx")
MARK = "LAMPPOST-SIMULATED.txt"
"""A file of this name says that the folder is the sandbox's."""
PAUSE = 0.2
"""Seconds between two looks at a file that may still be growing."""


@dataclass(frozen=True)
class _Files:
    folder: Path
    glob: str
    take: str
    form: str
    sheet: str
    header_row: int
    encoding: str
    dialect: tuple[tuple[str, str], ...]
    records: str


def pull_files(job: Job, pause: Callable[[], None] = lambda: time.sleep(PAUSE)) -> tuple[Snapshot, Receipt]:
    """A copy of each file and a Receipt: complete when the files stood still and read to their end."""
    asked = _read_files(job.options())
    found = _find_files(asked)
    paths = found if asked.take == "all" else found[-1:]
    form = _find_form(asked, paths[-1])
    bodies = [_read_steady(path, pause) for path in paths]
    rows = [_count_rows(body, form, asked, path.name) for body, path in zip(bodies, paths, strict=True)]
    pages = tuple(keep_page(job.folder, body, form, rows=many) for body, many in zip(bodies, rows, strict=True))
    simulated = (asked.folder / MARK).is_file()
    dialect = asked.dialect
    if form == "xlsx":
        dialect = (("header_row", str(asked.header_row)), ("sheet", asked.sheet))
    records = asked.records or ("features" if form == "geojson" else "")
    receipt = make_receipt(
        source=paths[0].name if len(paths) == 1 else f"{asked.glob} ({len(paths)} files)",
        adapter="files",
        pages=rows,
        size=sum(page.size for page in pages),
        stopped="end of file",
        proof="Each file kept its size and time while it was read, and reads whole to its end.",
        cursor=(job.cursor, job.cursor),
        simulated=simulated,
    )
    return Snapshot(pages, form, records, asked.encoding, dialect, simulated), receipt


def _find_form(asked: _Files, path: Path) -> Form:
    form = next((one for one in FORMS if one == (asked.form or path.suffix[1:].lower())), None)
    if form is None:
        raise fault(path.name, f"the ending `{path.suffix}`", f"one of {', '.join(FORMS)}", "write `format:`")
    return form


def _read_files(options: Options) -> _Files:
    asked = _Files(
        folder=Path(options.text("folder")),
        glob=options.text("glob", "*"),
        take=options.choice("take", ("newest", "all"), "newest"),
        form=options.text("format", ""),
        sheet=options.text("sheet", ""),
        header_row=options.number("header_row", 1),
        encoding=options.text("encoding", "utf-8"),
        dialect=read_dialect(options),
        records=options.text("records", ""),
    )
    options.close()
    if Path(asked.glob).is_absolute() or ".." in Path(asked.glob).parts:
        raise fault("pull.glob", repr(asked.glob), "a pattern inside the folder", "correct the descriptor")
    return asked


def _find_files(asked: _Files) -> list[Path]:
    """Every match in order of name, at least one; hidden files and lock files of office programs (`~$…`) are none."""
    place = f"the folder `{asked.folder.name}`"  # the whole path would tell readers about our machine
    try:
        found = [one for one in asked.folder.glob(asked.glob) if one.is_file() and one.name != MARK]
    except (OSError, ValueError) as error:
        raise fault(place, type(error).__name__, "a folder to read", "check its rights") from None
    wanted = [one for one in found if not one.name.startswith((".", "~$")) and not one.is_symlink()]
    if not wanted:
        found_text = f"no file like {asked.glob}" if asked.folder.is_dir() else "no such folder"
        raise fault(place, found_text, "at least one", "drop a file there, or correct `folder:` and `glob:`")
    return sorted(wanted, key=lambda one: one.relative_to(asked.folder).as_posix())


def _read_steady(path: Path, pause: Callable[[], None]) -> bytes:
    """The file's bytes; PullError while somebody is still writing it."""
    try:
        before = path.stat()
        if before.st_size > MAX_BYTES:
            raise fault(path.name, f"{before.st_size:,} bytes", f"at most {MAX_BYTES:,}", "split the file")
        pause()
        body = path.read_bytes()
        after = path.stat()
    except OSError as error:
        raise fault(path.name, error.strerror or "not readable", "a file to read", "check its rights") from None
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns) or len(body) != after.st_size:
        raise fault(path.name, "a file that is still being written", "one at rest", "run again when it is copied")
    return body


def _count_rows(body: bytes, form: Form, asked: _Files, place: str) -> int:
    if form == "csv":
        return count_csv(body, asked.encoding, dict(asked.dialect), place)
    if form == "xlsx":
        return _count_workbook(body, asked, place)
    path = asked.records or ("features" if form == "geojson" else "")
    return len(find_records(parse_json(body, place), path, place))


def _count_workbook(body: bytes, asked: _Files, place: str) -> int:
    """Rows below the header that hold anything; surveyed first, since a stray cell far away would abort the reader."""
    for one in list_sheets(body, place):
        if one.visible and asked.sheet in {"", one.name}:
            survey_cells(body, one, place)
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(body)) as workbook:
            visible = [one.name for one in workbook.sheets_metadata if one.visible == SheetVisibleEnum.Visible]
            sheet = asked.sheet or next(iter(visible), "")
            if sheet not in workbook.sheet_names:
                do = "correct `sheet:` in the descriptor"
                raise fault(place, f"no sheet {sheet!r}, only {', '.join(visible)}", "one of these", do)
            rows = workbook.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    except (CalamineError, OSError, ValueError):
        raise fault(place, "no readable workbook", "a whole XLSX file", "save it again and drop it anew") from None
    return sum(any(cell != "" for cell in row) for row in rows[asked.header_row :])
