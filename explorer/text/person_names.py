"""The order of a person's names, as the full-text index takes it: family name first, whatever the order in which it was written."""

from __future__ import annotations

import re

_PARTICLES = frozenset(
    "af al bin da dal dalla das de degli dei del dela della den der des di do dos du el la las le lo los ibn te ten ter van vom von "
    "y zu zum zur".split()
)
_SUFFIX = re.compile(r"(?:jr|sr|ii|iii|iv)\.?", re.IGNORECASE)
_INITIALS = re.compile(r"(?:[^\W\d_]\.?[ -]?)|(?:[^\W\d_]\.[ -]?){2,4}|[A-ZÀ-ÖØ-Þ]{2,3}")


def family_and_given(name: str) -> tuple[str, str]:
    """Part a name into family and given names; of one that cannot be parted all is family name.

    Examples
    --------
    >>> family_and_given("Jan van der Berg"), family_and_given("Berg JA"), family_and_given("Berg, J. A.")
    (('van der Berg', 'Jan'), ('Berg', 'JA'), ('Berg', 'J. A.'))
    """
    pieces = [piece.strip() for piece in name.split(",") if piece.strip()]
    if len(pieces) > 1:
        given = [piece for piece in pieces[1:] if not _SUFFIX.fullmatch(piece)]
        if given:
            return pieces[0], " ".join(given)
    words = pieces[0].split() if pieces else []
    if len(words) > 2 and _SUFFIX.fullmatch(words[-1]):
        words.pop()
    if len(words) < 2:
        return " ".join(words), ""
    if is_initials(words[-1]) and not is_initials(words[0]):
        first = next(place for place, word in enumerate(words) if place and all(map(is_initials, words[place:])))
        return " ".join(words[:first]), " ".join(words[first:])
    start = len(words) - 1
    while start > 0 and words[start - 1].lower() in _PARTICLES:
        start -= 1
    return " ".join(words[start:]), " ".join(words[:start])


def is_initials(word: str) -> bool:
    """Whether a word stands for given names by their first letters: ``J``, ``J.``, ``J.A.``, ``JA``."""
    return _INITIALS.fullmatch(word) is not None
