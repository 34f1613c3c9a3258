"""The command ``resumable``.

Commands are imported when they are asked for, so that ``resumable --help`` loads nothing but
click. Whatever goes wrong ends in one line ``error: ...`` and exit code 2, never in a traceback.
Whoever asks the process to end, by whatever signal, gets what Ctrl-C does: what is known is told,
and nothing is left behind.
"""

from __future__ import annotations

import contextlib
import importlib
import signal
import sys
import threading
from typing import TYPE_CHECKING, Any, NoReturn

import click

from conformance import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

EXIT_BROKEN = 2

#: command -> (module, attribute, one line of help)
_COMMANDS: dict[str, tuple[str, str, str]] = {
    "run": (
        "conformance.cli.run",
        "run",
        "Judge a server, or the embedded one if no URL is given.",
    ),
    "probe": ("conformance.cli.probe", "probe", "Tell in seconds what a server can do."),
    "serve": ("conformance.cli.serve", "serve", "Start the reference server."),
    "proxy": ("conformance.cli.proxy", "proxy", "Interrupt what passes between client and server."),
    "fuzz": ("conformance.cli.fuzz", "fuzz", "Search a server for answers no correct one gives."),
    "scenario": (
        "conformance.cli.scenario",
        "scenario",
        "Check, list, explain and write scenarios.",
    ),
    "defects": (
        "conformance.cli.defects",
        "defects",
        "Servers with one fault each, to test the suite.",
    ),
    "coverage": (
        "conformance.cli.coverage",
        "coverage",
        "Tell which requirements are checked, and which checks are proved.",
    ),
    "report": ("conformance.cli.report", "report", "Tell the results of an earlier run again."),
}


class ResumableGroup(click.Group):
    """A group whose commands are loaded lazily and whose errors are one line."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands, in the order of their use."""
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one command."""
        if cmd_name not in _COMMANDS:
            return None
        module, attribute, _ = _COMMANDS[cmd_name]
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, _, text) in _COMMANDS.items()])

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        """Run the command line; in standalone mode always ends the process."""

        def call() -> Any:
            return super(ResumableGroup, self).main(
                args, prog_name or "resumable", complete_var, standalone_mode=False, **extra
            )

        return _guarded(call) if standalone_mode else call()


def _guarded(call: Callable[[], Any]) -> NoReturn:
    """Turn every way a command can end into an exit code and at most one line."""
    try:
        with _ending_like_ctrl_c():
            result = call()
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        sys.exit(EXIT_BROKEN)
    except click.ClickException as error:
        _say_error(error.format_message(), _usage_of(error))
    except click.Abort:
        _say_error("interrupted")
    except BrokenPipeError:
        _close_stdout()
        sys.exit(EXIT_BROKEN)
    except OSError as error:
        _say_error(f"{error.filename}: {error.strerror}" if error.filename else str(error))
    except Exception as error:
        _say_error(_words(error))
    sys.exit(result if isinstance(result, int) else 0)


@contextlib.contextmanager
def _ending_like_ctrl_c() -> Iterator[None]:
    """Let the signals that would end the process at once interrupt it instead."""
    before = {}
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(number) is signal.SIG_DFL:
                before[number] = signal.signal(number, _interrupt)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _interrupt(_number: int, _frame: object) -> None:
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as in the background of a script
        raise KeyboardInterrupt
    signal.raise_signal(signal.SIGINT)


def _words(error: Exception) -> str:
    from conformance.model.errors import SuiteError

    if isinstance(error, SuiteError):
        others = len(getattr(error, "errors", ())) - 1
        more = f" (and {others} more: resumable scenario lint lists them)" if others > 0 else ""
        return f"{error}{more}"
    return f"this is our fault ({type(error).__name__}: {error}); please report it"


def _usage_of(error: click.ClickException) -> str:
    context = getattr(error, "ctx", None)
    return f" (see {context.command_path} --help)" if context is not None else ""


def _say_error(message: str, hint: str = "") -> NoReturn:
    shown = " ".join("".join(c if c.isprintable() else " " for c in message).split())
    click.echo(f"error: {shown}{hint}", err=True)
    sys.exit(EXIT_BROKEN)


def _close_stdout() -> None:
    # the reader went away; keep the interpreter from complaining about it at exit
    with contextlib.suppress(OSError):
        sys.stdout.close()


@click.command(
    cls=ResumableGroup,
    context_settings={"help_option_names": ["-h", "--help"]},
    no_args_is_help=True,
)
@click.version_option(__version__, prog_name="resumable")
def main() -> None:
    """Conformance tests for resumable HTTP transfers.

    Point it at a server:  resumable run http://127.0.0.1:8080/files
    """
