"""Whole pages: authentication, errors, answers, words, and how they are laid out."""

from __future__ import annotations

from adapty_contract.drift.evidence import Evidence, PageEvidence
from adapty_contract.drift.model import Discrepancy, Stated
from adapty_contract.drift.places import documented_statuses
from adapty_contract.drift.rules import Found, rule


@rule("keys-differ")
def keys_differ(evidence: Evidence) -> Found:
    """The text of a page names one kind of key, and its samples use another."""
    for page in evidence.pages:
        said = page.first("security.key")
        used = page.all("sample.*.*.key")
        if said and used and "public" in str(said.claim.value).lower() and any(_secret(each) for each in used):
            yield Discrepancy(
                "keys-differ",
                "security.key",
                "the text names the public key, the samples the secret one",
                (said, *used),
            )


def _secret(stated: Stated) -> bool:
    return "secret" in str(stated.claim.value).lower()


@rule("authentication-on-one-page")
def authentication_on_one_page(evidence: Evidence) -> Found:
    """One page has a section on authentication, the other has none."""
    for pair in evidence.pairs():
        having = [page for page in pair if page.first("security.key")]
        lacking = [page for page in pair if page not in having]
        for page in having if lacking else ():
            hints = tuple(each for each in lacking[0].all("page.*.placeholder.*") if "KEY" in each.subject)
            yield Discrepancy(
                "authentication-on-one-page",
                "security.section",
                f"only the {page.method.upper()} page has a section on authentication",
                (*page.all("security.key"), *hints),
                (lacking[0].missing("security.key"),),
            )


@rule("parameters-denied")
def parameters_denied(evidence: Evidence) -> Found:
    """A page says that there are no parameters, and its samples send some."""
    for page in evidence.pages:
        denied = page.first("request.parameters")
        sent = page.all("sample.*.*.header.adapty-customer-user-id")
        if denied and sent:
            yield Discrepancy(
                "parameters-denied",
                f"request.{page.method}.parameters",
                "the text says that there are no parameters; every sample sends headers that the operation needs",
                (denied, *sent),
            )


@rule("errors-incomplete")
def errors_incomplete(evidence: Evidence) -> Found:
    """A page lists some of the errors that an operation has, or none below its heading."""
    for page in evidence.pages:
        if page.reading.openapi:
            continue
        listed = [each for each in page.all(f"response.*.{page.method}") if each.subject.split(".")[1][0] in "45"]
        have = ", ".join(sorted(each.subject.split(".")[1] for each in listed)) or "no error"
        for status in documented_statuses(evidence.contract, page.method):
            subject = f"response.{status}.{page.method}"
            if status[0] in "45" and not page.first(subject):
                yield Discrepancy(
                    "errors-incomplete",
                    f"error.{page.method}",
                    f"the page lists {have}, and not {status}",
                    missing=(page.missing(subject),),
                    context=(*page.all(f"response.errors.{page.method}.empty"), *listed),
                )


@rule("success-missing")
def success_missing(evidence: Evidence) -> Found:
    """A page does not say what the answer to a success is."""
    for page in evidence.pages:
        if not page.reading.openapi and not page.first(f"response.200.{page.method}"):
            subject = f"response.200.{page.method}"
            yield Discrepancy("success-missing", subject, "the page has no status 200", (), (page.missing(subject),))


@rule("operation-missing")
def operation_missing(evidence: Evidence) -> Found:
    """A page does not say what its operation is; its samples do."""
    for page in evidence.pages:
        for subject in ("operation.path", "operation.host"):
            if not page.reading.openapi and not page.first(subject):
                yield Discrepancy(
                    "operation-missing", subject, f"the page has no {subject}", (), (page.missing(subject),)
                )


@rule("envelopes-differ")
def envelopes_differ(evidence: Evidence) -> Found:
    """A read answers flat, and a write with an object of another kind."""
    for read, write in evidence.pairs():
        flat = read.first("response.200.get.example")
        other = write.first("response.200.post.example.component") or write.first("response.200.post.example")
        if flat and other:
            first = next(iter(read.values("response.200.get.example").values()), flat)
            yield Discrepancy(
                "envelopes-differ",
                "response.200.post.envelope",
                "the read shows a flat object of identifiers, the write another object",
                (other, first),
            )


@rule("read-says-set")
def read_says_set(evidence: Evidence) -> Found:
    """The path of a read holds the word for writing."""
    for page in evidence.of("get"):
        path = page.first("operation.path")
        if path and "set" in str(path.claim.value).split("/"):
            others = tuple(each for write in evidence.of("post") for each in write.all("operation.path"))
            yield Discrepancy(
                "read-says-set",
                "request.url.path",
                "the path of the read holds “set”, as the write's does",
                (path, *others),
            )


@rule("verbs-differ")
def verbs_differ(evidence: Evidence) -> Found:
    """The words of a page say that a write adds, and its path that it sets."""
    for page in evidence.of("post"):
        path = page.first("operation.path")
        words = [each for each in page.all("page.post.*") if _says_add(each)]
        if path and words and "set" in str(path.claim.value).split("/"):
            yield Discrepancy(
                "verbs-differ",
                "request.post.effect",
                "the text says that identifiers are added, the path that they are set",
                (*words, path),
            )


def _says_add(stated: Stated) -> bool:
    kind = stated.subject.rpartition(".")[2]
    return kind in ("title", "purpose") and str(stated.claim.value).lower().startswith("add")


@rule("structure-uneven")
def structure_uneven(evidence: Evidence) -> Found:
    """Headings skip a level, or placeholders are explained nowhere."""
    for page in evidence.pages:
        jumps = page.all(f"page.{page.method}.structure")
        used = [each for each in page.all("sample.*.*.header.*") if "<" in str(each.claim.value)]
        unexplained = () if page.first(f"page.{page.method}.placeholder.*") or not used else tuple(used)
        if jumps or unexplained:
            yield Discrepancy(
                "structure-uneven",
                f"page.{page.method}.structure",
                " and ".join(
                    [
                        *(["headings skip a level"] if jumps else []),
                        *(["no placeholder is explained"] if unexplained else []),
                    ]
                ),
                (*jumps, *unexplained),
                (page.missing(f"page.{page.method}.placeholder.*"),) if unexplained else (),
            )


@rule("fence-uneven")
def fence_uneven(evidence: Evidence) -> Found:
    """A code fence is written otherwise than most, so that plain extractors miss it."""
    for page in evidence.pages:
        for each in page.all(f"page.{page.method}.fence"):
            yield Discrepancy("fence-uneven", each.subject, f"a code fence has a {each.claim.value}", (each,))


@rule("tabs-uneven")
def tabs_uneven(evidence: Evidence) -> Found:
    """Several tabs are the default one, or the tabs of one page are in a group and those of the other are not."""
    for page in evidence.pages:
        for each in page.all(f"page.{page.method}.tabs"):
            value = each.claim.value if isinstance(each.claim.value, dict) else {}
            several = len(value.get("defaults", ())) > 1
            if several or not value.get("group"):
                alone = "" if value.get("group") else "; they belong to no group"
                yield Discrepancy(
                    "tabs-uneven",
                    each.subject,
                    f"{len(value.get('defaults', ()))} tabs are the default one{alone}",
                    (each,),
                )


@rule("links-uneven")
def links_uneven(evidence: Evidence) -> Found:
    """A description has no link where the others have one, or a full stop inside it."""
    for page in evidence.pages:
        claims = [*_unlinked(page), *(each for each in page.all("link.*") if str(each.claim.value).endswith("."))]
        if claims:
            yield Discrepancy(
                "links-uneven",
                f"page.{page.method}.wording",
                "one description has no link to its integration, or full stops stand inside links",
                tuple(claims),
            )


def _unlinked(page: PageEvidence) -> list[Stated]:
    linked = {each.claim.line for each in page.all("link.*")}
    rows = [*page.all("request.field.*.description"), *page.all("response.200.get.field.*.description")]
    return [each for each in rows if linked and each.claim.value and each.claim.line not in linked]
