"""What the library for S3 is asked and how it answers: opened, listed, and its errors put into our own words."""

import hashlib
from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime
from pathlib import Path
from types import ModuleType
from typing import Any, BinaryIO

from lamppost.errors import StoreError
from lamppost.store.place import CHUNK, read_chunks

TAKEN = frozenset({"PreconditionFailed", "412"})
BUSY = frozenset({"ConditionalRequestConflict", "409"})
ABSENT = frozenset({"NoSuchKey", "404", "NotFound"})
FAULT = 500
ADVICE = {
    "AccessDenied": "check what this key may do: list, get, put and delete",
    "ExpiredToken": "get fresh credentials",
    "InvalidAccessKeyId": "check AWS_ACCESS_KEY_ID",
    "NoSuchBucket": "make the bucket, or correct `extra.city.store`",
    "SignatureDoesNotMatch": "check AWS_SECRET_ACCESS_KEY",
    "SlowDown": "try again later",
}


def open_files(shown: str) -> Any:
    """The library's view of all buckets that the environment's key may see."""
    try:
        s3fs = _import_s3fs()
    except ImportError:
        raise StoreError(f"{shown}: no library for S3; expected s3fs; `pip install 'lamppost[s3]'`") from None
    config = {"connect_timeout": 10, "read_timeout": 60}  # how often it asks again: AWS_MAX_ATTEMPTS
    return s3fs.S3FileSystem(config_kwargs=config, skip_instance_cache=True, use_listings_cache=False)


def _import_s3fs() -> ModuleType:
    import s3fs  # noqa: PLC0415  an extra

    found: ModuleType = s3fs
    return found


async def list_all(
    client: Any, bucket: str, prefix: str, delimiter: str
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The objects below a prefix, each with its `Age` in seconds by the server's clock, and the folders."""
    contents: list[dict[str, Any]] = []
    prefixes: list[dict[str, Any]] = []
    more: dict[str, str] = {}
    while True:
        answer = await client.list_objects_v2(Bucket=bucket, Prefix=prefix, Delimiter=delimiter, **more)
        found = answer.get("Contents", ())
        contents += [{**one, "Age": age_of(one, answer)} for one in found]
        prefixes += answer.get("CommonPrefixes", ())
        if not answer.get("IsTruncated"):
            return contents, prefixes
        more = {"ContinuationToken": answer["NextContinuationToken"]}


def age_of(one: Mapping[str, Any], answer: Mapping[str, Any]) -> float:
    """Seconds since an object in an answer was written, by the clock of the server that gave it."""
    now = parsedate_to_datetime(answer["ResponseMetadata"]["HTTPHeaders"]["date"]).astimezone(UTC)
    return max(0.0, float((now - one["LastModified"]).total_seconds()))


def code_of(error: BaseException) -> str:
    """The code of a server's refusal, such as NoSuchKey; empty when there was no answer."""
    return str(_answer_of(error).get("Error", {}).get("Code", ""))


def is_refusal(error: BaseException) -> bool:
    """True when the server answered and will answer the same again."""
    return 0 < int(_answer_of(error).get("ResponseMetadata", {}).get("HTTPStatusCode", 0)) < FAULT


def _answer_of(error: BaseException) -> Mapping[str, Any]:
    found = getattr(error, "response", None)
    return found if isinstance(found, Mapping) else {}


def describe(error: BaseException, place: str) -> StoreError:
    """The sentence for the user; it holds nothing that the server sent but the code of a known error."""
    code = code_of(error)
    if code:
        word = code if code in ADVICE or code.isdigit() else "an error"
        do = ADVICE.get(code, "check the address, the region and the key")
        return StoreError(f"{place}: the server answered {word}; expected it to do as asked; {do}, and run again")
    if isinstance(error, OSError) and error.strerror:
        return StoreError(f"{place}: {error.strerror}; expected it to be read and sent; free the cause and run again")
    kind, do = type(error).__name__, "check this network and AWS_ENDPOINT_URL"
    if "Credential" in kind:
        do = "name a key in the environment"
    return StoreError(f"{place}: no answer ({kind}); expected one of an S3 server; {do}, and run again")


def hash_by_md5(source: bytes | Path) -> str:
    """The ETag of bytes that came in one PUT; where a server calls them something else, they are sent again."""
    digest = hashlib.md5(usedforsecurity=False)
    for chunk in read_chunks(source):
        digest.update(chunk)
    return digest.hexdigest()


async def is_whole(answer: Mapping[str, Any], into: BinaryIO) -> bool:
    """True when as many bytes came as the server said."""
    async with answer["Body"] as body:
        while True:
            try:
                part = await body.read(CHUNK)
            except Exception:  # noqa: BLE001  broken on the way: each library below has its own word for it
                return False
            if not part:
                return into.tell() == int(answer["ContentLength"])
            into.write(part)
