"""DuckDB behind a lock: one SELECT over the tables it is given, and nothing else in the world.

A query cannot read a file but those that hold its tables, reach a network, load an extension, change a setting or see a
variable of ours, and what it may call always gives the same answer: the clock, chance, samples and the engine's own
catalogue are refused, because a figure must come out the same when a stranger computes it again. One thread, 256 MB, a
time limit and a row limit.
Time zone arithmetic (`timezone('America/Los_Angeles', observed_at)`) works: the zone rules are inside the wheel.
"""

import difflib
import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from threading import Timer
from typing import Any

import duckdb
import pyarrow as pa

from lamppost.errors import QueryError
from lamppost.formats.filed import FiledTable, Typed

SETTINGS = {
    "threads": "1",
    "memory_limit": "256MB",
    "temp_directory": "",
    "python_enable_replacements": "false",
    "autoload_known_extensions": "false",
    "autoinstall_known_extensions": "false",
    "allow_community_extensions": "false",
}
LOCKS = (
    "SET TimeZone = 'UTC'",
    "SET enable_external_access = false",
    "SET lock_configuration = true",
)
TABLE_FUNCTIONS = frozenset({"range", "generate_series", "unnest"})
CLOCK_WORDS = frozenset(
    {"current_date", "current_timestamp", "current_time", "localtime", "localtimestamp", "current_user", "user"}
)
CHANGING = frozenset({"version", "query", "query_table", "getenv", "read_text", "read_blob"})
"""Functions that DuckDB calls constant, and that rest on more than their arguments."""
PATHS = re.compile(r"""(?<![\w)\]])(?:[A-Za-z]:)?(?:[/\\][^\s"',;)/\\]+){2,}""")
LONGEST_SQL = 100_000
DEEPEST = 200
MOST_BYTES = 256 << 20


def answer(
    sql: str, tables: Mapping[str, Typed], *, max_rows: int = 100_000, seconds: float = 20, place: str = "query"
) -> pa.Table:
    """The rows that the SELECT gives over `tables` (SQL name → table); QueryError, opened by `place`, otherwise.

    Sums of integers come as decimal128(38, 0), sums of decimals exact, averages and quotients as float64.
    """
    connection = duckdb.connect(":memory:", config=dict(SETTINGS))
    timer = Timer(seconds, connection.interrupt)
    try:
        _register(connection, tables)
        for statement in LOCKS:
            connection.execute(statement)
        timer.start()
        refuse_unsafe(connection, sql, tables)
        return _fetch(connection, sql, max_rows)
    except (duckdb.Error, pa.ArrowException, OSError, RecursionError, MemoryError) as error:
        if "INTERRUPT" in str(error):
            raise QueryError(f"{place}: no answer after {seconds:g} seconds; expected one; read fewer rows") from error
        raise QueryError(f"{place}: {_first_words(error)}") from error
    except QueryError as error:
        raise QueryError(f"{place}: {error}") from error
    finally:
        timer.cancel()
        connection.close()


def _fetch(connection: Any, sql: str, max_rows: int) -> pa.Table:
    reader = connection.sql(sql).to_arrow_reader(10_000)
    names = reader.schema.names
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise QueryError(f"column {twice[0]} comes twice; expected one name a column; rename one with AS")
    batches, rows, size = [], 0, 0
    for batch in reader:
        batches.append(batch)
        rows, size = rows + batch.num_rows, size + batch.nbytes
        if rows > max_rows or size > MOST_BYTES:
            raise QueryError(f"more than {max_rows:,} rows or {MOST_BYTES >> 20} MB; expected fewer; aggregate them")
    return pa.Table.from_batches(batches, reader.schema)


def _register(connection: Any, tables: Mapping[str, Typed]) -> None:
    """Each under its name; of rows in a file the engine reads the columns that a query needs, and no other file."""
    filed = {name: table for name, table in tables.items() if isinstance(table, FiledTable)}
    paths = [str(table.path.absolute()).replace("'", "''") for table in filed.values()]
    if paths:
        quoted = ", ".join(f"'{path}'" for path in paths)
        connection.execute(f"SET allowed_paths = [{quoted}]")
    for name, path in zip(filed, paths, strict=True):
        connection.execute(f"CREATE VIEW \"{name}\" AS SELECT * FROM read_parquet('{path}')")
    for name, table in tables.items():
        if name not in filed:
            connection.register(name, table)


def refuse_unsafe(connection: Any, sql: str, tables: Mapping[str, Typed]) -> None:
    """Raises QueryError unless `sql` is one SELECT over `tables` that always gives the same answer."""
    if len(sql) > LONGEST_SQL:
        raise QueryError(f"{len(sql):,} characters; expected one SELECT of at most {LONGEST_SQL:,}")
    statements = connection.extract_statements(sql)
    kinds = [statement.type.name for statement in statements]
    if kinds != ["SELECT"]:
        found = ", ".join(kinds) or "nothing"
        raise QueryError(f"found {found}, expected one SELECT (a pivot is written SELECT … FROM t PIVOT (…))")
    tree = json.loads(connection.execute("SELECT json_serialize_sql(?)", [sql]).fetchall()[0][0])
    if tree.get("error"):
        raise QueryError(str(tree.get("error_message", "not a SELECT")))
    nodes = list(_walk(tree))
    common = {str(one["key"]).lower() for node in nodes for one in node.get("cte_map", {}).get("map", ())}
    known = {name.lower() for name in tables} | common
    columns = {name.lower() for table in tables.values() for name in table.column_names}
    for node in nodes:
        _refuse_node(node, known, columns)


def _walk(tree: Any) -> Iterator[dict[str, Any]]:
    """Every object of the syntax tree; QueryError when it is nested too deeply to be meant well."""
    waiting = [(tree, 0)]
    while waiting:
        node, depth = waiting.pop()
        if depth > DEEPEST:
            raise QueryError(f"nested more than {DEEPEST} deep; expected a query that a person can read")
        if isinstance(node, dict):
            yield node
            waiting += [(one, depth + 1) for one in node.values()]
        elif isinstance(node, list):
            waiting += [(one, depth + 1) for one in node]


def _refuse_node(node: Mapping[str, Any], known: set[str], columns: set[str]) -> None:
    kind = str(node.get("type"))
    if kind == "BASE_TABLE":
        _refuse_table(node, known)
    elif kind == "TABLE_FUNCTION" and node["function"].get("function_name") not in TABLE_FUNCTIONS:
        name = node["function"].get("function_name")
        raise QueryError(f"{name}(…) as a table; expected one of {', '.join(sorted(known))}, or {_or(TABLE_FUNCTIONS)}")
    elif kind == "SHOW_REF" or kind.endswith("_QUERY_NODE"):
        raise QueryError(f"found {kind.partition('_')[0]}; expected a SELECT of rows, which changes nothing")
    elif kind == "COLUMN_REF":
        words = [str(one).lower() for one in node.get("column_names", ())]
        if len(words) == 1 and words[0] in CLOCK_WORDS - columns:
            raise QueryError(f"{words[0]} changes by itself; expected a date taken from the data")
    elif "function_name" in node:
        _refuse_function(str(node["function_name"]).lower(), len(node.get("arguments", ())))
    if node.get("sample"):
        raise QueryError("a random sample; expected rows chosen by a condition or an ORDER BY with LIMIT")


def _refuse_function(name: str, arguments: int) -> None:
    reads_clock = name == "age" and arguments == 1
    if reads_clock or name in changing_functions():
        raise QueryError(f"{name}() does not always give the same answer; expected a function that does")


def _refuse_table(node: Mapping[str, Any], known: set[str]) -> None:
    name = str(node.get("table_name"))
    qualified = bool(node.get("schema_name") or node.get("catalog_name"))
    if not qualified and name.lower() in known:
        return
    near = difflib.get_close_matches(name.lower(), sorted(known), 1)
    hint = f"; is {near[0]} meant?" if near else ""
    raise QueryError(f"there is no table {name}; expected one of {', '.join(sorted(known)) or 'none'}{hint}")


@cache
def changing_functions() -> frozenset[str]:
    """Lower-case names of the functions whose answer can differ between two runs, as DuckDB itself declares them."""
    with duckdb.connect(":memory:", config=dict(SETTINGS)) as connection:
        rows = connection.execute(
            "SELECT lower(function_name) FROM duckdb_functions() WHERE stability <> 'CONSISTENT'"
        ).fetchall()
    return frozenset(name for (name,) in rows) | CHANGING


def _or(names: frozenset[str]) -> str:
    return ", ".join(sorted(names))


def _first_words(error: BaseException) -> str:
    """What DuckDB says, without the paths of this machine."""
    return PATHS.sub("(a path)", str(error)) or type(error).__name__


def rows_behind(sql: str) -> str:
    """The SELECT that gives the rows which `sql` counts or adds up in its last step; empty where there are none.

    The same query with `*` in place of what it computes, and without order and limit. A query that groups in its last
    step has no such rows. The text is made from DuckDB's own syntax tree, so that nothing is guessed from words.
    """
    connection = duckdb.connect(":memory:", config=dict(SETTINGS))
    try:
        tree, star = (_parse(connection, one) for one in (sql, "SELECT * FROM t"))
        node = tree["statements"][0]["node"]
        if node["type"] != "SELECT_NODE" or node["group_expressions"] or node["from_table"]["type"] == "EMPTY":
            return ""
        node |= {"select_list": star["statements"][0]["node"]["select_list"], "modifiers": [], "having": None}
        made = connection.execute("SELECT json_deserialize_sql(?)", [json.dumps(tree)]).fetchone()
    except (duckdb.Error, KeyError, IndexError, RecursionError):
        return ""
    finally:
        connection.close()
    return str(made[0]) if made else ""


def _parse(connection: Any, sql: str) -> dict[str, Any]:
    tree: dict[str, Any] = json.loads(connection.execute("SELECT json_serialize_sql(?)", [sql]).fetchone()[0])
    return tree
