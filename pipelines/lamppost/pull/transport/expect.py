"""Whether a body can be what was asked for, seen from its type and its first bytes, before anybody parses it (pure).

Error pages, login pages and files of another kind come with status 200 and with any content type.
"""

import re
from collections.abc import Mapping

HEAD = 4096
ZIP = "a ZIP file"
MAGIC: Mapping[bytes, str] = {
    b"%PDF-": "a PDF file",
    b"\x89PNG": "an image",
    b"\xff\xd8\xff": "an image",
    b"GIF8": "an image",
    b"PK\x03\x04": ZIP,
    b"PK\x05\x06": ZIP,
    b"PK\x07\x08": ZIP,
    b"\x1f\x8b": "a gzip file",
    b"\x28\xb5\x2f\xfd": "a zstd file",
    b"BZh": "a bzip2 file",
    b"7z\xbc\xaf\x27\x1c": "a 7z file",
    b"Rar!\x1a": "a RAR file",
    b"\xd0\xcf\x11\xe0": "an old Office file",
    b"PAR1": "a Parquet file",
    b"SQLite format 3\0": "an SQLite file",
}
"""First bytes → what they begin."""
KINDS: Mapping[str, str] = {
    "json": "json", "geojson": "json", "ndjson": "lines", "influx": "json", "csv": "csv", "xml": "xml", "text": "text",
    "zip": ZIP, "gtfs": ZIP, "xlsx": ZIP, "ods": ZIP, "gzip": "a gzip file", "xls": "an old Office file",
    "parquet": "a Parquet file",
}  # fmt: skip
"""What an adapter expects → how it is told; of anything else only HTML is refused."""
OR_NOTHING = "?"
"""Behind what is expected: an answer without a byte is as good."""
PAGES = {"text/html", "application/xhtml+xml"}
MEDIA = {"image", "audio", "video", "font"}
HTML_DOCTYPE = re.compile(r"<!doctype\s+html\b")
PAGE_STARTS = ("<!doctype", "<html", "<head", "<body", "<?xml", "<!--")


def name_wrong(expect: str, body: bytes, content_type: str) -> str:
    """What came instead of `expect`, such as `a page of HTML`; empty when nothing speaks against it."""
    kind = KINDS.get(expect.removesuffix(OR_NOTHING), "")
    if not body and expect.endswith(OR_NOTHING):
        return ""
    type_ = read_type(content_type)
    start = _read_start(body)
    if type_ in PAGES or is_page(start):
        return "a page of HTML"
    if kind in MAGIC.values():
        return "" if name_magic(body) == kind else _name_content(body, start)
    if not kind:
        return ""
    if not start.strip("\0"):
        return "" if kind in {"lines", "text"} else "an empty body"
    found = name_magic(body) or _name_media(type_)
    return found or _name_text(kind, start, type_)


def read_type(content_type: str) -> str:
    """`text/csv` of `Text/CSV; charset=utf-8`; `no type` when there is none, `a broken type` for what is none."""
    text = content_type.partition(";")[0].strip().lower()
    if not text:
        return "no type"
    good = all(one.isascii() and (one.isalnum() or one in "/+-._") for one in text)
    return text if good and text.count("/") == 1 and len(text) <= 80 else "a broken type"  # noqa: PLR2004


def name_magic(body: bytes) -> str:
    """The kind of file that begins like this, if it is a known one."""
    return next((name for magic, name in MAGIC.items() if body.startswith(magic)), "")


def is_page(start: str) -> bool:
    """True for HTML or XHTML: its document type or its root element says so."""
    rest = start
    while rest.startswith(("<?", "<!--")):
        end = "?>" if rest.startswith("<?") else "-->"
        rest = rest.partition(end)[2].lstrip()
    if rest.startswith("<!doctype"):
        return bool(HTML_DOCTYPE.match(rest)) or "<html" in rest
    return rest.startswith(("<html", "<head", "<body"))


def _name_text(kind: str, start: str, type_: str) -> str:
    """What a text is instead of `kind`."""
    is_xml = type_.endswith(("/xml", "+xml"))
    if kind == "xml":
        return "" if start.startswith("<") else "a text that is no XML"
    if kind in {"json", "lines"}:
        return "a page of HTML or XML" if is_xml or start.startswith("<") else ""
    if kind == "csv":
        if is_xml or start.startswith(PAGE_STARTS):
            return "a page of HTML or XML"
        return "JSON" if start.startswith("{") and start[1:].lstrip().startswith('"') else ""
    return ""


def _name_media(type_: str) -> str:
    if type_.partition("/")[0] in MEDIA:
        return "an image or a recording"
    return "a PDF file" if type_ == "application/pdf" else ""


def _name_content(body: bytes, start: str) -> str:
    if not body:
        return "an empty body"
    return name_magic(body) or ("a page of HTML or XML" if start.startswith("<") else "something else")


def _read_start(body: bytes) -> str:
    """The first characters in lower case, without a byte order mark and leading blanks."""
    head = body[:HEAD]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf-16", "ignore").lstrip().lower()
    return head.removeprefix(b"\xef\xbb\xbf").decode("latin-1").lstrip().lower()
