"""Code that reads a published file in four tools, ready to paste: addresses absolute, text columns kept as text.

Codes with leading zeros, dates in ISO form and words such as NA are what spreadsheets and data frames spoil first, so
every snippet says each column's type.
"""

import json
from dataclasses import dataclass

from lamppost.model import Resource, Schema

PACKED = ".gz"
SHEET = " A sheet holds 1,048,576 rows; of more, choose Close & Load To… → Add this data to the Data Model."
_TIMES = ("date", "datetime")


@dataclass(frozen=True)
class Snippet:
    """One tool: a name, how to use it in a sentence, and text to paste."""

    tool: str
    how: str
    code: str


def make_snippets(resource: Resource, csv_url: str, json_url: str = "") -> tuple[Snippet, ...]:
    """Python, R, JavaScript, Excel, in this order; `json_url` may be empty when the dataset has no JSON.

    `csv_url` may end in `.gz`, as that of a large table does: each of the tools unpacks it.
    """
    schema = resource.schema
    return (
        Snippet("Python", "With pandas:", _python(schema, csv_url)),
        Snippet("R", "With readr; the base R line below needs no package:", _r(schema, csv_url)),
        Snippet("JavaScript", "In a web page or in Node 18 or newer:", _javascript(csv_url, json_url)),
        Snippet(
            "Excel",
            "Data → Get Data → From Other Sources → Blank Query → Advanced Editor. Put this in place of what is there, "
            "then Done and Close & Load. To see newer data later: Data → Refresh All."
            + (SHEET if csv_url.endswith(PACKED) else ""),
            _excel(schema, csv_url),
        ),
    )


def _quote(text: str) -> str:
    """A string literal that Python, R and JavaScript read alike."""
    return json.dumps(text, ensure_ascii=False)


def _python(schema: Schema, url: str) -> str:
    kinds = {"integer": '"Int64"', "number": '"float64"', "boolean": '"boolean"'}
    plain = [one for one in schema.fields if one.type not in _TIMES]
    lines = [f"        {_quote(one.name)}: {kinds.get(one.type, _quote('string'))}," for one in plain]
    times = ", ".join(_quote(one.name) for one in schema.fields if one.type in _TIMES)
    parsed = [f"    parse_dates=[{times}],"] if times else []
    return "\n".join(
        [
            "import pandas as pd",
            "",
            "rows = pd.read_csv(",
            f"    {_quote(url)},",
            "    dtype={",
            *lines,
            "    },",
            *parsed,
            "    keep_default_na=False,",
            '    na_values=[""],',
            ")",
            "print(rows.head())",
        ],
    )


def _r(schema: Schema, url: str) -> str:
    source = "gzcon(base::url(url))" if url.endswith(PACKED) else "url"
    letters = {"integer": "i", "number": "d", "boolean": "l", "date": "D", "datetime": "T"}
    kinds = "".join(letters.get(one.type, "c") for one in schema.fields)
    return "\n".join(
        [
            f"url <- {_quote(url)}",
            f'rows <- readr::read_csv(url, col_types = "{kinds}", na = "")',
            "head(rows)",
            "",
            "# without readr: every column as text",
            f'rows <- read.csv({source}, colClasses = "character", na.strings = "", encoding = "UTF-8")',
        ],
    )


def _javascript(csv_url: str, json_url: str) -> str:
    if json_url:
        return "\n".join(
            [
                f"const answer = await fetch({_quote(json_url)});",
                "const rows = await answer.json();",
                "console.log(rows.length, rows[0]);",
            ],
        )
    packed = 'new Response(answer.body.pipeThrough(new DecompressionStream("gzip")))'
    body = packed if csv_url.endswith(PACKED) else "answer"
    return "\n".join(
        [
            f"const answer = await fetch({_quote(csv_url)});",
            f"const text = await {body}.text();",
            'console.log(text.split("\\n")[0]);',
        ],
    )


def _excel(schema: Schema, url: str) -> str:
    kinds = {
        "integer": "Int64.Type",
        "number": "type number",
        "boolean": "type logical",
        "date": "type date",
        "datetime": "type datetimezone",
    }
    types = ",\n".join(f"        {{{_m_text(one.name)}, {kinds.get(one.type, 'type text')}}}" for one in schema.fields)
    answer = f"Web.Contents({_m_text(url)})"
    return "\n".join(
        [
            "let",
            f"    Answer = {f'Binary.Decompress({answer}, Compression.GZip)' if url.endswith(PACKED) else answer},",
            '    Source = Csv.Document(Answer, [Delimiter = ",", Encoding = 65001, QuoteStyle = QuoteStyle.Csv]),',
            "    Named = Table.PromoteHeaders(Source, [PromoteAllScalars = true]),",
            f'    Typed = Table.TransformColumnTypes(Named, {{\n{types}\n    }}, "en-US")',
            "in",
            "    Typed",
        ],
    )


def _m_text(text: str) -> str:
    """A string literal of the M language, in which a quote is doubled and `#(` begins an escape."""
    return '"' + text.replace("#(", "#(#)(").replace('"', '""') + '"'
