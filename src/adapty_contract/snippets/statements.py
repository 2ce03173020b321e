"""What a page says about its samples: the operation, and each sample's own claims. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from adapty_contract.pages.model import Claim, Page, Sample


@dataclass(frozen=True, slots=True)
class Statements:
    """What a page says of one sample.

    That is the method, host and path of its operation, None where it says none, and the claims of the sample itself
    by their subjects.
    """

    method: Claim | None
    host: Claim | None
    path: Claim | None
    own: Mapping[str, Claim]

    def headers(self, sample: Sample) -> dict[str, Claim]:
        """The headers that the sample gives, by name in lower case."""
        prefix = f"{sample.id}.header."
        return {name.removeprefix(prefix): claim for name, claim in self.own.items() if name.startswith(prefix)}


def statements_of(page: Page, sample: Sample) -> Statements:
    """What `page` says of `sample`; of several operations it is the last one named above the sample."""
    own = {
        claim.subject: claim
        for claim in page.claims
        if claim.page == sample.page and claim.subject.startswith(f"{sample.id}.")
    }
    method = _last(page, "operation.method", sample)
    line = method.line if method is not None else None
    beside = {claim.subject: claim for claim in page.claims if line is not None and claim.line == line}
    return Statements(
        method or own.get(f"{sample.id}.method"), beside.get("operation.host"), beside.get("operation.path"), own
    )


def _last(page: Page, subject: str, sample: Sample) -> Claim | None:
    claims = [claim for claim in page.claims if claim.subject == subject]
    above = [claim for claim in claims if claim.page != sample.page or claim.line < sample.line]
    found = above[-1] if above else claims[0] if claims else None
    # A sample's id names the method of its operation; of another one this page tells no more than that.
    return found if found is not None and sample.id.split(".")[1] == str(found.value).lower() else None


def host_of(url: str) -> str:
    """The host of a URL; "" for what cannot be taken apart, and where it has none."""
    try:
        return urlsplit(url).netloc
    except ValueError:
        return ""


def fits(path: str, template: str) -> bool:
    """Whether a path is one that `template` stands for: a part in braces stands for any."""
    parts, wanted = path.split("/"), template.split("/")
    return len(parts) == len(wanted) and all(
        part == want or (want.startswith("{") and want.endswith("}") and part)
        for part, want in zip(parts, wanted, strict=True)
    )
