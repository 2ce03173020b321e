"""`adapty-contract spec`: print the OpenAPI document."""

from __future__ import annotations

import rich_click as click

from adapty_contract.printing import write_output


@click.command("spec")
@click.option(
    "--format",
    "fmt",
    type=click.Choice(["yaml", "json"]),
    default="yaml",
    show_default=True,
    help="How to write it.",
)
@click.option(
    "--openapi",
    "version",
    type=click.Choice(["3.1", "3.0"]),
    default="3.1",
    show_default=True,
    help="The version of OpenAPI to write it in.",
)
def command(fmt: str, version: str) -> None:
    """Print the OpenAPI document of the two operations.

    YAML in 3.1 is the hand-written file itself, with its comments. 3.0 is made from it, for tools that know no 3.1.

    \b
    Examples:
      adapty-contract spec > integration-identifiers.yaml
      adapty-contract spec --format json | jq '.components.schemas | keys'
      adapty-contract spec --openapi 3.0 --format json > spec-3.0.json
    """  # noqa: D301  (click wants the control character)
    from adapty_contract.contract import load_contract
    from adapty_contract.spec_export import dump, to_openapi30

    contract = load_contract()
    if (fmt, version) == ("yaml", "3.1"):
        data = contract.spec_path.read_bytes()
    else:
        data = dump(to_openapi30(contract.spec) if version == "3.0" else contract.spec, fmt).encode()
    write_output(data)
