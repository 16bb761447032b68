"""What an address tells before it is asked (pure): a name for the dataset, and secrets not to be written down."""

import re
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

_SECRETS = re.compile(r"(?i)(api|access|app)?[-_]?(key|token|secret|password|passwd|pwd|sig|signature|appid|auth)")
_ENDINGS = re.compile(r"\.(json|geojson|csv|xml|zip|ndjson)$")
_DULL = re.compile(
    r"(?i)|\d+|query|items|collections|(feature|map)server|v?\d+(\.\d+)*|api|rest|services|index|gbfs|data|resource"
)
"""Steps of a path that say nothing about what is behind it."""
_LONGEST = 60


def name_secrets(target: str) -> tuple[str, dict[str, str], dict[str, str]]:
    """The address without its secret parameters, `${NAME}` for each of them, and their values."""
    parts = urlsplit(target)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    secrets = {name: value for name, value in pairs if _SECRETS.fullmatch(name)}
    if not secrets:
        return target, {}, {}
    names = {name: re.sub(r"\W", "_", f"SOURCE_{name}").upper() for name in secrets}
    rest = urlencode([(name, value) for name, value in pairs if name not in secrets])
    url = urlunsplit(parts._replace(query=rest))
    return url, {name: f"${{{names[name]}}}" for name in secrets}, {names[name]: secrets[name] for name in secrets}


def entitle(url: str) -> tuple[str, str]:
    """A title and a folder name from the last word of an address that says anything."""
    parts = urlsplit(url)
    steps = [_ENDINGS.sub("", step) for step in parts.path.split("/")]
    word = next((step for step in reversed(steps) if not _DULL.fullmatch(step)), (parts.hostname or "source"))
    words = [one for one in re.split(r"(?<=[a-z])(?=[A-Z])|[^A-Za-z0-9]+", word) if one]
    slug = "-".join(words).lower()[:_LONGEST].strip("-") or "source"
    return " ".join(words).capitalize() or "Source", slug
