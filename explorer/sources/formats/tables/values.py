"""Fields of columns whose names tell nothing, from what the values look like.

A year is a whole number of four digits, a DOI and an address have a pattern, an abstract is by far the longest text, names stand in
lists, and a title is a text of several words that no other row has. What is taken in this way is shown in the ledger's findings, and
``columns=`` corrects it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from statistics import median

from explorer.papers.author_names import split_names
from explorer.papers.dates import parse_date

Values = Sequence[str]

_DOI = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:\s*)?10\.\d{4,9}(?:\.\d+)*/\S+\Z", re.IGNORECASE)
_ARXIV = re.compile(r"(?:arxiv:)?(?:\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:v\d+)?\Z", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://\S+\Z", re.IGNORECASE)
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d(?:\.0)?\Z")
_DATE = re.compile(r"(?=.*\d).{6,30}\Z")
_WIDE = re.compile(r"[\u1100-\u11ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
_EASTERN_NAME = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3·]{2,6}\Z")
_NAME = re.compile(
    r"(?:(?:van|von|de|der|den|del|della|di|da|dos|du|la|le|el|al|bin|ibn|y)\s+|d'|[^\W\d_a-zß-ÿ][^\W\d]*[.'’-]*[\s,]*)+\Z"
)
_LISTED = re.compile(r"[;；、]|,|\s(?:and|&)\s|[A-Z]\.")
_KNOWN_SOURCES = re.compile(
    r"pub ?med|medline|scopus|web of (?:science|knowledge)|\bwos\b|embase|cochrane|\bcentral\b|cinahl|psyc|ar ?xiv|scholar|ieee|\bacm\b|dblp"
    r"|crossref|open ?alex|\blens\b|dimensions|cnki|知网|wanfang|万方|维普|\bcqvip\b|sinomed|ovid|pro ?quest|ebsco|eric\b|lilacs|scielo"
    r"|science ?direct|springer|wiley|jstor|zotero|mendeley|clinicaltrials|ictrp|(?:data)?base|registr|import|search|manual",
    re.IGNORECASE,
)

_ISSUE = re.compile(r" \((?:1[89]|20)\d\d\)(?: \d|\.)")
"""Year and volume, as they stand behind the name of a journal."""


def fields_by_values(columns: Mapping[str, Values], missing: Collection[str]) -> dict[str, str]:
    """Take columns for fields by their values.

    Parameters
    ----------
    columns : mapping
        Some of the values, without empty ones, of each column that no field was taken from; in the order of the table.
    missing : collection of str
        Fields that are still looked for.

    Returns
    -------
    dict
        ``{column: field}``. A column is taken for one field, and a field from one column.
    """
    free = {name: values for name, values in columns.items() if values}
    found: dict[str, str] = {}
    for field, looks in _LOOKS.items():
        if field not in missing:
            continue
        fitting = [name for name, values in free.items() if looks(values)]
        if fitting:
            # The longest text is the abstract; of the others the first column is meant.
            taken = max(fitting, key=lambda name: _weight(free[name])) if field == "abstract" else fitting[0]
            found[taken] = field
            del free[taken]
    return found


def names_databases(values: Values) -> bool:
    """Whether the values of a column called *source* are databases, and not the journals that papers are in."""
    different = set(values)
    if any(_ISSUE.search(value) for value in different):
        return False
    return len(different) < 3 or any(_KNOWN_SOURCES.search(value) for value in different)


def _share(values: Values, fits: Callable[[str], object]) -> float:
    return sum(bool(fits(value)) for value in values) / len(values)


def _length(text: str) -> int:
    """Characters of a text; one of a script that writes words with one or two counts for three."""
    return len(text) + 2 * len(_WIDE.findall(text))


def _weight(values: Values) -> float:
    return median(map(_length, values))


def _are_dois(values: Values) -> bool:
    return _share(values, _DOI.match) >= 0.8


def _are_arxiv_ids(values: Values) -> bool:
    return _share(values, _ARXIV.match) >= 0.9


def _are_addresses(values: Values) -> bool:
    return _share(values, _ADDRESS.match) >= 0.8 and _are_unique(values)


def _are_years(values: Values) -> bool:
    return _share(values, _YEAR.match) >= 0.9


def _are_dates(values: Values) -> bool:
    def dated(value: str) -> bool:
        found = parse_date(value) if _DATE.match(value) else None
        return found is not None and found[1] != "year"

    return _share(values, dated) >= 0.8


def _are_unique(values: Values) -> bool:
    return len(set(values)) >= 0.9 * len(values)


def _are_names(values: Values) -> bool:
    return _share(values, _LISTED.search) >= 0.3 and _share(values, _is_list_of_names) >= 0.7


def _is_list_of_names(text: str) -> bool:
    if len(text) > 5_000 or any(char.isdecimal() for char in text):
        return False
    names = split_names(text)
    return bool(names) and all(
        _EASTERN_NAME.match(name) or (len(name) < 60 and len(name.split()) < 6 and _NAME.match(name)) for name in names
    )


def _are_abstracts(values: Values) -> bool:
    return _weight(values) >= 250 and _are_unique(values)


def _are_titles(values: Values) -> bool:
    words = median(len(value.split()) + len(_WIDE.findall(value)) // 2 for value in values)
    listed = _share(values, lambda value: len(re.findall(r"[;|]", value)) > 1 or value.count(",") > 3)
    numbers = _share(values, lambda value: sum(map(str.isalpha, value)) < 0.6 * len(value))
    return words >= 3 and 15 <= _weight(values) <= 400 and listed < 0.3 and numbers < 0.3 and _are_unique(values)


_LOOKS: dict[str, Callable[[Values], bool]] = {
    "doi": _are_dois, "arxiv_id": _are_arxiv_ids, "url": _are_addresses, "year": _are_years, "published": _are_dates,
    "authors": _are_names, "abstract": _are_abstracts, "title": _are_titles,
}  # fmt: skip
"""How the values of each field look; the surest first."""
