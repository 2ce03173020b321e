"""`adapty-contract mock`: serve the mock until it is stopped."""

from __future__ import annotations

import json
import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import rich_click as click

from adapty_contract.target import KEY_VARIABLE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from adapty_contract.contract import Contract
    from adapty_contract.mock.server import MockServer
    from adapty_contract.mock.settings import MockSettings
    from adapty_contract.mock.site import SiteSource
    from adapty_contract.mock.store import StoredProfile
    from adapty_contract.model import Exchange
    from adapty_contract.record import RunRecord

DEFAULT_PORT = 4010

_SHOWN_PROFILES = 10

_FOLDERS = ("ledger",)
"""The folders of the reference: a test holds that all its files are in them or beside them."""


def _list_dialects(context: click.Context, _: click.Parameter, wanted: bool) -> None:  # noqa: FBT001  (click's way)
    if not wanted:
        return
    from adapty_contract.mock.dialects import dialects

    width = max(map(len, dialects()))
    for each in dialects().values():
        click.echo(f"{each.id:{width}}  {each.description}")
    context.exit()


@click.command("mock")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=DEFAULT_PORT,
    show_default=True,
    help="Port to listen on; 0 takes a free one.",
)
@click.option(
    "--state",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Keep profiles in this file, so that they outlive the mock.",
)
@click.option(
    "--dialect", "dialects", multiple=True, metavar="NAME", help="Behave so where sources disagree; repeatable."
)
@click.option("--fault", "faults", multiple=True, metavar="NAME", help="Have this defect on purpose; repeatable.")
@click.option("--seed", type=int, default=0, show_default=True, help="Shifts what happens now and then.")
@click.option("--lag", type=float, metavar="SECONDS", help="Show each write to reads only after so long.")
@click.option(
    "--journal-size",
    type=click.IntRange(0),
    default=10_000,
    show_default=True,
    help="How many exchanges the journal keeps.",
)
@click.option(
    "--profile",
    "profiles",
    multiple=True,
    metavar="IDS",
    help="A profile more: customer_user_id=NAME,profile_id=UUID, or one of them; repeatable.",
)
@click.option(
    "--report",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="The report.json or events.ndjson of a run: the reference says what it last saw to hold, and when.",
)
@click.option("--allow-public", is_flag=True, help="Listen on an address that others can reach.")
@click.option(
    "--list-dialects",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_list_dialects,
    help="List dialects and exit.",
)
def command(**options: Any) -> None:
    """Serve the mock until Ctrl-C: a stateful server that keeps the contract.

    It listens on this machine only and prints how to call it. Its key is a fake one that anybody may know, unless
    ADAPTY_API_KEY is set. A browser that opens its address gets the reference, with a console whose requests are
    judged by the contract, and with what a recorded run saw. Stopped by SIGINT or SIGTERM it exits with 0.

    \b
    Examples:
      adapty-contract mock
      adapty-contract mock --port 0 --state mock.db
      adapty-contract mock --dialect post-200-profile --dialect errors-as-strings
      adapty-contract mock --report reports/report.json
      adapty-contract mock --fault unset-told-as-empty --profile customer_user_id=jane
    """  # noqa: D301  (click wants the control character)
    from adapty_contract.contract import load_contract
    from adapty_contract.mock.server import MockServer

    contract, record = load_contract(), _record(options["report"])
    settings = _settings(options)
    site = _site(contract, settings, lambda: server.url, record)
    server = MockServer(contract, settings, on_exchange=_log, site=site)
    with server.ended_by_signals(), server:
        click.echo("\n".join(_told(server, settings, contract.path, contract.identifiers[0])))
        server.wait()
    click.echo("The mock has stopped.", err=True)


def _settings(options: dict[str, Any]) -> MockSettings:
    """The settings that the options and the environment make. Raises UsageError."""
    from adapty_contract.mock.seeds import DEFAULT_SEEDS, seed_from_text
    from adapty_contract.mock.settings import MOCK_KEY, MockSettings

    return MockSettings(
        host=options["host"],
        port=options["port"],
        key=os.environ.get(KEY_VARIABLE, "").strip() or MOCK_KEY,
        dialects=options["dialects"],
        faults=options["faults"],
        seed=options["seed"],
        state_file=options["state"],
        profiles=(*map(seed_from_text, options["profiles"]), *DEFAULT_SEEDS),
        lag_s=options["lag"],
        journal_size=options["journal_size"],
        allow_public=options["allow_public"],
    )


def _record(report: Path | None) -> RunRecord | None:
    """The run that the reference calls the last one. Raises UsageError, ContractDataError."""
    if report is None:
        return None
    from adapty_contract.replaying import read_run

    return read_run(report)


def _site(
    contract: Contract, settings: MockSettings, url: Callable[[], str], record: RunRecord | None = None
) -> SiteSource:
    """The reference with its console; made when it is first asked for, so that the mock starts at once."""
    from adapty_contract.mock.site import SiteSource

    def files() -> Mapping[str, bytes]:
        from adapty_contract.reference.building import build

        return build(contract, record, console=True)

    def judge(exchange: Exchange) -> Any:
        from adapty_contract.record_json import encode
        from adapty_contract.reference.judging import judge_recorded

        return encode(judge_recorded(exchange, contract, base_url=url(), key=_shown_key(settings)))

    return SiteSource(files, judge, _FOLDERS)


def _shown_key(settings: MockSettings) -> str:
    """The key as a shell spells it: only the fake one is shown."""
    from adapty_contract.mock.settings import MOCK_KEY

    return settings.key if settings.key == MOCK_KEY else f"${KEY_VARIABLE}"


def _told(server: MockServer, settings: MockSettings, path: str, identifier: str) -> Iterator[str]:
    """What a person needs to call the mock."""
    from adapty_contract.mock.asgi import OWN_PREFIX

    shown = _shown_key(settings)
    profiles = server.application.api.store.every()
    yield f"The mock serves {server.url}"
    for kind, names in (("dialects", settings.dialects), ("faults", settings.faults)):
        if names:
            yield f"with the {kind} {', '.join(names)}"
    yield "\nProfiles:"
    yield from (_profile_line(profile) for profile in profiles[:_SHOWN_PROFILES])
    if len(profiles) > _SHOWN_PROFILES:
        yield f"  and {len(profiles) - _SHOWN_PROFILES} more"
    yield f"\nAPI key:\n  {shown}"
    if profiles:
        yield f"\nRead:\n  {_curl(server.url + path, shown, profiles[0])}"
        body = json.dumps({identifier: "example"})
        yield f"\nWrite:\n  {_curl(server.url + path, shown, profiles[0], body)}"
    own = _own_url(server, settings.host)
    if own is not None:
        yield f"\nReference, with a console to try it:\n  {own}/"
        yield f"\nJournal and more: {own}{OWN_PREFIX}journal, {own}{OWN_PREFIX}"
    yield "Ctrl-C stops it."


def _own_url(server: MockServer, host: str) -> str | None:
    """Where the mock tells about itself, which it does to this machine only; `None` where it does not listen for that."""
    from adapty_contract.mock.ports import is_loopback

    if is_loopback(host):
        return server.url
    loopback = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host)  # noqa: S104  (compared, not bound)
    return None if loopback is None else f"http://{loopback}:{server.port}"


def _profile_line(profile: StoredProfile) -> str:
    name = profile.customer_user_id or "(anonymous)"
    return f"  {name:20} {profile.profile_id}  {len(profile.identifiers)} identifiers set"


def _curl(url: str, key: str, profile: StoredProfile, body: str | None = None) -> str:
    """A line for a shell that reads `profile`, or writes `body` to it."""
    from adapty_contract.mock.identity import CUSTOMER_HEADER, PROFILE_HEADER, SCHEME

    header, value = CUSTOMER_HEADER, profile.customer_user_id
    if value is None:
        header, value = PROFILE_HEADER, profile.profile_id
    words = [
        "curl -sS",
        shlex.quote(url),
        f'-H "Authorization: {SCHEME} {key}"',
        "-H",
        shlex.quote(f"{header}: {value}"),
    ]
    if body is not None:
        words[0] = "curl -i -sS"  # the answer's body is blank: show its status
        words += ["-H 'Content-Type: application/json'", "--data", shlex.quote(body)]
    return " ".join(words)


def _log(exchange: Exchange) -> None:
    """One line for each exchange; redacted, and safe to show."""
    from adapty_contract.visible import one_line

    request, moment = exchange.request, exchange.started[11:19]
    line = f"{moment} {request.method} {request.target} {exchange.status} {exchange.elapsed * 1000:.1f} ms"
    click.echo(one_line(line, 200), err=True)
