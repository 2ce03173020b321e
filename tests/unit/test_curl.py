"""A curl line, pasted into bash, sends the request it was made from."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapty_contract.curl import curl_line, quoted
from adapty_contract.model import Exchange, Facts, Request
from adapty_contract.redact import PLACEHOLDER, Redactor

if TYPE_CHECKING:
    from collections.abc import Iterator

KEY = "secret_live_Pj1xzM.2CvSvE1Ial$QRF\"js'Wy6"
CURL_ADDS = {"host", "accept", "user-agent"}

pytestmark = pytest.mark.skipif(not (shutil.which("curl") and shutil.which("bash")), reason="needs curl and bash")


@dataclass(frozen=True)
class Received:
    """A request as it came over the wire."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def values(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key.lower() == name]


class Recorder:
    """Answers every request on a loopback port with an empty 200 and keeps the bytes it got."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._raw: list[bytes] = []
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def run(self, *exchanges: Exchange, key: str = KEY) -> list[Received]:
        """Paste the line of each exchange into one bash, and tell what came."""
        self._raw.clear()
        script = "\n".join(f"{curl_line(exchange, self.url)} -sS -o /dev/null || exit" for exchange in exchanges)
        environment = {"PATH": os.environ["PATH"], "ADAPTY_API_KEY": key, "HOME": "/nonexistent"}
        pasted = script.encode("ascii")
        done = subprocess.run(["bash"], input=pasted, env=environment, capture_output=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr
        return [_parsed(raw) for raw in self._raw]

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection:
                self._raw.append(_read(connection))
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")


def _read(connection: socket.socket) -> bytes:
    raw = b""
    while b"\r\n\r\n" not in raw:
        raw += connection.recv(65536)
    head = raw.partition(b"\r\n\r\n")[0]
    length = re.search(rb"(?im)^content-length: *(\d+)", head)
    whole = len(head) + 4 + (int(length[1]) if length else 0)
    while len(raw) < whole:
        raw += connection.recv(65536)
    return raw


def _parsed(raw: bytes) -> Received:
    head, _, body = raw.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    method, rest = first.split(" ", 1)
    pairs = [line.partition(":") for line in lines]
    headers = tuple((name, value.strip(" \t")) for name, _, value in pairs)
    return Received(method, rest.rpartition(" ")[0], headers, body)


@pytest.fixture(scope="module")
def recorder() -> Iterator[Recorder]:
    made = Recorder()
    yield made
    made.close()


def sent(method: str, target: str, headers: dict[str, str] | None = None, body: bytes = b"") -> Exchange:
    return Exchange(1, Request(method, target, tuple((headers or {}).items()), body), None)


VALUES = st.text(st.characters(max_codepoint=0xFF, exclude_characters="\x00\r\n"), max_size=40)
NAMES = st.from_regex(r"\AX-[A-Za-z0-9-]{1,10}\Z")
BODIES = st.one_of(
    st.binary(max_size=200), st.text(max_size=100).map(lambda text: text.encode("utf-8", "surrogatepass"))
)
TARGETS = st.from_regex(r"\A/[!-~\x80-\xff]{0,30}\Z")
REQUESTS = st.builds(
    Request,
    st.sampled_from(["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "BREW"]),
    TARGETS,
    st.lists(st.tuples(NAMES, VALUES), max_size=4).map(tuple),
    BODIES,
).filter(lambda request: PLACEHOLDER not in repr(request))


@given(requests=st.lists(REQUESTS, min_size=1, max_size=8))
@settings(max_examples=40, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_pasted_line_sends_the_same_request(recorder: Recorder, requests: list[Request]) -> None:
    received = recorder.run(*(Exchange(number, request, None) for number, request in enumerate(requests)))

    assert len(received) == len(requests)
    for request, came in zip(requests, received, strict=True):
        assert (came.method, came.target, came.body) == (request.method, request.target, request.body)
        expected = [(name, value.strip(" \t") if value.strip(" \t\v\f") else "") for name, value in request.headers]
        assert [pair for pair in came.headers if pair[0].lower() not in CURL_ADDS | {"content-length"}] == expected
        assert came.values("content-length") == ([str(len(request.body))] if came.values("content-length") else [])


@given(text=st.binary(max_size=60).filter(lambda text: b"\0" not in text))
@settings(max_examples=60, derandomize=True)
def test_line_is_printable_ascii_whatever_is_sent(text: bytes) -> None:
    line = curl_line(sent("POST", "/" + text.decode("latin-1"), {"X-A": text.decode("latin-1")}, text), "http://x.test")

    assert all(" " <= character <= "~" for character in line)


def test_key_is_a_variable_of_the_shell(recorder: Recorder) -> None:
    exchange = sent("GET", "/", {"Authorization": f"Api-Key {PLACEHOLDER}"})

    assert '-H "Authorization: Api-Key $ADAPTY_API_KEY"' in curl_line(exchange, recorder.url)
    assert recorder.run(exchange)[0].values("authorization") == [f"Api-Key {KEY}"]


@pytest.mark.parametrize(
    ("expression", "key"),
    [
        pytest.param("${ADAPTY_API_KEY%?}", KEY[:-1], id="cut"),
        pytest.param("${ADAPTY_API_KEY:0:6}", KEY[:6], id="first half"),
        pytest.param("", "", id="none"),
        pytest.param("wrong", "wrong", id="another"),
        pytest.param('$(printf %s "$ADAPTY_API_KEY" | tr a-z A-Z)', KEY.upper(), id="computed"),
    ],
)
def test_key_that_was_sent_is_spelled_by_its_expression(recorder: Recorder, expression: str, key: str) -> None:
    request = Request("GET", "/", (("Authorization", f"Bearer {PLACEHOLDER}"), ("X-Api-Key", PLACEHOLDER)))
    [came] = recorder.run(Exchange(1, request, None, facts=Facts(key_expression=expression)))

    assert came.values("authorization") == [f"Bearer {key}".strip()]
    assert came.values("x-api-key") == [key]


def test_key_in_query_and_body_is_spelled_too(recorder: Recorder) -> None:
    target = f"/a?key={PLACEHOLDER}&again={PLACEHOLDER}"
    [came] = recorder.run(sent("POST", target, {}, f"it's {PLACEHOLDER}x and {PLACEHOLDER}[0]".encode()), key="k-1")

    assert came.target == "/a?key=k-1&again=k-1"
    assert came.body == b"it's k-1x and k-1[0]"


def test_line_of_a_redacted_request_does_not_hold_the_key() -> None:
    redactor = Redactor([KEY])
    headers = redactor.headers((("Authorization", f"Api-Key {KEY}"), ("X-Other", KEY)))
    line = curl_line(Exchange(1, Request("POST", "/", headers, redactor.bytes(KEY.encode())), None), "http://x.test")

    assert not redactor.found_in(line)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"@/etc/hostname", id="looks like a file"),
        pytest.param(b"\x00\xff" * 1000, id="binary"),
        pytest.param("é ё 😀 \u202e".encode(), id="beyond ASCII"),
        pytest.param(b"a\r\n\tb\n", id="line ends"),
        pytest.param(b"'\"`$(id)!!\\$HOME", id="shell"),
        pytest.param(b"x" * 300_000, id="longer than an argument may be"),
        pytest.param(b"", id="empty"),
    ],
)
def test_body_arrives_byte_for_byte(recorder: Recorder, body: bytes) -> None:
    [came] = recorder.run(sent("POST", "/", {"Content-Type": "application/json"}, body))

    assert came.body == body
    assert came.values("content-length") == [str(len(body))]
    assert came.values("content-type") == ["application/json"]


@pytest.mark.parametrize(
    "target", ["/a/../b/./c", "//a//b", "/[a]{b,c}?x=[1-3]", "/]", "/}", "/a#b", "*", "/a b", "/%2e%2E/"]
)
def test_target_arrives_as_it_was_sent(recorder: Recorder, target: str) -> None:
    assert [came.target for came in recorder.run(sent("GET", target))] == [target]


def test_head_does_not_wait_for_a_body(recorder: Recorder) -> None:
    assert [came.method for came in recorder.run(sent("HEAD", "/"))] == ["HEAD"]


def test_what_curl_sends_of_itself_is_not_repeated(recorder: Recorder) -> None:
    host = recorder.url.removeprefix("http://")
    line = curl_line(sent("POST", "/", {"Host": host, "Content-Length": "2"}, b"{}"), recorder.url)

    assert "Host" not in line
    assert "Content-Length" not in line
    assert curl_line(sent("GET", "/", {"Host": "other.test"}), recorder.url).count("Host: other.test") == 1


def test_media_type_that_was_not_sent_is_not_added(recorder: Recorder) -> None:
    assert recorder.run(sent("POST", "/", {}, b"{}"))[0].values("content-type") == []


def test_base_path_is_not_sent_twice() -> None:
    assert " http://x.test/base/a" in curl_line(sent("GET", "/base/a"), "http://x.test/base/")


def test_word_that_needs_no_quotes_has_none() -> None:
    assert quoted(b"a-b/c.d") == "a-b/c.d"
    assert quoted(b"a b") == "'a b'"
    assert quoted(b"it's\x1b!") == r"$'it\'s\x1b\x21'"
