"""Certificates are always verified, and nothing of the environment changes by whom."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from adapty_contract.errors import UsageError
from adapty_contract.guard import Limits
from adapty_contract.model import Request
from adapty_contract.redact import Redactor

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="certificates are made with openssl")

_CONFIG = """
[ca]
default_ca = own
[own]
dir = .
database = index.txt
new_certs_dir = .
serial = serial
default_md = sha256
policy = any
unique_subject = no
[any]
commonName = supplied
[server]
subjectAltName = {name}
[req]
distinguished_name = any_name
[any_name]
"""
_KEY_KIND = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")


def openssl(folder: Path, *arguments: str) -> None:
    subprocess.run(("openssl", *arguments), cwd=folder, check=True, capture_output=True)


def certify(folder: Path, file: str, name: str, start: str, end: str) -> None:
    (folder / "ca.conf").write_text(_CONFIG.format(name=name))
    openssl(folder, "req", *_KEY_KIND, "-subj", "/CN=server", "-keyout", f"{file}.key", "-out", "server.csr",
            "-config", "ca.conf")  # fmt: skip
    openssl(folder, "ca", "-batch", "-config", "ca.conf", "-extensions", "server", "-cert", "ca.pem", "-keyfile",
            "ca.key", "-in", "server.csr", "-out", f"{file}.pem", "-startdate", start, "-enddate", end)  # fmt: skip


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an authority `ca.pem` and servers' certificates: good, expired, wrong-name, self-signed."""
    folder = tmp_path_factory.mktemp("certificates")
    openssl(
        folder,
        "req",
        "-x509",
        *_KEY_KIND,
        "-subj",
        "/CN=authority",
        "-keyout",
        "ca.key",
        "-out",
        "ca.pem",
        "-days",
        "9",
    )
    openssl(folder, "req", "-x509", *_KEY_KIND, "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1",
            "-keyout", "self-signed.key", "-out", "self-signed.pem", "-days", "9")  # fmt: skip
    (folder / "index.txt").touch()
    (folder / "serial").write_text("1000")
    certify(folder, "good", "IP:127.0.0.1", "20200101000000Z", "20990101000000Z")
    certify(folder, "expired", "IP:127.0.0.1", "20200101000000Z", "20210101000000Z")
    certify(folder, "wrong-name", "DNS:other.example", "20200101000000Z", "20990101000000Z")
    return folder


def served_with(certificates: Path, file: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates / f"{file}.pem", certificates / f"{file}.key")
    return context


def test_an_own_authority_is_trusted_and_its_connections_kept(bench: Any, certificates: Path) -> None:
    server = bench.serve(bench.answer(), bench.answer(), context=served_with(certificates, "good"))
    client = bench.client(server.port, scheme="https", ca_file=certificates / "ca.pem", limits=Limits())
    assert [client.send(bench.read()).status for _ in range(2)] == [200, 200]
    assert server.connections == 1


@pytest.mark.parametrize(
    ("file", "why"),
    [("expired", "expired"), ("wrong-name", "mismatch|not valid for"), ("self-signed", "self-signed|self signed")],
)
def test_a_bad_certificate_ends_before_the_request(bench: Any, certificates: Path, file: str, why: str) -> None:
    server = bench.serve(bench.answer(), context=served_with(certificates, file))
    client = bench.client(server.port, scheme="https", ca_file=certificates / "ca.pem", limits=Limits())
    exchange = client.send(bench.read(), retry=True)
    assert exchange.fault.kind == "tls"
    assert any(word in exchange.fault.detail for word in why.split("|")), exchange.fault.detail
    assert server.requests == []


def test_an_authority_of_the_environment_is_not_trusted(
    bench: Any, certificates: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_DIR", str(certificates))
    monkeypatch.setenv("SSLKEYLOGFILE", str(certificates / "keys.log"))
    server = bench.serve(bench.answer(), context=served_with(certificates, "good"))
    exchange = bench.client(server.port, scheme="https", limits=Limits()).send(bench.read())
    assert exchange.fault.kind == "tls"
    assert server.requests == []
    assert not (certificates / "keys.log").exists()


def test_a_server_without_tls_is_told(bench: Any) -> None:
    def handler(connection: Any) -> None:
        connection.sock.recv(10)
        connection.send(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    server = bench.serve(handler)
    assert bench.client(server.port, scheme="https").send(bench.read()).fault.kind == "tls"


def test_a_handshake_that_is_not_answered_ends_in_time(bench: Any) -> None:
    server = bench.serve(lambda connection: connection.until_left())
    client = bench.client(server.port, scheme="https", limits=Limits(connect=0.1))
    assert client.send(bench.read()).fault.kind == "connect-timeout"


@pytest.mark.parametrize(
    ("answer", "kind"),
    [(b"HTTP/1.1 200 OK\r\n\r\n{}", "truncated"), (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}", "truncated"),
     (b"HTTP/1.1 20", "truncated"), (b"", "closed")],
    ids=["no length", "length", "head", "nothing"],
)  # fmt: skip
def test_tls_that_ends_without_goodbye_gives_no_body(bench: Any, certificates: Path, answer: bytes, kind: str) -> None:
    def handler(connection: Any) -> None:
        connection.request()
        connection.send(answer)
        connection.sock.shutdown(2)  # of the socket below: no closing alert

    server = bench.serve(handler, context=served_with(certificates, "good"))
    client = bench.client(server.port, scheme="https", ca_file=certificates / "ca.pem", limits=Limits())
    assert client.send(bench.read()).fault.kind == kind


def test_a_missing_or_empty_authority_file_is_wrong_usage(bench: Any, tmp_path: Path) -> None:
    (tmp_path / "empty.pem").touch()
    for name in ("missing.pem", "empty.pem"):
        with pytest.raises(UsageError, match=name):
            bench.client(1, scheme="https", ca_file=tmp_path / name)


def test_proxies_and_netrc_of_the_environment_are_not_used(
    bench: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = bench.serve(bench.answer())
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login evil password evil\n")
    (tmp_path / ".netrc").chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
    server = bench.serve(bench.answer())
    request = Request("GET", "/api/v2/integration-identifiers/")
    assert bench.client(server.port).send(request).status == 200
    assert proxy.connections == 0
    assert b"uthorization" not in server.requests[0]


def test_the_redactor_of_a_client_is_shared_and_not_copied() -> None:
    assert Redactor(["x" * 20]).found_in("x" * 12)
