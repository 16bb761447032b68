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
PYTHON_FILES = ["pipelines", "tests", "noxfile.py"]
PEERS_BY_APT = {
    "influxd": ["influxdb", "influxdb-client"],
    "java": ["default-jre-headless"],
    "mosquitto": ["mosquitto", "mosquitto-clients"],
    "nginx": ["nginx-light"],
    "npm": ["nodejs", "npm"],
    "pg_lsclusters": ["postgresql"],  # Debian's initdb is not on the PATH
    "sshd": ["openssh-server"],
}
"""Program → the Debian packages that bring it."""
PEERS_BY_NPM = ["json-server@0.17.4", "wiremock@3.13.2"]
PEERS_BY_PIP = ["pygeoapi==0.21.*", "moto[server]>=5.2"]


def install_bucket(session: nox.Session) -> None:
    """An S3 server for the tests; its boto3 must be the one of s3fs's botocore, which pip takes minutes to find out."""
    told = session.run("python", "-c", "import botocore; print(botocore.__version__)", silent=True)
    session.install("-q", f"boto3=={str(told).strip()}", *dependencies("survival"))


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
    session.install("-q", "-e", ".[s3,sftp]", *dependencies("tests"))
    session.run("pytest", "-n", "auto", "--dist", "loadfile", *session.posargs)


@nox.session(venv_backend="virtualenv")
def fuzz(session: nox.Session) -> None:
    """Look for false proofs among ten million adversarial cells a predicate: `nox -s fuzz`, or `-- 1000000`."""
    session.install("-q", "-e", ".", *dependencies("tests"))
    session.run("python", "-m", "tests.validate.fuzz", *session.posargs)


@nox.session(venv_backend="virtualenv")
def survival(session: nox.Session) -> None:
    """Kill, starve and race what writes a store, on a disk and in a bucket; minutes, where `soak` takes hours."""
    session.install("-q", "-e", ".[s3]", *dependencies("tests"))
    install_bucket(session)
    session.run("pytest", "-n", "auto", "--dist", "loadfile", *(session.posargs or ["tests/store", "tests/survival"]))


@nox.session(venv_backend="virtualenv")
def cluster(session: nox.Session) -> None:
    """Share the work of a run with Dask workers on loopback, kill them, and compare what is left in the store."""
    session.install("-q", "-e", ".[cluster]", *dependencies("tests"))
    session.run("pytest", *(session.posargs or ["tests/cluster"]))


@nox.session(venv_backend="virtualenv")
def soak(session: nox.Session) -> None:
    """Kill, flip and race for hours: 100,000 kills, 5,000 races, 10,000 bits: `nox -s soak`, or `-- 1000`."""
    session.install("-q", "-e", ".[s3]", *dependencies("tests"))
    install_bucket(session)
    session.run("python", "-m", "tests.survival.soak", *session.posargs)


@nox.session(venv_backend="virtualenv")
def types(session: nox.Session) -> None:
    """Check the types, strictly."""
    session.install("-q", "-e", ".[postgresql,s3,sftp]", *dependencies("tests", "types"))
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
def peers(session: nox.Session) -> None:
    """Pull known rows from real servers; installs them, and starts them one by one (a laptop skips what is absent)."""
    session.install("-q", "-e", ".[postgresql,s3,sftp]", *dependencies("tests"))
    install_peers_by_apt(session)
    folder = Path(session.create_tmp()).resolve()
    env = {**install_peers_by_npm(session, folder / "npm"), **install_peers_by_pip(session, folder / "servers")}
    session.run("pytest", "tests/peers", *session.posargs, env=env)


def install_peers_by_apt(session: nox.Session) -> None:
    """Brings what is absent, where that is possible without asking anybody."""
    path = f"{os.environ.get('PATH', '')}{os.pathsep}/usr/sbin"
    wanted = [one for program, found in PEERS_BY_APT.items() if not shutil.which(program, path=path) for one in found]
    if not wanted or not shutil.which("apt-get") or os.name != "posix" or os.geteuid() != 0:
        return
    env = {"DEBIAN_FRONTEND": "noninteractive"}
    apt = ["apt-get", "-o", "DPkg::Lock::Timeout=120", "-qq"]
    session.run(*apt, "update", external=True, silent=True)
    session.run(*apt, "install", "-y", "--no-install-recommends", *wanted, env=env, external=True, silent=True)


def install_peers_by_npm(session: nox.Session, folder: Path) -> dict[str, str]:
    """The servers from npm in a folder of their own; no lock file of theirs reaches the repository."""
    modules = folder / "node_modules"
    made = {
        "PEER_JSON_SERVER": modules / "json-server" / "lib" / "cli" / "bin.js",
        "PEER_WIREMOCK": modules / "wiremock" / "build" / "wiremock-standalone-3.13.2.jar",
    }
    if shutil.which("npm") and not all(path.exists() for path in made.values()):
        folder.mkdir(parents=True, exist_ok=True)
        quiet = ["--no-audit", "--no-fund", "--no-save", "--no-package-lock", "--loglevel=error"]
        session.run("npm", "install", "--prefix", str(folder), *quiet, *PEERS_BY_NPM, external=True, silent=True)
    return {name: str(path) for name, path in made.items()}


def install_peers_by_pip(session: nox.Session, folder: Path) -> dict[str, str]:
    """The servers from PyPI in an environment of their own: what they need is not what Lamppost needs."""
    programs = folder / ("Scripts" if os.name == "nt" else "bin")
    ending = ".exe" if os.name == "nt" else ""
    made = {
        "PEER_PYGEOAPI": programs / f"pygeoapi{ending}",
        "PEER_MOTO": programs / f"moto_server{ending}",
    }
    if not all(path.exists() for path in made.values()):
        session.run("python", "-m", "venv", str(folder))
        python = str(programs / f"python{ending}")
        session.run(python, "-m", "pip", "install", "-q", *PEERS_BY_PIP, external=True, silent=True)
    return {name: str(path) for name, path in made.items()}


@nox.session(venv_backend="virtualenv")
def bench(session: nox.Session) -> None:
    """Measure the speed goals and write tests/benchmarks/RESULTS.md."""
    session.install("-q", "-e", ".[cluster,postgresql]", *dependencies("tests", "bench"))
    session.run("python", "-m", "tests.benchmarks.bench", *session.posargs)
