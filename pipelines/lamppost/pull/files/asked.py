"""Options of the adapter `files`.

folder                where the files are dropped: here, SFTP, a web server, S3; see places/source.py, which also tells
                      of host_key, key, passphrase, auth, endpoint, region, allow, ca
glob                  which ones: `budget-*.xlsx` (default: `*`)
take                  newest (default) | all: every file that fits, in order of name, as one table
format                csv | json | ndjson | geojson | xml | xlsx | xls | ods; default: the file's ending
member                of a ZIP: names of the wanted members, or globs (`*/stops.txt`); several are one table
sheet, header_row     of a workbook: the sheet's name (default: the visible one), the row of names (default: 1)
encoding, dialect     of a CSV, as declared; nothing is guessed
records               dotted path to the list in a JSON or XML file
stable                how long a file must keep its size and time (default: 0.2 s here, PT1S elsewhere)
done                  only files count beside which lies one of the same name and this ending: `.done`, `.sha256`
"""

from dataclasses import dataclass
from pathlib import PurePath

from lamppost.model.pull import Decode
from lamppost.pull.fault import fault
from lamppost.pull.files.places import Source, read_source
from lamppost.pull.files.places.place import has_wildcard
from lamppost.pull.job import read_dialect
from lamppost.pull.options import Options

PAUSE_HERE, PAUSE_ELSEWHERE = 0.2, 1.0
"""Seconds between two looks at a file that may still be growing."""
TABLES = frozenset({"xlsx", "xls", "ods"})


@dataclass(frozen=True)
class Asked:
    """The adapter's options."""

    source: Source
    glob: str
    take: str
    form: str
    sheet: str
    header_row: int
    encoding: str
    dialect: tuple[tuple[str, str], ...]
    records: str
    member: tuple[str, ...]
    done: str
    seconds: float


def read_asked(options: Options) -> Asked:
    """The options, each taken; PullError for one that is wrong, or that nobody reads."""
    source = read_source(options)
    stable = options.span("stable")
    pause = PAUSE_HERE if source.kind == "local" else PAUSE_ELSEWHERE
    asked = Asked(
        source=source,
        glob=options.text("glob", "*"),
        take=options.choice("take", ("newest", "all"), "newest"),
        form=options.text("format", ""),
        sheet=options.text("sheet", ""),
        header_row=options.number("header_row", 1),
        encoding=options.text("encoding", "utf-8"),
        dialect=read_dialect(options),
        records=options.text("records", ""),
        member=options.texts("member"),
        done=options.text("done", ""),
        seconds=pause if stable is None else stable.total_seconds(),
    )
    options.close()
    _check_glob(asked)
    return asked


def _check_glob(asked: Asked) -> None:
    elsewhere = asked.source.kind != "local"
    parts = PurePath(asked.glob).parts
    if PurePath(asked.glob).is_absolute() or ".." in parts or (elsewhere and "/" in asked.glob):
        raise fault("pull.glob", repr(asked.glob), "a pattern inside the folder", "correct the descriptor")
    if asked.done and asked.source.kind == "web" and not has_wildcard(asked.glob):
        do = "write a pattern such as `*.csv`, so that the index is read"
        raise fault("pull.done", "a single file", "a pattern in `glob:`", do)


def write_dialect(asked: Asked, form: Decode) -> tuple[tuple[str, str], ...]:
    """What the decoder is told beside the encoding."""
    return (("header_row", str(asked.header_row)), ("sheet", asked.sheet)) if form in TABLES else asked.dialect
