"""The verbs that look back and go back: `log`, `diff`, `rollback`, `gc`."""

import json
import os
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lamppost.today import TODAY

if TYPE_CHECKING:
    from lamppost.store import Store

JSON = click.option("--json", "in_json", is_flag=True, help="Print one JSON document, for a program to read.")


def _require_number(ctx: click.Context, param: click.Parameter, value: str) -> int:
    """The number of a version; a form hands over an empty one where nobody wrote any."""
    text = value.strip()
    if text.isascii() and text.isdecimal() and int(text):
        return int(text)
    found = f"found {text!r}" if text else "it is empty"
    message = f"{found}; expected the number of an earlier version, such as 12; see `lamppost log DATASET`"
    raise click.BadParameter(message, ctx, param)


def _require_name(ctx: click.Context, param: click.Parameter, value: str) -> str:
    if not value.strip():
        message = "it is empty; expected the name of a dataset, such as air-quality; its page's address ends in it"
        raise click.BadParameter(message, ctx, param)
    return value.strip()


@click.command(short_help="List a dataset's versions, or one row's history.")
@click.argument("dataset")
@click.option("--row", "key", multiple=True, metavar="KEY", help="The row's primary key; repeat for a key of several.")
@click.option("--table", default="", help="Only this table of the dataset.")
@JSON
@click.pass_obj
def log(root: Path, dataset: str, key: tuple[str, ...], table: str, in_json: bool) -> None:
    """List the versions of DATASET, newest first: day, rows, what was added, changed and removed, and why.

    With --row, tell one row's history instead: which version added, changed or removed it, what it was and is, and
    the pull that brought it.

    \b
    Examples:
      lamppost log air-quality
      lamppost log street-lights --row L-1024
    """  # noqa: D301  click keeps the lines below a real \b as they are
    from lamppost.history import log as versions
    from lamppost.history import row
    from lamppost.summary import write_lines

    store = _open(root)
    if key:
        found = row.find_steps(store, dataset, key, table)
        _print(row.as_json(found) if in_json else "\n".join(row.tell_steps(dataset, key, found)))
        return
    entries = versions.list_entries(store, dataset)
    lines = list(versions.tell_entries(dataset, entries))
    _print(versions.as_json(entries) if in_json else "\n".join(lines))
    write_lines("Versions", lines, os.environ.get("GITHUB_STEP_SUMMARY", ""))


@click.command(short_help="Say what differs between two versions.")
@click.argument("first", metavar="A")
@click.argument("second", metavar="B", required=False)
@click.option("--all", "whole", is_flag=True, help="Show every changed row, not just the first 50 of a table.")
@click.option("--csv", "in_csv", is_flag=True, help="Print the list of changed rows as CSV.")
@JSON
@click.pass_obj
def diff(root: Path, first: str, second: str | None, whole: bool, in_csv: bool, in_json: bool) -> None:
    """Say what differs between versions A and B of a dataset, by primary key: rows, columns, and the pull behind it.

    A version is named air-quality@3; air-quality alone is the newest. With A only, it is compared with the version
    that it stands on.

    \b
    Examples:
      lamppost diff air-quality                       what the newest version changed
      lamppost diff air-quality@3 air-quality@7
      lamppost diff street-lights@7 --csv > changed.csv
    """  # noqa: D301  as above
    from lamppost.history import difference

    store = _open(root)
    older, newer = difference.find_pair(store, first, second)
    found = difference.find_differences(store, older, newer)
    if in_json:
        _print(difference.as_json(older, newer, found))
    elif in_csv:
        for one in found:
            click.echo(one.listing, nl=False)
    else:
        most = None if whole else difference.SHOWN
        _print("\n".join(difference.tell(older, newer, found, most)))


@click.command(short_help="Make an old version the newest again.")
@click.argument("dataset", callback=_require_name)
@click.argument("version", callback=_require_number)
@click.option("--reason", required=True, help="Why, in a sentence; it stands on the page, in the log and in the feeds.")
@TODAY
@click.pass_obj
def rollback(root: Path, dataset: str, version: int, reason: str, today: datetime | None) -> None:
    """Make the rows of VERSION the newest version of DATASET again. Nothing is deleted: it is a new version.

    What is computed from the dataset follows at once: derived datasets and figures. Runs then leave the dataset
    alone, because its source may still give what was wrong; `lamppost run DATASET` publishes from it again.

    \b
    Example:
      lamppost rollback air-quality 12 --reason "The sensor at City Hall was off by ten since Friday."
    """  # noqa: D301  as above
    from lamppost.history.rollback import follow, go_back, next_steps
    from lamppost.outside import date_run, open_city
    from lamppost.pull import Transport
    from lamppost.run import Setting

    city = open_city(root)
    setting = Setting(city, _open(root), date_run(city, today), dict(os.environ), Transport())
    made = go_back(setting, dataset, version, reason)
    click.echo(f"{dataset}: version {made.seq} holds the {made.rows:,} rows of version {version} again.")
    outcomes, problems = follow(setting, dataset)
    for one in outcomes:
        click.echo(f"{one.dataset}, which is computed from it: {one.verdict}{f': {one.reason}' if one.reason else ''}")
    for problem in problems:
        click.echo(f"Warning: {problem}", err=True)
    click.echo(next_steps(made))


@click.command(short_help="Thin out old versions.")
@click.argument("datasets", nargs=-1)
@click.option(
    "--keep", multiple=True, metavar="all=DAYS|daily=DAYS",
    help="How long every version, then one a day, is kept; one a month stays for ever. Default: all=7 daily=90.",
)  # fmt: skip
@click.option(
    "--grace", default=24.0, show_default=True, metavar="HOURS",
    help="Files written lately stay: a run may be using them. 0 where no other run can be at work.",
)  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Say what would go, and delete nothing.")
@TODAY
@click.pass_obj
def gc(
    root: Path, datasets: tuple[str, ...], keep: tuple[str, ...], grace: float, dry_run: bool, today: datetime | None
) -> None:
    """Delete the rows of old versions by a fixed rule, and files that no version names.

    Every version of the last 7 days is kept, then the last of each day, after 90 days the last of each month, for
    ever. The newest version stays, and so does what a figure or a derived dataset was computed from, and every version
    of the plan. A thinned version keeps its manifest, its list of changes and its receipt, and says which version
    answers for it.
    """
    from lamppost.history.gc import parse_keep, plan_gc, tell
    from lamppost.outside import date_run, open_city
    from lamppost.render.page import format_bytes
    from lamppost.store.thin import carry_out
    from lamppost.summary import write_lines

    store, day = _open(root), date_run(open_city(root), today).today
    plans = plan_gc(store, datasets, day, parse_keep(keep), grace * 3600)
    lines = []
    for one in plans:
        told = list(tell(one))
        lines += told
        click.echo("".join(f"{line}\n" for line in told), nl=False)
        if not dry_run:
            carry_out(store, one, day, grace * 3600)
    files = sum(len(one.rows) + len(one.orphans) for one in plans)
    size = format_bytes(sum(one.size for one in plans)).replace("\N{NO-BREAK SPACE}", " ")
    lines.append(f"{'Would free' if dry_run else 'Freed'} {size} in {files:,} {'file' if files == 1 else 'files'}.")
    click.echo(lines[-1])
    write_lines("Thinning out", lines[-1:] + lines[:-1], os.environ.get("GITHUB_STEP_SUMMARY", ""))


def _open(root: Path) -> "Store":
    from lamppost.outside import open_city, open_city_store

    return open_city_store(open_city(root))


def _print(value: Any) -> None:
    click.echo(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2))
