"""From a dropped file to the tables in it: members of a ZIP, the content of a .gz, or the file itself."""

from collections.abc import Sequence
from pathlib import PurePosixPath

from lamppost.decode import DECODERS, SEALED
from lamppost.decode.archive import open_members
from lamppost.errors import PullError
from lamppost.model.pull import Decode
from lamppost.pull.fault import fault
from lamppost.pull.transport.body import BigBodyError, BrokenBodyError, CutBodyError, inflate
from lamppost.pull.transport.exchange import Limits

FORMS: tuple[Decode, ...] = ("csv", "json", "ndjson", "geojson", "xml", "xlsx", "xls", "ods")
PACKED = (".gz", ".zip")


def unpack(body: bytes, name: str, member: Sequence[str], limits: Limits) -> list[tuple[str, bytes]]:
    """Name and content of each table; PullError, or RefusedError for an archive, when they cannot be had whole."""
    lower = name.lower()
    if lower.endswith(".gz"):
        return [(name[:-3], _inflate(body, name, limits))]
    if member:
        return [(f"{name}, {one}", content) for one, content in open_members(body, member, name)]
    if lower.endswith(".zip"):
        do = "write `member: observations.csv`, or a list of names"
        raise fault(name, "a ZIP file", "`member:` to say which of its files are wanted", do)
    return [(name, body)]


def is_sealed(name: str, member: Sequence[str]) -> bool:
    """True for a file whose packing shows where it ends."""
    return bool(member) or name.lower().endswith(PACKED)


def find_form(declared: str, name: str) -> Decode:
    """The declared format, else what the ending says."""
    ending = PurePosixPath(name.lower().removesuffix(".gz")).suffix
    wanted = declared or {".jsonl": "ndjson"}.get(ending, ending[1:])
    form = next((one for one in FORMS if one == wanted), None)
    if form is None or form not in DECODERS:
        found = f"the format `{declared}`" if declared else f"the ending `{ending}`"
        raise fault(name, found, f"one of {', '.join(FORMS)}", "write `format:`")
    return form


def ends_whole(content: bytes, form: Decode) -> bool:
    """False for a text of lines whose last one has no end: nobody can tell whether there was more."""
    return form in SEALED or content.rstrip(b"\0")[-1:] in {b"\n", b"\r"}  # NUL: the other half of UTF-16


def _inflate(body: bytes, name: str, limits: Limits) -> bytes:
    try:
        return inflate(body, max_bytes=limits.max_bytes, max_ratio=limits.max_ratio)
    except BigBodyError as error:
        raise fault(name, f"{error}, unpacked", "less", "split the file") from None
    except (CutBodyError, BrokenBodyError) as error:
        raise PullError(f"{name}: {error} · expected a whole .gz file · have it copied again") from None
