"""Keeps the store of a small city on an orphan branch of exactly one commit; above 300 MB it belongs on S3.

The branch's history does not grow, so a retraction leaves no copy. `--force-with-lease` against the commit that was
fetched is the compare-and-swap: who comes second is refused, and starts again from a fresh fetch.
"""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from lamppost.errors import StoreError

MEGABYTE = 2**20
LIMIT = 300 * MEGABYTE
LEASE = "lamppost-lease"
AUTHOR = {"GIT_AUTHOR_NAME": "lamppost", "GIT_AUTHOR_EMAIL": "lamppost@localhost"}
BYTES = ("-c", "core.autocrlf=false", "-c", "core.longpaths=true")
"""Settings under which git keeps every byte as it is, whatever the machine's own are: hashes depend on it."""
COMMITTER = {"GIT_COMMITTER_NAME": "lamppost", "GIT_COMMITTER_EMAIL": "lamppost@localhost"}


def fetch_store(root: Path, store: Path, branch: str) -> str:
    """Fill an absent or empty `store` from `branch` of the remote `origin`; say in a sentence what was brought."""
    if store.exists() and any(store.iterdir()):
        found = f"{store}: not empty; expected no store here yet"
        raise StoreError(f"{found}; remove it, or work with the one that is there")
    tip = _tip(root, branch)
    if not tip:
        _remember(root, "")
        return f"No branch {branch} yet: starting with an empty store."
    _git(root, "fetch", "--quiet", "--depth=1", "origin", f"{branch}")
    tip = _git(root, "rev-parse", "FETCH_HEAD")
    store.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="lamppost-", ignore_cleanup_errors=True) as folder:
        archive = Path(folder) / "store.zip"  # zip, because unpacking it makes no links, on any Python
        _git(root, "archive", "--format=zip", "-0", f"--output={archive}", tip)
        shutil.unpack_archive(archive, store, "zip")
    _remember(root, tip)
    return f"Fetched the store from {branch} at {tip[:12]}."


def save_store(root: Path, store: Path, branch: str) -> str:
    """Push the store folder as the branch's only commit; StoreError when the branch moved since it was fetched."""
    size = sum(path.stat().st_size for path in store.rglob("*") if path.is_file())
    if size > LIMIT:
        found = f"{store}: {size // MEGABYTE} MB; a branch holds at most {LIMIT // MEGABYTE} MB"
        raise StoreError(f"{found}; set extra.city.store to an s3:// address")
    lease = _lease(root).read_text(encoding="utf-8").strip() if _lease(root).exists() else _tip(root, branch)
    with tempfile.TemporaryDirectory(prefix="lamppost-", ignore_cleanup_errors=True) as folder:
        index = {
            "GIT_DIR": _git(root, "rev-parse", "--absolute-git-dir"),
            "GIT_INDEX_FILE": str(Path(folder) / "index"),
            "GIT_WORK_TREE": str(store),
        }
        _git(root, "add", "--all", "--force", ".", env=index, cwd=store)
        tree = _git(root, "write-tree", env=index)
    if lease and _git(root, "rev-parse", f"{lease}^{{tree}}") == tree:
        return f"The store on {branch} is up to date."
    commit = _git(root, "commit-tree", tree, "-m", "Store", env=AUTHOR | COMMITTER)
    try:
        _git(root, "push", "--quiet", f"--force-with-lease={branch}:{lease}", "origin", f"{commit}:refs/heads/{branch}")
    except StoreError as error:
        found = f"branch {branch} moved since the store was fetched; another run was faster"
        raise StoreError(f"{found}; run again ({error})") from error
    _remember(root, commit)
    return f"Saved the store on {branch} at {commit[:12]}, {size / MEGABYTE:.1f} MB."


def _tip(root: Path, branch: str) -> str:
    listed = _git(root, "ls-remote", "origin", f"refs/heads/{branch}")
    return listed.split()[0] if listed else ""


def _lease(root: Path) -> Path:
    return Path(_git(root, "rev-parse", "--absolute-git-dir")) / LEASE


def _remember(root: Path, commit: str) -> None:
    _lease(root).write_text(commit, encoding="utf-8")


def _git(root: Path, *arguments: str, env: dict[str, str] | None = None, cwd: Path | None = None) -> str:
    command = ["git", *BYTES, *arguments]
    settings = {**os.environ, **(env or {})}
    done = subprocess.run(  # noqa: S603  fixed program, no shell
        command, cwd=cwd or root, env=settings, capture_output=True, encoding="utf-8", errors="replace", check=False
    )
    if done.returncode:
        said = done.stderr.strip().splitlines() or ["failed"]
        raise StoreError(f"git {arguments[0]}: {said[-1]}")
    return done.stdout.strip()
