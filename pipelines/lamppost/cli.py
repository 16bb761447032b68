"""The command line: one click command a verb, each importing what it needs inside, so that --help is quick.

Exit codes: 0 fine, 1 data failed (the site still stands), 2 misuse or something the city wrote cannot be understood.
"""

import os
import re
import shlex
import sys
from contextlib import ExitStack
from datetime import date, datetime
from gc import set_threshold
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lamppost import __version__
from lamppost.checking import validate
from lamppost.errors import LamppostError, LoadError, is_shortage, name_shortage
from lamppost.repository import store, workflows
from lamppost.retracting import retract
from lamppost.sources import presets, pull, try_source
from lamppost.today import TODAY
from lamppost.verifying import verify
from lamppost.versions import diff, gc, log, rollback

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lamppost.model import Issue, RunRecord

FOLDER = click.Path(path_type=Path, file_okay=False)
COLLECTED = (50_000, 20, 20)
"""Objects made before Python looks for circles of dead ones: by default a tenth of a quiet run goes into looking."""
SCHEDULER = re.compile(r"(tcp|tls)://[^/\s]+:\d+")


class Verbs(click.Group):
    """Keeps the verbs in the order in which a newcomer meets them, and turns every expected error into one sentence."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  click's signature
        """Give the verbs in order of definition."""
        return list(self.commands)

    def invoke(self, ctx: click.Context) -> object:
        """Run the verb; say a LamppostError as it stands, without a traceback."""
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, TextIOWrapper):  # a log in an old Windows code page takes any letter of the city's
                stream.reconfigure(errors="backslashreplace")
        try:
            return super().invoke(ctx)
        except LoadError as error:
            say_issues(error.issues)
            ctx.exit(2)
        except LamppostError as error:
            click.echo(f"Error: {error}", err=True)
            ctx.exit(1)
        except Exception as error:
            if not isinstance(error, OSError) and not is_shortage(error):
                raise
            place = f"{error.filename}: " if isinstance(error, OSError) and error.filename else ""
            said = f"Error: {place}{name_shortage(error)}"
        click.echo(said, err=True)  # out here, what the error held of the memory is free again
        return ctx.exit(1)


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="lamppost")
@click.option("--city", "root", type=FOLDER, default=Path(), help="Folder of the city. Default: here.")
@click.pass_context
def main(ctx: click.Context, root: Path) -> None:
    """Publish a city's open data and the progress of its plans, every number traceable to its rows.

    A day's work is two verbs: `lamppost run` asks the city's systems what is new and keeps proven versions;
    `lamppost build` makes the site from what was kept. Nothing needs a server.

    \b
    Start here:
      lamppost new my-city        the smallest city that runs
      lamppost check              read everything you wrote, list every mistake at once
      lamppost run --sandbox      rehearse with a made-up city, marked as such everywhere
      lamppost build              make the site in site/
    """  # noqa: D301  click keeps the lines below a real \b as they are; a raw docstring has none
    set_threshold(*COLLECTED)
    ctx.obj = root


@main.command(short_help="Write the smallest city that runs.")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--name", default="", help="The city's name. Default: made from the folder's name.")
def new(folder: Path, name: str) -> None:
    """Write the smallest city that runs: one dataset from a file, one plan page, two workflows.

    It builds without any network. Edit the YAML and Markdown, then `lamppost run` and `lamppost build`.
    """
    from lamppost.starter import new_city

    new_city(folder, name)
    click.echo(f"Wrote a small city in {folder}. Next:\n  cd {folder}\n  lamppost run\n  lamppost build")
    click.echo("Then open site/index.html.")


@main.command(short_help="List every mistake in what you wrote.")
@TODAY
@click.pass_obj
def check(root: Path, today: datetime | None) -> None:
    """Read everything the city wrote and list every mistake at once, with file, line and what to do.

    Asks no source and writes nothing. Exits 2 when something must be mended; warnings are only shown. On GitHub each
    mistake is also shown beside its line.
    """
    from lamppost.annotations import annotate, find_folder, is_wanted
    from lamppost.check import check_city

    issues = check_city(root, today.date() if today else None)
    errors = [one for one in issues if one.severity == "error"]
    say_issues(issues)
    for line in annotate(issues, find_folder(root, os.environ)) if is_wanted(os.environ) else ():
        click.echo(line)
    counts = f"{len(errors)} to mend, {len(issues) - len(errors)} to look at."
    click.echo(counts if issues else "Everything reads well.")
    sys.exit(2 if errors else 0)


main.add_command(presets)
main.add_command(try_source)
main.add_command(pull)


@main.command(short_help="Ask the sources; keep what is proven.")
@click.argument("datasets", nargs=-1)
@click.option(
    "--sandbox", is_flag=True, help="Answer every unset ${NAME} from the sandbox city; all of it is marked simulated."
)
@click.option("--verbose", is_flag=True, help="Tell each fault in full: what was found, expected, and what to do.")
@click.option(
    "--cluster",
    metavar="tcp://HOST:PORT",
    callback=lambda _context, _option, value: _check_scheduler(value),
    help="Settle large tables on the workers of this Dask scheduler; needs `pip install 'lamppost[cluster]'`.",
)
@TODAY
@click.pass_obj
def run(
    root: Path, datasets: tuple[str, ...], sandbox: bool, verbose: bool, cluster: str | None, today: datetime | None
) -> None:
    """Pull what is due, prove it complete, validate it, and keep what is new as versions.

    Name DATASETS to run just these, due or not. One failing dataset never stops the others and keeps its last
    good version. Exits 1 when any failed.

    \b
    Examples:
      lamppost run                      everything that is due
      lamppost run air-quality          this one, now
      lamppost run --sandbox            rehearse without any of the city's systems
      lamppost run trips --cluster tcp://10.0.0.5:8786
                                        a backfill of years, on many machines
    """  # noqa: D301  as above
    from lamppost.annotations import annotate_run, find_folder, is_wanted
    from lamppost.console import RunConsole
    from lamppost.outside import allow_sandbox, date_run, fill_environment, open_city, open_city_store
    from lamppost.pull import Transport
    from lamppost.run import Setting
    from lamppost.run import run as run_city
    from lamppost.run.cluster import open_cluster
    from lamppost.run.sizes import Sizes
    from lamppost.summary import write_summary

    with ExitStack() as stack:
        city = open_city(root)
        dates = date_run(city, today)
        env = fill_environment(stack, dates, sandbox=sandbox)
        sizes = Sizes(cluster=stack.enter_context(open_cluster(cluster)) if cluster else None)
        console = stack.enter_context(RunConsole())
        notices: dict[str, Sequence[Issue]] = {}
        transport = Transport(allow=allow_sandbox(env))
        setting = Setting(
            city, open_city_store(city), dates, env, transport, console.tell, notices.__setitem__, sizes=sizes
        )  # fmt: skip
        record = run_city(setting, datasets)
        console.close()
        console.summarise(record, city, notices, verbose=verbose)
        write_summary(record, env.get("GITHUB_STEP_SUMMARY", ""), notices)
        if is_wanted(env):
            for line in annotate_run(record, notices, find_folder(root, env)):
                click.echo(line)
    sys.exit(_exit_code(record))


@main.command(short_help="Make the site from what was kept.")
@click.option("--strict", is_flag=True, help="Treat house-word warnings as errors.")
@click.option("--url", envvar="LAMPPOST_URL", help="Address of the site while site_url in mkdocs.yml is an example's.")
@TODAY
@click.pass_obj
def build(root: Path, strict: bool, url: str | None, today: datetime | None) -> None:
    """Make the site in site/ from what the store holds. Asks no source; the old site stays until the new one is whole.

    When nothing changed since the last build, nothing is done.
    """
    from lamppost.build import build_site
    from lamppost.outside import date_run, open_city, place_at

    city = place_at(open_city(root), url)
    result = build_site(city, date_run(city, today), strict=strict)
    for warning in result.warnings:
        click.echo(f"Warning: {warning}", err=True)
    click.echo(result.sentence)


@main.command(short_help="Say what is late or failing.")
@click.option("--exit-code", is_flag=True, help="Exit 1 when a dataset is late or failing.")
@TODAY
@click.pass_obj
def status(root: Path, exit_code: bool, today: datetime | None) -> None:
    """Show each dataset's newest version, when its source was last asked, and what is late or failing."""
    from lamppost.console import show_status
    from lamppost.load import load_datasets
    from lamppost.outside import date_run, open_city, open_city_store

    city = open_city(root)
    datasets, faults = load_datasets(city)
    outcomes = open_city_store(city).last_outcomes()
    failing = show_status(datasets, faults, outcomes, date_run(city, today))
    sys.exit(1 if exit_code and failing else 0)


main.add_command(verify)


for _verb in (log, diff, rollback, retract, gc):
    main.add_command(_verb)


@main.command(short_help="Start a made-up city to rehearse with.")
@TODAY
@click.option("--seed", default=1, show_default=True, help="Another seed, another city.")
@click.pass_obj
def sandbox(root: Path, today: datetime | None, seed: int) -> None:
    """Start the made-up city's systems on this machine only and print their addresses; stop with Ctrl-C."""
    from lamppost.sandbox import start

    del root
    with start(today.date() if today else date.today(), seed=seed) as town:  # noqa: DTZ011  a rehearsal has no zone
        for name, value in sorted(town.environ.items()):
            click.echo(f"$env:{name} = '{value}'" if os.name == "nt" else f"export {name}={shlex.quote(value)}")
        click.echo("The sandbox answers until you press Ctrl-C. Everything it says is marked simulated.", err=True)
        try:
            town.serve_forever()
        except KeyboardInterrupt:
            click.echo("Stopped.", err=True)


main.add_command(validate)
main.add_command(workflows)
main.add_command(store)


def say_issues(issues: "tuple[Issue, ...] | list[Issue]") -> None:
    """Print issues, one a line: severity, place, message; errors first, line 9 of a file before its line 10."""
    for one in sorted(issues, key=lambda one: (one.severity != "error", _place_order(one.place))):
        click.echo(f"{'ERROR' if one.severity == 'error' else 'warning'}  {one.place}: {one.message}", err=True)


def _place_order(place: str) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdecimal() else (0, part) for part in re.split(r"(\d+)", place)]


def _check_scheduler(address: str | None) -> str | None:
    if address and not SCHEDULER.fullmatch(address):
        raise click.BadParameter(f"{address}; expected tcp://HOST:PORT or tls://HOST:PORT, as the scheduler says it")
    return address


def _exit_code(record: "RunRecord") -> int:
    failed = any(one.verdict in {"failed", "kept"} for one in record.outcomes.values())
    return 1 if failed or record.problems else 0


if __name__ == "__main__":
    main()
