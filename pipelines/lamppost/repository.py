"""The verbs that a repository on GitHub calls: its workflows, and the branch that keeps its store."""

import sys
from pathlib import Path

import click


@click.command(short_help="Fit GitHub's forms to the datasets.")
@click.option("--write", is_flag=True, help="Write the files; without it only say whether they are behind.")
@click.pass_obj
def workflows(root: Path, write: bool) -> None:
    """Make .github/workflows/ fit the datasets: the Publish form offers each of them by name."""
    from lamppost.load import load_datasets
    from lamppost.outside import open_city
    from lamppost.workflows import behind, write_workflows

    city = open_city(root)
    datasets, faults = load_datasets(city)
    names = sorted([*(one.name for one in datasets), *faults])
    if write:
        for path in write_workflows(city, datasets, names):
            click.echo(f"Wrote {path}")
        return
    stale = behind(city, datasets, names)
    lines = [f"{path} is behind; run `lamppost workflows --write`" for path in stale]
    click.echo("\n".join(lines) or "The workflows are up to date.")
    sys.exit(2 if stale else 0)


@click.group(short_help="Bring or save the store's git branch.")
def store() -> None:
    """Bring the store from its git branch, or save it there (for GitHub Actions; a laptop needs neither)."""


@store.command()
@click.option("--branch", default="lamppost-store", show_default=True)
@click.pass_obj
def fetch(root: Path, branch: str) -> None:
    """Fill the store folder from the branch of exactly one commit; an absent branch is an empty store."""
    from lamppost.outside import open_city
    from lamppost.store.branch import fetch_store

    city = open_city(root)
    click.echo(fetch_store(city.root, _folder_of(city.store), branch))


@store.command()
@click.option("--branch", default="lamppost-store", show_default=True)
@click.pass_obj
def save(root: Path, branch: str) -> None:
    """Replace the branch by one commit of the store folder, unless somebody else did so since it was fetched."""
    from lamppost.outside import open_city
    from lamppost.store.branch import save_store

    city = open_city(root)
    click.echo(save_store(city.root, _folder_of(city.store), branch))


def _folder_of(store: Path | str) -> Path:
    if isinstance(store, Path):
        return store
    raise click.UsageError(f"the store is at {store}; expected a folder; take `lamppost store` out of the workflow")
