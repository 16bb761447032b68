"""Names (pure): of fields, of what may be about a person, and of what still needs a unit."""

import re
import unicodedata
from collections.abc import Iterable

LONGEST = 63
_SPLIT = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[^A-Za-z0-9]+")
_WORDS: tuple[tuple[frozenset[str], str], ...] = (
    (frozenset({"email", "mail", "e-mail"}), "an e-mail address"),
    (frozenset({"phone", "telephone", "tel", "mobile", "cell", "fax", "phonenumber"}), "a telephone number"),
    (frozenset({"address", "addr", "street1", "street2"}), "an address, and with it whoever lives there"),
    (frozenset({"description", "comment", "comments", "note", "notes", "remark", "remarks"}), "free text"),
    (frozenset({"message", "body", "details", "feedback", "complaint", "text"}), "free text"),
    (frozenset({"ip", "ipv4", "ipv6", "ipaddress"}), "an address of somebody's device"),
    (frozenset({"mac", "bssid", "imei", "imsi"}), "the number of somebody's device"),
    (frozenset({"media", "photo", "picture", "image", "video", "audio", "avatar"}), "a picture or recording"),
    (frozenset({"birth", "birthday", "birthdate", "dob", "age", "gender", "ssn", "passport"}), "about a person"),
    (frozenset({"plate", "vin", "licenseplate", "licenceplate"}), "somebody's car"),
    (frozenset({"password", "token", "secret", "cookie", "session"}), "a secret"),
)
_PEOPLE = frozenset(
    {"user", "owner", "reporter", "requester", "requestor", "applicant", "customer", "citizen", "resident", "tenant"}
    | {"employee", "reviewer", "author", "creator", "editor", "inspector", "officer", "driver", "rider", "patient"}
    | {"person", "contact", "username", "firstname", "lastname", "surname", "fullname", "account", "submitter"}
)
_KINDS = frozenset({"type", "kind", "class", "category", "status", "zip", "zipcode", "postcode", "plz", "postal"})
_CHANGES = frozenset({"last", "updated", "modified", "edited", "changed", "reported"})
_MOVING = frozenset({"vehicle", "bike", "scooter", "trip", "ride"})
_LINKS = frozenset({"link", "links", "href", "self"})
_GIVEN = frozenset({"first", "last", "full", "middle", "given", "family", "maiden", "nick", "display"})
_CODES = frozenset(
    {"id", "ids", "code", "zip", "zipcode", "postcode", "postal", "postalcode", "plz", "uuid", "guid", "fips", "key"}
    | {"oid", "sku", "apn", "parcel", "serial", "ref", "objectid", "fid", "globalid", "gid", "eui", "no", "nr"}
)
_ROW_NUMBERS = frozenset({"objectid", "fid", "oid", "gid", "globalid", "rowid", "row_id"})
_TIMES = frozenset(
    {"time", "date", "datetime", "at", "timestamp", "updated", "created", "modified", "reported", "start", "end", "ts"}
    | {"edited", "observed", "installed", "closed", "opened", "since", "until", "expires", "last"}
)
_UNITLESS = frozenset({"count", "number", "year", "month", "day", "hour", "rank", "order", "version", "index", "total"})
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[A-Za-z]{2,}")
_PHONE = re.compile(r"\+?[(\d][\d ().-]{7,}\d")
_DEVICES = (
    (re.compile(r"(\d{1,3}\.){3}\d{1,3}"), "looks like addresses of devices (IP)"),
    (re.compile(r"([0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}"), "looks like numbers of devices (MAC)"),
)
_PUNCTUATED = re.compile(r"[ ().+-]")
_SENTENCE = 60
"""Characters on average; longer texts are taken for what people wrote."""


def split_words(path: str) -> list[str]:
    """The words of a path's last steps in lower case: `attributes.CREW_NOTES` → crew, notes."""
    return [word.lower() for word in _SPLIT.split(_fold(path)) if word]


def _last(path: str) -> str:
    """The last step of a path, which names the value."""
    return path.rpartition(".")[2] or path


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKD", text.replace("ß", "ss")).encode("ascii", "ignore").decode()


def name_field(path: str) -> str:
    """A field name in snake_case from the last step of a path."""
    steps = [step for step in path.split(".") if step]
    while len(steps) > 1 and not [word for word in split_words(steps[-1]) if not word.isdigit()]:
        steps[-2:] = [f"{steps[-2]}_{steps[-1]}"]
    name = "_".join(split_words(steps[-1] if steps else ""))[:LONGEST].strip("_")
    return name if name[:1].isalpha() else f"field_{name}".strip("_")


def name_fields(paths: Iterable[str]) -> dict[str, str]:
    """Path → field name, each name once: a second one takes its parent's name in front, a third a number."""
    taken: dict[str, str] = {}
    for path in paths:
        steps = path.split(".")
        tries = [name_field(path), name_field("_".join(steps[-2:])), name_field("_".join(steps))]
        tries = [f"{one}_1" if one in {"row_id", "_row"} else one for one in tries]
        tries += [f"{tries[0][: LONGEST - 4]}_{number}" for number in range(2, 1000)]
        taken[path] = next(one for one in tries if one not in taken.values())
    return taken


def suspect(path: str, values: Iterable[str]) -> str:
    """Why a column may be about a person; empty when nothing speaks for it."""
    words = split_words(_last(path))
    kind = next((reason for known, reason in _WORDS if known & set(words)), "")
    if kind:
        return f"may hold {kind}" if not kind.startswith("about") else f"is {kind}"
    if words[-1:] == ["id"] and set(words[-2:-1]) & _MOVING:
        return "lets somebody's trips be followed, and rotates where the rules are kept, so it counts nothing"
    if set(words) & _LINKS:
        return "an address inside the source, which says nothing to readers"
    if set(words) & _PEOPLE:
        return "may say who somebody is"
    if "name" in words and (words == ["name"] or set(words) & _GIVEN):
        return "may be a person's name; add it to the schema if it is a thing's"
    return _suspect_values(list(values))


def _suspect_values(values: list[str]) -> str:
    if any(_EMAIL.search(one) for one in values):
        return "holds an e-mail address"
    if any(_PHONE.fullmatch(one) and _is_phone(one) for one in values):
        return "looks like telephone numbers"
    for pattern, reason in _DEVICES:
        if any(pattern.fullmatch(one) for one in values):
            return reason
    spaced = [one for one in values if " " in one]
    if spaced and sum(map(len, spaced)) / len(spaced) > _SENTENCE:
        return "is free text, and people write names and numbers into it"
    return ""


def _is_phone(text: str) -> bool:
    """Written as people write it: ten digits or more, grouped, and neither a number nor a date."""
    digits = sum(letter.isdigit() for letter in text)
    groups = [one for one in _PUNCTUATED.split(text) if one]
    return 10 <= digits <= 15 and len(groups) >= 3 and not re.match(r"(19|20)\d\d-\d\d", text)  # noqa: PLR2004


def is_code(path: str) -> bool:
    """True for a name whose digits are never added up."""
    words = split_words(_last(path))
    return bool(words) and (words[-1] in _CODES or words[0] in {"id", "zip"} or bool(set(words) & {"zip", "zipcode"}))


def names_one(path: str) -> bool:
    """True for a code of one thing, not of a kind of things or of where it is."""
    return is_code(path) and not set(split_words(_last(path))) & _KINDS


def is_change(path: str) -> bool:
    """True for a time that moves when a row is changed, so that it tells no two rows apart."""
    return bool(set(split_words(_last(path))) & _CHANGES)


def is_row_number(name: str) -> bool:
    """True for what a database counts by itself, and may count anew after a repair."""
    return name in _ROW_NUMBERS


def is_time(path: str) -> bool:
    """True for a name that says when."""
    return bool(set(split_words(_last(path))) & _TIMES)


def needs_unit(name: str) -> bool:
    """True unless the name itself says what is counted."""
    return not set(name.split("_")) & _UNITLESS
