"""Adapter files: every format as declared, packed or not; what cannot be read whole is named by its file."""

import gzip
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lamppost.errors import LamppostError, PullError
from lamppost.model import Pull
from lamppost.table.read import read

Run = Callable[..., Any]
ATTACKS = Path(__file__).parents[2].parent / "shared" / "attacks" / "files"


def put(folder: Path, name: str, body: bytes) -> dict[str, Any]:
    (folder / "drop").mkdir(exist_ok=True)
    (folder / "drop" / name).write_bytes(body)
    return {"folder": str(folder / "drop")}


def make_zip(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in members.items():
            archive.writestr(name.replace("_", ".", 1), body)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "body", "more", "decode"),
    [
        (
            "a.csv",
            "id;n\r\n1;Müller\r\n".encode("cp1252"),
            {"encoding": "cp1252", "dialect": {"delimiter": ";"}},
            "csv",
        ),
        ("a.csv", "id,n\r\n1,Müller\r\n".encode("utf-16"), {"encoding": "utf-16"}, "csv"),
        ("a.txt", b"id\tn\n1\tM\xc3\xbcller\n", {"format": "csv", "dialect": {"delimiter": "\t"}}, "csv"),
        ("a.json", b'{"rows": [{"id": "1", "n": "M\\u00fcller"}]}', {"records": "rows"}, "json"),
        ("a.jsonl", '{"id": "1", "n": "Müller"}\n'.encode(), {}, "ndjson"),
        ("a.xml", "<a><row><id>1</id><n>Müller</n></row></a>".encode(), {"records": "a.row"}, "xml"),
        ("a.csv.gz", gzip.compress("id,n\n1,Müller\n".encode(), mtime=0), {}, "csv"),
        ("a.zip", make_zip(a_csv="id,n\n1,Müller\n".encode(), b_txt=b"?"), {"member": "*.csv"}, "csv"),
    ],
)
def test_a_file_is_read_as_declared(pull: Run, tmp_path: Path, name: str, body: bytes, more: Any, decode: str) -> None:
    snapshot, receipt = pull({**put(tmp_path, name, body), **more}, "files")
    assert (snapshot.decode, receipt.received, receipt.verdict) == (decode, 1, "complete")
    rows = read(snapshot, Pull("files", {}, {})).to_pylist()
    assert [(one["id"], one["n"]) for one in rows] == [("1", "Müller")]


def test_members_of_an_archive_are_one_table(pull: Run, tmp_path: Path) -> None:
    body = make_zip(b_csv=b"id\n2\n3\n", a_csv=b"id\n1\n", readme_txt=b"hello")
    snapshot, receipt = pull({**put(tmp_path, "a.zip", body), "member": ["a.csv", "b.csv"]}, "files")
    assert ([page.rows for page in snapshot.pages], receipt.pages) == ([1, 2], (1, 2))


@pytest.mark.parametrize(
    ("name", "body", "more", "message"),
    [
        ("a.csv", b"", {}, "white space|nothing|empty"),
        ("a.csv", b"<!DOCTYPE html><p>Sign in</p>", {}, "HTML page"),
        ("a.csv", b"id\n\xff\n", {}, "is not utf-8"),
        ("a.csv", b'id\n"1\n', {}, "never closes"),
        ("a.zip", make_zip(a_csv=b"id\n1\n"), {}, r"expected `member:`"),
        ("a.zip", make_zip(a_csv=b"id\n1\n"), {"member": "b.csv"}, r"no member b\.csv, only a\.csv"),
        ("a.csv.gz", gzip.compress(b"id\n1\n", mtime=0)[:-4], {}, "no end"),
        ("a.csv.gz", b"id\n1\n", {}, "not gzip"),
        ("a.csv.gz", gzip.compress(b"id\n" + b"1\n" * 400_000, mtime=0), {}, "unpacked"),
        ("a.xls", b"<html><table></table>", {}, "found no XLS file"),
        ("a.docx", b"PK", {}, "the ending `.docx`"),
        ("a.csv", b"id\n1\n", {"format": "pdf"}, "the format `pdf`"),
        ("a.csv", b"id\n1\n", {"host_key": "SHA256:x"}, "an option nobody reads"),
    ],
)
def test_what_cannot_be_read_is_named(
    pull: Run, tmp_path: Path, name: str, body: bytes, more: Any, message: str
) -> None:
    with pytest.raises(LamppostError, match=message):
        pull({**put(tmp_path, name, body), **more}, "files")


def test_files_of_two_formats_are_no_table(pull: Run, tmp_path: Path) -> None:
    put(tmp_path, "a.csv", b"id\n1\n")
    options = put(tmp_path, "b.json", b'[{"id": 1}]')
    with pytest.raises(PullError, match="files of the formats csv and json"):
        pull({**options, "take": "all"}, "files")


@pytest.mark.skipif(not ATTACKS.is_dir(), reason="the folder ../shared with attacks is not here")
@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("empty.csv", {}), ("html-200-instead-of.csv", {}), ("cut-mid-utf8.csv", {}),
        ("truncated.csv.gz", {}), ("trailing-garbage.csv.gz", {}), ("zip-slip.zip", {"member": "*"}),
        ("zip-many.zip", {"member": "*"}), ("zip-dup-names.zip", {"member": "*"}), ("xxe-oob.xml", {"records": "a"}),
        ("far-cell.xlsx", {}), ("billion-laughs.xlsx", {}), ("xxe.xlsx", {}), ("cut.json", {}), ("deep.json", {}),
    ],
)  # fmt: skip
def test_a_hostile_file_ends_in_words(pull: Run, tmp_path: Path, name: str, more: Any) -> None:
    with pytest.raises(LamppostError, match=name.replace(".", r"\.")):
        pull({**put(tmp_path, name, (ATTACKS / name).read_bytes()), **more}, "files")
