"""How the command speaks: results to standard output, problems to standard error, JSON when asked."""

from __future__ import annotations

import errno
import json
import os
import sys
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, NoReturn, TypeVar

import typer

from capexlib.errors import CapexError, ParamsError, Problem

INTERRUPTED = 130
BUG = 1

Command = TypeVar("Command", bound=Callable[..., Any])


def print_json(value: object) -> None:
    """Print a value for machines."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False))


def problem_records(problems: Iterable[Problem]) -> list[dict[str, str]]:
    """Turn problems into JSON-ready records."""
    return [{"where": p.where, "what": p.what, "cure": p.cure} for p in problems]


def _clean(text: str) -> str:
    """Show control characters instead of sending them to the terminal."""
    return "".join(char if char.isprintable() or char == " " else repr(char)[1:-1] for char in text)


def print_problems(error: CapexError) -> None:
    """Print all problems of an error: where, what, cure; no traceback."""
    for problem in error.problems:
        where, what, cure = (_clean(part) for part in (problem.where, problem.what, problem.cure))
        typer.secho(f"✗ {where}", fg="red", bold=True, err=True)
        typer.echo(f"  {what}", err=True)
        if cure:
            typer.echo(f"  → {cure}", err=True)


def reported(command: Command) -> Command:
    """Wrap a command so that every way to fail ends in a message and its exit code.

    Parameters
    ----------
    command : callable
        With a parameter ``as_json`` where it can speak JSON.

    Returns
    -------
    callable
    """

    @wraps(command)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except CapexError as error:
            if kwargs.get("as_json"):
                code = error.exit_code
                print_json({"ok": False, "exit_code": code, "problems": problem_records(error.problems)})
            else:
                print_problems(error)
            raise typer.Exit(error.exit_code) from error
        except KeyboardInterrupt as error:
            typer.echo("Interrupted; nothing was published.", err=True)
            raise typer.Exit(INTERRUPTED) from error
        except BrokenPipeError:
            _close_output()
        except OSError as error:
            _refuse_path(error)
        except (typer.Exit, typer.Abort):
            raise
        except Exception as error:  # noqa: BLE001 - the last net: a bug of ours is told in one line too
            _confess(error)

    return wrapper  # type: ignore[return-value]


def _refuse_path(error: OSError) -> NoReturn:
    """Say what the system refused; anything that is neither a named file nor a full disk is a bug of ours."""
    if error.filename is None and error.errno != errno.ENOSPC:
        _confess(error)
    where, cure = error.filename or "output", "Check the path, its rights and the room on its disk."
    print_problems(ParamsError([Problem(str(where), f"cannot be used ({error.strerror}).", cure)]))
    raise typer.Exit(ParamsError.exit_code) from error


def _close_output() -> NoReturn:
    """End quietly when the reader of a pipe has gone away."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    raise typer.Exit(0)


def _confess(error: Exception) -> NoReturn:
    """Admit a bug in one line, with the traceback in a file."""
    import tempfile
    import traceback

    with tempfile.NamedTemporaryFile("w", prefix="capex-error-", suffix=".log", delete=False) as log:
        log.write("".join(traceback.format_exception(error)))
    what = _clean(f"{type(error).__name__}: {error}")[:200]
    typer.echo(f"capex met a bug ({what}). Please report it with {log.name}", err=True)
    raise typer.Exit(BUG) from error
