"""What a caller gives a review, looked at before anything is done with it: what cannot be is refused with what can."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any

from explorer.errors import ScreeningError

if TYPE_CHECKING:
    from explorer.screening.queue import Method


def check_corpus(corpus: object) -> None:
    """Raise `ScreeningError` where something else than a corpus is given, such as a table of papers."""
    if not hasattr(corpus, "snapshot"):
        raise ScreeningError(
            f"A {type(corpus).__name__} is no corpus. `explorer.Corpus.from_papers(papers)` makes one of a table of papers, "
            "`explorer.open_corpus(path)` opens one."
        )


def ids_given(ids: Any, what: str) -> list[Any]:
    """Several ids, as `seeds` or `priors` are; one text is none."""
    if isinstance(ids, (str, bytes)) or not isinstance(ids, Iterable):
        raise ScreeningError(f"The {what} are a list of ids, such as ['{ids if isinstance(ids, str) else 'p1'}'].")
    return list(ids)


def is_whole(number: Any) -> bool:
    """Whether a number is a whole one, of whatever library."""
    return isinstance(number, Integral) and not isinstance(number, bool)


def method_given(method: Any) -> Method:
    """A method, or the fields of one by name."""
    from explorer.screening.queue import BALANCES, MODELS, QUERIES, Method

    if isinstance(method, Method):
        return method
    try:
        if isinstance(method, Mapping):
            return Method(**method)
    except TypeError:  # a field that there is not
        pass
    raise ScreeningError(
        f"The method of a review has a model ({', '.join(MODELS)}), a balance ({', '.join(BALANCES)}) and a query"
        f" ({', '.join(QUERIES)}), such as {{'model': 'svm'}}; not {method!r}."
    )


def check_target(target: Any, confidence: Any) -> None:
    """Raise `ScreeningError` where a target or a confidence is none."""
    if not (isinstance(target, Real) and 0 < float(target) <= 1):
        raise ScreeningError(f"A recall of {target!r} cannot be a target; give a share above 0 and at most 1, such as 0.95.")
    if not (isinstance(confidence, Real) and 0 < float(confidence) < 1):
        raise ScreeningError(f"Nobody is sure to {confidence!r}; give a share between 0 and 1, such as 0.95.")
