"""Strategies for the values of identifiers: every class of Unicode text, the real formats, what parsers trip over."""

from __future__ import annotations

import string
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from adapty_contract.checks.situations import SURE_LENGTH
from adapty_contract.scenarios.catalogue import SURE, UNSURE

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

LONGEST = 1_100
"""Characters of the longest generated value."""

_USUAL_LIMITS = (SURE_LENGTH, 63, 51, 50, 41, 40, 37, 36, 33, 32)
_LIMITS = (65, 100, 101, 128, 129, 200, 201, 255, 256, 257, 500, 501, 512, 513, 1000, 1001, 1024, 1025)
"""Lengths at which columns of databases end, and those just beyond."""

_HEX = "0123456789abcdef"


def _span(*ranges: tuple[int, int], unlike: frozenset[str] = frozenset()) -> str:
    """The assigned characters of ranges (both ends included), without those of the Unicode categories `unlike`."""
    return "".join(
        chr(code)
        for first, last in ranges
        for code in range(first, last + 1)
        if unicodedata.category(chr(code)) not in unlike | {"Cn", "Cs"}
    )


_FORMAT = frozenset({"Cf"})

CLASSES: Mapping[str, Sequence[str]] = {
    "letters and digits": "a0bz19AZ" + string.ascii_letters + string.digits,
    "words": (
        "a",
        "  ",
        " ",
        "B",
        "--",
        "__",
        "//",
        "..",
        "%20",
        "+",
        "&amp;",
        "\\n",
        "\\",
        '"',
        "'",
        "\t",
        "null",
        "00",
    ),
    "ASCII": string.ascii_letters + string.digits + string.punctuation + " ",
    "Latin": _span((0xA1, 0x24F), (0x1E00, 0x1EFF), unlike=_FORMAT),
    "Greek and Cyrillic": _span((0x370, 0x52F)),
    "combining": (
        "e\u0301",
        "\u00e9",
        "A\u030a",
        "\u212b",
        "s\u0323\u0307",
        "\u304b\u3099",
        "\u1112\u1161\u11ab",
        "\u20dd",
        "\u0345",
    ),
    "case that changes": "\u0130\u0131\u1e9e\u00df\u03a3\u03c3\u03c2\u0149\ufb00\u01c5\u0345",
    "compatibility": _span((0xFB00, 0xFB06), (0xFF01, 0xFF5E), (0x2460, 0x2473), (0x2160, 0x217F), (0x212A, 0x212B)),
    "right to left": _span((0x5D0, 0x5EA), (0x621, 0x64A), (0x660, 0x669)),
    "Indic and Thai": _span((0x905, 0x939), (0x93E, 0x94D), (0xE01, 0xE3A)),
    "East Asian": _span((0x3041, 0x30FF), (0x4E00, 0x4F00), (0x1100, 0x11FF), (0xAC00, 0xAD00)),
    "symbols": _span((0x2190, 0x21FF), (0x2200, 0x22FF), (0x2600, 0x26FF)),
    "emoji": ("😀", *_span((0x1F601, 0x1F64F)), "👩\u200d👧", "👍\U0001f3fd", "🇩🇪", "☎\ufe0f", "1\ufe0f\u20e3"),
    "outside the basic plane": "𝐀𐍈𠮷" + _span((0x1D400, 0x1D4FF), (0x10330, 0x1034A), (0x20000, 0x20040)),
    "spaces": "\u00a0\u2003\u202f\u3000\u1680 ",
    "invisible": "\u200b\u200c\u200d\u2060\ufeff\u00ad\u202e\u2066\u2069\ufe0f\U000e0041",
    "controls": "\t\n\r\x01\x08\x0b\x0c\x1b\x1f\x7f\x80\x85\x9f\x00",
    "separators": "\u2028\u2029\x1c\x1d\x1e",
    "private and unassigned": "\ue000\uf8ff\U000f0000\U0010ffff\ufffe\uffff\ufdd0\u0378\U0001fffe",
}
"""Characters, and sequences of them that belong together, by class; the first of each is the simplest."""

_ODD = frozenset({"spaces", "invisible", "controls", "separators", "private and unassigned"})
"""The classes that a server may refuse, or trim."""

_EVERYWHERE = "\t\n\v\f\r \u00a0\u1680\u2028\u2029\u202f\u205f\u3000" + _span((0x2000, 0x200A))
"""What most languages hold for white space."""

_TRIMMED_BY: tuple[str | None, ...] = (
    None,  # Python: Unicode white space and the four separators of ASCII
    f"{_EVERYWHERE}\ufeff",  # JavaScript
    f"{_EVERYWHERE}\u0085",  # Unicode's property White_Space: Go, Rust
    "".join(map(chr, range(0x21))),  # Java's trim
    " \t\n\r\0\v",  # PHP
    " \t\n\r\f\v",  # ASCII
    " ",  # SQL
)


def trimmed(value: str) -> frozenset[str]:
    """What `value` becomes where servers trim it, by the notions of white space that common languages have.

    Empty if none of them takes anything away.
    """
    return frozenset(value.strip(characters) for characters in _TRIMMED_BY) - {value}


def texts() -> SearchStrategy[str]:
    """Values of every kind, most of them such as every server must take; never empty, never with a lone surrogate."""
    from hypothesis import strategies as st

    letters = st.sampled_from(CLASSES["letters and digits"])
    one_class = st.sampled_from(tuple(CLASSES.values())).flatmap(lambda characters: _of(st.sampled_from(characters)))
    usual = st.one_of(*(st.sampled_from(characters) for name, characters in CLASSES.items() if name not in _ODD))
    mixed = st.one_of(*(st.sampled_from(characters) for characters in CLASSES.values()))
    anything = st.integers(0x20, 0x10FFFF).filter(lambda code: not 0xD800 <= code <= 0xDFFF).map(chr)
    fragments = st.sampled_from((*SURE.values(), *UNSURE.values()))
    return st.one_of(
        _of(letters),
        one_class,
        one_class,
        _of(st.sampled_from(CLASSES["words"])),
        _of(usual),
        _of(usual),
        _real_formats(),
        _real_formats(),
        fragments,
        st.lists(fragments, min_size=2, max_size=3).map("".join),
        st.builds(stretched, _of(usual), st.one_of(st.sampled_from(_USUAL_LIMITS), st.integers(1, SURE_LENGTH))),
        st.builds(stretched, _of(letters), st.one_of(st.sampled_from(_LIMITS), st.integers(SURE_LENGTH + 1, LONGEST))),
        _of(mixed),
        _of(anything),
    )


def stretched(text: str, length: int) -> str:
    """`text` again and again, up to `length` characters."""
    return (text * (length // len(text) + 1))[:length]


def _of(characters: SearchStrategy[str]) -> SearchStrategy[str]:
    from hypothesis import strategies as st

    return st.lists(characters, min_size=1, max_size=12).map("".join)


def _real_formats() -> SearchStrategy[str]:
    """The shapes of real ids: UUIDs in each spelling, 32 hexadecimal digits, long decimals, prefixed ones."""
    from hypothesis import strategies as st

    hexadecimal = _digits(_HEX, 32)
    uuid = hexadecimal.map(lambda text: "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:])))
    decimal = st.integers(10**18, 2**64 - 1).map(str)
    stamped = st.builds("{}-{}".format, _digits(string.digits, 13), _digits(string.digits, 7))
    zeros = _digits(string.digits, 6).map(lambda text: f"00{text}")
    return st.one_of(
        decimal,
        hexadecimal,
        hexadecimal.map(str.upper),
        uuid,
        uuid.map(str.upper),
        uuid.map("$device:{}".format),
        uuid.map(lambda text: f"XZ{text.upper()}"),
        stamped,
        zeros,
        _digits(string.ascii_letters + string.digits, 28),
    )


def _digits(characters: str, count: int) -> SearchStrategy[str]:
    """So many of `characters`, from one number: cheap to draw."""
    from hypothesis import strategies as st

    return st.integers(0, len(characters) ** count - 1).map(lambda number: _written(number, characters, count))


def _written(number: int, characters: Iterable[str], count: int) -> str:
    alphabet = tuple(characters)
    text = ""
    for _ in range(count):
        number, digit = divmod(number, len(alphabet))
        text = alphabet[digit] + text
    return text
