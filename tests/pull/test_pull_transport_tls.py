"""TLS: verified always, against the host's name; a private authority by the path of its certificate."""

import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from lamppost.errors import PullError
from lamppost.pull import Transport
from lamppost.pull.transport.access import Access

Secure = Callable[..., Any]
Key = ec.EllipticCurvePrivateKey
NOW = datetime.now(UTC)
DAY = timedelta(days=1)
TOWN = "Town authority"


def write_name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def certify(key: Key, names: tuple[str, str], what: x509.ExtensionType, signer: Key, end: datetime) -> bytes:
    """A certificate in PEM form for `key`; `names` are subject and issuer."""
    made = x509.CertificateBuilder(write_name(names[1]), write_name(names[0]), key.public_key())
    made = made.serial_number(x509.random_serial_number()).not_valid_before(end - 9 * DAY).not_valid_after(end)
    return made.add_extension(what, critical=False).sign(signer, SHA256()).public_bytes(Encoding.PEM)


class Authority:
    """Issues certificates; its own is at `path`."""

    def __init__(self, folder: Path) -> None:
        self.path, self.key = folder / "authority.pem", ec.generate_private_key(ec.SECP256R1())
        what = x509.BasicConstraints(ca=True, path_length=None)
        self.path.write_bytes(certify(self.key, (TOWN, TOWN), what, self.key, NOW + DAY))

    def issue(self, host: str, *, end: datetime = NOW + DAY, by_itself: bool = False) -> ssl.SSLContext:
        """What a server for `host` needs."""
        key = ec.generate_private_key(ec.SECP256R1())
        names = (host, host) if by_itself else (host, TOWN)
        what = x509.SubjectAlternativeName([x509.DNSName(host)])
        file = self.path.with_name("server.pem")
        own = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        file.write_bytes(own + certify(key, names, what, key if by_itself else self.key, end))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
def local() -> Transport:
    return Transport(allow={"localhost"}, deadline=5, attempts=2, sleep=lambda _seconds: None)


def come(source: Any, ca: Path | str = "") -> Access:
    return Access(source.url + "/a", ca=str(ca))


def test_a_private_authority_is_trusted_by_its_path(secure: Secure, authority: Authority, local: Transport) -> None:
    source = secure("localhost", tls=authority.issue("localhost"))
    source.routes["/a"] = lambda _query: [1]
    for _page in range(3):
        assert local.ask(source.url + "/a", come(source, authority.path)).body == b"[1]"
    assert source.connections == 1


def test_one_descriptor_does_not_trust_for_another(secure: Secure, authority: Authority, local: Transport) -> None:
    source = secure("localhost", tls=authority.issue("localhost"))
    source.routes["/a"] = lambda _query: [1]
    local.ask(source.url + "/a", come(source, authority.path))
    with pytest.raises(PullError, match="from an authority that is not known"):
        local.ask(source.url + "/a", come(source))


def test_fault_tls_expired(secure: Secure, authority: Authority, local: Transport) -> None:
    source = secure("localhost", tls=authority.issue("localhost", end=NOW - DAY))
    with pytest.raises(PullError, match=r"/a: its certificate has expired · expected a valid certificate · ask"):
        local.ask(source.url + "/a", come(source, authority.path))
    assert (source.asked, source.connections) == ([], 1)


def test_fault_tls_not_valid_yet(secure: Secure, authority: Authority, local: Transport) -> None:
    source = secure("localhost", tls=authority.issue("localhost", end=NOW + 99 * DAY))
    with pytest.raises(PullError, match="its certificate is not valid yet"):
        local.ask(source.url + "/a", come(source, authority.path))


def test_fault_tls_self_signed(secure: Secure, authority: Authority, local: Transport) -> None:
    source = secure("localhost", tls=authority.issue("localhost", by_itself=True))
    with pytest.raises(PullError, match=r"its certificate is self-signed · .* · write the path of that certificate as"):
        local.ask(source.url + "/a", come(source))


def test_fault_tls_for_another_host(secure: Secure, authority: Authority, local: Transport) -> None:
    source = secure("localhost", tls=authority.issue("gis.example.org"))
    with pytest.raises(PullError, match="its certificate is for another host"):
        local.ask(source.url + "/a", come(source, authority.path))


def test_fault_tls_from_an_unknown_authority(secure: Secure, authority: Authority, local: Transport) -> None:
    source = secure("localhost", tls=authority.issue("localhost"))
    with pytest.raises(PullError, match=r"from an authority that is not known · .* · write the path of its"):
        local.ask(source.url + "/a", come(source))


def test_fault_tls_that_is_none(source: Any, transport: Transport) -> None:
    url = source.url.replace("http:", "https:") + "/a"
    with pytest.raises(PullError, match=r"it does not speak TLS · .* · check the port"):
        transport.ask(url, Access(url))


@pytest.mark.parametrize(("text", "found"), [(None, "no such file"), ("no PEM", "a file without a certificate")])
def test_a_path_without_an_authority_is_refused(
    source: Any, tmp_path: Path, local: Transport, text: str | None, found: str
) -> None:
    if text:
        (tmp_path / "town.pem").write_text(text)
    with pytest.raises(PullError, match=rf"pull\.ca: {found} · expected a certificate in PEM form"):
        local.ask(source.url + "/a", come(source, tmp_path / "town.pem"))
