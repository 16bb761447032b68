"""Makes the two GitHub workflows fit the city: plain text out, and the same text must lie in `.github/workflows/`.

Every `run:` line calls `lamppost` or `nox`, so that whatever GitHub does can be done on a laptop. Values reach the
shell through `env:` alone, never through `${{ }}` in a command. The one set-up line of a city that is not the engine's
own repository is `python -m pip install -r requirements.txt`.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from lamppost.model import City, Dataset

CHECKOUT = "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1"
SETUP_PYTHON = "actions/setup-python@5fda3b95a4ea91299a34e894583c3862153e4b97 # v7.0.0"
UPLOAD_PAGES = "actions/upload-pages-artifact@fc324d3547104276b827a68afc52ff2a11cc49c9 # v5.0.0"
DEPLOY_PAGES = "actions/deploy-pages@cd2ce8fcbc39b97be8ca5fce6e763baed58fa128 # v5.0.0"

_FOLDER = ".github/workflows"
_WORDS = {
    "pull": "pull new data",
    "build": "build the site again",
    "back": "go back to an earlier version",
    "look": "thin out old versions (only say what would go)",
    "thin": "thin out old versions",
    "due": "what is due",
    "monthly": "47 9 1 * *",
}
"""The form as staff read it, and when the schedule thins out."""
_NAME = re.compile(r"\$\{([A-Z][A-Z0-9_]*)\}")

_PUBLISH = """\
# Written by `lamppost workflows --write`; edit the datasets, not this file.
# Asks the city's systems, keeps what is proven, builds the site, puts it on GitHub Pages. To take a record back
# (`lamppost retract`) is not in the form: what is typed there is public for ever.
name: Publish
run-name: >-
  ${{{{ github.event.schedule == '{monthly}' && '{thin}' || inputs.what || '{pull}' }}}}:
  ${{{{ inputs.dataset || '{due}' }}}} ${{{{ inputs.version }}}} ${{{{ inputs.reason }}}}

on:
  schedule:
    # once a day, at an odd minute: GitHub delays and drops runs at the start of the hour
    - cron: "23 11 * * *"
    - cron: "{monthly}" # once a month: thin out old versions
  workflow_dispatch:
    inputs:
      what:
        description: What to do
        type: choice
        default: {pull}
        options:
          - {pull}
          - {build}
          - {back}
          - {look}
          - {thin}
      dataset:
        description: Which dataset, to pull it now or to go back
        type: choice
        default: {due}
        options:
          - {due}
{choices}
      version:
        description: To go back, the number of the version that was right
        type: string
        default: ""
      reason:
        description: Why (public; needed to go back)
        type: string
        default: ""

permissions: {{}}

concurrency:
  # one at a time, and never cut short: a run that has begun to commit ends; who comes meanwhile waits for its turn
  group: publish
  cancel-in-progress: false
  queue: max

jobs:
  make:
    name: Run and build
    runs-on: ubuntu-24.04
    timeout-minutes: 60
    permissions:
      contents: write # the store is a branch of this repository
    outputs:
      artifact: ${{{{ steps.upload.outputs.artifact_id }}}}
    env:
      WHAT: ${{{{ github.event.schedule == '{monthly}' && '{thin}' || inputs.what || '{pull}' }}}}
      DATASET: ${{{{ inputs.dataset != '{due}' && inputs.dataset || '' }}}}
    steps:
      - uses: {checkout}
        with:
          persist-credentials: true # `store save` pushes the store branch
      - uses: {setup_python}
        with:
          python-version: "3.13"
{install}      - name: Bring the store
        id: fetch
        run: {command} store fetch
      - name: {run_title}
        id: run
        if: ${{{{ env.WHAT == '{pull}' }}}}
{env}        run: {command} run{sandbox} ${{DATASET:+"$DATASET"}}
      - name: Go back to an earlier version
        if: ${{{{ env.WHAT == '{back}' }}}}
        env:
          VERSION: ${{{{ inputs.version }}}}
          REASON: ${{{{ inputs.reason }}}}
        run: {command} rollback --reason="$REASON" -- "$DATASET" "$VERSION"
      - name: Say what thinning out would free
        if: ${{{{ env.WHAT == '{look}' }}}}
        run: {command} gc --dry-run --grace 0
      - name: Thin out old versions
        if: ${{{{ env.WHAT == '{thin}' }}}}
        # no grace: what was fetched just now looks young, and no other run is at work
        run: {command} gc --grace 0
      # From here on also when a step failed: what is good is kept and shown, the job still ends red.
      - name: Keep the store, before anything is shown
        id: save
        if: ${{{{ !cancelled() && steps.fetch.outcome == 'success' && env.WHAT != '{look}' }}}}
        run: {command} store save
      - name: Show the versions of the dataset
        if: ${{{{ !cancelled() && steps.save.outcome == 'success' && env.DATASET != '' }}}}
        run: {command} log -- "$DATASET"
      - name: Build the site
        id: build
        if: ${{{{ !cancelled() && steps.save.outcome == 'success' }}}}
        env:
          # used until site_url in mkdocs.yml says where the site really is
          LAMPPOST_URL: https://${{{{ github.repository_owner }}}}.github.io/${{{{ github.event.repository.name }}}}/
        run: {command} build
      - name: Hand the site over
        id: upload
        if: ${{{{ !cancelled() && steps.build.outcome == 'success' }}}}
        uses: {upload_pages}
        with:
          path: site
      - name: Say what is late or failing
        if: ${{{{ !cancelled() && steps.fetch.outcome == 'success' && env.WHAT == '{pull}' }}}}
        run: {command} status --exit-code

  deploy:
    name: Show it
    needs: make
    # The store is kept already: when this fails, the next run shows the same and what is new.
    if: ${{{{ !cancelled() && needs.make.outputs.artifact != '' }}}}
    runs-on: ubuntu-24.04
    timeout-minutes: 15
    permissions:
      pages: write # put the site on Pages
      id-token: write # prove to Pages who is asking
    environment:
      name: github-pages
      url: ${{{{ steps.deploy.outputs.page_url }}}}
    steps:
      - id: deploy
        uses: {deploy_pages}
"""

_CHECK = """\
# Written by `lamppost workflows --write`.
name: Check

on:
  pull_request:

permissions: {{}}

concurrency:
  # a newer push of the same pull request makes the older check pointless
  group: check-${{{{ github.ref }}}}
  cancel-in-progress: true

jobs:
  check:
    name: Check on ${{{{ matrix.os }}}}
    strategy:
      fail-fast: false
      matrix:
        os: [{systems}]
    runs-on: ${{{{ matrix.os }}}}
    timeout-minutes: 45
    permissions:
      contents: read # read the pull request
    defaults:
      run:
        shell: bash
    steps:
      - uses: {checkout}
        with:
          persist-credentials: false
      - uses: {setup_python}
        with:
          python-version: "3.13"
{steps}"""

_INSTALL = """\
      - name: Install lamppost
        run: python -m pip install -r requirements.txt
"""


def publish_yml(datasets: Sequence[Dataset], names: Iterable[str], *, own_engine: bool) -> str:
    """The text of publish.yml; `names` are all dataset folders, also those whose files are at fault just now.

    With `own_engine` the repository is the engine's own and installs itself through nox. A descriptor that names
    `${NAME}` gets it from the repository's variables or secrets, and until these are set from the sandbox.
    """
    placeholders = find_placeholders(datasets)
    env = "".join(f"          {name}: ${{{{ vars.{name} || secrets.{name} }}}}\n" for name in placeholders)
    return _PUBLISH.format(
        **_WORDS,
        choices="\n".join(f"          - {name}" for name in sorted(set(names))) or "          - plan",
        checkout=CHECKOUT,
        setup_python=SETUP_PYTHON,
        upload_pages=UPLOAD_PAGES,
        deploy_pages=DEPLOY_PAGES,
        install="" if own_engine else _INSTALL,
        command=_command(own_engine=own_engine),
        run_title="Pull, validate, keep"
        + (" (what has no address yet comes from the sandbox)" if placeholders else ""),
        sandbox=" --sandbox" if placeholders else "",
        env=f"        env:\n{env}" if env else "",
    )


def check_yml(*, own_engine: bool) -> str:
    """The text of check.yml: the engine's own sessions on two systems, or a city's own files."""
    if own_engine:
        steps = "      - run: pipx run nox -s lint types tests\n"
    else:
        steps = _INSTALL + "      - run: lamppost check\n"
    return _CHECK.format(
        checkout=CHECKOUT,
        setup_python=SETUP_PYTHON,
        systems="ubuntu-24.04, windows-2025" if own_engine else "ubuntu-24.04",
        steps=steps,
    )


def make_workflows(city: City, datasets: Sequence[Dataset], names: Iterable[str]) -> Mapping[str, str]:
    """Path below the city's folder → text of each workflow."""
    own_engine = is_own_engine(city.root)
    return {
        f"{_FOLDER}/check.yml": check_yml(own_engine=own_engine),
        f"{_FOLDER}/publish.yml": publish_yml(datasets, names, own_engine=own_engine),
    }


def is_own_engine(root: Path) -> bool:
    """True in the repository that holds the engine beside its reference city."""
    return (root / "pipelines" / "lamppost").is_dir() and (root / "noxfile.py").is_file()


def behind(city: City, datasets: Sequence[Dataset], names: Iterable[str]) -> tuple[str, ...]:
    """Paths of the workflows whose text is not what it would be if written now."""
    texts = make_workflows(city, datasets, names)
    return tuple(path for path, text in texts.items() if _read(city.root / path) != text)


def write_workflows(city: City, datasets: Sequence[Dataset], names: Iterable[str]) -> tuple[str, ...]:
    """Writes both workflows and gives their paths; a file that is right already keeps its time stamp."""
    texts = make_workflows(city, datasets, names)
    for path, text in texts.items():
        target = city.root / path
        if _read(target) != text:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8", newline="\n")
    return tuple(texts)


def find_placeholders(datasets: Sequence[Dataset]) -> tuple[str, ...]:
    """The `${NAME}`s of all pulls, sorted: what a repository's variables and secrets must hold."""
    options = [one.pull.options for dataset in datasets for one in dataset.resources if one.pull]
    return tuple(sorted({name for one in options for text in _walk(one) for name in _NAME.findall(text)}))


def _walk(value: Any) -> Iterable[str]:
    if isinstance(value, Mapping):
        for one in value.values():
            yield from _walk(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _walk(one)
    elif isinstance(value, str):
        yield value


def _command(*, own_engine: bool) -> str:
    return "pipx run nox -s publish --" if own_engine else "lamppost"


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.is_file() else ""
