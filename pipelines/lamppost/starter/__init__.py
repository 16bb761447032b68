"""The smallest city that runs: `lamppost new` copies it, and it builds without any network.

`files/` holds it as it is written out, apart from names that begin with a dot (stored without it) and two words that
are filled in: `@CITY@` (the name, in quotes where YAML needs them) and `@VERSION@`; each `@IDENTIFIER@` is another one.
"""

from collections.abc import Callable, Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from uuid import uuid4

from lamppost import __version__
from lamppost.errors import LoadError
from lamppost.model import Issue

_RENAMED = {"gitignore": ".gitignore", "workflows": ".github/workflows"}
_LONGEST_NAME = 80
_PUNCTUATION = frozenset(" .,'&()/-\u2019\u2013")


def _mint() -> str:
    return uuid4().urn


def new_city(folder: Path, name: str = "", mint: Callable[[], str] = _mint) -> tuple[Path, ...]:
    """Writes a small city into a new or empty folder and gives its files; LoadError when that would overwrite anything.

    Without `name` the city is called after its folder: `my-city` becomes `My City`. `mint` gives each dataset an
    identifier that no other city's has.
    """
    title = " ".join((name or folder.resolve().name.replace("-", " ").replace("_", " ").title()).split())
    _check(folder, title)
    written = []
    for relative, text in _read_files():
        path = folder / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        filled = text.replace("@CITY@", title).replace("@VERSION@", __version__)
        filled = "".join(part + (mint() if more else "") for part, more in _cut(filled))
        path.write_text(filled, encoding="utf-8", newline="\n")
        written.append(path)
    return tuple(written)


def _cut(text: str) -> Iterator[tuple[str, bool]]:
    """The text between the places of identifiers; True where one comes next."""
    *before, last = text.split("@IDENTIFIER@")
    yield from ((part, True) for part in before)
    yield last, False


def _check(folder: Path, title: str) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        found = "the folder is not empty" if folder.is_dir() else "there is a file of that name"
        message = f"{found}, expected a new or empty folder; choose another name, nothing was written"
        raise LoadError([Issue("folder-not-empty", str(folder), message)])
    wrong = sorted({letter for letter in title if not letter.isalnum() and letter not in _PUNCTUATION})
    if wrong or not 0 < len(title) <= _LONGEST_NAME:
        found = f"found {' '.join(wrong)} in it" if wrong else f"found {len(title)} characters"
        message = f"{found}, expected 1 to {_LONGEST_NAME} letters, digits, blanks and . , ' & ( ) / -; write --name"
        raise LoadError([Issue("city-name", f"the name {title[:_LONGEST_NAME]!r}", message)])


def _read_files() -> Iterator[tuple[str, str]]:
    """Path in the new folder and text of each file, in order of path."""
    root = files(__name__).joinpath("files")
    yield from sorted(_walk(root, ""))


def _walk(folder: Traversable, prefix: str) -> Iterator[tuple[str, str]]:
    for one in folder.iterdir():
        path = prefix + (_RENAMED.get(one.name, one.name) if not prefix else one.name)
        if one.is_dir():
            yield from _walk(one, f"{path}/")
        else:
            yield path, one.read_text(encoding="utf-8")
