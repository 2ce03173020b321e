"""Tables, examples and bodies: the fields that they have, and the orders they have them in."""

from __future__ import annotations

from difflib import SequenceMatcher

from adapty_contract.drift.evidence import Evidence, PageEvidence
from adapty_contract.drift.expectations.fields import kind_of
from adapty_contract.drift.model import Discrepancy, Stated
from adapty_contract.drift.places import identifier_of
from adapty_contract.drift.rules import Found, rule

_READ = "response.200.get"
_NEAR = 0.9
"""How alike two names are of which one is a slip for the other."""


def request_values(page: PageEvidence) -> dict[str, Stated]:
    """The members of the bodies that a page's samples send, each where it is sent first."""
    found: dict[str, Stated] = {}
    for each in page.all("sample.*.*.body.field.*"):
        found.setdefault(each.subject.rpartition(".")[2], each)
    return found


def near(name: str, names: frozenset[str] | set[str]) -> str | None:
    """The one of `names` that is all but the same, if there is one."""
    best = max(names, key=lambda other: SequenceMatcher(None, name, other).ratio(), default=None)
    return best if best is not None and SequenceMatcher(None, name, best).ratio() >= _NEAR else None


@rule("table-names-differ")
def table_names_differ(evidence: Evidence) -> Found:
    """A table has a name that the samples or the example of the same page do not have."""
    for page in evidence.pages:
        lists = (("request", request_values(page)), (_READ, page.values(f"{_READ}.example")))
        for base, others in lists:
            if not others:
                continue
            rows = page.fields(base)
            for name in (name for name in rows if name not in others and "." not in name):
                meant = near(name, others.keys() - rows.keys())
                claims = (rows[name],) if meant is None else (rows[name], others[meant])
                missing = () if meant is None else (page.missing(f"{base}.field.{meant}.presence"),)
                so = "has no such field" if meant is None else f"has {meant}"
                yield Discrepancy(
                    "table-names-differ",
                    f"{base}.field.{name}",
                    f"the table has {name}, the code {so}",
                    claims,
                    missing,
                )


@rule("identifier-missing")
def identifier_missing(evidence: Evidence) -> Found:
    """An identifier of the contract stands in no row of a table, or in no example, that lists the others."""
    known = evidence.contract.identifiers
    for page in evidence.pages:
        for base, rows in (("request", page.fields("request")), (_READ, page.fields(_READ))):
            slips = {near(name, evidence.contract.identifier_set) for name in rows if name not in known}
            listed = evidence.contract.identifier_set & rows.keys()  # one that lists none is a table of another kind
            for name in (name for name in known if listed and name not in rows and name not in slips):
                yield _lacking(evidence, page, f"{base}.field.{name}.presence", name, "the table")
        shown = page.values(f"{_READ}.example")
        for name in (name for name in known if shown and name not in shown):
            yield _lacking(evidence, page, f"{_READ}.example.field.{name}", name, "the example")


def _lacking(evidence: Evidence, page: PageEvidence, subject: str, name: str, where: str) -> Discrepancy:
    elsewhere = tuple(
        claim
        for other in evidence.pages
        if other is not page and not other.reading.openapi
        for claim in other.all(f"response.200.get.field.{name}.presence")
    )
    also = f", which the {elsewhere[0].reading.method} page has" if elsewhere else ""
    return Discrepancy(
        "identifier-missing",
        subject,
        f"{where} has no {name}{also}",
        missing=(page.missing(subject),),
        context=elsewhere,
    )


@rule("type-beside-null")
def type_beside_null(evidence: Evidence) -> Found:
    """A field is called a String, and is null in the example."""
    for page in evidence.pages:
        for name, shown in page.values(f"{_READ}.example").items():
            typed = page.first(f"{_READ}.field.{name}.type")
            if shown.claim.value is None and typed is not None and "null" not in str(typed.claim.value).lower():
                yield Discrepancy(
                    "type-beside-null",
                    f"{_READ}.field.{name}.type",
                    f"{name} is called {typed.claim.value} and is null in the example",
                    (typed, shown),
                )


@rule("presence-only-shown")
def presence_only_shown(evidence: Evidence) -> Found:
    """The example shows null where the table says neither that a field may be null nor that it is always there."""
    for page in evidence.pages:
        nulls = tuple(each for each in page.values(f"{_READ}.example").values() if each.claim.value is None)
        if nulls and not page.all(f"{_READ}.field.*.nullable") and not page.all(f"{_READ}.field.*.required"):
            yield Discrepancy(
                "presence-only-shown",
                f"{_READ}.field.*.presence",
                f"{len(nulls)} fields are null in the example; no text says whether what is unset is null or left out",
                nulls,
            )


@rule("null-read-not-written")
def null_read_not_written(evidence: Evidence) -> Found:
    """A field is null when it is read, and null cannot be written."""
    for read, write in evidence.pairs():
        for name, shown in read.values(f"{_READ}.example").items():
            mark = write.first(f"request.field.{name}.nullable")
            if shown.claim.value is None and mark is not None and mark.claim.value is False:
                yield Discrepancy(
                    "null-read-not-written",
                    f"request.field.{name}.nullable",
                    f"{name} is read as null and may not be written as null",
                    (mark, shown),
                )


@rule("nothing-required")
def nothing_required(evidence: Evidence) -> Found:
    """No field of a request is required, so that an empty object fits the table."""
    for page in evidence.pages:
        marks = page.all("request.field.*.required")
        if marks and not page.reading.openapi and not any(each.claim.value is True for each in marks):
            yield Discrepancy(
                "nothing-required",
                "request.body.empty",
                "no field is required, so that {} fits the table; the contract wants at least one",
                tuple(each for each in marks if each.claim.value is False),
            )


@rule("example-fits-no-format")
def example_fits_no_format(evidence: Evidence) -> Found:
    """A sample sends a placeholder for a field of which the other page shows a real value."""
    for read, write in evidence.pairs():
        for name, shown in read.values(f"{_READ}.example").items():
            sent = request_values(write).get(name)
            if sent is not None and shown.claim.value is not None and sent.claim.value == f"example_{name}":
                yield Discrepancy(
                    "example-fits-no-format",
                    f"request.field.{name}.format",
                    f"{name} is sent as a placeholder and read as a value with a format",
                    (sent, shown),
                )


@rule("orders-differ")
def orders_differ(evidence: Evidence) -> Found:
    """The lists of fields have different orders."""
    lists = [each for page in evidence.pages if not page.reading.openapi for each in _lists(page) if each]
    orders = {tuple(name for name in one if all(name in other for other in lists)) for one in lists}
    if len(orders) > 1:
        yield Discrepancy(
            "orders-differ",
            "field.order",
            f"{len(lists)} lists of fields have {len(orders)} orders",
            tuple(next(iter(one.values())) for one in lists),
        )


def _lists(page: PageEvidence) -> tuple[dict[str, Stated], ...]:
    return (page.fields("request"), page.fields(_READ), page.values(f"{_READ}.example"), request_values(page))


@rule("meaning-differs")
def meaning_differs(evidence: Evidence) -> Found:
    """A description gives an identifier to a user, a device or an app, and the contract to another."""
    for page in evidence.pages:
        for each in (*page.all("request.field.*.description"), *page.all(f"{_READ}.field.*.description")):
            name = each.subject.split(".")[-2]
            known = str(identifier_of(evidence.contract, name).get("x-identifies", ""))
            said = kind_of(str(each.claim.value or ""))
            if known and said and said not in known.split():
                yield Discrepancy(
                    "meaning-differs",
                    f"field.{name}.meaning",
                    f"{name} is described as an id of the {said}; it identifies the {known}",
                    (each,),
                )


@rule("mark-on-one-page")
def mark_on_one_page(evidence: Evidence) -> Found:
    """One page calls a field legacy or recommended, and the other does not."""
    for read, write in evidence.pairs():
        legacy = [each for each in read.all(f"{_READ}.field.*.description") if _marked(each, "legacy")]
        better = [each for each in read.all(f"{_READ}.field.*.description") if _marked(each, "recommended")]
        for old in legacy:
            name = old.subject.split(".")[-2]
            others = [write.first(f"request.field.{each.subject.split('.')[-2]}.description") for each in better]
            plain = [each for each in others if each is not None and not _marked(each, "recommended")]
            if plain:
                yield Discrepancy(
                    "mark-on-one-page",
                    f"field.{name}",
                    f"only the GET page says that {name} is legacy and which id is recommended",
                    (old, *better, *plain),
                )


def _marked(stated: Stated, word: str) -> bool:
    return word in str(stated.claim.value).lower()


@rule("example-looks-edited")
def example_looks_edited(evidence: Evidence) -> Found:
    """Several values of an example hold the same run of digits, as if it had been typed over."""
    for page in evidence.of("get"):
        values = page.values(f"{_READ}.example").values()
        for digit in "0123456789":
            run = [each for each in values if digit * 3 in str(each.claim.value or "")]
            if len(run) > 1:
                yield Discrepancy(
                    "example-looks-edited",
                    f"{_READ}.example",
                    f"{len(run)} unrelated ids hold the run {digit * 3}",
                    tuple(run),
                )
