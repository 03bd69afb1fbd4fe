"""Charts as functions of a corpus: what they say where they are given something else."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from explorer.corpus.corpus import Corpus
from explorer.errors import CorpusError

P = ParamSpec("P")
T = TypeVar("T")


def of_corpus(draw: Callable[P, T]) -> Callable[P, T]:
    """A function of a corpus that says what to do where it is given something else, such as a table.

    Examples
    --------
    >>> @of_corpus
    ... def plot_size(corpus: Corpus) -> int:
    ...     return len(corpus)
    >>> plot_size([])  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    explorer.errors.CorpusError: plot_size draws a corpus, and was given a list. Open one with ...
    """

    @wraps(draw)
    def drawn(*args: P.args, **options: P.kwargs) -> T:
        given = args[0] if args else options.get("corpus")
        if not isinstance(given, Corpus) and (args or "corpus" in options):
            name = draw.__name__
            raise CorpusError(
                f"{name} draws a corpus, and was given a {type(given).__name__}. Open one with explorer.open_corpus, or make one of a "
                f"table: explorer.{name}(explorer.Corpus.from_papers(papers))."
            )
        return draw(*args, **options)

    return drawn
