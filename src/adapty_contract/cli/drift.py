"""`adapty-contract drift`: what vendor pages claim, against contract and ledger."""

from __future__ import annotations

from pathlib import Path

import rich_click as click

from adapty_contract.printing import write_result

_DRIFT = 1
_NOTHING = 5
"""The exit status where no page is about one of the two operations."""


@click.command("drift")
@click.argument("pages", nargs=-1, type=click.Path(path_type=Path), metavar="PAGE...")
@click.option(
    "--components",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="A folder with the files that pages import; without it they are told as unresolved.",
)
@click.option(
    "--openapi",
    "documents",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Somebody else's OpenAPI document, read as one more page; may be repeated.",
)
@click.option(
    "--against",
    "older",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="OLD_PAGE",
    help="An older version of a page, not of a document: also show what changed, as claims; may be repeated.",
)
@click.option(
    "--format",
    "name",
    type=click.Choice(["text", "json", "sarif"]),
    default="text",
    show_default=True,
    help="How to write it.",
)
@click.option(
    "--contract", type=click.Path(path_type=Path, file_okay=False), help="Another folder with openapi/ and contracts/."
)
@click.option("--output", default="-", metavar="FILE", show_default=True, help="Where to write it; - is stdout.")
def command(
    *,
    pages: tuple[Path, ...],
    components: Path | None,
    documents: tuple[Path, ...],
    older: tuple[Path, ...],
    name: str,
    contract: Path | None,
    output: str,
) -> int:
    """Compare what vendor pages claim with the contract.

    Each claim agrees with the contract, is explained by an entry of the ledger, or is drift. Contradictions in a page
    and between pages are found too, and so is what the ledger says of a page that the page does not say any more. Which
    operation a page is about is told from its text; a page about another one is read, and compared with nothing: that is
    drift if one of the two operations has no page then.

    Exit status: 0 no drift, 1 drift, 2 a file that is no page, 5 no page is about one of the two operations, 6 the
    output could not be written.

    \b
    Examples:
      adapty-contract drift pages/*.mdx
      adapty-contract drift pages/*.mdx --components pages/components
      adapty-contract drift new/page.mdx --against old/page.mdx
      adapty-contract drift pages/*.mdx --format sarif --output drift.sarif
      adapty-contract drift --openapi their-api.yaml --format json | jq .findings
    """  # noqa: D301  (click wants the control character)
    from adapty_contract.drift.comparison import compare
    from adapty_contract.drift.formats import formats
    from adapty_contract.drift.loading import load_for_drift
    from adapty_contract.errors import UsageError

    if not pages and not documents:
        raise UsageError("no page is given", hint="name the files of the pages, or documents with --openapi")
    comparison = compare(load_for_drift(contract), pages, documents, components, older)
    content = formats()[name](comparison).encode()
    write_result(content, output)
    if not any(reading.is_ours for reading in comparison.report.readings):
        return _NOTHING
    return _DRIFT if comparison.report.drift else 0
