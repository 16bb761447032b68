"""A folder on an SFTP server, whose host key the descriptor pins: nothing is sent to a server that is another.

No agent, no known_hosts, no file of a home directory: what the descriptor says is all that is used (RFC 4251 §9.3.4).
"""

import binascii
import contextlib
import io
import logging
import socket
import stat
import struct
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from types import ModuleType
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import unquote

from lamppost.errors import PullError
from lamppost.pull.fault import fault
from lamppost.pull.files.places.host_key import is_pinned, list_kinds, name_key, show_pinned
from lamppost.pull.files.places.place import Entry, check_size, pick
from lamppost.pull.transport import MAX_BYTES
from lamppost.pull.transport.address import show_url, split_url
from lamppost.pull.transport.reach import Reach, UnreachableError

if TYPE_CHECKING:
    import paramiko

Value = TypeVar("Value")
PORT = 22
STEP = 1 << 18
BROKEN = (OSError, EOFError, ValueError, LookupError, TypeError, AttributeError, struct.error)
"""What the library raises, in its own thread or ours, for a connection that is closed or talks nonsense."""
TROUBLE: tuple[tuple[type[Exception], str, str, str], ...] = (
    (FileNotFoundError, "nothing of that name", "a folder with files", "correct `folder:` and `glob:`"),
    (PermissionError, "no right to read it", "a folder with files", "ask the server's operator"),
    (socket.gaierror, "a host name that is unknown", "a server", "check the address and this network"),
    (ConnectionRefusedError, "it refuses the connection", "an SFTP server", "check the address and its port"),
)
"""What is raised → what was found, what was expected, what to do."""
logging.getLogger("paramiko").addHandler(logging.NullHandler())  # it would print its own tracebacks


@dataclass(frozen=True)
class Login:
    """Who we are, and who the server must be; of key and password one is enough."""

    user: str
    host_key: str
    password: str = field(default="", repr=False)
    key: str = field(default="", repr=False)
    passphrase: str = field(default="", repr=False)


class SftpFolder:
    """`deadline` is for each question: a watch closes the connection then, whatever it waits for."""

    simulated = False

    def __init__(
        self,
        url: str,
        login: Login,
        reach: Reach,
        *,
        deadline: float,
        silence: float,
        max_bytes: int = MAX_BYTES,
    ) -> None:
        self.shown = show_url(url)
        self._path = unquote(split_url(url).path).rstrip("/") or "/"
        self._reach = reach
        self._max, self._silence = max_bytes, silence
        self._late = False
        self._link: paramiko.Transport | None = None
        self._client: paramiko.SFTPClient | None = None
        self._ssh = _import_paramiko(self.shown)
        self._deadline = deadline
        try:
            self._translate(lambda: self._open(url, login), "")
        except BaseException:
            self.close()
            raise

    def find(self, globs: Sequence[str]) -> list[Entry]:
        """See Place."""
        return self._translate(lambda: pick(self._iterate(), globs, self.shown), self._path)

    def read(self, entry: Entry) -> tuple[bytes, Entry]:
        """See Place."""
        check_size(entry.size or 0, self._name(entry), self._max)
        return self._translate(lambda: self._read(entry), entry.name)

    def look(self, entry: Entry) -> Entry:
        """See Place."""
        return self._translate(lambda: _note(entry.name, self._sftp().stat(self._join(entry))), entry.name)

    def close(self) -> None:
        """See Place."""
        if self._client is not None:
            self._client.close()
        if self._link is not None:
            _end(self._link)

    def _iterate(self) -> Iterator[Entry]:
        for one in self._sftp().listdir_iter(self._path, read_aheads=1):
            if one.st_mode is None or stat.S_ISREG(one.st_mode):
                yield _note(one.filename, one)

    def _read(self, entry: Entry) -> tuple[bytes, Entry]:
        whole = io.BytesIO()
        with self._sftp().open(self._join(entry), "rb") as file:
            _hush(file)
            file.prefetch(entry.size, max_concurrent_requests=64)
            while part := file.read(STEP):
                whole.write(part)
                check_size(whole.tell(), self._name(entry), self._max)
        body = whole.getvalue()
        return body, replace(entry, size=len(body))

    def _sftp(self) -> "paramiko.SFTPClient":
        assert self._client is not None, "the folder is open"
        return self._client

    def _join(self, entry: Entry) -> str:
        return f"{self._path.rstrip('/')}/{entry.name}"

    def _name(self, entry: Entry) -> str:
        return f"{self.shown.rstrip('/')}/{entry.name}"

    def _open(self, url: str, login: Login) -> None:
        parts = split_url(url)
        self._link = self._meet(parts.hostname or "", parts.port or PORT, login.host_key)
        keys = _read_key(self._ssh, login, self.shown) if login.key else None
        try:
            if keys is not None:
                self._link.auth_publickey(login.user, keys)
            else:
                self._link.auth_password(login.user, login.password, fallback=False)
        except self._ssh.AuthenticationException:
            found, do = "the login was refused", "check user and key or password, and whether that key is known there"
            raise fault(self.shown, found, "to be let in", do) from None
        self._client = self._ssh.SFTPClient.from_transport(self._link)
        channel = self._sftp().get_channel()
        assert channel is not None
        channel.settimeout(self._silence)

    def _meet(self, host: str, port: int, pinned: str) -> "paramiko.Transport":
        """A connection to the server with the pinned key; PullError, before anything is sent, to any other."""
        found: list[str] = []
        for kinds in list_kinds(pinned):
            link: paramiko.Transport = self._ssh.Transport(self._reach.call(host, port, self._silence))
            self._link = link  # so that the watch, and close, end this one
            link.banner_timeout = link.handshake_timeout = link.auth_timeout = link.channel_timeout = self._silence
            link.get_security_options().key_types = kinds
            try:
                link.start_client(timeout=self._silence)
                key = link.get_remote_server_key()
            except self._ssh.ssh_exception.IncompatiblePeer:
                _end(link)
                continue
            if is_pinned(key.asbytes(), pinned):
                return link
            found.append(f"{name_key(key.asbytes())} ({key.get_name()})")
            _end(link)
        do = "ask the server's operator on the phone which one is right; nothing was sent to this one"
        wrong = f"the host key {' and '.join(found)}" if found else "no host key of that type"
        raise fault(self.shown, wrong, f"{show_pinned(pinned)} as `host_key:` says", do)

    def _give_up(self) -> None:
        self._late = True
        if self._link is not None:
            self._link.sock.close()
            _end(self._link)

    def _translate(self, work: Callable[[], Value], name: str) -> Value:
        """What `work` gives; what goes wrong in our own words, since those of the library hold paths and users."""
        place = self.shown if not name or name == self._path else f"{self.shown.rstrip('/')}/{name}"
        watch = threading.Timer(self._deadline, self._give_up)
        watch.name, watch.daemon = "lamppost-sftp", True
        watch.start()
        try:
            return work()
        except PullError:
            raise
        except UnreachableError as error:
            raise self._reach.refuse(self.shown, self.shown, error) from None
        except (self._ssh.SSHException, self._ssh.SFTPError, *BROKEN) as error:
            raise self._describe(error, place) from None
        finally:
            watch.cancel()
            watch.join()

    def _describe(self, error: Exception, place: str) -> PullError:
        if self._late:
            found = f"not all that was asked within {self._deadline:g} s"
            return fault(place, found, "it sooner", "ask for fewer files, or for the server's health")
        for kind, found, expected, do in TROUBLE:
            if isinstance(error, kind):
                return fault(place, found, expected, do)
        do = "try again later, or ask the server's operator"
        if isinstance(error, TimeoutError):
            return fault(place, f"it was silent for {self._silence:g} s", "an answer", do)
        return fault(place, "the connection broke", "a whole answer of an SFTP server", do)


def _end(link: "paramiko.Transport") -> None:
    """Closes a connection, and the clock that the library lets run when two do not agree."""
    link.close()
    link.packetizer.complete_handshake()


def _hush(file: "paramiko.SFTPFile") -> None:
    """The thread that asks ahead stops in silence where the connection breaks: whoever reads learns of it anyway."""
    ask: Callable[..., None] = file._prefetch_thread  # type: ignore[attr-defined]  # noqa: SLF001 - it has no public name

    def ask_ahead(*asked: object) -> None:
        with contextlib.suppress(*BROKEN):
            ask(*asked)

    file._prefetch_thread = ask_ahead  # type: ignore[attr-defined]  # noqa: SLF001


def _read_key(ssh: ModuleType, login: Login, place: str) -> Any:
    """The private key in any of OpenSSH's types; PullError for one that cannot be read, without a word of it."""
    for kind in (ssh.Ed25519Key, ssh.ECDSAKey, ssh.RSAKey):
        try:
            return kind.from_private_key(io.StringIO(login.key.strip() + "\n"), login.passphrase or None)
        except ssh.PasswordRequiredException:
            raise fault(place, "a key with a passphrase", "`passphrase:` too", "write `passphrase:`") from None
        except (ssh.SSHException, ValueError, IndexError, TypeError, binascii.Error):
            continue
    do = "put the whole file, with its first and last line, into the environment; check `passphrase:`"
    raise fault(place, "a private key that cannot be read", "one that ssh-keygen made", do)


def _note(name: str, found: "paramiko.SFTPAttributes") -> Entry:
    return Entry(name, found.st_size, str(found.st_mtime or ""))


def _import_paramiko(place: str) -> ModuleType:
    try:
        import paramiko  # noqa: PLC0415 - an extra
    except ImportError:
        do = "`pip install 'lamppost[sftp]'`"
        raise fault(place, "no library for SFTP", "paramiko", do) from None
    return paramiko
