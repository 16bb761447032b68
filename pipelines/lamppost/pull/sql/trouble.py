"""What a database says when something is wrong, put into words that hold no cell of anybody's."""

import re
from typing import Any

import sqlalchemy as sa

from lamppost.errors import PullError
from lamppost.pull.fault import fault

SHOWN = 200
SPEAKING = ("08", "0A", "25", "28", "3D", "3F", "42", "53", "55", "57", "58")
"""Classes of SQLSTATE whose words are of logins, names, rights and machines (SQL:2016 part 2 §24; PostgreSQL
appendix A); others, 22 above all, quote the value that they did not like."""
DECODING = re.compile(r"Could not decode to UTF-8 column '(.*?)' with text", re.DOTALL)
DO = "check address, table, columns and rights"


def explain(error: Exception, place: str) -> PullError:
    """The driver's first line where it speaks of tables and logins; elsewhere only the kind of error."""
    original: Any = getattr(error, "orig", None) or error
    decoding = DECODING.match(str(original))
    if decoding or isinstance(original, UnicodeDecodeError):
        column = f"column {decoding[1]}: " if decoding else ""
        do = "correct it at the source, or cast the column in a `query:`"
        return fault(place, f"{column}bytes that are no text in UTF-8", "text", do)
    return fault(place, f"the database says: {_quote(error, original)}", "rows", DO)


def _quote(error: Exception, original: Any) -> str:
    kind = type(original).__name__
    module = type(original).__module__.partition(".")[0]
    if module == "psycopg":
        state = getattr(original, "sqlstate", None)
        speaks = isinstance(error, sa.exc.OperationalError) if state is None else state.startswith(SPEAKING)
        kind = f"{kind} ({state})" if state else kind
    elif module == "sqlite3":
        speaks = isinstance(error, sa.exc.OperationalError | sa.exc.ProgrammingError) or kind == "OperationalError"
    elif module == "sqlalchemy":
        speaks = isinstance(error, sa.exc.NoSuchTableError)
    else:
        code = original.args[0] if original.args else ""
        return f"{kind} ({code})" if isinstance(code, int) else kind
    return str(original).strip().partition("\n")[0][:SHOWN] if speaks else kind
