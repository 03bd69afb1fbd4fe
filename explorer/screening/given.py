"""What a caller gives a review, looked at before anything is done with it: what cannot be is refused with what can."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any

from explorer.errors import ScreeningError
from explorer.screening.labels import LABELS, LONGEST_REASON, STAGES

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


def check_stage(stage: int) -> None:
    """Raise `ScreeningError` where there is no such stage."""
    if isinstance(stage, bool) or not isinstance(stage, int) or stage not in STAGES:
        raise ScreeningError(f"There is no stage {stage!r}. Stages: 1 (title and abstract), 2 (full text).")


def check_label(label: str, reason: str, stage: int) -> None:
    """Raise `ScreeningError` where there is no such label or stage, or a reason is missing or none."""
    if label not in LABELS:
        raise ScreeningError(f"There is no label {label!r}. Labels: {', '.join(LABELS)}.")
    check_stage(stage)
    if not isinstance(reason, str) or len(reason) > LONGEST_REASON:
        raise ScreeningError(f"A reason is a text of at most {LONGEST_REASON} characters.")
    if stage == 2 and label == "exclude" and not reason.strip():
        raise ScreeningError("An exclusion by full text needs a reason, for PRISMA counts them. Choose one.")


def settings_given(given: Mapping[str, Any]) -> dict[str, Any]:
    """Settings as the log keeps them. What it says stays for good, so nothing goes in that the review could not be opened with."""
    found = dict(given)
    for name in ("criteria", "reasons"):
        if name in found:
            texts = found[name]
            if isinstance(texts, str) or not isinstance(texts, Sequence) or not all(isinstance(text, str) for text in texts):
                raise ScreeningError(f"The {name} of a review are a list of texts, such as ['adults', 'randomised'].")
            found[name] = [tidy for text in texts if (tidy := " ".join(text.split()))]
    if any(len(reason) > LONGEST_REASON for reason in found.get("reasons", ())):
        raise ScreeningError(f"A reason is a text of at most {LONGEST_REASON} characters.")
    if "description" in found:
        if not isinstance(found["description"], str):
            raise ScreeningError("The description of a review is a text.")
        found["description"] = " ".join(found["description"].split())
    if "votes" in found and (isinstance(found["votes"], bool) or found["votes"] not in (1, 2, 3)):
        raise ScreeningError(f"{found['votes']!r} reviewers cannot decide about each paper; 1, 2 or 3 can.")
    if "method" in found:
        found["method"] = asdict(method_given(found["method"]))
    return found


def name_given(name: str, longest: int, what: str) -> str:
    """A name, of one line and without further blanks."""
    tidy = " ".join(name.split()) if isinstance(name, str) else ""
    if not tidy or len(tidy) > longest or not tidy.isprintable():
        raise ScreeningError(f"{what} needs a name of 1 to {longest} characters.")
    return tidy
