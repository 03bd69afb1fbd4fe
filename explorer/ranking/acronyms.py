"""Acronyms and their long forms, learned from the papers themselves: "support vector machine (SVM)"."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable
from functools import cached_property
from pathlib import Path
from typing import Self

from explorer.ranking.analysis import analyse

_BRACKETS = re.compile(r"\(([A-Za-z][\w/-]{1,9})\)")


class Acronyms:
    """Acronyms and what they stand for, one long form each.

    Only a query that is nothing but an acronym or a long form is completed by the other: there it helps, while within longer
    queries the added words outweigh the rest (`docs/ranking.md` has the figures).

    Parameters
    ----------
    long_forms : dict of str to str
        Acronym as written to its long form.
    """

    def __init__(self, long_forms: dict[str, str]) -> None:
        self._read: Callable[[], dict[str, str]] = lambda: long_forms

    @cached_property
    def long_forms(self) -> dict[str, str]:
        """Acronym as written to its long form."""
        return self._read()

    @cached_property
    def _shorts(self) -> dict[tuple[str, ...], str]:
        return {tuple(analyse(long)): short for short, long in reversed(self.long_forms.items())}

    @cached_property
    def _typed(self) -> dict[str, str]:
        return {short.lower(): short for short in reversed(self.long_forms)}

    @classmethod
    def learn(cls, texts: Iterable[str], *, least: int = 2) -> Acronyms:
        """Find those that at least `least` papers write out, most of them in the same way.

        Notes
        -----
        A. Schwartz and M. Hearst, "A Simple Algorithm for Identifying Abbreviation Definitions in Biomedical Text", PSB 2003.
        """
        return cls.of_definitions(map(definitions, texts), least=least)

    @classmethod
    def of_definitions(cls, written: Iterable[Iterable[tuple[str, str]]], *, least: int = 2) -> Acronyms:
        """What `learn` finds in papers of which it is known what `definitions` says."""
        found: dict[str, Counter[str]] = {}
        for paper in written:
            for short, long in sorted(set(paper)):
                found.setdefault(short, Counter())[long.lower()] += 1
        known = {}
        for short, longs in found.items():
            (long, papers), *_ = longs.most_common(1)
            if papers >= least and 2 * papers > longs.total():
                known[short] = long
        return cls(known)

    def other(self, query: str) -> str:
        """The long form of a query that is an acronym, the acronym of one that is a long form; else empty.

        Examples
        --------
        >>> known = Acronyms.learn(["A support vector machine (SVM).", "Our support vector machine (SVM)."])
        >>> known.other("svm"), known.other("Support vector machines"), known.other("an SVM of ours")
        ('support vector machine', 'SVM', '')
        """
        asked = query.strip()
        short = asked if asked in self.long_forms else self._typed.get(asked.lower(), "")
        return self.long_forms.get(short, "") or self._shorts.get(tuple(analyse(asked)), "")

    def save(self, folder: Path) -> None:
        """Write them into an existing `folder`."""
        (folder / "acronyms.json").write_text(json.dumps(self.long_forms, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Those that `save` wrote, read when first asked for: ranking by concepts takes none, and ten thousand are 6 MB of a process."""
        opened = cls({})
        opened._read = lambda: json.loads((folder / "acronyms.json").read_text(encoding="utf-8"))
        return opened


def definitions(text: str) -> list[tuple[str, str]]:
    """Return the pairs of acronym and long form that a text writes as ``long form (ACRONYM)``."""
    found = []
    for match in _BRACKETS.finditer(text):
        short = match.group(1)
        if sum(letter.isupper() for letter in short) < 2:
            continue
        words = text[max(0, match.start() - 200) : match.start()].split()
        long = _long_form(short, " ".join(words[-min(len(short) + 5, 2 * len(short)) :]))
        if long is not None:
            found.append((short, long))
    return found


def _long_form(short: str, before: str) -> str | None:
    """The shortest end of a text that has the letters of an acronym in order, the first at the beginning of a word."""
    at = len(before) - 1
    for place in range(len(short) - 1, -1, -1):
        letter = short[place].lower()
        if not letter.isalnum():
            continue
        while at >= 0 and (before[at].lower() != letter or (place == 0 and at > 0 and before[at - 1].isalnum())):
            at -= 1
        if at < 0:
            return None
        at -= 1
    long = before[at + 1 :].strip(" ,;:")
    # One word is no compound, and a long form that holds its acronym says nothing.
    return long if (" " in long or "-" in long) and short.lower() not in long.lower().split() else None
