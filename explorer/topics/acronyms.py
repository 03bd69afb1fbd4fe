"""Acronyms and what they stand for, as the texts themselves say it: *large language models (LLMs)*."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from explorer.text.languages import ENGLISH

_IN_BRACKETS = re.compile(r"\(\s*([^\W\d_][\w-]{1,9})\s*\)")
_NO_WORDS = re.compile(r"[^\w\s’'-]")
_LOOKED_AT = 200
"""Characters before a bracket in which a long form is looked for."""

_WORD = re.compile(r"[^\W\d_][\w-]*")
_MOST_WORDS = 5
"""Words of a long form: as many as a label may have."""


def acronyms_of(texts: Iterable[str]) -> dict[str, str]:
    """What the acronyms of texts stand for.

    Parameters
    ----------
    texts : iterable of str

    Returns
    -------
    dict of str to str
        In lower case, long forms of at most five words: of each acronym, of its plural, and of the other number of its long form,
        the long form that most texts give; none where most texts give another than that. What the texts write in small letters
        for the most part is a word and no acronym: *mass* is not the plural of MAS, and *aid* is not AIDS.

    Notes
    -----
    Long forms are found before a bracket with the acronym, by the rule of Schwartz and Hearst (2003): from the end, each letter of the
    acronym is found in the words before, and its first letter begins a word.

    Examples
    --------
    >>> acronyms_of(["We train large language models (LLMs).", "Every LLM hallucinates."])["llm"]
    'large language models'
    """
    given: defaultdict[str, Counter[str]] = defaultdict(Counter)
    capitals, small = Counter[str](), Counter[str]()
    texts = list(texts)
    for text in texts:
        for short, long in set(_definitions(text)):
            given[short.removesuffix("s")][long] += 1
    shorts = {form for short in given for form in (short, short + "s")}
    for text in texts if shorts else ():
        for word in _WORD.findall(text):
            if word.lower() in shorts:
                (capitals if sum(letter.isupper() for letter in word) > 1 else small)[word.lower()] += 1
    found: dict[str, str] = {}
    for short in sorted(given):
        by_number: Counter[str] = Counter()
        for long, texts_with in given[short].items():
            by_number[long.removesuffix("s")] += texts_with
        stem, most = min(by_number.items(), key=lambda item: (-item[1], item[0]))
        if 2 * most <= by_number.total():
            continue
        long = min(
            (form for form in given[short] if form.removesuffix("s") == stem), key=lambda form: (-given[short][form], form)
        )
        if len(long.split()) <= _MOST_WORDS:
            forms = [form for form in (short, short + "s") if capitals[form] >= small[form]]
            found |= dict.fromkeys((*forms, stem, stem + "s"), long)
    return found


def _definitions(text: str) -> Iterator[tuple[str, str]]:
    """Pairs of an acronym and its long form, in lower case."""
    for found in _IN_BRACKETS.finditer(text):
        short, before = found[1], text[max(0, found.start() - _LOOKED_AT) : found.start()]
        before = _NO_WORDS.split(before)[-1]
        letters = short.removesuffix("s") if short[:-1].isupper() else short
        if sum(letter.isupper() for letter in letters) < 2:
            continue
        words = before.split()[-min(len(letters) + 5, 2 * len(letters)) :]
        long = _long_form(letters.lower(), " ".join(words).lower())
        # More words than letters: the rule has gone on to a letter of another word.
        full = sum(word not in ENGLISH for word in long.split())
        if long and full <= len(letters) and short.lower() not in long.split():
            yield short.lower(), long


def _long_form(short: str, before: str) -> str:
    """The shortest end of a text that has the letters of an acronym in their order, its first one at the beginning of a word."""
    at = len(before)
    for number, letter in reversed(list(enumerate(short))):
        if not letter.isalnum():
            continue
        at -= 1
        while at >= 0 and (before[at] != letter or (number == 0 and at > 0 and before[at - 1].isalnum())):
            at -= 1
        if at < 0:
            return ""
    return before[at:]
