"""The verbs about sources: what presets there are, what one source gives, and what a new one would look like."""

import shutil
import sys
import textwrap
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lamppost.today import TODAY

if TYPE_CHECKING:
    from lamppost.model.preset import Preset

WIDEST = 100
NARROWEST = 20


@click.command(short_help="Ask one dataset's source; publish nothing.")
@click.argument("dataset")
@click.option("--explain", "only_words", is_flag=True, help="Say in words what would be asked; ask nothing.")
@click.option("--sandbox", is_flag=True, help="Answer every unset ${NAME} from the sandbox city.")
@TODAY
@click.pass_obj
def pull(root: Path, dataset: str, only_words: bool, sandbox: bool, today: datetime | None) -> None:
    """Ask one dataset's source, show the receipt and the first rows, publish nothing.

    For trying a descriptor while you write it. With --explain nothing is asked: it says what would be, how
    completeness would be proven, and which names must be set, and exits 2 where the pull would be refused.
    """
    from lamppost.outside import allow_sandbox, date_run, fill_environment, open_city
    from lamppost.preview import explain, preview
    from lamppost.pull import Transport

    with ExitStack() as stack:
        city = open_city(root)
        dates = date_run(city, today)
        env = fill_environment(stack, dates, sandbox=sandbox)
        if only_words:
            lines, refused = explain(city, dataset, dates=dates, env=env, width=_measure_terminal())
            click.echo("\n".join(lines))
            sys.exit(2 if refused else 0)
        for line in preview(city, dataset, dates=dates, env=env, transport=Transport(allow=allow_sandbox(env))):
            click.echo(line)


@click.command("try", short_help="Propose the files for a new source.")
@click.argument("target", metavar="PRESET|URL")
@click.option(
    "--option", "-o", "options", multiple=True, metavar="KEY=VALUE", help="A key of `pull:`, such as paging.by=offset."
)
@click.option("--sandbox", is_flag=True, help="Answer every unset ${NAME} from the sandbox city.")
@click.option("--save", "name", default="", metavar="NAME", help="Write both files as the dataset NAME.")
@TODAY
@click.pass_obj
def try_source(
    root: Path, target: str, options: tuple[str, ...], sandbox: bool, name: str, today: datetime | None
) -> None:
    """Ask a source for one page; propose a schema and a descriptor, ready to save.

    What answers at a URL is found out; a PRESET is one of those that `lamppost presets` lists. Nothing is published,
    and what may be about a person is proposed to stay inside.

    \b
    Examples:
      lamppost try https://gis.example.org/arcgis/rest/services/Trees/FeatureServer/0
      lamppost try open311 --sandbox
      lamppost try https://data.example.org/wells.json -o paging=none --save wells
    """  # noqa: D301  click keeps the lines below a real \b as they are
    from lamppost.attempt import OnePage, attempt, read_options, save
    from lamppost.errors import LoadError
    from lamppost.outside import allow_sandbox, date_elsewhere, date_run, fill_environment, open_city

    with ExitStack() as stack:
        try:
            city = open_city(root)
        except LoadError:
            if name:
                raise
            city = None
        dates = date_run(city, today) if city else date_elsewhere(today)
        env = fill_environment(stack, dates, sandbox=sandbox)
        tried = attempt(
            target,
            read_options(options),
            city=city,
            dates=dates,
            env=env,
            transport=OnePage(allow=allow_sandbox(env)),
            name=name,
        )
    for line in tried.lines:
        click.echo(line)
    if name and tried.files:
        save(root, tried.files)
    for path, text in tried.files.items():
        click.echo(f"\nWrote {path}" if name else f"\n----- {path}\n{text}", nl=bool(name))
    if tried.files:
        called = name or "NAME"
        again = "" if name else "Save both with --save NAME. "
        click.echo(f"\n{again}Answer each TODO and QUESTION, then `lamppost check` and `lamppost run {called}`.")
    sys.exit(0 if tried.files else 1)


@click.command(short_help="List the systems that lamppost knows.")
@click.argument("name", default="")
@click.option("--markdown", is_flag=True, help="Print the page of NAME, or the list, as Markdown.")
def presets(name: str, markdown: bool) -> None:
    """List the presets: systems whose paging, errors and proofs are known; or show the page of one.

    A descriptor without a preset can pull the same systems with adapter options alone.
    """
    from rich.console import Console
    from rich.markdown import Markdown

    from lamppost.load.names import suggest
    from lamppost.load.preset import describe_preset, preset_names
    from lamppost.render.preset import preset_index, preset_page

    known = preset_names()
    if not name and markdown:
        click.echo(preset_index([describe_preset(one) for one in known]), nl=False)
        return
    if not name:
        click.echo(_list_presets([describe_preset(one) for one in known], _measure_terminal()))
        return
    if name not in known:
        raise click.UsageError(f"there is no preset `{name}`.{suggest(name, known)}")
    page = preset_page(describe_preset(name))
    if markdown:
        click.echo(page, nl=False)
    else:
        _front, _, text = page.removeprefix("---\n").partition("---\n")
        Console(width=min(_measure_terminal(), WIDEST)).print(Markdown(text))


def _list_presets(found: "list[Preset]", width: int) -> str:
    """One line each, the title cut where the terminal ends: what follows it matters more than its last word."""
    rows = [("name", "what it is", "adapter", "how it was tried")]
    rows += [(one.name, one.title, one.adapter, one.status or "not written down yet") for one in found]
    name, adapter, status = (max(len(row[column]) for row in rows) for column in (0, 2, 3))
    room = max(NARROWEST, min(width, WIDEST + 20) - name - adapter - status - 6)
    lines = [
        f"{row[0]:<{name}}  {textwrap.shorten(row[1], room, placeholder='…'):<{room}}  {row[2]:<{adapter}}  {row[3]}"
        for row in rows
    ]
    return "\n".join([*(line.rstrip() for line in lines), "", "The page of one: lamppost presets NAME"])


def _measure_terminal() -> int:
    return shutil.get_terminal_size((100, 24)).columns
