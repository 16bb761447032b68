"""Host keys of SSH servers: the one that the descriptor pins, and whether a server has it (pure)."""

import binascii
from base64 import b64decode, b64encode
from hashlib import sha256

from lamppost.pull.fault import fault

FINGERPRINT = "SHA256:"
DIGEST = 32
KEY_TYPES = (
    ("ssh-ed25519",),
    ("ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521"),
    ("rsa-sha2-512", "rsa-sha2-256"),
)
"""Asked for one after the other: a server has several host keys, and a fingerprint does not say of which it is."""


def name_key(blob: bytes) -> str:
    """`SHA256:…`, as ssh-keygen -l prints it."""
    return FINGERPRINT + b64encode(sha256(blob).digest()).decode().rstrip("=")


def check_host_key(pinned: str, place: str) -> None:
    """PullError unless it is a fingerprint `SHA256:…` or a public key in one line, such as `ssh-ed25519 AAAA…`."""
    try:
        text = pinned.removeprefix(FINGERPRINT)
        good = (
            len(b64decode(text.rstrip("=") + "=", validate=True)) == DIGEST
            if text != pinned
            else bool(decode_key(pinned))
        )
    except (ValueError, IndexError, binascii.Error):
        good = False
    if not good:
        do = "ask the server's operator for it: `ssh-keygen -l -f /etc/ssh/ssh_host_ed25519_key.pub`"
        raise fault(place, "no host key" if not pinned else f"{pinned:.60}", "SHA256:… or ssh-ed25519 AAAA…", do)


def decode_key(pinned: str) -> bytes:
    """The key of a line `ssh-ed25519 AAAA… comment`; ValueError when type and key do not fit (RFC 4253 §6.6)."""
    kind, blob = pinned.split()[:2]
    data = b64decode(blob, validate=True)
    if not data.startswith(len(kind).to_bytes(4, "big") + kind.encode()):
        raise ValueError(kind)
    return data


def is_pinned(blob: bytes, pinned: str) -> bool:
    """True when the server's public key is the pinned one."""
    if pinned.startswith(FINGERPRINT):
        return name_key(blob) == pinned.rstrip("=")
    return blob == decode_key(pinned)


def list_kinds(pinned: str) -> tuple[tuple[str, ...], ...]:
    """The types of host key to ask a server for, each in turn."""
    if pinned.startswith(FINGERPRINT):
        return KEY_TYPES
    kind = pinned.split(maxsplit=1)[0]
    return KEY_TYPES[-1:] if kind == "ssh-rsa" else ((kind,),)


def show_pinned(pinned: str) -> str:
    """The fingerprint of the pinned key, whichever way it is written."""
    return pinned if pinned.startswith(FINGERPRINT) else name_key(decode_key(pinned))
