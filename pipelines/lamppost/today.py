"""The option `--today`, which every verb that looks at a calendar shares."""

from datetime import datetime

import click

PRETEND = "Pretend that it is this day, such as 2026-11-22 (noon, city time). Default: the real one."
EARLIEST, LATEST = 2000, 2100


def _limit(ctx: click.Context, param: click.Parameter, value: datetime | None) -> datetime | None:  # noqa: ARG001
    if value and not EARLIEST <= value.year <= LATEST:
        raise click.BadParameter(f"{value.date()} is far away; expected a day of {EARLIEST} to {LATEST}")
    return value


TODAY = click.option("--today", type=click.DateTime(["%Y-%m-%d"]), metavar="DAY", callback=_limit, help=PRETEND)
