"""A store in a bucket: lost words, servers that cannot be trusted, a cache that can, and errors that say what to do."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lamppost.errors import StoreError, TakenError
from lamppost.store import open_store
from lamppost.store.s3 import Bucket
from tests.store.bucket import BucketServer, Courier, Fate, start_courier

KEY = "datasets/trees/1.json"
SHA_X = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"
OBJECT = f"datasets/trees/objects/{SHA_X}.csv"


@pytest.fixture
def courier(server: BucketServer) -> Iterator[tuple[Courier, str]]:
    with start_courier(server.url) as started:
        yield started


@pytest.fixture
def far(courier: tuple[Courier, str], bucket: Bucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bucket:
    """The same bucket as `bucket`, reached through the courier."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", courier[1])
    return Bucket(str(bucket), tmp_path / "far-cache")


def first(fate: str, method: str, ending: str, times: int = 1) -> Fate:
    """That fate for the first requests of a method whose key ends so; all others are carried."""
    left = [times]

    def decide(asked: str, key: str) -> str:
        hit = (asked, key.endswith(ending), left[0] > 0) == (method, True, True)
        left[0] -= hit
        return fate if hit else ""

    return decide


@pytest.mark.parametrize("fate", ["lost", "fault"])
def test_a_creation_whose_confirmation_was_lost_is_ours(courier: tuple[Courier, str], far: Bucket, fate: str) -> None:
    courier[0].fate = first(fate, "PUT", KEY)
    far.create(KEY, b"ours")
    assert far.read(KEY) == b"ours"


def test_a_creation_that_lost_the_race_and_the_answer_is_not_ours(
    courier: tuple[Courier, str], far: Bucket, bucket: Bucket
) -> None:
    bucket.create(KEY, b"theirs")
    courier[0].fate = first("lost", "PUT", KEY)
    with pytest.raises(TakenError):
        far.create(KEY, b"ours")
    assert far.read(KEY) == b"theirs"


def test_a_server_that_says_somebody_writes_it_now_is_asked_again(courier: tuple[Courier, str], far: Bucket) -> None:
    courier[0].fate = first("conflict", "PUT", KEY, times=2)
    far.create(KEY, b"ours")
    assert far.read(KEY) == b"ours"


def test_a_server_that_ignores_the_condition_is_refused_before_anything_is_committed(
    courier: tuple[Courier, str], far: Bucket
) -> None:
    courier[0].fate = lambda method, key: "deaf"
    with pytest.raises(StoreError, match="honour `If-None-Match`; nothing was committed"):
        far.create(KEY, b"ours")
    assert far.read(KEY) is None


def test_a_body_that_is_cut_is_asked_for_again(courier: tuple[Courier, str], far: Bucket, bucket: Bucket) -> None:
    bucket.keep(OBJECT, b"x")
    bucket.create(KEY, b"whole" * 1000)
    courier[0].fate = first("cut", "GET", ".json")
    assert far.read(KEY) == b"whole" * 1000


def test_an_object_is_fetched_once(courier: tuple[Courier, str], far: Bucket, bucket: Bucket, tmp_path: Path) -> None:
    bucket.keep(OBJECT, b"x")
    for place in (far, far, Bucket(str(far), tmp_path / "far-cache")):
        assert place.local(OBJECT).read_bytes() == b"x"
    assert courier[0].asked == ["GET"]


def test_an_old_object_that_is_kept_again_is_made_young_without_being_sent(
    courier: tuple[Courier, str], far: Bucket, bucket: Bucket
) -> None:
    for _ in range(2):
        far.keep(OBJECT, b"x")
    courier[0].fate = first("later", "HEAD", OBJECT)
    far.keep(OBJECT, b"x")
    assert courier[0].asked == ["HEAD", "PUT", "HEAD", "HEAD", "PUT"]
    assert courier[0].sent == [1, 0]
    assert bucket.read(OBJECT) == b"x"


def test_a_damaged_cache_is_no_damage(bucket: Bucket, tmp_path: Path) -> None:
    bucket.keep(OBJECT, b"x")
    bucket.local(OBJECT).write_bytes(b"y")
    assert Bucket(str(bucket), tmp_path / "cache").local(OBJECT).read_bytes() == b"x"


def test_an_object_with_other_bytes_than_its_name_says_is_refused(bucket: Bucket) -> None:
    bucket.replace(OBJECT, b"y")
    with pytest.raises(StoreError, match=rf"{SHA_X}\.csv has sha256 [0-9a-f]{{64}}, expected {SHA_X}"):
        bucket.local(OBJECT)


@pytest.mark.parametrize(
    "address",
    [
        "s3://",
        "s3://b",
        "s3:/bucket/x",
        "s3://bucket/../x",
        "s3://key:secret@bucket/x",
        "s3://bucket/x?y",
        "gs://bucket",
    ],
)
def test_what_is_no_address_of_a_store_is_refused(address: str, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"expected s3://bucket/prefix; correct `extra\.city\.store`"):
        open_store(address, tmp_path)


def deny(patch: pytest.MonkeyPatch) -> None:
    patch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")


def forget_key(patch: pytest.MonkeyPatch) -> None:
    patch.delenv("AWS_ACCESS_KEY_ID")
    patch.delenv("AWS_SECRET_ACCESS_KEY")


@pytest.mark.parametrize(
    ("spoil", "words"),
    [(deny, "check this network and AWS_ENDPOINT_URL"), (forget_key, "name a key in the environment")],
)
def test_a_server_that_cannot_be_asked_is_one_sentence(
    spoil: Callable[[pytest.MonkeyPatch], None],
    words: str,
    bucket: Bucket,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    spoil(monkeypatch)
    with pytest.raises(StoreError, match=rf"^s3://[^\n]*{words}[^\n]*$") as caught:
        Bucket(str(bucket), tmp_path).read(KEY)
    assert "made-up" not in str(caught.value)


@pytest.mark.parametrize(
    ("code", "advice"),
    [
        ("InvalidAccessKeyId", "InvalidAccessKeyId; expected it to do as asked; check AWS_ACCESS_KEY_ID, and"),
        (
            "SignatureDoesNotMatch",
            "SignatureDoesNotMatch; expected it to do as asked; check AWS_SECRET_ACCESS_KEY, and",
        ),
        ("AccessDenied", "AccessDenied; expected it to do as asked; check what this key may do"),
        ("MadeUp", "an error; expected it to do as asked; check the address, the region and the key"),
    ],
)
def test_a_key_that_is_refused_is_one_sentence_without_a_word_of_the_servers(
    courier: tuple[Courier, str], far: Bucket, code: str, advice: str
) -> None:
    courier[0].fate = lambda method, key: code
    for deed in (lambda: far.read(KEY), lambda: far.names("runs"), lambda: far.create(KEY, b"x")):
        with pytest.raises(StoreError, match=rf"^s3://[^\n]* the server answered {advice}[^\n]*$") as caught:
            deed()
        assert "made-up" not in str(caught.value)


def test_a_bucket_that_does_not_exist_is_named(bucket: Bucket, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="NoSuchBucket; expected it to do as asked; make the bucket"):
        Bucket("s3://nobodys-bucket/city", tmp_path).names("runs")


def test_two_prefixes_of_a_bucket_are_two_stores(bucket: Bucket, tmp_path: Path) -> None:
    bucket.create(KEY, b"x")
    other = Bucket(str(bucket).removesuffix("/city"), tmp_path)
    assert (other.read(KEY), other.read(f"city/{KEY}")) == (None, b"x")
