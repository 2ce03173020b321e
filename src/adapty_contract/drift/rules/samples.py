"""Samples against their page, each other, and the other page."""

from __future__ import annotations

from functools import partial

from adapty_contract.drift.evidence import Evidence, PageEvidence
from adapty_contract.drift.model import Discrepancy, Stated
from adapty_contract.drift.places import headers_of, operation_of
from adapty_contract.drift.rules import Found, rule


def _is_expected(method: str, stated: Stated) -> bool:
    return str(stated.claim.value).lower() == method


def _language(stated: Stated) -> str:
    return stated.subject.split(".")[2]


@rule("samples-of-a-page-differ")
def samples_of_a_page_differ(evidence: Evidence) -> Found:
    """The samples of one page make different requests."""
    for page in evidence.pages:
        methods = page.all(f"sample.{page.method}.*.method")
        silent = [each for each in page.all(f"sample.{page.method}.*.sends") if each.claim.value is False]
        quiet = {_language(each) for each in silent}
        heard = {each.claim.value for each in methods if _language(each) not in quiet}
        if len(heard) + bool(silent) > 1:
            told = [
                f"{_language(each)} sends {'nothing' if _language(each) in quiet else each.claim.value}"
                for each in methods
            ]
            odd_first = sorted(methods, key=partial(_is_expected, page.method))
            yield Discrepancy(
                "samples-of-a-page-differ",
                f"sample.{page.method}.request",
                f"the samples make different requests: {', '.join(told)}",
                (*odd_first, *silent),
            )


@rule("samples-send-other-headers")
def samples_send_other_headers(evidence: Evidence) -> Found:
    """The samples of the two pages, or of one, send different sets of headers."""
    for page in evidence.pages:
        yield from _headers_of_one(page)
    for read, write in evidence.pairs():
        ours, theirs = _headers(read), _headers(write)
        if set(ours) == set(theirs) or not ours or not theirs:
            continue
        odd = {name: each for name, each in {**ours, **theirs}.items() if (name in ours) != (name in theirs)}
        yield Discrepancy(
            "samples-send-other-headers",
            "sample.*.headers",
            f"the read samples send {len(ours)} headers, the write samples {len(theirs)}: {', '.join(odd)} on one only",
            (*odd.values(), *(each for name, each in ours.items() if name in theirs)),
        )


def _headers(page: PageEvidence) -> dict[str, Stated]:
    return {each.subject.split(".", 4)[4]: each for each in reversed(page.all(f"sample.{page.method}.*.header.*"))}


def _headers_of_one(page: PageEvidence) -> Found:
    by_language: dict[str, set[str]] = {_language(each): set() for each in page.all(f"sample.{page.method}.*.method")}
    for each in page.all(f"sample.{page.method}.*.header.*"):
        by_language[_language(each)].add(each.subject.split(".", 4)[4])
    everything = set().union(*by_language.values())
    for language, names in by_language.items():
        # What most samples send and one does not is the slip of that one.
        for name in sorted(everything - names):
            having = [other for other in by_language if name in by_language[other]]
            if 2 * len(having) > len(by_language):
                yield Discrepancy(
                    "samples-send-other-headers",
                    f"sample.{page.method}.{language}.header.{name}",
                    f"{language} does not send {name}, as {' and '.join(having)} do",
                    (),
                    (page.missing(f"sample.{page.method}.{language}.header.{name}"),),
                )


@rule("optional-header-on-one-page")
def optional_header_on_one_page(evidence: Evidence) -> Found:
    """A header that nothing demands is sent by the samples of one page only."""
    for read, write in evidence.pairs():
        ours, theirs = _headers(read), _headers(write)
        for name in sorted(_optional(evidence) & (set(ours) ^ set(theirs))):
            having, lacking = (read, write) if name in ours else (write, read)
            sent = having.all(f"sample.*.*.header.{name}")
            yield Discrepancy(
                "optional-header-on-one-page",
                f"request.header.{name}",
                f"only the {having.method.upper()} page sends {name}",
                sent,
                (lacking.missing(f"sample.{lacking.method}.*.header.{name}"),),
            )


def _optional(evidence: Evidence) -> set[str]:
    """The headers that a request may carry and need not."""
    item = evidence.contract.spec["paths"][evidence.contract.path]
    chosen = {name for method in ("get", "post") for name in item.get(method, {}).get("x-exactly-one-of", ())}
    return {name for name, needed in headers_of(evidence.contract).items() if not needed} - chosen


@rule("sample-bodies-differ")
def sample_bodies_differ(evidence: Evidence) -> Found:
    """Samples of one page that send bodies send different ones: other members or values, or the same in other bytes."""
    for page in evidence.pages:
        bodies = [each for each in page.all(f"sample.{page.method}.*.body") if isinstance(each.claim.value, dict)]
        if len(bodies) < 2:
            continue
        yield from _odd_members(page, bodies)
        how = ", ".join(_language(each) for each in bodies)
        yield Discrepancy(
            "sample-bodies-differ",
            f"sample.{page.method}.*.body",
            f"{how} write the object each in their own way, so that the bytes differ",
            tuple(bodies),
        )


def _odd_members(page: PageEvidence, bodies: list[Stated]) -> Found:
    by_language = {_language(each): dict(each.claim.value) for each in bodies if isinstance(each.claim.value, dict)}
    for name in sorted(set().union(*by_language.values())):
        having = [language for language, body in by_language.items() if name in body]
        values = {str(by_language[language][name]) for language in having}
        if len(having) == len(by_language) and len(values) == 1:
            continue
        claims = [claim for lang in having for claim in page.all(f"sample.{page.method}.{lang}.body.field.{name}")]
        odd = sorted(claims, key=lambda each: sum(other.claim.value == each.claim.value for other in claims))
        lacking = [language for language in by_language if language not in having]
        few = len(having) <= len(lacking)
        yield Discrepancy(
            "sample-bodies-differ",
            f"sample.{page.method}.*.body.field.{name}",
            f"{name} is not the same in all samples: "
            + ", ".join(f"{lang} {'has none' if lang in lacking else 'sends it'}" for lang in by_language),
            tuple(odd) if few or not lacking else (),
            tuple(page.missing(f"sample.{page.method}.{lang}.body.field.{name}") for lang in lacking),
        )


@rule("header-named-nowhere")
def header_named_nowhere(evidence: Evidence) -> Found:
    """A header that names the profile stands on no line of a page."""
    for page in evidence.pages:
        operation = operation_of(evidence.contract, page.method)
        names = operation.get("x-exactly-one-of", ())
        instead = tuple(each for name in names for each in page.all(f"sample.{page.method}.*.header.{name}"))
        for name in names:
            if not page.all(f"sample.*.*.header.{name}") and not page.all(f"request.header.{name}.**"):
                yield Discrepancy(
                    "header-named-nowhere",
                    f"request.header.{name}",
                    f"the page does not know the header {name}",
                    instead,
                    (page.missing(f"sample.{page.method}.*.header.{name}"),),
                )
