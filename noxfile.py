"""Sessions are words of the product; `nox -l` lists them. The first two need Python and git, nothing else."""

import os
import shutil
from pathlib import Path

import nox

nox.needs_version = ">=2024.4.15"
nox.options.default_venv_backend = "virtualenv"
nox.options.sessions = ["site"]
nox.options.reuse_existing_virtualenvs = True

PYPROJECT = nox.project.load_toml("pyproject.toml")
PYTHON_FILES = ["pipelines", "tests", "noxfile.py", "datasets"]


def dependencies(*groups: str) -> list[str]:
    """The requirements of dependency groups in pyproject.toml."""
    return list(nox.project.dependency_groups(PYPROJECT, *groups))


@nox.session(venv_backend="virtualenv")
def site(session: nox.Session) -> None:
    """Rehearse the whole way with the sandbox city and leave a complete site in site/."""
    session.install("-q", "-e", ".")
    session.run("lamppost", "run", "--sandbox", *session.posargs)
    session.run("lamppost", "build")


@nox.session(venv_backend="virtualenv")
def tests(session: nox.Session) -> None:
    """Run the tests; needs nothing that pip cannot install."""
    session.install("-q", "-e", ".", *dependencies("tests"))
    session.run("pytest", *session.posargs)


@nox.session(venv_backend="virtualenv")
def types(session: nox.Session) -> None:
    """Check the types, strictly."""
    session.install("-q", "-e", ".", *dependencies("tests", "types"))
    session.run("mypy", *PYTHON_FILES)


@nox.session(venv_backend="virtualenv")
def lint(session: nox.Session) -> None:
    """Check style, spelling and the workflows."""
    session.install("-q", *dependencies("lint"))
    session.run("ruff", "check", *PYTHON_FILES)
    session.run("ruff", "format", "--check", *PYTHON_FILES)
    session.run("codespell", "README.md", "pipelines", "docs", "datasets", "schemas", "tests", "noxfile.py")
    session.run("zizmor", "--offline", "--quiet", ".github/workflows")


@nox.session(venv_backend="virtualenv")
def serve(session: nox.Session) -> None:
    """Show the site on this machine and build it again whenever YAML, Markdown or data change."""
    session.install("-q", "-e", ".")
    session.run("python", "-m", "lamppost.serve", *session.posargs)


@nox.session(venv_backend="virtualenv")
def publish(session: nox.Session) -> None:
    """Do one step of the Publish workflow: `nox -s publish -- run --sandbox`."""
    session.install("-q", "-e", ".")
    session.run("lamppost", *session.posargs)


@nox.session(venv_backend="virtualenv")
def wheel(session: nox.Session) -> None:
    """Build the wheel, install it in an empty environment outside the checkout, and build a new city with it."""
    session.install("-q", "build")
    outside = Path(session.create_tmp()).resolve()
    session.run("python", "-m", "build", "--wheel", "--outdir", str(outside / "dist"), silent=True)
    session.run("python", "-m", "pip", "install", "-q", *map(str, (outside / "dist").glob("*.whl")))
    shutil.rmtree(outside / "city", ignore_errors=True)
    session.chdir(outside)
    session.run("lamppost", "new", "city", "--name", "Riverton")
    session.chdir(outside / "city")
    session.run("lamppost", "check")
    session.run("lamppost", "run")
    session.run("lamppost", "build")
    session.run("lamppost", "verify")
    pages = [path.read_text(encoding="utf-8").lower() for path in Path("site").rglob("*.html")]
    if not pages or any(word in text for text in pages for word in ("hollywood", "weho")):
        session.error("the pages of a new city speak of the reference city")


@nox.session(venv_backend="virtualenv")
def engines(session: nox.Session) -> None:
    """Build the tree with the engines that could take MkDocs' place."""
    session.install("-q", "-e", ".", *dependencies("tests", "engines"))
    session.run("pytest", "tests/engines", *session.posargs)


@nox.session(venv_backend="virtualenv")
def browser(session: nox.Session) -> None:
    """Open every kind of page in a real browser; installs Debian's chromium where apt is at hand."""
    if not shutil.which("chromium") and shutil.which("apt-get") and os.name == "posix":
        session.run("apt-get", "update", "-qq", external=True)
        session.run("apt-get", "install", "-y", "-qq", "chromium", external=True, silent=True)
    session.install("-q", "-e", ".", *dependencies("tests", "browser"))
    session.run("pytest", "tests/browser", *session.posargs)


@nox.session(venv_backend="virtualenv")
def bench(session: nox.Session) -> None:
    """Measure the speed goals and write tests/benchmarks/RESULTS.md."""
    session.install("-q", "-e", ".", *dependencies("tests", "bench"))
    session.run("python", "tests/benchmarks/bench.py", *session.posargs)
