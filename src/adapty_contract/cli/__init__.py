"""The command line: one module a command, imported when it is called."""

from __future__ import annotations

import difflib
import importlib
import os
import pkgutil
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import rich_click as click

from adapty_contract import __version__
from adapty_contract.errors import ContractSuiteError, InternalError, ReportError, UsageError, place_of

CONFIG_FILE = "adapty-contract.toml"
ENVIRONMENT_PREFIX = "ADAPTY_CONTRACT"


class LazyGroup(click.RichGroup):
    """A group whose commands are the modules beside this one, each imported only when needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """The names of the commands: the names of the modules."""
        return sorted(info.name.replace("_", "-") for info in pkgutil.iter_modules(__path__))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, from its module's `command`; `None` if there is none."""
        if cmd_name not in self.list_commands(ctx):
            return None
        module = importlib.import_module(f"{__name__}.{cmd_name.replace('-', '_')}")
        command: click.Command = module.command
        return command


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "auto_envvar_prefix": ENVIRONMENT_PREFIX},
    epilog="Exit status: 0 held, 1 violated, 2 usage, 3 target not testable, 4 safety stop, 5 nothing exercised, "
    "6 report not written, 130/143 interrupted.",
)
@click.version_option(__version__, prog_name="adapty-contract")
@click.option(
    "--config", type=click.Path(path_type=Path, dir_okay=False), help=f"Configuration instead of {CONFIG_FILE}."
)
@click.pass_context
def group(ctx: click.Context, config: Path | None) -> None:
    """Contract tests and a mock for Adapty's integration-identifiers API.

    Every option can also stand in `[tool.adapty-contract]` of pyproject.toml or in adapty-contract.toml, and in an
    environment variable: ADAPTY_CONTRACT_VERIFY_BUDGET for `verify --budget`. The command line beats the environment,
    the environment beats the file.
    """
    ctx.default_map = default_map(config)
    if ctx.invoked_subcommand is not None:
        _require_known(ctx, ctx.invoked_subcommand)


def _require_known(ctx: click.Context, invoked: str) -> None:
    """Raise UsageError for a table that is no command, and for an option that the invoked command does not have."""
    tables: Mapping[str, Any] = ctx.default_map or {}
    commands = group.list_commands(ctx)
    for name in tables:
        if name not in commands:
            raise UsageError(
                f"the configuration has a table [{name}], which is no command", hint=_nearest(name, commands)
            )
    command = group.get_command(ctx, invoked)
    known = [parameter.name or "" for parameter in command.params] if command else []
    for name in tables.get(invoked, {}):
        if name not in known or name == "key":
            raise UsageError(
                f"the configuration has an option {name}, which {invoked} has not", hint=_nearest(name, known)
            )


def _nearest(name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    return f"did you mean {near[0].replace('_', '-')}?" if near else "`--help` lists what there is"


def default_map(config: Path | None) -> dict[str, Any]:
    """Defaults of all commands from a file: top-level options are those of `verify`, tables those of other commands.

    Raises UsageError for a file that cannot be read.
    """
    table = _configuration(config)
    commands = {name: dict(value) for name, value in table.items() if isinstance(value, Mapping)}
    top = {name: value for name, value in table.items() if not isinstance(value, Mapping)}
    commands["verify"] = {**top, **commands.get("verify", {})}
    return {
        name: {key.replace("-", "_"): value for key, value in options.items()} for name, options in commands.items()
    }


def _configuration(config: Path | None) -> Mapping[str, Any]:
    if config is not None:
        return _read_toml(config)
    for folder in (Path.cwd(), *Path.cwd().parents):
        if (own := folder / CONFIG_FILE).is_file():
            return _read_toml(own)
        if (project := folder / "pyproject.toml").is_file():
            tool: Mapping[str, Any] = _read_toml(project).get("tool", {}).get("adapty-contract", {})
            return tool
    return {}


def _read_toml(path: Path) -> Mapping[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}", hint="it must be TOML") from error


def main() -> None:
    """The entry point: errors become one sentence with a hint on standard error, and an exit status."""
    try:
        status = group.main(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        status = error.exit_code
    except (click.Abort, KeyboardInterrupt):
        sys.stderr.write("interrupted\n")
        status = 130
    except ContractSuiteError as error:
        sys.stderr.write(f"Error: {error.what}\n{f'  {error.hint}' if error.hint else ''}".rstrip() + "\n")
        status = error.exit_code
    except BrokenPipeError:
        status = 141
    except OSError as error:
        sys.stderr.write(f"Error: {error.strerror or error}{f': {error.filename}' if error.filename else ''}\n")
        status = ReportError.exit_code
    except Exception as error:  # noqa: BLE001  (1 would say that a server is at fault)
        status = _tell_defect(error)
    _close_output()
    sys.exit(status if isinstance(status, int) else 0)


def _tell_defect(error: Exception) -> int:
    """Say that the program itself is at fault, and where: without values, which may be secret."""
    defect = InternalError(f"{type(error).__name__} in {place_of(error)}")
    sys.stderr.write(f"Error: {defect.what}\n  {defect.hint}\n")
    return defect.exit_code


def _close_output() -> None:
    """Where standard output cannot take what is left in its buffer, the interpreter must not try again at its end."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
