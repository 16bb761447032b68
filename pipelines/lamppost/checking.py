"""The verb `lamppost validate`: any table against any Table Schema, in place of `frictionless validate`.

Exit codes are frictionless's own: 0 valid, 1 not valid or not readable, 2 misuse of the command line.
"""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
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
    What frictionless leaves out, `categories`, `uniqueKeys` and rules with a wrong name, is checked beside it.
    """
    from lamppost.validate.ignored import Ignored, check_ignored  # noqa: PLC0415  so that --help is quick
    from lamppost.validate.outside import report_outside, sum_up  # noqa: PLC0415

    declared, told = _read_schema(schema), read_mapping(dialect, "--dialect")
    options: dict[str, Any] = {"dialect": told, "encoding": encoding, "limit": limit}
    found = report_outside(file, declared, schema_path=schema, **options)
    more = check_ignored(file, declared, **options) if declared and _is_looked_at(found) else Ignored()
    if as_json:
        click.echo(found.to_json())
    else:
        show = in_markdown if markdown else in_words
        stopped = any(task.warnings for task in found.tasks)
        click.echo("\n".join(show(file, sum_up(found, declared), stopped=stopped)))
    if more.issues:
        click.echo("\n".join(show_ignored(more.issues, markdown=markdown)), err=as_json)
    if more.unknown:
        click.echo(f"note: nobody checks these properties of the schema: {', '.join(more.unknown)}", err=True)
    sys.exit(int(not found.valid or bool(more.issues)))


def _is_looked_at(report: Any) -> bool:
    """Whether there are rows to look at once more."""
    return any(task.labels for task in report.tasks)


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
        yield from _show(issue)
    if any(sample.row for issue in report.issues for sample in issue.samples):
        yield "\nRows are counted with the header as row 1."


def _show(issue: "Issue") -> Iterator[str]:
    yield f"\n{issue.place}: {issue.message}"
    where = [sample for sample in issue.samples if sample.row is not None]
    if where:
        more = f" and {issue.count - len(where):,} more" if issue.count > len(where) else ""
        shown = ", ".join(
            f"{sample.row + 1:,}" + (f" ({sample.value!r})" if sample.value else "") for sample in where if sample.row
        )
        yield f"  in row {shown}{more}"


def show_ignored(issues: Sequence["Issue"], *, markdown: bool) -> Iterator[str]:
    """What frictionless does not check, under a heading of its own."""
    from lamppost.validate.report import tabulate  # noqa: PLC0415

    if markdown:
        yield "\n### NOT valid: what frictionless does not check\n"
        yield from tabulate(issues, lambda one: f"row {one.row + 1:,}" if one.row else "")
        return
    yield "\nNOT valid: what frictionless does not check"
    for issue in issues:
        yield from _show(issue)


def in_markdown(path: Path, report: "Report", *, stopped: bool) -> Iterator[str]:
    """A heading, and a table with one line an issue."""
    from lamppost.validate.report import escape, tabulate  # noqa: PLC0415

    yield f"### {escape(str(path))}: {escape(_sum_up(report, stopped=stopped))}"
    if report.issues:
        yield "\nThe header is row 1.\n"
        yield from tabulate(report.issues, lambda one: f"row {one.row + 1:,}" if one.row else "")


def _sum_up(report: "Report", *, stopped: bool) -> str:
    rows = f"{report.rows:,} row{'' if report.rows == 1 else 's'}"
    if report.valid:
        return f"valid, {rows}"
    bad = f"{len(report.bad_rows):,} with faults" if report.bad_rows else "not read to the end"
    return f"NOT valid, {rows} looked at, {bad}" + (", stopped at the limit of errors" if stopped else "")
