"""A prefix of an S3 bucket, at Amazon or any server that speaks its language (fsspec's s3fs).

Only what the descriptor says is used: no profile, no key file, no environment, no instance metadata. An object is
written whole or not at all, so a half uploaded one is never seen.
"""

import asyncio
import io
import os
import socket
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any, TypeVar

from lamppost.errors import PullError
from lamppost.pull.fault import fault, pending
from lamppost.pull.files.places.place import MAX_ENTRIES, Entry, check_size, pick
from lamppost.pull.transport import MAX_BYTES
from lamppost.pull.transport.address import origin_of, show_url, split_url
from lamppost.pull.transport.reach import Reach, UnreachableError

Value = TypeVar("Value")
REGION = "us-east-1"
STEP = 1 << 18
ADVICE = {
    "AccessDenied": "check the key, and what it may read",
    "InvalidAccessKeyId": "check the key in the environment",
    "SignatureDoesNotMatch": "check the secret in the environment",
    "NoSuchBucket": "correct `folder:`",
    "NoSuchKey": "correct `folder:` and `glob:`",
}
REPLACED = {"PreconditionFailed", "412"}


@dataclass(frozen=True)
class Bucket:
    """Where the objects are, and as whom they are asked for; without a key anybody may read them."""

    endpoint: str = ""
    region: str = REGION
    key: str = field(default="", repr=False)
    secret: str = field(default="", repr=False)
    ca: str = ""


class S3Folder:
    """`deadline` is for each question; the event loop runs only while one is asked, and ends with `close`."""

    simulated = False

    def __init__(
        self,
        url: str,
        bucket: Bucket,
        reach: Reach,
        *,
        deadline: float,
        silence: float,
        max_bytes: int = MAX_BYTES,
    ) -> None:
        parts = split_url(url)
        self.shown = show_url(url)
        self._bucket, self._prefix = parts.netloc.rpartition("@")[2], parts.path.strip("/")
        self._max, self._deadline, self._silence = max_bytes, deadline, silence
        self._reach = reach
        _import_s3fs(self.shown)
        _check_endpoint(bucket.endpoint, reach)
        self._runner = asyncio.Runner()
        self._files: Any = None
        try:
            self._files = self._run(lambda: self._open(bucket), self.shown)
        except BaseException:
            self._runner.close()
            raise

    def find(self, globs: Sequence[str]) -> list[Entry]:
        """See Place."""
        return self._run(lambda: self._list(globs), self.shown)

    def read(self, entry: Entry) -> tuple[bytes, Entry]:
        """See Place; asked only as long as it is the object that was listed."""
        check_size(entry.size or 0, self._name(entry), self._max)
        return self._run(lambda: self._read(entry), self._name(entry))

    def look(self, entry: Entry) -> Entry:
        """See Place."""
        return self._run(lambda: self._look(entry), self._name(entry))

    def close(self) -> None:
        """See Place."""
        try:
            if self._files is not None:
                self._run(self._close, self.shown)
        finally:
            self._runner.close()

    async def _open(self, bucket: Bucket) -> Any:
        s3fs = _import_s3fs(self.shown)
        return s3fs.S3FileSystem(
            anon=not bucket.key,
            key=bucket.key or None,
            secret=bucket.secret or None,
            endpoint_url=bucket.endpoint or None,
            client_kwargs={"region_name": bucket.region, **({"verify": bucket.ca} if bucket.ca else {})},
            config_kwargs=_configure(self._silence, bool(bucket.endpoint), self._reach),
            session=_open_session(),
            asynchronous=True,
            loop=asyncio.get_running_loop(),
            skip_instance_cache=True,
        )

    async def _list(self, globs: Sequence[str]) -> list[Entry]:
        return pick([one async for one in self._iterate()], globs, self.shown)

    async def _iterate(self) -> AsyncIterator[Entry]:
        start = f"{self._prefix}/" if self._prefix else ""
        found = self._files._iterdir(self._bucket, max_items=MAX_ENTRIES + 1, prefix=start)  # noqa: SLF001 - its async API
        async for one in found:
            if one["type"] == "file" and one["Key"].startswith(f"{self._bucket}/{start}"):
                name = one["Key"].removeprefix(f"{self._bucket}/{start}")
                yield Entry(name, int(one["size"]), str(one.get("ETag", "")).strip('"'), strong=True)

    async def _read(self, entry: Entry) -> tuple[bytes, Entry]:
        own = {"IfMatch": f'"{entry.stamp}"'} if entry.stamp else {}
        answer = await self._files._call_s3("get_object", Bucket=self._bucket, Key=self._key(entry), **own)  # noqa: SLF001
        whole = io.BytesIO()
        async with answer["Body"] as body:
            while part := await body.read(STEP):
                whole.write(part)
                check_size(whole.tell(), self._name(entry), self._max)
        return whole.getvalue(), Entry(entry.name, whole.tell(), answer["ETag"].strip('"'), strong=True)

    async def _look(self, entry: Entry) -> Entry:
        found = await self._files._call_s3("head_object", Bucket=self._bucket, Key=self._key(entry))  # noqa: SLF001
        return Entry(entry.name, int(found["ContentLength"]), found["ETag"].strip('"'), strong=True)

    async def _close(self) -> None:
        session = await self._files.set_session()
        await session.close()

    def _key(self, entry: Entry) -> str:
        return f"{self._prefix}/{entry.name}" if self._prefix else entry.name

    def _name(self, entry: Entry) -> str:
        return f"{self.shown.rstrip('/')}/{entry.name}"

    def _run(self, work: Callable[[], Coroutine[Any, Any, Value]], place: str) -> Value:
        """What `work` gives; what goes wrong in our own words, since those of the library hold whole answers."""
        try:
            return self._runner.run(asyncio.wait_for(work(), self._deadline))
        except (PullError, KeyboardInterrupt):
            raise
        except TimeoutError:
            found = f"no whole answer within {self._deadline:g} s"
            raise fault(place, found, "one", "ask for smaller files, or for the server's health") from None
        except Exception as error:  # noqa: BLE001 - the library has no exception of its own
            raise _describe(error, place) from None


def _describe(error: BaseException, place: str) -> PullError:
    chain: list[BaseException] = [error]
    while (cause := chain[-1].__cause__ or chain[-1].__context__) is not None and cause not in chain:
        chain.append(cause)
    for one in chain:
        if isinstance(one, UnreachableError):
            do = "if that is the right server, write its name under `allow:`"
            return fault(place, f"a host at {one}", "a public one", do)
        code = getattr(one, "response", {}).get("Error", {}).get("Code", "")
        if code in REPLACED:
            return pending(place, "an object that was replaced", "the listed one", "run again")
        if code:
            word = code if code in ADVICE or str(code).isdigit() else "an error"
            do = ADVICE.get(code, "check folder, endpoint, region and key, or ask the server's operator")
            return fault(place, f"the answer {word}", "its objects", do)
    if any(isinstance(one, FileNotFoundError) for one in chain):
        return fault(place, "nothing of that name", "a bucket with objects", "correct `folder:` and `glob:`")
    if any(isinstance(one, PermissionError) for one in chain):
        return fault(place, "no right to read it", "its objects", ADVICE["AccessDenied"])
    do = "check `endpoint:` and this network, or try again later"
    return fault(place, f"the connection broke ({type(error).__name__})", "an answer of an S3 server", do)


def _check_endpoint(endpoint: str, reach: Reach) -> None:
    """PullError unless it is an https address, or an http one whose host the descriptor allows."""
    if not endpoint:
        return
    scheme, host, port = origin_of(endpoint)
    place = show_url(endpoint)
    if scheme not in {"http", "https"} or not host or not port:
        raise fault(place, "no address", "https://host", "correct `endpoint:`")
    try:
        reach.find(host, port)
    except UnreachableError as error:
        raise reach.refuse(endpoint, place, error) from None
    except OSError:
        raise fault(place, "a host name that is unknown", "a server", "correct `endpoint:`") from None
    if scheme == "http" and not reach.names(host, port):
        raise fault(place, "an address without TLS", "https", "write https, or its host under `allow:`")


def _configure(silence: float, path_style: bool, reach: Reach) -> dict[str, Any]:
    return {
        "connect_timeout": min(10.0, silence),
        "read_timeout": silence,
        "retries": {"max_attempts": 3, "mode": "standard"},
        "ignore_configured_endpoint_urls": True,
        "proxies": {},
        "s3": {"addressing_style": "path" if path_style else "auto"},
        "connector_args": {"resolver": _make_resolver(reach)},
    }


def _make_resolver(reach: Reach) -> Any:
    """Looks names up so that the connection goes to the very address that was judged, also after a redirect."""
    from aiohttp.abc import AbstractResolver  # noqa: PLC0415 - part of an extra

    class Judge(AbstractResolver):  # type: ignore[misc, unused-ignore]
        async def resolve(self, host: str, port: int = 0, family: int = socket.AF_UNSPEC) -> list[Any]:
            del family
            found = await asyncio.get_running_loop().run_in_executor(None, reach.find, host, port)
            return [
                {"hostname": host, "host": one[1][0], "port": port, "family": one[0], "proto": 0, "flags": 0}
                for one in found
            ]

        async def close(self) -> None:
            pass

    return Judge()


def _open_session() -> Any:
    """A session in which every setting has its default: neither the environment nor a home directory is looked at."""
    from aiobotocore.session import AioSession  # noqa: PLC0415 - part of an extra
    from botocore import configprovider  # noqa: PLC0415

    known = configprovider.BOTOCORE_DEFAUT_SESSION_VARIABLES.items()
    mapping = {name: configprovider.ConstantProvider(one[2]) for name, one in known}
    session = AioSession()
    session.register_component("config_store", configprovider.ConfigValueStore(mapping=mapping))
    for name in ("config_file", "credentials_file"):
        session.set_config_variable(name, os.devnull)
    return session


def _import_s3fs(place: str) -> ModuleType:
    try:
        import s3fs  # noqa: PLC0415 - an extra
    except ImportError:
        raise fault(place, "no library for S3", "s3fs", "`pip install 'lamppost[s3]'`") from None
    found: ModuleType = s3fs
    return found
