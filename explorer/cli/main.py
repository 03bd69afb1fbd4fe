"""The command line: what it does mirrors the API."""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from collections.abc import Sequence
from types import ModuleType

from explorer.cli import (
    build,
    check,
    compare,
    digest,
    export,
    fetch,
    ledger,
    library,
    merges,
    refit,
    remove,
    saved,
    screen,
    search,
    serve,
    sources,
    subscriptions,
    undo,
    update,
)
from explorer.errors import ExplorerError, ExpressionError, QueryError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit status (0 done, 1 said why not, 130 stopped)."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    options = _parser().parse_args(given)
    try:
        status: int = options.run(options)
        # What is still in the buffer may meet a closed pipe too.
        sys.stdout.flush()
        return status
    except QueryError as error:
        print(f"litexplorer: {error}", file=sys.stderr)
        print(f"  {error.query}\n  {' ' * error.position}^", file=sys.stderr)
        return 1
    except ExpressionError as error:
        print(f"litexplorer: {error.message}", file=sys.stderr)
        print(f"  {error.text}\n  {' ' * error.position}^", file=sys.stderr)
        return 1
    except ExplorerError as error:
        print(f"litexplorer: {_exchanged(options, given) or error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nlitexplorer: stopped", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # The reader of the output went away (`| head`); Python would complain again when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _exchanged(options: argparse.Namespace, given: list[str]) -> str:
    """Say that the corpus of a command stands where something else belongs, and how it is written; empty where it does not."""
    from pathlib import Path

    from explorer.disk import is_corpus

    corpus, written = getattr(options, "corpus", None), getattr(options, "output", None)
    others = [word for word in given if word != written and is_corpus(Path(word))]
    if corpus not in given or len(others) != 1 or others[0] == corpus:
        return ""
    swapped = {corpus: others[0], others[0]: corpus}
    line = shlex.join(swapped.get(word, word) for word in given)
    return f"{corpus} is no corpus, but {others[0]} is: the two seem exchanged. Write: litexplorer {line}"


def commands() -> dict[str, ModuleType]:
    """The commands by their names, in the order in which the help lists them."""
    modules = (
        build,
        update,
        remove,
        undo,
        check,
        merges,
        ledger,
        refit,
        fetch,
        serve,
        search,
        export,
        library,
        saved,
        compare,
        screen,
        sources,
        subscriptions,
        digest,
    )
    return {module.__name__.rpartition(".")[2]: module for module in modules}


def _parser() -> argparse.ArgumentParser:
    from importlib.metadata import version

    parser = argparse.ArgumentParser(prog="litexplorer", description="Explore a pile of papers.")
    parser.add_argument("--version", action="version", version=version("literature-explorer"))
    rows = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, module in commands().items():
        command = rows.add_parser(name, help=module.HELP)
        module.add_arguments(command)
        command.set_defaults(run=module.run)
    return parser
