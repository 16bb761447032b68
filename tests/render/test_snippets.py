import gzip
import json
import shutil
import subprocess
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from lamppost.model import Field, Resource, Schema
from lamppost.render.snippets import make_snippets

SCHEMA = Schema(
    (
        Field("code", "string"), Field("seen_at", "datetime"), Field("many", "integer"),
        Field("share", "number"), Field("is_on", "boolean"),
    ),
    ("code",),
)  # fmt: skip
CSV = "code,seen_at,many,share,is_on\n007,2026-11-22T07:00:00Z,3,0.5,true\nNA,2026-11-22T08:00:00Z,,,\n"
ROWS = [{"code": "007", "many": 3}, {"code": "NA", "many": None}]


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Says nothing."""


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    (tmp_path / "rows.csv").write_bytes(CSV.encode())
    (tmp_path / "rows.csv.gz").write_bytes(gzip.compress(CSV.encode()))
    (tmp_path / "rows.json").write_bytes(json.dumps(ROWS).encode())
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def code_of(tool: str, address: str, *, packed: bool = False) -> str:
    urls = (f"{address}/rows.csv.gz", "") if packed else (f"{address}/rows.csv", f"{address}/rows.json")
    snippets = make_snippets(Resource("rows", SCHEMA), *urls)
    return next(one.code for one in snippets if one.tool == tool)


@pytest.mark.parametrize("packed", [False, True])
def test_the_python_snippet_reads_the_file_and_spoils_no_code(address: str, packed: bool) -> None:
    space: dict[str, Any] = {"print": lambda _: None}
    exec(code_of("Python", address, packed=packed), space)  # that it runs is the test
    rows: pd.DataFrame = space["rows"]
    assert rows["code"].tolist() == ["007", "NA"]
    assert rows["many"].isna().tolist() == [False, True]
    assert str(rows["seen_at"].dtype).startswith("datetime64")


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
def test_the_javascript_snippet_reads_the_file(address: str, tmp_path: Path) -> None:
    (tmp_path / "read.mjs").write_text(code_of("JavaScript", address), encoding="utf-8")
    done = subprocess.run(["node", str(tmp_path / "read.mjs")], capture_output=True, encoding="utf-8", check=True)
    assert done.stdout.startswith("2 { code: '007', many: 3 }")


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
def test_the_javascript_snippet_unpacks_a_large_table(address: str, tmp_path: Path) -> None:
    (tmp_path / "read.mjs").write_text(code_of("JavaScript", address, packed=True), encoding="utf-8")
    done = subprocess.run(["node", str(tmp_path / "read.mjs")], capture_output=True, encoding="utf-8", check=True)
    assert done.stdout == "code,seen_at,many,share,is_on\n"


@pytest.mark.skipif(shutil.which("Rscript") is None, reason="R is not installed")
@pytest.mark.parametrize("packed", [False, True])
def test_the_base_r_line_reads_the_file(address: str, packed: bool) -> None:
    lines = code_of("R", address, packed=packed).splitlines()
    code = "\n".join([lines[0], lines[-1], "cat(rows$code)"])
    done = subprocess.run(["Rscript", "-e", code], capture_output=True, encoding="utf-8", check=True)
    assert done.stdout == "007 NA"


def test_the_excel_snippet_types_each_column_and_keeps_text_as_text() -> None:
    code = code_of("Excel", "https://lampton.example")
    assert 'Web.Contents("https://lampton.example/rows.csv")' in code
    assert '{"code", type text}' in code
    assert '{"seen_at", type datetimezone}' in code
    assert code.count("(") == code.count(")")
    assert 'Binary.Decompress(Web.Contents("https://lampton.example/rows.csv.gz"), Compression.GZip)' in code_of(
        "Excel", "https://lampton.example", packed=True
    )


def test_without_json_the_javascript_snippet_reads_the_csv() -> None:
    snippets = make_snippets(Resource("rows", SCHEMA), "https://lampton.example/rows.csv")
    assert "rows.csv" in snippets[2].code
