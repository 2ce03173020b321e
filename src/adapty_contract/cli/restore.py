"""`adapty-contract restore`: put test profiles back as an interrupted run found them."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import rich_click as click


@click.command("restore")
@click.argument("run")
@click.option("--key-file", type=click.Path(path_type=Path), help="Read the key from a file instead of ADAPTY_API_KEY.")
@click.option(
    "--ca-file", type=click.Path(path_type=Path), help="Trust this certificate authority besides the usual ones."
)
def command(run: str, key_file: Path | None, ca_file: Path | None) -> int:
    """Put the test profiles back as RUN found them: its id, or the path of its safety journal.

    A run does this by itself when it ends; this is for one that was killed. What the run changed and the API cannot
    unset is named.

    \b
    Examples:
      adapty-contract restore 20261122T142301-1a2b3c
      adapty-contract restore ~/.local/state/adapty-contract/20261122T142301-1a2b3c.journal.ndjson
    """  # noqa: D301  (click wants the control character)
    from adapty_contract.contract import load_contract
    from adapty_contract.errors import TargetError
    from adapty_contract.late_restoring import restore_run
    from adapty_contract.record import Restoration
    from adapty_contract.target import read_key

    contract = load_contract()
    prompt = (lambda: str(click.prompt("API key", hide_input=True, err=True))) if sys.stdin.isatty() else None
    key = read_key(key_file, os.environ, prompt)
    records = restore_run(run, contract, key, ca_file)
    for record in records:
        name = record.profile.customer_user_id or record.profile.profile_id
        names = f": {', '.join(record.names)}" if record.names else ""
        click.echo(f"{name}: {record.outcome}{names}")
    if not records:
        click.echo("nothing to put back")
    if any(record.outcome is Restoration.FAILED for record in records):
        raise TargetError("not everything could be put back", hint="check the key and the server, and try again")
    return 0
