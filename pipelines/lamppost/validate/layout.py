"""How a file is written, told as frictionless tells it, but without opening it; None leaves it to frictionless."""

import csv
from pathlib import Path

from lamppost.validate.blocks import Layout, Source, read_header, read_lines
from lamppost.validate.replay import Rules, detect_encoding

DELIMITERS = ",;\t|"
_BOM = b"\xef\xbb\xbf"
_BUFFER = 100_000
"""So many bytes frictionless looks at to tell the encoding,"""
_SAMPLE = 100
"""and so many lines to tell the dialect."""


def find_layout(source: Source, path: Path, rules: Rules) -> Layout | None:
    """How the file is written, without opening it; None when only frictionless can tell."""
    if not source.size or path.suffix.lower() in {".zip", ".gz", ".bz2", ".xz"}:
        return None
    head = source.read(0, min(source.size, _BUFFER))[: min(source.size, _BUFFER)].tobytes()
    encoding = detect_encoding(head, rules.encoding)
    delimiter = _find_delimiter(source, head, rules) if encoding in {"utf-8", "utf-8-sig"} else None
    if delimiter is None:
        return None
    labels, start = read_header(
        source, len(_BOM) if encoding == "utf-8-sig" and head.startswith(_BOM) else 0, delimiter
    )
    return Layout(tuple(label.strip() for label in labels), delimiter, start)  # as frictionless does


def _find_delimiter(source: Source, head: bytes, rules: Rules) -> str | None:
    """The delimiter of a plain dialect, declared or told from a sample as frictionless's parser does; else None."""
    dialect, control = rules.control
    delimiter, skips = control.delimiter, control.skip_initial_space
    if not (control.has_defined("delimiter") and control.has_defined("skip_initial_space")):
        begin = len(_BOM) if head.startswith(_BOM) else 0
        sample = "".join(read_lines(source, begin, _SAMPLE))
        try:
            told = csv.Sniffer().sniff(sample, control.get_defined("delimiter", default=",\t;|"))
        except csv.Error:
            told = csv.excel
        delimiter = delimiter if control.has_defined("delimiter") else told.delimiter
        skips = skips if control.has_defined("skip_initial_space") else told.skipinitialspace
    plain = (
        dialect.header
        and list(dialect.header_rows) == [1]
        and dialect.header_case
        and not (dialect.comment_char or dialect.comment_rows or dialect.skip_blank_rows)
        and control.quote_char == '"'
        and not (control.escape_char or skips)
        and delimiter in DELIMITERS
    )
    return delimiter if plain else None
