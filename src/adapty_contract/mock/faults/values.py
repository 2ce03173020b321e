"""Faults that keep another value than the one that was written."""

from __future__ import annotations

import html
import json
import re
import unicodedata
from urllib.parse import quote, unquote, unquote_plus

from adapty_contract.mock.faults.shorthands import storing

_TRIP = "values-round-trip"


@storing("cut-at-32", "Values are cut at 32 characters.", _TRIP)
def _cut_at_32(value: str) -> str:
    return value[:32]


@storing("cut-at-36", "Values are cut at 36 characters.", _TRIP)
def _cut_at_36(value: str) -> str:
    return value[:36]


@storing("cut-at-64", "Values are cut at 64 characters.", _TRIP)
def _cut_at_64(value: str) -> str:
    return value[:64]


@storing("cut-at-255", "Values are cut at 255 characters.", _TRIP)
def _cut_at_255(value: str) -> str:
    return value[:255]


@storing("cut-at-1024-bytes", "Values are cut at 1,024 bytes.", _TRIP)
def _cut_at_1024_bytes(value: str) -> str:
    return value.encode()[:1024].decode("utf-8", "ignore")


@storing("cut-at-4000", "Values are cut at 4,000 characters.", _TRIP)
def _cut_at_4000(value: str) -> str:
    return value[:4000]


@storing("cut-at-nul", "Values end at a NUL.", _TRIP)
def _cut_at_nul(value: str) -> str:
    return value.partition("\0")[0]


@storing("in-lower-case", "Values are kept in lower case.", _TRIP)
def _in_lower_case(value: str) -> str:
    return value.lower()


@storing("in-upper-case", "Values are kept in upper case.", _TRIP)
def _in_upper_case(value: str) -> str:
    return value.upper()


@storing("uuids-in-lower-case", "UUIDs are kept in lower case.", _TRIP)
def _uuids_in_lower_case(value: str) -> str:
    return value.lower() if re.fullmatch("[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}", value) else value


@storing("hex-spelt-as-uuid", "32 hexadecimal digits become a UUID with hyphens.", _TRIP)
def _hex_spelt_as_uuid(value: str) -> str:
    return re.sub("^(.{8})(.{4})(.{4})(.{4})(.{12})$", r"\1-\2-\3-\4-\5", value) if re.fullmatch("[0-9a-f]{32}", value) else value


@storing("folded", "Values are case-folded where they are not ASCII.", _TRIP)
def _folded(value: str) -> str:
    return value if value.isascii() else value.casefold()


@storing("composed", "Values are normalised to NFC.", _TRIP)
def _composed(value: str) -> str:
    return unicodedata.normalize("NFC", value)


@storing("decomposed", "Values are normalised to NFD.", _TRIP)
def _decomposed(value: str) -> str:
    return unicodedata.normalize("NFD", value)


@storing("compatible", "Values are normalised to NFKC.", _TRIP)
def _compatible(value: str) -> str:
    return unicodedata.normalize("NFKC", value)


@storing("ascii-alone", "Accents are dropped.", _TRIP)
def _ascii_alone(value: str) -> str:
    return "".join(each for each in unicodedata.normalize("NFKD", value) if not unicodedata.combining(each))


@storing("letters-from-latin-1", "UTF-8 is taken for ISO 8859-1.", _TRIP)
def _letters_from_latin_1(value: str) -> str:
    return value.encode().decode("latin-1")


@storing("latin-1-or-question", "What ISO 8859-1 does not have becomes a question mark.", _TRIP)
def _latin_1_or_question(value: str) -> str:
    return value.encode("latin-1", "replace").decode("latin-1")


@storing("basic-plane-alone", "Characters outside the basic plane become question marks.", _TRIP)
def _basic_plane_alone(value: str) -> str:
    return re.sub("[\U00010000-\U0010ffff]", "?", value)


@storing("emoji-dropped", "Characters outside the basic plane are dropped.", _TRIP)
def _emoji_dropped(value: str) -> str:
    return re.sub("[\U00010000-\U0010ffff]", "", value)


@storing("invisible-dropped", "Invisible characters are dropped.", _TRIP)
def _invisible_dropped(value: str) -> str:
    return "".join(each for each in value if unicodedata.category(each) != "Cf")


@storing("control-characters-dropped", "Control characters are dropped.", _TRIP)
def _control_characters_dropped(value: str) -> str:
    return "".join(each for each in value if unicodedata.category(each) != "Cc")


@storing("breaks-unified", "Line breaks become line feeds.", _TRIP)
def _breaks_unified(value: str) -> str:
    return value.replace("\r\n", "\n")


@storing("spaces-collapsed", "Several spaces inside a value become one.", _TRIP)
def _spaces_collapsed(value: str) -> str:
    return re.sub(r"(?<=\S) {2,}(?=\S)", " ", value)


@storing("spaces-dropped", "Spaces inside a value are dropped.", _TRIP)
def _spaces_dropped(value: str) -> str:
    return re.sub(r"(?<=\S) +(?=\S)", "", value)


@storing("hyphens-dropped", "Hyphens are dropped.", _TRIP)
def _hyphens_dropped(value: str) -> str:
    return value.replace("-", "")


@storing("markup-escaped", "Values are escaped for HTML.", _TRIP)
def _markup_escaped(value: str) -> str:
    return html.escape(value, quote=False)


@storing("markup-unescaped", "Entities of HTML are resolved.", _TRIP)
def _markup_unescaped(value: str) -> str:
    return html.unescape(value)


@storing("markup-dropped", "Tags of HTML are dropped.", _TRIP)
def _markup_dropped(value: str) -> str:
    return re.sub("<[^>]*>", "", value)


@storing("percent-decoded", "Percent signs are decoded as in a URL.", _TRIP)
def _percent_decoded(value: str) -> str:
    return unquote(value)


@storing("percent-encoded", "Values are encoded as for a URL.", _TRIP)
def _percent_encoded(value: str) -> str:
    return quote(value, safe="-._~/")


@storing("plus-as-space", "A plus becomes a space.", _TRIP)
def _plus_as_space(value: str) -> str:
    return unquote_plus(value) if "+" in value and "%" not in value else value


@storing("backslashes-resolved", "Escapes with a backslash are resolved once more.", _TRIP)
def _backslashes_resolved(value: str) -> str:
    return value.replace("\\n", "\n").replace("\\\\", "\\")


@storing("backslashes-doubled", "Backslashes are doubled.", _TRIP)
def _backslashes_doubled(value: str) -> str:
    return value.replace("\\", "\\\\")


@storing("quotes-doubled", "Single quotes are doubled.", _TRIP)
def _quotes_doubled(value: str) -> str:
    return value.replace("'", "''")


@storing("quotes-dropped", "Double quotes are dropped.", _TRIP)
def _quotes_dropped(value: str) -> str:
    return value.replace('"', "")


@storing("commas-split", "Only what stands before a comma is kept.", _TRIP)
def _commas_split(value: str) -> str:
    return value.partition(",")[0]


@storing("semicolons-split", "Only what stands before a semicolon is kept.", _TRIP)
def _semicolons_split(value: str) -> str:
    return value.partition(";")[0]


@storing("paths-resolved", "Two points and a slash are resolved as in a path.", _TRIP)
def _paths_resolved(value: str) -> str:
    return value.replace("../", "")


@storing("templates-resolved", "What stands in double braces is computed.", _TRIP)
def _templates_resolved(value: str) -> str:
    return value.replace("{{7*7}}", "49")


@storing("specifiers-resolved", "Conversion specifiers are filled in.", _TRIP)
def _specifiers_resolved(value: str) -> str:
    return value.replace("%s", "None")


@storing("json-text-written-again", "A value that is JSON is read and written again.", _TRIP)
def _json_text_written_again(value: str) -> str:
    try:
        return json.dumps(json.loads(value), separators=(",", ":")) if value[:1] in "[{" else value
    except ValueError:
        return value


@storing("zeros-in-front-dropped", "Zeros in front of a number are dropped.", _TRIP)
def _zeros_in_front_dropped(value: str) -> str:
    return value.lstrip("0") or "0" if value.isdecimal() else value


@storing("digits-through-double", "A value of digits is rounded to what a double holds.", _TRIP)
def _digits_through_double(value: str) -> str:
    return str(int(float(value))) if value.isascii() and value.isdecimal() and not value.startswith("0") else value


@storing("decimals-through-float", "A decimal loses its last zero.", _TRIP)
def _decimals_through_float(value: str) -> str:
    return str(float(value)) if re.fullmatch(r"[0-9]+\.[0-9]+", value) else value


@storing("exponents-resolved", "A number with an exponent is written out.", _TRIP)
def _exponents_resolved(value: str) -> str:
    return str(float(value)) if re.fullmatch(r"[0-9]+e[0-9]+", value) else value


@storing("dates-unified", "A date and time is kept in UTC with a Z.", _TRIP)
def _dates_unified(value: str) -> str:
    return re.sub(r"\+00:00$", "Z", value)


@storing("true-capitalised", "The text true becomes True.", _TRIP)
def _true_capitalised(value: str) -> str:
    return "True" if value == "true" else value


@storing("words-for-nothing-cleared", "The texts null, none and NaN unset the identifier.", _TRIP)
def _words_for_nothing_cleared(value: str) -> str | None:
    return None if value.lower() in {"null", "none", "nan"} else value


@storing("zero-cleared", "The text 0 unsets the identifier.", _TRIP)
def _zero_cleared(value: str) -> str | None:
    return None if value == "0" else value


@storing("prefix-dropped", "The prefix `$device:` is dropped.", _TRIP)
def _prefix_dropped(value: str) -> str:
    return value.removeprefix("$device:")


@storing("last-character-lost", "Values of 40 characters and more lose the last one.", _TRIP)
def _last_character_lost(value: str) -> str:
    return value[:-1] if len(value) >= 40 else value


@storing("long-values-in-the-middle-cut", "The middle of values over 200 characters is left out.", _TRIP)
def _long_values_in_the_middle_cut(value: str) -> str:
    return f"{value[:98]}...{value[-99:]}" if len(value) > 200 else value


@storing("address-made-lower", "What looks like an e-mail address is kept in lower case.", _TRIP)
def _address_made_lower(value: str) -> str:
    return value.lower() if re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", value) else value
