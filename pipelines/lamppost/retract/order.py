"""What a person asks for, read as far as that can be done without a version: keys, values, a reason, a name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from lamppost.errors import LoadError
from lamppost.model import Issue, Table, Version
from lamppost.retract.find import Wanted
from lamppost.store.barred import Key

LONGEST = 500


@dataclass(frozen=True)
class Order:
    """A retraction as it was asked for; neither rows nor `where` means all of the dataset."""

    dataset: str
    reason: str
    by: str
    table: str = ""
    rows: Sequence[str] = ()
    """Primary keys; the values of a key of several fields with `/` between them."""
    where: Mapping[str, str] = field(default_factory=dict)
    keys: frozenset[Key] = frozenset()
    """Primary keys that were found before."""
    gone: bool = False
    """The source has deleted the rows, so that nothing has to keep them from coming back."""

    @property
    def is_whole(self) -> bool:
        """True when no row is named."""
        return not self.rows and not self.where and not self.keys


def parse_where(words: Sequence[str]) -> dict[str, str]:
    """`field=value` → field and value; LoadError for anything else."""
    found: dict[str, str] = {}
    for word in words:
        name, mark, value = word.partition("=")
        if not name or not mark or not value:
            raise misuse(f"--where {word}", "expected FIELD=VALUE, such as permit_id=P-17")
        found[name] = value
    return found


def check_words(order: Order) -> Order:
    """The order with reason and name on one line each; LoadError when one says nothing or too much."""
    told = {
        "reason": "".join(one for one in " ".join(order.reason.split()) if one.isprintable()),
        "by": "".join(one for one in " ".join(order.by.split()) if one.isprintable()),
    }
    for name, text in told.items():
        if not 0 < len(text) <= LONGEST:
            raise misuse(f"--{name}", f"found {len(text)} letters, expected at most {LONGEST} that everybody may read")
    return replace(order, reason=told["reason"], by=told["by"])


def find_wanted(order: Order, head: Version) -> Wanted:
    """The rows meant, in terms of the newest version; LoadError for a table, field or key that it does not have."""
    table = find_table(order, head)
    names = table.schema.primary_key
    for name in order.where:
        if name not in table.schema.names:
            raise misuse(f"--where {name}", f"is no field of {table.resource}; it has {', '.join(table.schema.names)}")
    keys = order.keys | {_split(one, names) for one in order.rows}
    return Wanted(table.resource, names, keys, dict(order.where))


def find_table(order: Order, head: Version) -> Table:
    """The table that is meant; LoadError when the newest version has none of that name, or several."""
    """The table that is meant; LoadError when the newest version has none of that name, or several."""
    names = ", ".join(one.resource for one in head.tables)
    if order.table:
        table = head.table(order.table)
        if table is None:
            raise misuse(f"--table {order.table}", f"is no table of {head.dataset}; it has {names}")
        return table
    if len(head.tables) > 1:
        raise misuse("--table", f"{head.dataset} has several tables; expected one of {names}")
    return head.tables[0]


def _split(text: str, names: Sequence[str]) -> Key:
    values = text.split("/") if len(names) > 1 else [text]
    if len(values) != len(names) or "" in values:
        shown = "/".join(name.upper() for name in names)
        raise misuse(
            "--rows",
            f"found {len(values)} values, expected {shown}; a value with a slash in it is named by --where FIELD=VALUE",
        )
    return tuple(values)


def misuse(place: str, message: str) -> LoadError:
    """What makes the command exit 2."""
    return LoadError([Issue("retract", place, message)])
