"""What a dataset is called for ever: an address-free name that harvesters know it by, minted once.

Kept as `identifier:` in dataset.yaml. Where it is absent, a name is computed from who publishes and from the folder's
name, never from an address or a title, so that a new host or a better title does not make a second dataset elsewhere.
"""

import re
from uuid import UUID, uuid5

OURS = UUID("6b1f7c0e-5d0a-4a0e-9c55-2f6e0c6f6a11")
"""The namespace of computed names; changing it would rename every dataset that has none of its own."""
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`\x00-\x20]+")


def name_identifier(publisher: str, name: str) -> str:
    """`urn:uuid:…` (RFC 9562, version 5) of the dataset in the folder `name`; the same on every machine."""
    return uuid5(OURS, f"{' '.join(publisher.split()).casefold()}\n{name}").urn


def identifier_uri(identifier: str) -> str:
    """The identifier where it is a URI; else, as with a number from an older portal, a `urn:uuid:` made of it."""
    return identifier if _URI.fullmatch(identifier) else uuid5(OURS, identifier).urn
