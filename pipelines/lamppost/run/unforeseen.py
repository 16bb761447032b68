"""What nobody foresaw becomes an error with a name, so that one dataset or figure that fails stops no other."""

import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lamppost.errors import LamppostError, is_shortage, name_shortage

log = logging.getLogger(__name__)


@contextmanager
def named(place: str) -> Iterator[None]:
    """Every exception that comes up in it as a LamppostError, opened by `place`."""
    try:
        yield
    except LamppostError:
        raise
    except Exception as error:
        if not is_shortage(error):
            log.exception("unexpected failure", extra={"dataset": place})
        raise LamppostError(f"{place}: {_name_unexpected(error)}") from error


def _name_unexpected(error: Exception) -> str:
    """The kind and the line of ours where it came up, not the error's own words: they may hold what a source sent."""
    if is_shortage(error):
        return name_shortage(error)
    ours = [one for one in traceback.extract_tb(error.__traceback__) if "lamppost" in one.filename]
    place = f" in {Path(ours[-1].filename).name}, line {ours[-1].lineno}" if ours else ""
    return f"{type(error).__name__}{place}; this is a fault of lamppost, please report it"
