"""The reader's own rules: pairs of records that are always, or never, one paper."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path

from explorer.disk import write_whole
from explorer.errors import ReadError

Pair = tuple[str, str]

_VERSION = 1


def pair(first: str, second: str) -> Pair:
    """Two ids as a pair that does not depend on their order."""
    return (first, second) if first <= second else (second, first)


@dataclass(frozen=True)
class Rules:
    """Pairs of record ids that the reader has decided; a pair stands in one set only.

    Attributes
    ----------
    always : frozenset of (str, str)
        Merged whatever the records say.
    never : frozenset of (str, str)
        Kept apart, also where a third record matches both.

    Examples
    --------
    >>> import explorer
    >>> import pandas as pd
    >>> papers = pd.DataFrame({"title": ["Adding numbers", "Adding Numbers"], "doi": ["10.5555/12345678"] * 2, "year": [2023, 2024]})
    >>> papers["id"] = ["a", "b"]
    >>> rules = explorer.Rules().never_merge("a", "b")
    >>> len(explorer.import_papers(papers, rules=rules).papers)
    2
    """

    always: frozenset[Pair] = frozenset()
    never: frozenset[Pair] = frozenset()

    def always_merge(self, *records: str) -> Rules:
        """Return rules under which the records are one paper.

        Parameters
        ----------
        *records : str
            Ids, two or more; each pair of them is meant.

        Returns
        -------
        Rules
            Other rules; these stay as they are.

        Examples
        --------
        >>> import explorer
        >>> explorer.Rules().always_merge("b", "a").always == {("a", "b")}
        True
        """
        pairs = _all_pairs(records)
        return replace(self, always=self.always | pairs, never=self.never - pairs)

    def never_merge(self, *records: str) -> Rules:
        """Return rules under which each of the records stays a paper of its own.

        Parameters
        ----------
        *records : str
            Ids, two or more; each pair of them is meant.

        Returns
        -------
        Rules
            Other rules; these stay as they are.

        Examples
        --------
        >>> import explorer
        >>> explorer.Rules().never_merge("b", "a").never == {("a", "b")}
        True
        """
        pairs = _all_pairs(records)
        return replace(self, always=self.always - pairs, never=self.never | pairs)

    def forget(self, *records: str) -> Rules:
        """Return rules that say nothing of any two of the records.

        Parameters
        ----------
        *records : str
            Ids, two or more; each pair of them is meant.

        Returns
        -------
        Rules
            Other rules; these stay as they are.

        Examples
        --------
        >>> import explorer
        >>> explorer.Rules().never_merge("a", "b").forget("a", "b") == explorer.Rules()
        True
        """
        pairs = _all_pairs(records)
        return replace(self, always=self.always - pairs, never=self.never - pairs)


def _all_pairs(records: Iterable[str]) -> frozenset[Pair]:
    return frozenset(pair(first, second) for first, second in combinations(dict.fromkeys(records), 2))


def read_rules(path: str | os.PathLike[str]) -> Rules:
    """Read rules that `write_rules` wrote; a file that does not exist yet holds none.

    Raises
    ------
    ReadError
        The file is damaged or of another version.
    """
    file = Path(path)
    if not file.exists():
        return Rules()
    try:
        text = file.read_bytes()
    except OSError as error:
        raise ReadError(f"{file} holds no readable merge rules: {error}. Restore it from a copy, or remove it.") from error
    return parse_rules(text, str(file))


def parse_rules(text: bytes, name: str) -> Rules:
    """Read rules out of the content of a file, which `name` names in errors. Raises as `read_rules` does."""
    try:
        data = json.loads(text.decode("utf-8"))
        if data["version"] != _VERSION:
            raise ReadError(
                f"{name} holds merge rules of version {data['version']}; this is version {_VERSION}. Update the program."
            )
        return Rules(_pairs(data["always"]), _pairs(data["never"]))
    except (ValueError, KeyError, TypeError) as error:
        raise ReadError(f"{name} holds no readable merge rules: {error}. Restore it from a copy, or remove it.") from error


def write_rules(rules: Rules, path: str | os.PathLike[str]) -> None:
    """Write rules as JSON; the old file stays whole until the new one is complete."""
    data = {"version": _VERSION, "always": sorted(rules.always), "never": sorted(rules.never)}
    write_whole(Path(path), json.dumps(data, ensure_ascii=False, indent=1).encode())


def _pairs(items: Iterable[tuple[str, str]]) -> frozenset[Pair]:
    return frozenset(pair(str(first), str(second)) for first, second in items)
