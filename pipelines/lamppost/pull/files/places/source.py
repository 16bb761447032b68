"""Which kind of place a `folder:` is, and the keys of the descriptor that this kind takes; others are refused.

folder        a path · sftp://user@host:22/path · https://host/folder/ · s3://bucket/prefix
host_key      SFTP: the server's key, `SHA256:…` or `ssh-ed25519 AAAA…`; there is no pull without it
key           SFTP: the text of a private key, `${SFTP_KEY}`; `passphrase`: what it is locked with
auth          SFTP: {basic: {user, password}} · S3: the same with key id and secret · HTTPS: as everywhere
endpoint      S3: the address of a server that is not Amazon's; `region`: default us-east-1
allow, ca     hosts of the city's own network; its authority (HTTPS, S3)
"""

from dataclasses import dataclass
from typing import Literal

from lamppost.pull.fault import fault
from lamppost.pull.files.places.host_key import check_host_key
from lamppost.pull.files.places.local import LocalFolder
from lamppost.pull.files.places.place import Place
from lamppost.pull.files.places.s3 import REGION, Bucket, S3Folder
from lamppost.pull.files.places.sftp import Login, SftpFolder
from lamppost.pull.files.places.web import WebFolder
from lamppost.pull.options import Options
from lamppost.pull.transport import Transport
from lamppost.pull.transport.access import Access, read_access
from lamppost.pull.transport.address import origin_of, show_url, split_user
from lamppost.pull.transport.reach import Reach, read_reach

Kind = Literal["local", "sftp", "web", "s3"]
KINDS: dict[str, Kind] = {"sftp": "sftp", "http": "web", "https": "web", "s3": "s3"}


@dataclass(frozen=True)
class Source:
    """A folder and the way into it; secrets are filled in, so nothing of it may be shown."""

    kind: Kind
    folder: str
    """Without user and password."""
    access: Access
    login: Login | None = None
    bucket: Bucket | None = None


def kind_of(folder: str) -> Kind:
    """What the address begins with decides."""
    scheme, mark, _rest = folder.partition("://")
    return KINDS.get(scheme.lower(), "local") if mark else "local"


def read_source(options: Options) -> Source:
    """Takes the keys above; PullError for one that says nothing at this kind of place."""
    folder = options.text("folder")
    kind = kind_of(folder)
    if kind == "local":
        if "://" in folder:
            raise fault("pull.folder", show_url(folder), "a path, sftp://, https:// or s3://", "correct `folder:`")
        return Source(kind, folder, Access(folder))
    access = read_access(options, folder)
    if kind == "web":
        return Source(kind, folder, access)
    if access.headers or access.query or access.oauth or access.rate:
        do = "take out `headers:`, `rate:` and other kinds of `auth:`"
        raise fault("pull", f"a way in that {kind.upper()} does not know", "`auth: {basic: …}`", do)
    bare, user = split_user(folder)
    if user and user[1]:
        do = "write it as `auth: {basic: {user, password}}`, from the environment"
        raise fault("pull.folder", "a password in the address", "none", do)
    if kind == "s3":
        name, secret = access.user or ("", "")
        bucket = Bucket(options.text("endpoint", ""), options.text("region", REGION), name, secret, access.ca)
        return Source(kind, bare, access, bucket=bucket)
    login = Login(
        user=access.user[0] if access.user else user[0] if user else "",
        host_key=options.text("host_key", "").strip(),
        password=access.user[1] if access.user else "",
        key=options.text("key", ""),
        passphrase=options.text("passphrase", ""),
    )
    return Source(kind, bare, access, login=login)


def open_place(source: Source, transport: Transport) -> Place:
    """The place, connected where it is elsewhere; it must be closed."""
    if source.kind == "local":
        return LocalFolder(source.folder, transport.limits.max_bytes)
    if source.kind == "web":
        return WebFolder(source.access, transport)
    reach = read_reach(source.access.allow, transport.allow)
    if source.bucket is not None:
        return S3Folder(
            source.folder, source.bucket, reach,
            deadline=transport.deadline, silence=transport.limits.silence, max_bytes=transport.limits.max_bytes,
        )  # fmt: skip
    return _open_sftp(source, reach, transport)


def _open_sftp(source: Source, reach: Reach, transport: Transport) -> Place:
    login, place = source.login, show_url(source.folder)
    assert login is not None, "an SFTP source has a login"
    check_host_key(login.host_key, f"{place}, `host_key:`")
    _scheme, host, _port = origin_of(source.folder)
    if not host or not login.user:
        raise fault(place, "no user or no host", "sftp://user@host/folder", "correct `folder:`")
    if not (login.key or login.password):
        raise fault(place, "no way to log in", "`key:`, or `auth: {basic: …}`", "write one of them")
    return SftpFolder(
        source.folder, login, reach,
        deadline=transport.deadline, silence=transport.limits.silence, max_bytes=transport.limits.max_bytes,
    )  # fmt: skip
