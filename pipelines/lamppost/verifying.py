"""The verb that proves: `verify`."""

import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

import click


@click.command(short_help="Check every byte and figure of a site.")
@click.argument("place", required=False, metavar="[DIR|URL|STORE]")
@click.pass_obj
def verify(root: Path, place: str | None) -> None:
    """Re-hash every byte and recompute every figure of a built site or a store; name the smallest thing that is wrong.

    Without an argument the site in site/ is checked. DIR is any built site, URL the address of a published one, STORE
    a folder or s3://bucket/prefix. Works from the published files alone, on any machine. What was retracted, and what
    cannot be computed again since old versions were thinned, is told and is no fault. Exits 1 when something is wrong.

    \b
    Examples:
      lamppost verify
      lamppost verify https://data.example.org/
    """  # noqa: D301  click keeps the lines below a real \b as they are
    from lamppost.verify import fetch_site, list_redactions, list_thinned, open_place
    from lamppost.verify import verify as verify_place

    with tempfile.TemporaryDirectory(prefix="lamppost-", ignore_cleanup_errors=True) as folder:
        target: Path | str = Path(place) if place else root / "site"
        if place and place.startswith(("http://", "https://")):
            from lamppost.pull import Transport

            target = Path(folder) / "site"
            target.mkdir()
            files = fetch_site(place, target, Transport(allow={urlsplit(place).hostname or ""}))
            click.echo(f"{place}: {files:,} files fetched.")
        elif place and place.startswith("s3://"):
            target = place
        elif isinstance(target, Path) and not target.is_dir():
            raise click.UsageError(f"{target}: no such folder; expected a built site; run `lamppost build` first")
        findings = verify_place(target)
        store = open_place(target, Path(folder) / "cache").store
        for line in (*list_redactions(store), *list_thinned(store)):
            click.echo(line)
    for finding in findings:
        click.echo(str(finding), err=True)
    wrong = f"{len(findings)} {'thing' if len(findings) == 1 else 'things'} wrong."
    shown = place or target
    click.echo(f"{shown}: {wrong if findings else 'every byte and every figure is what it says.'}")
    sys.exit(1 if findings else 0)
