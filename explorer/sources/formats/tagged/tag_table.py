"""Many tagged records at once: every value of every tag in one column, and the fields that are taken from it.

What `tagged.Tagged` does for one record after the other this does for thousands together, for a format whose lines nearly all look the
same: no record costs a dictionary of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from explorer.papers.author_names import marked, several_names, split_names
from explorer.papers.dates import extended, finest
from explorer.papers.identifiers import BARE, addresses, normal_arxiv_id, normal_doi
from explorer.papers.schema import TEXT, TEXTS
from explorer.sources.formats.tagged.tagged import readable, without_references
from explorer.text.markup import ODD_SPACES, single_spaced

Numbers = NDArray[np.int64]
Mask = NDArray[np.bool_]

_ONE_URL = r"^(?i:https?|ftp)://[^\s\"|;<>]+$"


@dataclass(frozen=True)
class TagTable:
    """Values of the tags of records, one row a value. A *place* is the number of a row."""

    values: pa.Array
    """Single-spaced texts; the lines of a continued value are kept apart by line ends."""
    codes: Numbers
    """Tag of each value, as its number in `tags`."""
    records: Numbers
    """Record of each value, numbered from 0; ascending."""
    tags: tuple[str, ...]
    count: int
    """Number of records; one may be without values."""
    continued: bool = False
    """Whether a value may have several lines."""

    def of_records(self, wanted: Mask) -> TagTable:
        """Only some of the records, numbered anew."""
        mine = wanted[self.records]
        numbers = (np.cumsum(wanted) - 1)[self.records[mine]]
        return TagTable(
            self.values.filter(pa.array(mine)), self.codes[mine], numbers, self.tags, int(wanted.sum()), self.continued
        )

    @cached_property
    def _by_tag(self) -> dict[str, Numbers]:
        order = np.argsort(self.codes, kind="stable")
        bounds = np.searchsorted(self.codes[order], np.arange(len(self.tags) + 1))
        return {tag: order[bounds[code] : bounds[code + 1]] for code, tag in enumerate(self.tags)}

    @cached_property
    def _filled(self) -> Mask:
        return _mask(pc.greater(pc.binary_length(self.values), 0))

    def texts(self, places: Numbers) -> pa.Array:
        """Texts of `places`, each on one line; null for -1."""
        texts = self.values.take(pa.array(places, mask=places < 0))
        return pc.replace_substring(texts, "\n", " ") if self.continued else texts

    def places(self, *tags: str) -> Numbers:
        """Places of the values of `tags` that have text, by record, then in the order of `tags`."""
        found = [self._by_tag[tag] for tag in tags if tag in self._by_tag]
        places: Numbers = np.concatenate([np.empty(0, np.int64), *found])
        places = places[self._filled[places]]
        return places if len(found) < 2 else places[np.argsort(self.records[places], kind="stable")]

    def first(self, *tags: str) -> Numbers:
        """Place of the first value with text of the first of `tags` that has one, for each record; -1 without."""
        places = self.places(*tags)
        return _put_firsts(places, self.records[places], self.count)

    def text(self, *tags: str) -> pa.Array:
        """Text of the first of `tags` that has one, for each record."""
        return self.texts(self.first(*tags))

    def found(self, places: Numbers, results: pa.Array) -> pa.Array:
        """The first of `results`, of which there is one for each of `places`, that is not null, for each record."""
        good = _mask(results.is_valid())
        owners = self.records[places[good]]
        first = _put_firsts(np.arange(len(owners)), owners, self.count)
        return results.filter(pa.array(good)).take(pa.array(first, mask=first < 0))

    def doi(self, *tags: str) -> pa.Array:
        """First DOI in the values of `tags`."""
        places = self.places(*tags)
        lowered = pc.ascii_lower(self.values.take(pa.array(places)))
        return self.found(places, mapped(lowered, pc.invert(pc.match_substring_regex(lowered, BARE["doi"])), normal_doi))

    def urls(self, *tags: str) -> tuple[pa.Array, pa.Array]:
        """First address in the values of `tags`, and the others between spaces; null where there are none."""
        places = self.places(*tags)
        values = self.values.take(pa.array(places))
        # A semicolon parts addresses, or is a character of one; an angle bracket encloses one, or is.
        alone = pc.match_substring_regex(values, _ONE_URL)
        values = mapped(values, pc.invert(alone), lambda text: " ".join(addresses(text)) or None)
        several = pc.match_substring(values, " ")
        url = self.found(places, mapped(values, several, lambda text: text.split(" ")[0]))
        # Nearly all are nothing but the address that is known.
        known = pc.fill_null(pc.equal(url.take(pa.array(self.records[places])), values), True)
        more = ~_mask(known)
        lists = self._split(values.filter(pa.array(more)), self.records[places[more]], " ", once=True)
        owners = pc.list_parent_indices(lists)
        kept = _mask(pc.not_equal(lists.flatten(), url.take(owners)))
        joined = pc.binary_join(
            self.lists(lists.flatten().filter(pa.array(kept)), owners.to_numpy()[kept]), pa.scalar(" ", TEXT)
        )
        return url, pc.if_else(pc.equal(joined, ""), None, joined)

    def arxiv_id(self, *tags: str) -> pa.Array:
        """First arXiv identifier in values of `tags` that name arXiv."""
        places = self.places(*tags)
        values = self.values.take(pa.array(places))
        named = pc.match_substring_regex(values, "rxiv|RXIV")
        return self.found(places, mapped(pc.if_else(named, values, None), named, normal_arxiv_id))

    def dates(self, *tags: str) -> tuple[pa.Array, pa.Array]:
        """Date of the first of `tags` that has one, as finely as the others agree (see `finest`); and what it says more, in EDTF."""
        places = self.places(*tags)
        # Few sets of dates are many records'.
        given = pc.binary_join(self.lists(self.texts(places), self.records[places]), pa.scalar("\n", TEXT)).dictionary_encode()
        sets = [texts.split("\n") for texts in given.dictionary.to_pylist()]
        dates = [finest(*texts) for texts in sets]
        more = [extended(date, texts) for date, texts in zip(dates, sets, strict=True)]
        return pa.array(dates, TEXT).take(given.indices), pa.array(more, TEXT).take(given.indices)

    def names(self, places: Numbers) -> pa.Array:
        """Names in the values at `places`, which stand by record, as lists: one or several a line."""
        lists = self._split(_plain(self.values.take(pa.array(places))), self.records[places], "\n")
        names = lists.flatten()
        several = _mask(pc.greater(pc.count_substring(names, ","), 1)) | _mask(pc.match_substring_regex(names, r"[;|]"))
        several |= _mask(pc.match_substring_regex(names, r",$|al\.?$|\.{3}$"))
        # A name ends in initials before the first comma, or begins with them; of whole names one has an initial within.
        several |= _mask(
            pc.match_substring_regex(names, r" (?:\p{Lu}\.?[ -]?){1,4},|^\p{Lu}\..*,| & | .*\p{Lu}\. .*,|,.* \p{Lu}\. ")
        )
        if (wide := ~_mask(pc.string_is_ascii(names))).any():
            several[wide] |= _mask(
                pc.match_substring_regex(
                    names.filter(pa.array(wide)), r"[；、，؛،…·・]|等$|[\p{Han}\p{Hangul}][ ,]+[\p{Han}\p{Hangul}]{2}"
                )
            )
        if not several.any():
            return lists
        owners = pc.list_parent_indices(lists).to_numpy()
        found = lists.to_pylist()
        for record in np.unique(owners[several]).tolist():
            found[record] = [name for text in found[record] for name in _names(text)]
        return pa.array(found, TEXTS)

    def lines(self, places: Numbers) -> pa.Array:
        """Every line of the values at `places`, which stand by record, as lists."""
        return self._split(self.values.take(pa.array(places)), self.records[places], "\n")

    def parts(self, *tags: str) -> pa.Array:
        """Every item of `tags`, one or several a line, separated by semicolons, as lists; each item once a record."""
        places = self.places(*tags)
        values = _plain(self.values.take(pa.array(places)))
        return self._split(
            pc.replace_substring(values, "\n", ";") if self.continued else values, self.records[places], ";", once=True
        )

    def _split(self, items: pa.Array, owners: Numbers, mark: str, *, once: bool = False) -> pa.Array:
        if pc.any(pc.match_substring(items, mark)).as_py():
            split = pc.split_pattern(items, mark)
            owners = owners[pc.list_parent_indices(split).to_numpy()]
            items = pc.utf8_trim_whitespace(split.flatten())
            good = _mask(pc.not_equal(items, ""))
            items, owners = items.filter(pa.array(good)), owners[good]
        if once and len(items):
            coded = items.dictionary_encode()
            pairs = owners * len(coded.dictionary) + coded.indices.to_numpy()
            kept = np.sort(np.unique(pairs, return_index=True)[1])
            items, owners = items.take(pa.array(kept)), owners[kept]
        return self.lists(items, owners)

    def lists(self, values: pa.Array, owners: Numbers) -> pa.Array:
        """Lists of values, one a record; `owners` are the records of the values, ascending."""
        ends = np.concatenate([[0], np.cumsum(np.bincount(owners, minlength=self.count))])
        return pa.ListArray.from_arrays(pa.array(ends, pa.int32()), values, type=TEXTS)

    def rest(self, used: frozenset[str], names: dict[str, str]) -> dict[str, pa.Array]:
        """Tags that no field of the schema was made from, in the order in which they come, under the names that `names` has for them.

        Several values of a tag are one text, a line each; of two tags of one name that comes last.
        """
        last: dict[str, tuple[pa.Array, Numbers]] = {}
        for tag, places in sorted(self._by_tag.items(), key=lambda item: item[1][:1].tolist()):
            if tag in used or not self._filled[places].any():
                continue
            first = _put_firsts(places, self.records[places], self.count)
            text = self.values.take(pa.array(first, mask=first < 0))
            if len(places) > np.count_nonzero(first >= 0):
                whole = pc.binary_join(
                    self.lists(self.values.take(pa.array(places)), self.records[places]), pa.scalar("\n", TEXT)
                )
                text = pc.if_else(pa.array(first >= 0), whole, text)
            name = names.get(tag, tag)
            if name in last:
                text = pc.if_else(pa.array(first > last[name][1]), text, last[name][0])
                first = np.maximum(first, last[name][1])
            last[name] = (text, first)
        return {name: text for name, (text, _) in last.items()}

    def tags_of(self, record: int) -> list[str]:
        """Tags of a record, in the order in which they come."""
        start, end = np.searchsorted(self.records, [record, record + 1])
        return list(dict.fromkeys(self.tags[code] for code in self.codes[start:end].tolist()))


def mapped(texts: pa.Array, wanted: pa.Array, function: Callable[[str], str | None]) -> pa.Array:
    """Texts, with what `function` makes of those that are `wanted`."""
    mask = pc.fill_null(wanted, False)
    if not pc.any(mask).as_py():
        return texts
    return pc.replace_with_mask(texts, mask, pa.array([function(text) for text in texts.filter(mask).to_pylist()], TEXT))


def _names(text: str) -> list[str]:
    """Names in a value; one that ends in its only comma is a body's (EndNote)."""
    if text.rstrip().endswith(",") and text.count(",") == 1:
        return [marked(text.rstrip(", "))]
    return split_names(text) if several_names(text) or text.endswith(("al", "al.")) else [text.strip(" ,")]


def tidied(texts: pa.Array) -> pa.Array:
    """Texts as `single_spaced` leaves them."""
    return mapped(texts, pc.match_substring_regex(texts, f"^ | $|  |[{ODD_SPACES}]"), single_spaced)


def _plain(texts: pa.Array) -> pa.Array:
    """Texts without HTML's references to characters."""
    return mapped(texts, pc.match_substring_regex(texts, r"&#?\w+;"), without_references)


def readables(texts: pa.Array) -> pa.Array:
    """Texts without their HTML, each on one line."""
    return mapped(texts, pc.match_substring_regex(texts, "[<&]"), readable)


def _put_firsts(places: Numbers, owners: Numbers, count: int) -> Numbers:
    """The first of `places` of each of `count` owners, -1 without."""
    first = np.full(count, -1, np.int64)
    # Of several values for one place numpy keeps the last.
    first[owners[::-1]] = places[::-1]
    return first


def _mask(booleans: Any) -> Mask:
    mask: Mask = booleans.to_numpy(zero_copy_only=False)
    return mask
