"""The verb that takes back: `retract`."""

import os
import sys
import tempfile
from datetime import datetime
from pathlib import Path

import click

from lamppost.today import TODAY


@click.command(short_help="Take a record out of everything published.")
@click.argument("dataset")
@click.option("--rows", multiple=True, metavar="KEY", help="A row's primary key; values of several fields as A/B.")
@click.option("--where", multiple=True, metavar="FIELD=VALUE", help="Rows that have all these values, in any version.")
@click.option("--table", default="", help="The table that is meant, where the dataset has several.")
@click.option("--reason", required=True, help="On what ground; everybody can read it, so do not name the record.")
@click.option("--by", required=True, help="Who decided it, such as an office; everybody can read it.")
@click.option("--gone-at-source", is_flag=True, help="The source has deleted the rows: nothing has to keep them away.")
@click.option("--dry-run", is_flag=True, help="Say what would be changed, and change nothing.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@TODAY
@click.pass_obj
def retract(
    root: Path,
    dataset: str,
    rows: tuple[str, ...],
    where: tuple[str, ...],
    table: str,
    reason: str,
    by: str,
    gone_at_source: bool,
    dry_run: bool,
    yes: bool,
    today: datetime | None,
) -> None:
    """Take rows out of every version of DATASET ever published, and of all that was made of them. It cannot be undone.

    Versions keep their numbers and say when, why, by whom and how many rows were taken out. Later runs leave the rows
    out, should the source still have them. Without --rows and --where the whole dataset is emptied, and nothing is
    published until somebody names it: `lamppost run DATASET`. Stop other runs meanwhile.

    \b
    Examples:
      lamppost retract permits --rows P-17 --reason "A resident asked for it." --by "City Clerk" --dry-run
      lamppost retract permits --where phone=310-555-0199 --reason "Published by mistake." --by "City Clerk"
    """  # noqa: D301  click keeps the lines below a real \b as they are
    from lamppost.outside import date_run, open_city, open_city_store
    from lamppost.retract import Order, plan_retraction, tell
    from lamppost.retract import retract as carry_on
    from lamppost.retract.order import parse_where

    city = open_city(root)
    store, day = open_city_store(city), date_run(city, today).today.isoformat()
    order = Order(dataset, reason, by, table, rows, parse_where(where), gone=gone_at_source)
    with tempfile.TemporaryDirectory(prefix="lamppost-", ignore_cleanup_errors=True) as folder:
        plan = plan_retraction(city, store, order, day=day, env=dict(os.environ), folder=Path(folder))
        for line in tell(plan):
            click.echo(line)
        if dry_run:
            click.echo("Nothing was changed.")
            return
        if not yes and not sys.stdin.isatty():
            raise click.UsageError("it cannot be undone; look at --dry-run first, then say --yes")
        if not yes:
            click.confirm("It cannot be undone. Take it out?", abort=True)
        carry_on(city, store, plan, day=day, env=dict(os.environ), folder=Path(folder))
    click.echo("Taken out of the store." if not plan.is_done else "Nothing of it was left in the store.")
    _offer_site(root, today, ask=not yes)


def _offer_site(root: Path, today: datetime | None, *, ask: bool) -> None:
    """The site on this disk shows the record until it is built anew."""
    if ask and click.confirm("The site still shows it. Build it now?", default=True):
        from lamppost.build import build_site
        from lamppost.outside import date_run, open_city

        city = open_city(root)
        click.echo(build_site(city, date_run(city, today)).sentence)
    else:
        click.echo("The site still shows it until it is built and published: lamppost build")
    click.echo("A store on a git branch: lamppost store save. What else to look after: docs/about/versions.md")
