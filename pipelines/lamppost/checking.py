"""The verb `lamppost validate`: any table against any Table Schema, in place of `frictionless validate`.

Exit codes are frictionless's own: 0 valid, 1 not valid or not readable, 2 misuse of the command line.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from lamppost.model import Issue, Report

FILE = click.Path(path_type=Path)


@click.command(short_help="Check any CSV against a Table Schema.")
@click.argument("file", type=FILE)
@click.option(
    "--schema", type=FILE, metavar="FILE", help="Table Schema, YAML or JSON. Without: inferred from the file."
)
@click.option("--dialect", metavar="FILE|JSON", help="Table Dialect. Without: detected.")
@click.option("--encoding", help="Such as utf-8. Without: detected.")
@click.option("--limit-errors", "limit", type=click.IntRange(min=1), default=1000, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print frictionless's own report.")
@click.option("--markdown", is_flag=True, help="Print Markdown for a pull request or a job summary.")
def validate(
    file: Path,
    schema: Path | None,
    dialect: str | None,
    encoding: str | None,
    limit: int,
    as_json: bool,
    markdown: bool,
) -> None:
    """Check a CSV against a Table Schema and say what is wrong in words; exit code 1 when something is.

    The report is that of `frictionless validate`, error for error; --json prints it in frictionless's own format.
    """
    from lamppost.validate.outside import report_outside, sum_up  # noqa: PLC0415  so that --help is quick

    declared, told = _read_schema(schema), read_mapping(dialect, "--dialect")
    found = report_outside(file, declared, schema_path=schema, dialect=told, encoding=encoding, limit=limit)
    if as_json:
        click.echo(found.to_json())
    else:
        show = in_markdown if markdown else in_words
        stopped = any(task.warnings for task in found.tasks)
        click.echo("\n".join(show(file, sum_up(found, declared), stopped=stopped)))
    sys.exit(int(not found.valid))


def _read_schema(path: Path | None) -> Mapping[str, Any] | None:
    """The schema; None where it cannot be read, which frictionless then says in its own words."""
    try:
        value = None if path is None else read_text(path.read_text(encoding="utf-8"), path.suffix)
    except (OSError, ValueError):
        return None
    return value if isinstance(value, Mapping) else None


def read_mapping(text: str | None, option: str) -> Mapping[str, Any] | None:
    """A mapping from a file, or from JSON where it is written in the command itself."""
    if text is None:
        return None
    try:
        value = (
            json.loads(text)
            if text.lstrip().startswith("{")
            else read_text(Path(text).read_text("utf-8"), Path(text).suffix)
        )
    except (OSError, ValueError) as error:
        raise click.BadParameter(
            f"{text!r} cannot be read: {error}; expected a JSON or YAML file, or JSON", param_hint=option
        ) from None
    if not isinstance(value, Mapping):
        raise click.BadParameter(f"{text!r} holds a {type(value).__name__}, expected a mapping", param_hint=option)
    return value


def read_text(text: str, suffix: str) -> Any:
    """The value of a JSON or YAML text; ValueError when it is neither."""
    import yaml  # noqa: PLC0415

    if suffix.lower() == ".json":
        return json.loads(text)
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from None


def in_words(path: Path, report: "Report", *, stopped: bool) -> Iterator[str]:
    """A line of result, then for each issue what is wrong and where."""
    yield f"{path}: {_sum_up(report, stopped=stopped)}"
    for issue in report.issues:
        yield f"\n{issue.place}: {issue.message}"
        where = [sample for sample in issue.samples if sample.row is not None]
        if where:
            more = f" and {issue.count - len(where):,} more" if issue.count > len(where) else ""
            shown = ", ".join(
                f"{sample.row + 1:,}" + (f" ({sample.value!r})" if sample.value else "")
                for sample in where
                if sample.row
            )
            yield f"  in row {shown}{more}"
    if any(sample.row for issue in report.issues for sample in issue.samples):
        yield "\nRows are counted with the header as row 1."


def in_markdown(path: Path, report: "Report", *, stopped: bool) -> Iterator[str]:
    """A heading, and a table with one line an issue."""
    yield f"### {_escape(str(path))}: {_escape(_sum_up(report, stopped=stopped))}"
    if not report.issues:
        return
    yield "\n| where | what | rows (the header is row 1) | number |\n|---|---|---|---|"
    for issue in report.issues:
        yield f"| {_escape(issue.place)} | {_escape(issue.message)} | {_list_rows(issue)} | {issue.count:,} |"


def _list_rows(issue: "Issue") -> str:
    rows = [f"{sample.row + 1:,}" for sample in issue.samples if sample.row is not None]
    return ", ".join(rows) + (" …" if issue.count > len(rows) > 0 else "")


def _sum_up(report: "Report", *, stopped: bool) -> str:
    rows = f"{report.rows:,} row{'' if report.rows == 1 else 's'}"
    if report.valid:
        return f"valid, {rows}"
    bad = f"{len(report.bad_rows):,} with faults" if report.bad_rows else "not read to the end"
    return f"NOT valid, {rows} looked at, {bad}" + (", stopped at the limit of errors" if stopped else "")


def _escape(text: str) -> str:
    """Markdown that shows the text as it is, in one cell."""
    for letter in "\\|`*_<>[]#":
        text = text.replace(letter, f"\\{letter}" if letter not in "<>" else {"<": "&lt;", ">": "&gt;"}[letter])
    return " ".join(text.split())
