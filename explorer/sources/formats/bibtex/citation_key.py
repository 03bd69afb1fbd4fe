"""Keys to cite papers by: the same paper has the same key in every export."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from typing import Any

from explorer.papers.author_names import parse_name
from explorer.papers.batches import PaperBatches
from explorer.text.analysis import without_accents

# Mendeley writes `Müller2020`, and ACM a DOI.
_KEY = re.compile(r"(?:[^\W\d_]|10\.\d{4,9}/)[\w:.+/-]*\Z")
_MADE = re.compile(r"(?:doi:|arxiv:|p-[0-9a-f]{12})")
_WORD = re.compile(r"[a-z0-9]+")
_TITLE_WORD = re.compile(r"[^\W_]+")
_HAN = re.compile("[\u3005-\u3007\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_PAIRS = re.compile(
    "[\u3005-\u3007\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]{1,2}|[^\u3005-\u3007\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+"
)
_SMALL = frozenset(
    "a an the on in of for and or to with from by at as is are do does can how what why when der die das le la les".split()
)


def citation_keys(papers: PaperBatches) -> list[str]:
    """Make one key a paper.

    Parameters
    ----------
    papers : PaperBatches

    Returns
    -------
    list of str
        The id where it can be a key and was not made by this package (it is then the key the user's own file had); else the
        family name of the first author, the year and the first word of the title that means something
        (``vaswani2017attention``, ``wang2021hupo``), in ASCII. Papers that share such a key get four characters of a hash of their ids, so that
        a key depends on no order.
    """
    made: list[str] = []
    given: list[bool] = []
    for table in papers.select(["id", "authors", "year", "title"]):
        for paper in table.to_pylist():
            given.append(bool(_KEY.match(paper["id"]) and not _MADE.match(paper["id"])))
            made.append(paper["id"] if given[-1] else _made(paper))
    # BibTeX compares keys without regard to case.
    count = Counter(key.lower() for key in made)
    ids = (id_ for table in papers.select(["id"]) for id_ in table.column("id").to_pylist())
    keys = [
        key if own or count[key.lower()] == 1 else f"{key}-{hashlib.blake2b(id_.encode(), digest_size=2).hexdigest()}"
        for key, own, id_ in zip(made, given, ids, strict=True)
    ]
    return keys if len({key.lower() for key in keys}) == len(keys) else _told_apart(keys)


def _told_apart(keys: list[str]) -> list[str]:
    seen: set[str] = set()
    result = []
    for key in keys:
        number, fresh = 1, key
        while fresh.lower() in seen:
            number += 1
            fresh = f"{key}-{number}"
        seen.add(fresh.lower())
        result.append(fresh)
    return result


def _made(paper: Mapping[str, Any]) -> str:
    first = parse_name((paper["authors"] or [""])[0])
    name = "".join(_WORD.findall(_ascii(first.family or _first_word(first.literal)))) or "anon"
    words = (_ascii(word) for word in _words(paper["title"] or ""))
    word = next((word for word in words if word and word not in _SMALL and not word.isdigit()), "untitled")
    year = f"{paper['year']:04d}" if paper["year"] is not None else ""
    return f"{name if name[0].isalpha() else 'x' + name}{year}{word}"[:60]


def _first_word(body: str) -> str:
    """The word a body is known by; of a name in Chinese or Japanese without a blank, the family name or what stands for it."""
    if _HAN.match(body):
        return body[:1] if len(body) < 4 else body[:2]
    return next((word for word in body.split(" ") if _ascii(word) not in _SMALL), body)


def _words(title: str) -> list[str]:
    """Words of a title; where Chinese or Japanese runs on, two characters are one."""
    return [part for word in _TITLE_WORD.findall(title) for part in (_PAIRS.findall(word) if _HAN.search(word) else [word])]


def _ascii(text: str) -> str:
    """Letters of any script in small ASCII: ``Müller`` is ``muller``, ``王`` ``wang``, ``Иванов`` ``ivanov``."""
    spelled = text if text.isascii() else _transliterated(text)
    return "".join(_WORD.findall(spelled.lower()))


def _transliterated(text: str) -> str:
    from anyascii import anyascii

    return anyascii(unicodedata.normalize("NFC", without_accents(text)))
