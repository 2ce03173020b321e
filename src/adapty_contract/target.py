"""Where traffic goes, and the key it carries; what the environment offers besides is named and not used."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

from adapty_contract.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

KEY_VARIABLE = "ADAPTY_API_KEY"
"""The environment variable that holds the API key."""

_DEFAULT_PORTS = {"http": 80, "https": 443}
_HOST_NAME = re.compile(r"(?=.{1,253}\Z)[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?(?:\.[A-Za-z0-9_-]+)*\.?")
_PATH = re.compile(r"[!-~]*")
_MAX_PORT = 65535
_IGNORED_VARIABLES = (
    *("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"),
    *("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSLKEYLOGFILE", "NETRC"),
)
_KEY_PREFIX = re.compile(r"(?:Authorization\s*:\s*)?(?:Api-Key|Bearer|Basic)\s", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Target:
    """A server to test. `base_path` stands before the API's own path (`""` or `/prefix`); `host` is ASCII."""

    scheme: str
    host: str
    port: int
    base_path: str
    api_path: str
    is_loopback: bool
    embedded: bool = False
    """Whether the suite's own mock is behind it."""

    @property
    def path(self) -> str:
        """The whole path of the API on this server."""
        return self.base_path + self.api_path

    @property
    def authority(self) -> str:
        """Host and port as a Host header spells them, the scheme's own port left out."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def base_url(self) -> str:
        """Where the server is: its URL without the API's path."""
        return f"{self.scheme}://{self.authority}{self.base_path}"

    @property
    def url(self) -> str:
        """The URL of the API on this server."""
        return self.base_url + self.api_path

    @property
    def sends_key_in_clear(self) -> bool:
        """Whether the key would cross a network unencrypted."""
        return self.scheme == "http" and not self.is_loopback


def parse_target(url: str, api_path: str, *, embedded: bool = False) -> Target:
    """The target that `url` names: a base URL, with or without a prefix, or the full URL that ends with `api_path`.

    Raises `UsageError` for everything that is no plain http or https URL.
    """
    parts = _split(url)
    base_path = parts.path.rstrip("/")
    if (whole := f"{base_path}/").endswith(api_path):
        base_path = whole.removesuffix(api_path)
    host = _host(parts, url)
    return Target(
        scheme=parts.scheme,
        host=host,
        port=_port(parts, url),
        base_path=base_path,
        api_path=api_path,
        is_loopback=_is_loopback(host),
        embedded=embedded,
    )


def _split(url: str) -> SplitResult:
    example = "Give it as https://host, https://host:port or the API's full URL."
    if not _PATH.fullmatch(url):
        raise UsageError("the target's URL holds spaces, control or non-ASCII characters", hint=example)
    if "://" not in url:
        raise UsageError("the target's URL has no scheme", hint=example)
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise UsageError("the target's URL cannot be read", hint=f"{error}. {example}") from None
    if parts.scheme not in _DEFAULT_PORTS:
        raise UsageError(f"the target's URL has the scheme {parts.scheme!r}, not http or https", hint=example)
    if "@" in parts.netloc:
        raise UsageError(
            "the target's URL holds credentials, and arguments are visible to other users",
            hint=f"Put the key into the environment variable {KEY_VARIABLE} or into a file.",
        )
    if "?" in url or "#" in url:
        raise UsageError("the target's URL has a query or a fragment", hint=example)
    return parts


def _host(parts: SplitResult, url: str) -> str:
    host = parts.hostname or ""
    if _ip(host) is None and not _HOST_NAME.fullmatch(host):
        raise UsageError(f"the target's URL {url!r} has no usable host name")
    return host


def _port(parts: SplitResult, url: str) -> int:
    try:
        port = parts.port
    except ValueError:
        port = -1
    if port is None and parts.netloc.endswith(":"):
        port = -1
    if port is None:
        return _DEFAULT_PORTS[parts.scheme]
    if not 0 < port <= _MAX_PORT:
        raise UsageError(f"the target's URL {url!r} has no usable port", hint=f"Ports go from 1 to {_MAX_PORT}.")
    return port


def _ip(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _is_loopback(host: str) -> bool:
    address = _ip(host)
    if address is not None:
        return address.is_loopback
    return host.rstrip(".") == "localhost" or host.rstrip(".").endswith(".localhost")


def read_key(key_file: Path | None, env: Mapping[str, str], prompt: Callable[[], str] | None) -> str:
    """The API key: from `key_file` if given, else from the environment, else from `prompt` (`None` without a terminal).

    One newline at the end goes. Raises `UsageError`, which never shows the key, if there is none or it cannot be one.
    """
    if key_file is not None:
        source, key = f"the file {key_file}", _read_file(key_file)
    elif KEY_VARIABLE in env:
        source, key = f"the environment variable {KEY_VARIABLE}", env[KEY_VARIABLE]
    elif prompt is not None:
        source, key = "the prompt", prompt()
    else:
        raise UsageError("no API key", hint=f"Set the environment variable {KEY_VARIABLE}, or give --key-file.")
    return _checked_key(key.removesuffix("\n").removesuffix("\r"), source)


def _read_file(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        raise UsageError(f"the key file {path} is no text") from None
    except OSError as error:
        raise UsageError(f"the key file {path} cannot be read: {error.strerror}") from None


def _checked_key(key: str, source: str) -> str:
    if not key.strip():
        raise UsageError(f"the API key from {source} is empty")
    if _KEY_PREFIX.match(key):
        raise UsageError(
            f"the API key from {source} begins with the scheme of the header",
            hint="Give the key alone; the suite writes `Authorization: Api-Key ...` itself.",
        )
    if not all("!" <= char <= "~" for char in key):
        raise UsageError(
            f"the API key from {source} holds a space, a line break or another character that no key has",
            hint="Give the key alone, on one line.",
        )
    return key


def environment_warnings(env: Mapping[str, str], home: Path | None = None) -> list[str]:
    """One sentence for each thing in `env` or in the folder `home` that other clients obey and this one ignores."""
    warnings = [f"{name} is set and ignored: proxies, certificate stores and credentials come from options only."
                for name in _IGNORED_VARIABLES if env.get(name)]  # fmt: skip
    if home is not None:
        names = (home / name for name in (".netrc", "_netrc"))
        warnings += [f"{path} is there and ignored: the key comes from {KEY_VARIABLE} or --key-file only."
                     for path in names if path.exists()]  # fmt: skip
    return warnings
