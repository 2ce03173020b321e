"""What a secret looks like under each coding that redaction knows, and the search for pieces of it.

A *needle* is a secret in one coding, and how many of its consecutive characters betray the secret. Codings that
carry on from byte to byte (base64, base32) make a needle for each way in which the secret may lie in what was coded,
without what its neighbours decide.
"""

from __future__ import annotations

import base64
import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapty_contract.escapes import letters_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

PIECE = 12
"""So many consecutive characters of a secret are already too many; a shorter secret is one piece."""

_BASE64, _BASE32 = 6, 5  # bits of a character
_BASE64_SHORTEST = 6  # less than that could stand anywhere by chance
_SHORTEST = 10  # likewise where case and separators count for nothing
_MAYBE_WORDS = 3  # and there, so many letters after what every key begins with may be words: "secret live app"
_PUBLIC_PREFIX = re.compile(r"(?:secret|public)_[a-z]+_(?=.{8})")  # of every key, and so no secret by itself


@dataclass(frozen=True, slots=True)
class Needle:
    """A form of a secret, and how many of its consecutive characters betray it.

    The first `public` characters are those that every key begins with, and in a coding, where characters share bits,
    those of one more: a server may speak of them.
    """

    text: str
    least: int
    public: int = 0


@dataclass(frozen=True, slots=True)
class _Plain:
    """What is coded: so many `piece` bytes in a row betray the secret, and the first `public` ones do not."""

    raw: bytes
    piece: int
    public: int


def verbatim(secret: str) -> Iterator[Needle]:
    """What to look for in a text as it stands: the secret, its base64, also in UTF-16, and the base64 of its base64."""
    plain = _plain(secret)
    for form in {secret, plain.raw.decode("latin-1")}:  # a body is looked at as ISO 8859-1
        yield Needle(form, min(PIECE, len(form)), _public(secret))
    once = [*_base64(plain)]
    yield from once
    for inner in once:
        yield from _base64(_Plain(inner.text.encode(), inner.least, inner.public))
    yield from _base64(_wide(secret))
    if len(plain.raw) < PIECE:  # short: its padded base64 counts as a whole only
        encoded = base64.b64encode(plain.raw).decode()
        yield Needle(encoded, len(encoded))


def in_letters(secret: str) -> Iterator[Needle]:
    """What to look for in the letters of a text (`letters_of`): those of the secret, and its base32."""
    if len(secret) < PIECE:
        return
    public = _public(secret)
    yield from _spelt([*map(letters_of, secret)], PIECE, public and public + _MAYBE_WORDS)
    for needle in _coded(_plain(secret), _BASE32, base64.b32encode):
        yield Needle(needle.text.lower(), needle.least, needle.public)


def in_digits(secret: str) -> Iterator[Needle]:
    """What to look for in the digits of a text (`digits_of`): the numbers of its bytes to the bases 16, 10 and 8."""
    plain, wide = _plain(secret), _wide(secret)
    for spelling in ("02x", "d", "03o"):
        yield from _spelt([format(byte, spelling) for byte in plain.raw], plain.piece, plain.public, lost=1)
    yield from _spelt([format(byte, "02x") for byte in wide.raw], wide.piece, wide.public, lost=1)


def _public(secret: str) -> int:
    prefix = _PUBLIC_PREFIX.match(secret)
    return prefix.end() if prefix else 0


def _plain(secret: str) -> _Plain:
    public = _public(secret)
    return _Plain(secret.encode("utf-8", "surrogatepass"), PIECE, public and public + 1)


def _wide(secret: str) -> _Plain:
    """UTF-16: little-endian, and but for the first and the last byte big-endian as well."""
    public = _public(secret)
    return _Plain(secret.encode("utf-16-le", "surrogatepass"), 2 * PIECE - 1, 2 * (public and public + 1))


def _spelt(words: Sequence[str], piece: int, public: int, *, lost: int = 0) -> Iterator[Needle]:
    """One word for each character or byte, one after the other; `piece` of them betray the secret.

    So many characters may be `lost` at its ends, to what `digits_of` takes for the prefix of a number.
    """
    text, lengths = "".join(words), [*map(len, words)]
    piece = min(piece, len(words))
    shortest = min(sum(lengths[at : at + piece]) for at in range(len(words) - piece + 1))
    least = max(_SHORTEST, shortest - lost)
    if len(text) >= least:
        yield Needle(text, least, sum(lengths[:public]))


def _base64(plain: _Plain) -> Iterator[Needle]:
    """Base64 in both alphabets, at every alignment."""
    for needle in _coded(plain, _BASE64, base64.b64encode):
        if len(needle.text) >= _BASE64_SHORTEST:
            yield needle
            yield Needle(needle.text.replace("+", "-").replace("/", "_"), needle.least, needle.public)


def _coded(plain: _Plain, bits: int, encode: Callable[[bytes], bytes]) -> Iterator[Needle]:
    """A needle after each number of other bytes that makes a difference; `encode` makes characters of so many `bits`."""

    def decided(shift: int, length: int) -> tuple[int, int]:
        """From where to where `length` bytes after `shift` others decide on characters alone."""
        return -(-shift * 8 // bits), (shift + length) * 8 // bits

    shifts = range(math.lcm(8, bits) // 8)
    least = min(stop - start for start, stop in (decided(shift, plain.piece) for shift in shifts))
    for shift in shifts:
        start, stop = decided(shift, len(plain.raw))
        text = encode(b"\0" * shift + plain.raw).decode()[start:stop]
        if text:
            yield Needle(text, min(least, len(text)), max(0, decided(shift, plain.public)[1] - start))


class Search:
    """A search for betraying pieces of needles.

    The text is probed at equal distances, so close together that each piece holds a probe: a few characters that are
    looked up among all that follow each other in a needle. A hit is grown to the piece around it.
    """

    def __init__(self, needles: Iterable[Needle]) -> None:
        """Needles to look for."""
        known = set(needles)
        least = min((needle.least for needle in known), default=1)
        self._size = -(-least // 3)  # long enough for few hits by chance, short enough for few probes
        self._step = least - self._size + 1
        self._hits: dict[str, list[tuple[Needle, int]]] = {}
        for needle in known:
            for offset in range(len(needle.text) - self._size + 1):
                probe = needle.text[offset : offset + self._size]
                self._hits.setdefault(probe, []).append((needle, offset))

    def __len__(self) -> int:
        return len(self._hits)

    def finds(self, text: str) -> bool:
        """Whether a piece stands in `text`."""
        return next(self.pieces(text), None) is not None

    def pieces(self, text: str) -> Iterator[tuple[int, int]]:
        """Start and stop of pieces in `text`, at least of one where several overlap."""
        hits, size, done = self._hits, self._size, 0
        for position in range(0, len(text) - size + 1, self._step):
            if text[position : position + size] in hits and position >= done:
                for needle, offset in hits[text[position : position + size]]:
                    start, stop = _grown(needle.text, offset, text, position, size)
                    if stop - start >= needle.least and offset + stop - position > needle.public:
                        yield start, stop
                        done = max(done, stop)


def _grown(whole: str, offset: int, text: str, position: int, size: int) -> tuple[int, int]:
    """The longest piece of `whole` in `text` around the `size` characters that both have at these places."""
    left, right, start, stop = offset, offset + size, position, position + size
    while left > 0 and start > 0 and whole[left - 1] == text[start - 1]:
        left, start = left - 1, start - 1
    while right < len(whole) and stop < len(text) and whole[right] == text[stop]:
        right, stop = right + 1, stop + 1
    return start, stop
