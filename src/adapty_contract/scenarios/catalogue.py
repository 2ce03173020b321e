"""The values that an identifier can have, by class, and what a server may make of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import islice

from adapty_contract.contract import Contract

SURE: Mapping[str, str] = {
    "digits": "13278911961594196248",
    "zeros in front": "000421",
    "a decimal": "1.10",
    "an exponent": "1e5",
    "hexadecimal": "0x1F",
    "the word true": "true",
    "the word null": "null",
    "the word None": "None",
    "not a number": "NaN",
    "a date": "2025-03-14T06:22:17+00:00",
    "the signs of real ids": "$device:a-b_c.d@e+f",
    "both cases": "aBcDeFgHiJ-XYZxyz",
    "an e-mail address": "Jane.Doe+Tag@Example.COM",
    "an upper-case UUID": "CBAF8ED1-17FB-49A3-73BD-DC79B63AEF93",
    "a UUID without hyphens": "29eeb1610fe74997b6d53f02e9711f8c",
    "JSON text": '{"a": [1, null]}',
    "quotes": 'it\'s "quoted" `here`',
    "backslashes": "a\\b\\n\\u0041\\\\c",
    "markup": '<b>&amp;</b> & "x" <!-- -->',
    "percent signs": "100%25 %41 %zz %s %(a)s",
    "plus and spaces": "a+b c  d   e",
    "an address": "https://user@x.example/y?z=1&w=2#f",
    "database text": "'; DROP TABLE x; -- /* */",
    "a template": "{{7*7}} ${7*7} #{7*7} <%= 7 %>",
    "separators": "a,b;c|d:e/f=g",
    "a path": "../../etc/passwd",
    "one character": "x",
    "a zero": "0",
    "a short number": "12",
    "a negative number": "-5",
    "the word false": "false",
    "signs at the end": "abc...!?",
    "typographic signs": "\u201ca\u201d \u2018b\u2019 \u2013 \u2014 \u2026",
    "a no-break space": "a\u00a0b",
    "a hyphen": "-",
    "64 characters": "7qz2xk9w4vj8ph5m" * 4,
    "129 characters": "abc" * 43,
    "200 characters": "gmtc7yrnw3" * 20,
    "umlauts": "Größe-ÄÖÜ-naïve-façade",
    "composed": "\u00e9\u00c5\u1e69",
    "decomposed": "n\u0303o\u0302u\u0308",
    "compatibility forms": "\ufb01\uff21\u2460\u00b2\u212b\u2126",
    "case that changes length": "\u0130\u0131\u1e9e\u00df\u03a3\u03c3\u03c2",
    "Cyrillic": "профиль-Ёё",
    "Hebrew and Arabic": "פרופיל ملف",
    "Chinese and Japanese": "標識符-プロフィール",
    "Hangul": "한국어\u1112\u1161\u11ab",
    "Devanagari": "पहचानकर्ता",
    "emoji": "id-😀🎉🧑",
    "outside the basic plane": "𝐀𝔘𠮷𐍈",
    "a day": "2024-01-02",
    "a time in UTC": "2025-03-14T06:22:17Z",
    "a telephone number": "+49123456",
    "minus zero": "-0",
    "quotes around": '"abc"',
    "doubled percent signs": "50%% 100%",
    "dots at the end": "abc..",
    "an id of zeros": "0000000000000-0000000",
    "digits with a line between": "1_000",
    "the word Infinity": "Infinity",
    "thousands": "1,000.50",
    "the word undefined": "undefined",
    "the word yes": "yes",
    "octal digits": "0o17",
}
"""Every server must take these and give them back as they are: printable text of 1 to 200 characters."""

UNSURE: Mapping[str, str] = {
    "joined emoji": "👩\u200d👩\u200d👧\ufe0f",
    "zero-width characters": "a\u200b\u2060\ufeffb",
    "direction marks": "a\u202eb\u2066c",
    "line separators": "a\u2028b\u2029c\u0085d",
    "private use": "a\ue000\U000f0000b",
    "noncharacters": "a\ufffe\uffff\U0010ffffb",
    "a replacement character": "a\ufffdb",
    "line breaks": "a\nb\r\nc",
    "a tab": "a\tb",
    "control characters": "a\x01\x08\x1b[31m\x7fb",
    "a NUL": "a\x00b",
    "201 characters": "abc" * 67,
    "256 characters": "wxyz" * 64,
    "1,025 characters": "fghij" * 205,
    "5,000 characters of two bytes": "äöüß" * 1250,
}
"""A server may refuse these; one that takes them gives them back as they are."""

BLANKS: Mapping[str, str] = {"an empty string": "", "a space": " "}
"""A server may refuse these, keep them, ignore them, or take them for unset."""

SPACED: Mapping[str, str] = {"spaces around": "  ab c ", "line breaks around": "\n\tabc\r\n"}
"""A server may trim these."""

LENGTHS = (255, 256, 512, 1024, 2048, 4096)

FOR_ALL: Mapping[str, Callable[[int], str]] = {
    "digits": lambda at: str(4711 + at),
    "zeros in front": lambda at: f"00{at}",
    "one character": lambda at: chr(ord("a") + at % 26),
    "both cases and signs": lambda at: f"Ab.{at}+Cd@E-F:$g",
    "a UUID in upper case": lambda at: f"5DCAED9{at % 16:X}-E1E0-44DC-BDE2-B96188B99E9E",
    "several scripts": lambda at: f"é😀Ж{at}",
    "a day": lambda at: f"2024-01-{at % 20 + 10}",
    "129 characters": lambda at: f"{at:02}-" + "éx標😀zЖ" * 21,
}
"""Values of one class for all identifiers at once, by an identifier's place: what is wrong with a class is often wrong
for a single column only."""


def accepted_instead(value: str) -> frozenset[str | None]:
    """What may be read back besides `value` itself: trimmed, or unset if nothing is left of it."""
    trimmed = value.strip()
    return frozenset({trimmed}) if trimmed else frozenset({trimmed, None})


def rounds(names: Sequence[str], values: Mapping[str, str], shift: int = 0) -> list[dict[str, str]]:
    """`values` dealt out over `names`, as many a round as there are names; `shift` moves each on by so many."""
    size = len(names)
    texts = iter(values.values())
    dealt: list[dict[str, str]] = []
    while chunk := list(islice(texts, size)):
        dealt.append({names[(index + shift) % size]: text for index, text in enumerate(chunk)})
    return dealt


def real_values(contract: Contract, customer_user_id: str | None = None) -> list[dict[str, str]]:
    """Writes made of the examples that the spec gives for each identifier, and of the page's own `example_` values.

    Some integrations have apps set an identifier to the customer user id; if it is given, one of the values is that.
    """
    examples = {name: list(contract.schema(name).get("examples", ())) for name in contract.identifiers}
    most = max(len(found) for found in examples.values())
    writes = [{name: found[index] for name, found in examples.items() if index < len(found)} for index in range(most)]
    samples = {name: f"example_{name}" for name in contract.identifiers}
    own = {contract.identifiers[0]: customer_user_id} if customer_user_id else {}
    return [*writes, {**samples, **own}]
