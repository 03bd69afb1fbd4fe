"""What the page shows of a ranking: the concepts, each one's part of the score, why a paper stands where it does."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from explorer.dashboard.views.chips import titles_of
from explorer.search.explain import reasons
from explorer.search.results import Results
from explorer.selection.expression import Expression, Term, parse
from explorer.selection.fields import OBJECTIVES
from explorer.text.analysis import readable

if TYPE_CHECKING:
    from explorer.search.ranker import Ranker
    from explorer.store.snapshot import Snapshot

View = dict[str, Any]

_MOST_REASONS = 12
_OTHERS = "everything else"
_NOTES = {
    "words": "Rare words, and words in the title, count for more (BM25).",
    "hybrid": "Words, meaning, and what the best papers have in common.",
    "likeness": "Words and meaning shared with the papers to be like, less those of the others.",
    "concepts": "How much more surely the paper shows each concept than the average paper does, as a logarithm: 0.7 is twice.",
    "preference": "How much more of each the paper has than the average paper, as a share of all papers, times its weight.",
}

_LITTLE = 0.1
"""Part of the largest contribution below which one is not worth a word."""


def concepts(results: Results) -> View | None:
    """The expression in force, term by term as it was written; None without one.

    Returns
    -------
    dict or None
        `expression`, and `terms`: each its `text` in the grammar, `kind`, `label`, `weight` (0 or more), `added` (bool),
        `place` (its number among the concepts, which is its colour), and `unknown`, the words of it that are in no paper.
    """
    expression = results.selection.expression
    if expression is None:
        return None
    terms = expression.terms
    titles = titles_of(results.snapshot, [term.operand.name for term in terms if term.operand.kind == "paper"])
    places = _places(expression)
    return {"expression": results.selection.rank, "terms": [_term(results.ranker, term, titles, places) for term in terms]}


def _places(expression: Expression) -> dict[str, int]:
    """The concepts of an expression, numbered as they were written."""
    return {name: place for place, name in enumerate(dict.fromkeys(str(term.operand) for term in expression.terms))}


def _term(ranker: Ranker, term: Term, titles: dict[str, str], places: dict[str, int]) -> View:
    operand = term.operand
    name = titles.get(operand.name, operand.name) if operand.kind == "paper" else readable(operand.name)
    return {
        "text": str(operand),
        "kind": operand.kind,
        "label": name,
        "place": places[str(operand)],
        "weight": abs(term.weight),
        # A weight of nothing keeps its sign, so that the slider comes back on the same side.
        "added": math.copysign(1, term.weight) > 0,
        "unknown": ranker.meaning.index.unknown(operand.name) if operand.kind == "words" else [],
    }


def bars(results: Results, rows: list[int]) -> View | None:
    """What each concept or objective adds to the scores of some papers, against a paper of the corpus on average.

    Returns
    -------
    dict or None
        `names`, in the order in which they were written; for each whether it is `added`, and its `places` (its colour);
        `low` and `high`, between which the bars of most papers lie, and of all those at the top; `rows`, for each row its
        parts. None where the order has no parts.
    """
    found = results.ordering
    if found is None or not found.parts:
        return None
    means, low, high = found.spread
    apart = np.stack([part[rows] for part in found.parts.values()], axis=1) - means
    expression = results.selection.expression
    if found.kind == "concepts" and expression is not None:
        places = _places(expression)
        added = {str(term.operand): term.weight > 0 for term in expression.canonical().terms}
        names = {part: _name(results.snapshot, part) for part in found.parts}
    else:
        places = {part: place for place, part in enumerate(found.parts)}
        added = {part: weight > 0 for part, weight in results.selection.prefer}
        names = {part: OBJECTIVES[part] for part in found.parts}
    order = sorted(range(len(means)), key=lambda at: places[list(found.parts)[at]])
    parts = [list(found.parts)[at] for at in order]
    return {
        "names": [names[part] for part in parts],
        "added": [added[part] for part in parts],
        "places": [places[part] for part in parts],
        "low": low,
        "high": high,
        "rows": {row: [round(float(these[at]), 3) + 0.0 for at in order] for row, these in zip(rows, apart, strict=True)},
    }


def _name(snapshot: Snapshot, text: str) -> str:
    operand = parse(text).terms[0].operand
    return titles_of(snapshot, [operand.name]).get(operand.name, operand.name) if operand.kind == "paper" else operand.name


def why(results: Results, row: int) -> View:
    """What the score of a paper is made of.

    Returns
    -------
    dict
        `score`; `reasons`, at most a dozen pairs of a label and its contribution, largest first, that add up to it; `note`, what
        kind of number they are; `average`, whether they are counted from the average paper, as the bar of the list is; `words`,
        what speaks for the paper and what against.
    """
    found = reasons(results.ranker, row, results.selection, results.read)
    kind = "words" if results.ordering is None else results.ordering.kind
    bar = bars(results, [row])
    if bar is not None:
        labels = [name if added else f"not {name}" for name, added in zip(bar["names"], bar["added"], strict=True)]
        found = sorted(zip(labels, bar["rows"][row], strict=True), key=lambda reason: -reason[1])
    rest = sorted(found, key=lambda reason: -abs(reason[1]))[_MOST_REASONS - 1 :] if len(found) > _MOST_REASONS else []
    kept = [reason for reason in found if reason not in rest]
    if rest:
        kept.append((_OTHERS, math.fsum(part for _, part in rest)))
    return {
        "row": row,
        "score": round(math.fsum(part for _, part in found), 3) + 0.0,
        "reasons": [[label, round(part, 3) + 0.0] for label, part in kept],
        "note": _NOTES[kind],
        "average": bar is not None,
        "words": _in_words(kept) if bar is not None else "",
    }


def _in_words(parts: list[tuple[str, float]]) -> str:
    """What speaks for a paper, the strongest first, and what against it."""
    most = max((abs(part) for _, part in parts), default=0.0)
    speaks = [(name, part) for name, part in parts if abs(part) > _LITTLE * most and part]
    ahead = [name for name, part in sorted(speaks, key=lambda item: -item[1]) if part > 0]
    against = [name for name, part in sorted(speaks, key=lambda item: item[1]) if part < 0]
    told = [f"{lead} {', '.join(names)}." for lead, names in (("For it:", ahead), ("Against it:", against)) if names]
    return " ".join(told) or "Much like the average paper."


def plus(expression: Expression | None, more: Expression) -> str:
    """An expression with further terms; a concept that is there already gets their weight too."""
    terms = list(expression.terms) if expression else []
    for term in more.terms:
        place = next((i for i, old in enumerate(terms) if old.operand == term.operand), None)
        if place is None:
            terms.append(term)
        else:
            terms[place] = Term(terms[place].weight + term.weight, term.operand)
    return str(Expression(tuple(terms)))
