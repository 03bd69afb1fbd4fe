"""Which of the encodings before Unicode a text is in, by how likely its letters are in the languages that were written in it.

Each candidate decodes a sample of the lines that are not ASCII, and pays bits for what it reads: letters by how much they surprise
after one another in the likeliest language of that encoding, Chinese, Japanese and Korean characters by their rank, signs by where
they stand, bytes that it does not know the most. The cheapest reading is taken. As all pay for the same bytes, the difference says
how sure that is; where it is small, the next ones are told too.

Notes
-----
`charset-normalizer` and `chardet` look at the whole text, which in a bibliography is nearly all ASCII; ``benchmarks/encodings.py`` has the
figures. The costs are counted from word lists (``benchmarks/letter_costs.py``). A Zipf-Mandelbrot law gives those of characters by rank.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from explorer.papers.ledger import Reading

_WEST = ("de", "fr", "es", "pt", "it", "nl", "sv", "da", "nb", "fi", "is", "ca")
_EAST = ("pl", "cs", "sk", "hu", "ro", "sl", "sh", "de")
_CYRILLIC = ("ru", "uk", "bg", "mk")


class Candidate(NamedTuple):
    """An encoding that a text may be in."""

    languages: tuple[str, ...]
    """Languages written in it."""
    bits: float
    """How much rarer than the others it is met."""


CANDIDATES: Mapping[str, Candidate] = {
    "cp1252": Candidate(_WEST, 0),
    "cp1251": Candidate(_CYRILLIC, 6),
    "cp1250": Candidate(_EAST, 6),
    "gb18030": Candidate(("zh-hans", "zh-hant"), 6),
    "cp932": Candidate(("ja",), 6),
    "big5hkscs": Candidate(("zh-hant",), 6),
    "cp949": Candidate(("ko",), 6),
    "cp1253": Candidate(("el",), 6),
    "cp1254": Candidate(("tr", "de", "fr"), 6),
    "cp1256": Candidate(("ar", "fa", "ur", "fr"), 6),
    "cp1255": Candidate(("he",), 8),
    "euc_jp": Candidate(("ja",), 9),
    "koi8-r": Candidate(("ru", "bg"), 9),
    "koi8-u": Candidate(("uk", "ru"), 12),
    "cp1257": Candidate(("lt", "lv"), 9),
    "cp874": Candidate(("th",), 9),
    "iso8859-2": Candidate(_EAST, 12),
    "iso8859-7": Candidate(("el",), 12),
    "iso8859-15": Candidate(_WEST, 9),
    "mac-roman": Candidate(_WEST, 9),
    "cp866": Candidate(("ru", "bg"), 18),
    "iso8859-5": Candidate(_CYRILLIC, 18),
    "mac-cyrillic": Candidate(_CYRILLIC, 18),
    "iso8859-6": Candidate(("ar", "fa"), 18),
    "cp850": Candidate(_WEST, 24),
    "cp852": Candidate(_EAST, 24),
}
"""Candidates, with the languages that were written in each."""

SURE = 0.95
"""A reading at least this sure is taken without asking."""

_LINES = 160
"""Lines of a sample; more make no reading surer."""
_PREVIEW = 120
_FEW = 24
_BEHIND = 120.0
"""Bits by which a candidate is behind the best after so few lines, and given up."""
_MOST = 1 << 20
"""Bytes among which the lines are looked for."""
_AROUND = 60
"""Bytes on each side of a byte above 127 that are looked at."""
_STRAY = 26.0
COSTS = "letter_costs.json.br"
"""File of what letters cost; packed, for it takes a sixth more of a package otherwise."""

_UNKNOWN = 18.0
_FOREIGN = 11.0
_OTHER_LANGUAGE = 5.0
_ASCII = 4.3
# Differences of costs are as if letters said nothing about one another; this many bits of them count as one.
_TEMPERATURE = 3.0
_MANDELBROT = 20

_HIGH = re.compile(rb"[\x80-\xff]")
_NEAR = re.compile(rb"[^\r\n\x80-\xff]{0,%d}[\x80-\xff][^\r\n]{0,240}" % _AROUND)
# The micro sign, ordinals, raised digits and fractions are parts of words to Unicode, and signs in a text.
# The vowels and tones of Thai are none to Python.
_LETTER = "(?:[^\\W\\d_µªº¹²³¼½¾]|[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e])"
_PIECE = re.compile(rf"{_LETTER}+|[^\x00-\x7f]|[\x00-\x7f]")
_LETTERS = re.compile(_LETTER)
_IDEOGRAPH = re.compile("[\u3005-\u3007\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003134f]")
_USUAL = frozenset("“”„‚‘’«»–—…•°§©®™±×·€№\xa0")
_OPENING = frozenset("“„‚‘«‹§€£¥•–—¿¡\xa0")
_RARER = frozenset("ªº¹²³½¼¾µ¿¡‹›†£¥")
_WIDE = frozenset("　。、，．・·「」『』（）：；？！《》〈〉【】〔〕—…―～－“”‘’％＋＝／")
_WITHIN = {"’": 5.0, "‘": 8.0, "–": 7.0, "\xad": 8.0, "·": 8.0, "\u200c": 4.0, "²": 9.0, "³": 9.0, "°": 9.0, "µ": 9.0}


def readings(data: bytes) -> list[Reading]:
    """The three likeliest readings of a text that is not Unicode, the best first; they differ in the text, not in the name only.

    Parameters
    ----------
    data : bytes
        Text with at least one byte above 127.
    """
    return list(_readings(tuple(_sample(data))))


@lru_cache(maxsize=8)
def _readings(sample: tuple[bytes, ...]) -> tuple[Reading, ...]:
    names = list(CANDIDATES)
    if len(sample) > 2 * _FEW:
        # Most candidates are out of the question after a few lines.
        few = sample[:: len(sample) // _FEW]
        first = {name: _cost(_read(few, name), CANDIDATES[name].languages) for name in names}
        names = [name for name in names if first[name] < min(first.values()) + _BEHIND]
    # Where encodings make the same text of the bytes, it is named after the most usual of them.
    costs: dict[tuple[str, ...], tuple[float, str]] = {}
    for name in sorted(names, key=lambda name: CANDIDATES[name].bits):
        lines = _read(sample, name)
        cost = _cost(lines, CANDIDATES[name].languages)
        before = costs.get(lines)
        costs[lines] = (
            (cost + CANDIDATES[name].bits, name)
            if before is None
            else (min(before[0], cost + CANDIDATES[before[1]].bits), before[1])
        )
    ranked = sorted((cost, name, lines) for lines, (cost, name) in costs.items())
    best = ranked[0][0]
    weights = [2.0 ** -((cost - best) / _TEMPERATURE) for cost, _, _ in ranked]
    shown = _telling(ranked[:3])
    return tuple(
        Reading(name, weight / sum(weights), preview)
        for (_, name, _), weight, preview in zip(ranked, weights, shown, strict=False)
    )


def _read(sample: tuple[bytes, ...], encoding: str) -> tuple[str, ...]:
    return tuple(line.decode(encoding, errors="replace") for line in sample)


def _telling(ranked: list[tuple[float, str, tuple[str, ...]]]) -> list[str]:
    """Of each reading, the line by which they can be told apart best: that with most letters that are not ASCII."""
    places = range(len(ranked[0][2]))
    differ = [place for place in places if len({lines[place] for _, _, lines in ranked}) == len(ranked)] or list(places)
    best = max(differ, key=lambda place: sum(not c.isascii() for c in ranked[0][2][place]), default=0)
    return [lines[best].strip()[:_PREVIEW] if lines else "" for _, _, lines in ranked]


def _sample(data: bytes) -> list[bytes]:
    """Pieces of lines around bytes above 127, from all of the text, so that each of these bytes is in some of them."""
    if len(data) > _MOST:
        first = _HIGH.search(data)
        start = first.start() if first else 0
        step = max((len(data) - start) // 4, 1)
        # From the first such byte on, and from places further on.
        data = b"\n".join(data[place : place + _MOST // 4] for place in range(start, len(data), step))
    lines = list(dict.fromkeys(match.group() for match in _NEAR.finditer(data)))
    seen: Counter[int] = Counter()
    chosen: list[bytes] = []
    spare: list[bytes] = []
    for line in lines:
        bytes_of = {byte for byte in line if byte > 127}
        if any(seen[byte] < 2 for byte in bytes_of):
            seen.update(bytes_of)
            chosen.append(line)
        else:
            spare.append(line)
    room = max(_LINES - len(chosen), 0)
    step = max(len(spare) // room, 1) if room else len(spare) + 1
    return chosen[: 2 * _LINES] + spare[::step][:room]


def _cost(lines: Iterable[str], languages: tuple[str, ...]) -> float:
    """Bits that a reading of some lines costs in the likeliest of some languages."""
    models = [_alphabet(language) for language in languages if language in _costs()["alphabets"]]
    ranks = [_ranks(language) for language in languages if language in _costs()["characters"]]
    total = 0.0
    words: Counter[str] = Counter()
    for line in lines:
        pieces = _PIECE.findall(line)
        for place, piece in enumerate(pieces):
            if piece.isascii():
                total += _ASCII * len(piece)
            elif _LETTERS.match(piece):
                words[piece] += 1
            else:
                before = pieces[place - 1][-1] if place else " "
                after = pieces[place + 1][0] if place + 1 < len(pieces) else " "
                total += _sign(piece, before, after, bool(ranks))
    by_language = [0.0] * len(models)
    costs: list[tuple[int, list[float]]] = []
    for word, count in words.items():
        if _IDEOGRAPH.search(word) or not models:
            total += count * min(
                (sum(_of_rank(ranked, character) for character in word) for ranked in ranks), default=_UNKNOWN * len(word)
            )
            continue
        lower, case = word.lower(), _case(word)
        bits = [_of_word(model, lower) + case for model in models]
        # A word that comes again says less than a new one.
        weight = 1 + min(count - 1, 3) // 2
        total += (count - weight) * _ASCII * len(word)
        costs.append((weight, bits))
        for place, value in enumerate(bits):
            by_language[place] += weight * value
    if costs:
        main = min(range(len(models)), key=by_language.__getitem__)
        total += sum(weight * min(bits[main], min(bits) + _OTHER_LANGUAGE) for weight, bits in costs)
    return total


def _sign(sign: str, before: str, after: str, eastern: bool) -> float:
    """Bits for a character that is neither ASCII nor a letter, between its neighbours."""
    code = ord(sign)
    if code == 0xFFFD or 0x80 <= code < 0xA0 or 0xE000 <= code < 0xF900:
        return _STRAY
    if eastern and sign in _WIDE:
        # Within a word of Latin letters a bracket is half of it: "D〉re" was "Dürre" of another encoding.
        within = before.isascii() and after.isascii() and before.isalpha() and after.isalpha()
        return 13.0 if within and sign not in "’—…－～" else 5.0
    if before.isalpha() and after.isalpha():
        return _WITHIN.get(sign, 13.0)
    cost = 6.0 if sign in _USUAL else 9.0 if sign in _RARER else 12.0
    if after.isalpha() and sign in "¼½¾":
        return 20.0
    return cost + 4.0 if after.isalpha() and sign not in _OPENING else cost


def _case(word: str) -> float:
    if word.islower() or word.upper() == word.lower():
        return 0.3
    if word[0].isupper() and (len(word) == 1 or word[1:].islower()):
        return 2.0
    return 4.0 if word.isupper() else 10.0


def _of_word(model: tuple[Mapping[str, int], int, list[float]], word: str) -> float:
    places, width, costs = model
    total, before = 0.0, 0
    for letter in word:
        place = places.get(letter, -1)
        if place < 0:
            total += _FOREIGN if letter.isascii() or unaccented(letter).isascii() else _UNKNOWN
            before = -1
            continue
        total += costs[place * width + before] if before >= 0 else 6.0
        before = place
    return total + (costs[before] if before >= 0 else 3.0)


def unaccented(letter: str) -> str:
    """A letter without its accents."""
    import unicodedata

    return unicodedata.normalize("NFD", letter)[0]


def _of_rank(ranks: Mapping[str, int], character: str) -> float:
    rank = ranks.get(character)
    return _UNKNOWN if rank is None else 2.4 + math.log2(rank + _MANDELBROT)


@cache
def _costs() -> dict[str, dict[str, str | dict[str, str]]]:
    with pa.input_stream(Path(__file__).with_name(COSTS), compression="brotli") as file:
        found: dict[str, dict[str, str | dict[str, str]]] = json.loads(file.read())
    return found


@cache
def _alphabet(language: str) -> tuple[Mapping[str, int], int, list[float]]:
    """Place of each letter of a language, how many places there are, and the bits of each pair, a row a letter that follows."""
    table = _costs()["alphabets"][language]
    assert isinstance(table, dict)
    places = {letter: place for place, letter in enumerate(table["letters"])}
    # Lists of words are folded: these two letters are in none of them.
    places |= {"ς": places["σ"]} if "σ" in places else {}
    places |= {"ß": places["s"]} if language == "de" else {}
    return places, len(table["letters"]), [(ord(code) - 48) / 2 for code in table["costs"]]


@cache
def _ranks(script: str) -> Mapping[str, int]:
    characters = _costs()["characters"][script]
    return {character: rank for rank, character in enumerate(characters)}
