"""A store in an S3 bucket, at Amazon or any server that speaks its language and honours `If-None-Match` (s3fs).

Who is asking and where is the business of the environment, as with every tool that knows S3 (AWS_ACCESS_KEY_ID,
AWS_REGION, AWS_ENDPOINT_URL, a role of the machine …); nothing of it is ever written down. A PUT is whole or nothing,
so there is nothing to sweep. Objects never change, so each is fetched once, checked against its name, and kept.
"""

import asyncio
import hashlib
import io
import re
import secrets
import tempfile
import weakref
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

from lamppost.errors import StoreError, TakenError
from lamppost.store.disk import make_folder, reported, staged
from lamppost.store.place import Entry, checked_key, hash_of, measure
from lamppost.store.s3_server import (
    ABSENT,
    BUSY,
    TAKEN,
    age_of,
    code_of,
    describe,
    hash_by_md5,
    is_refusal,
    is_whole,
    list_all,
    open_files,
)

Value = TypeVar("Value")
ADDRESS = re.compile(r"s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])((?:/[A-Za-z0-9._-]+)*)/?")
LARGEST = 5 * 10**9
"""Bytes that one PUT may bring."""
TOGETHER = 32
ATTEMPTS, PAUSE = 5, 0.2
YOUNG = 3600
"""Seconds for which an object that is kept again need not be made younger."""
WRITER = "writer"
"""Under this word of an object's metadata stands who created it: a number that is drawn anew each time."""
DEADLINE = 900.0
"""Seconds for one question, its repetitions included."""
PROBE = ".conditional"
PROBE_TEXT = b"A server that lets this be created twice is no place for a store.\n"


class Bucket:
    """Keys are those of the bucket below a prefix; `cache` is a folder of this machine that may vanish at any time."""

    def __init__(self, address: str, cache: Path) -> None:
        match = ADDRESS.fullmatch(address)
        if not match or ".." in address:
            found = f"{address!r}: not an address of a store"
            raise StoreError(f"{found}; expected s3://bucket/prefix; correct `extra.city.store`")
        self._bucket, self._prefix = match[1], match[2].strip("/")
        self._cache = cache / hashlib.sha256(str(self).encode()).hexdigest()[:16]
        self._files = open_files(str(self))
        self._checked: set[str] = set()
        self._is_proven = False

    def __str__(self) -> str:
        return f"s3://{self._bucket}/{self._prefix}".rstrip("/")

    def read(self, key: str) -> bytes | None:
        """See Place."""
        if hash_of(key):
            path = self.local(key)
            with reported(key, "read"):
                return path.read_bytes() if path.is_file() else None
        name = self._name(key)
        return self._ask(key, lambda client: self._get(client, name))

    def read_each(self, keys: Sequence[str]) -> Iterator[bytes | None]:
        """See Place."""
        for start in range(0, len(keys), TOGETHER):
            some = keys[start : start + TOGETHER]
            yield from self._ask(some[0], self._get_all([self._name(key) for key in some]))

    def local(self, key: str) -> Path:
        """See Place; an object with other bytes than its name says is a StoreError."""
        path = self._cache / checked_key(key)
        expected = hash_of(key)
        with reported(key):
            if expected and (key in self._checked or (path.is_file() and measure(path)[0] == expected)):
                self._checked.add(key)
                return path
            self._fetch(key, path, expected)
        return path

    def files(self, folder: str) -> Mapping[str, Entry]:
        """See Place."""
        contents, _ = self._list(f"{checked_key(folder)}/", "/")
        found = {one["Key"].rpartition("/")[2]: Entry(int(one["Size"]), one["Age"]) for one in contents}
        return {name: found[name] for name in sorted(found) if name and not name.startswith(".")}

    def names(self, folder: str) -> tuple[str, ...]:
        """See Place."""
        return tuple(self.files(folder))

    def folders(self, folder: str) -> tuple[str, ...]:
        """See Place."""
        _, prefixes = self._list(f"{checked_key(folder)}/", "/")
        return tuple(sorted(one["Prefix"].rstrip("/").rpartition("/")[2] for one in prefixes))

    def keys(self) -> Iterator[str]:
        """See Place."""
        start = f"{self._prefix}/" if self._prefix else ""
        contents, _ = self._list("", "")
        shown = (one["Key"].removeprefix(start) for one in contents)
        yield from (key for key in shown if not key.rpartition("/")[2].startswith("."))

    def keep(self, key: str, source: bytes | Path) -> None:
        """See Place; whether the bytes are there is told by their MD5, which a server gives without sending them."""
        with reported(key, "read"):
            size = len(source) if isinstance(source, bytes) else source.stat().st_size
            if size > LARGEST:
                raise StoreError(f"{key}: {size} bytes; expected at most {LARGEST}; partition the table")
            name = self._name(key)
            head = self._ask(key, lambda client: self._head(client, name))
            is_same = head and (head["ContentLength"], head["ETag"].strip('"')) == (size, hash_by_md5(source))
            if not head or not is_same or not self._renew(key, age_of(head, head)):
                self._put(key, source)

    def create(self, key: str, data: bytes) -> None:
        """See Place; the server decides, by `If-None-Match`; when its word is lost, the mark on the object tells."""
        checked_key(key)
        if not self._is_proven:
            self._prove()
        if not self._create(key, data):
            folder, _, file = key.rpartition("/")
            place = f"{folder.rpartition('/')[2]}/{file}"
            raise TakenError(f"{place}: another run created it first; settle again on it")

    def replace(self, key: str, data: bytes) -> None:
        """See Place."""
        self._put(key, data)
        self._forget(key)

    def remove(self, key: str) -> None:
        """See Place; also from the cache of this machine."""
        name = self._name(key)
        self._ask(key, lambda client: client.delete_object(Bucket=self._bucket, Key=name))
        self._forget(key)

    def sweep(self) -> tuple[str, ...]:
        """See Place; a bucket never holds half a file."""
        return ()

    def _name(self, key: str) -> str:
        return f"{self._prefix}/{checked_key(key)}" if self._prefix else checked_key(key)

    def _forget(self, key: str) -> None:
        self._checked.discard(key)
        (self._cache / checked_key(key)).unlink(missing_ok=True)

    def _prove(self) -> None:
        """StoreError for a server that ignores the condition: there, one run would overwrite another's version."""
        if self._create(PROBE, PROBE_TEXT) and self._create(PROBE, PROBE_TEXT):
            found = f"{self}: the server created one key twice; expected it to honour `If-None-Match`"
            raise StoreError(f"{found}; nothing was committed, use a server that does")
        self._is_proven = True

    def _create(self, key: str, data: bytes) -> bool:
        name = self._name(key)
        return self._ask(key, lambda client: self._claim(client, name, data))

    async def _claim(self, client: Any, name: str, data: bytes) -> bool:
        """True when the key is ours: a lost answer is made up for below us too, and then even a refusal is our own."""
        mark = secrets.token_hex(16)
        own = {"Bucket": self._bucket, "Key": name, "Metadata": {WRITER: mark}}
        for attempt in range(ATTEMPTS):
            try:
                await client.put_object(**own, Body=data, IfNoneMatch="*")
            except Exception as error:
                if code_of(error) in BUSY:  # somebody is writing it this moment: who wins is known in the next
                    await asyncio.sleep(PAUSE * 2**attempt)
                    continue
                if is_refusal(error) and code_of(error) not in TAKEN:
                    raise
                head = await self._head(client, name)
                if head is None:
                    raise
                return bool(head["Metadata"].get(WRITER) == mark)
            return True
        return False

    def _get_all(self, names: Sequence[str]) -> Callable[[Any], Awaitable[list[bytes | None]]]:
        async def get(client: Any) -> list[bytes | None]:
            return list(await asyncio.gather(*(self._get(client, name) for name in names)))

        return get

    async def _get(self, client: Any, name: str) -> bytes | None:
        into = io.BytesIO()
        return into.getvalue() if await self._load(client, name, into) else None

    async def _load(self, client: Any, name: str, into: BinaryIO) -> bool:
        """Writes the bytes into a file, from the start again when they come cut short; False for an absent key."""
        for attempt in range(ATTEMPTS):
            await asyncio.sleep(PAUSE * attempt)
            into.seek(0)
            into.truncate()
            try:
                answer = await client.get_object(Bucket=self._bucket, Key=name)
            except Exception as error:
                if code_of(error) in ABSENT:
                    return False
                raise
            if await is_whole(answer, into):
                return True
        raise StoreError(f"{name}: came cut short {ATTEMPTS} times; expected all of it; try again later")

    async def _head(self, client: Any, name: str) -> Mapping[str, Any] | None:
        try:
            found: Mapping[str, Any] = await client.head_object(Bucket=self._bucket, Key=name)
        except Exception as error:
            if code_of(error) in ABSENT:
                return None
            raise
        return found

    def _renew(self, key: str, age: float) -> bool:
        """Lets the server copy an old object onto itself, which makes it young; False when it has gone or may not."""
        own = {"Bucket": self._bucket, "Key": self._name(key)}

        async def copy(client: Any) -> bool:
            try:
                await client.copy_object(**own, CopySource=own, MetadataDirective="REPLACE")
            except Exception as error:
                if is_refusal(error):
                    return False
                raise
            return True

        return age < YOUNG or self._ask(key, copy)

    def _put(self, key: str, source: bytes | Path) -> None:
        own = {"Bucket": self._bucket, "Key": self._name(key)}

        async def send(client: Any) -> None:
            if isinstance(source, bytes):
                await client.put_object(**own, Body=source)
                return
            with source.open("rb") as file:
                await client.put_object(**own, Body=file)

        self._ask(key, send)

    def _fetch(self, key: str, path: Path, expected: str) -> None:
        make_folder(path.parent)
        with staged(path.parent, b"") as temporary:
            with temporary.open("wb") as file:
                is_there = self._ask(key, lambda client: self._load(client, self._name(key), file))
            if not is_there:
                path.unlink(missing_ok=True)
                return
            found, _ = measure(temporary) if expected else ("", 0)
            if found != expected:
                raise StoreError(f"{key} has sha256 {found}, expected {expected}; restore it, or roll back")
            temporary.replace(path)
        self._checked.add(key)

    def _list(self, prefix: str, delimiter: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        start = f"{self._prefix}/{prefix}" if self._prefix else prefix
        return self._ask(prefix, lambda client: list_all(client, self._bucket, start, delimiter))

    def _ask(self, key: str, work: Callable[[Any], Awaitable[Value]]) -> Value:
        """What `work` gives with the library's client; what goes wrong in our words, as the library's hold too much."""
        from fsspec.asyn import sync  # noqa: PLC0415  part of an extra

        async def ask() -> Value:
            return await work(await self._files.set_session())

        try:
            answer: Value = sync(self._files.loop, ask, timeout=DEADLINE)
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001  the library has no exception of its own
            raise describe(error, f"{self}/{key}") from None
        return answer


def open_bucket(address: str, cache: Path | None = None) -> Bucket:
    """The bucket at `s3://bucket/prefix`; without a cache, what is fetched goes when the place is forgotten."""
    if cache is not None:
        return Bucket(address, cache)
    folder = tempfile.TemporaryDirectory(prefix="lamppost-", ignore_cleanup_errors=True)
    made = Bucket(address, Path(folder.name))
    weakref.finalize(made, folder.cleanup)
    return made
