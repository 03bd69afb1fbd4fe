"""How surprising letters are in some languages: makes ``explorer/sources/letter_costs.json.br``, by which encodings are told apart.

``python -m benchmarks.letter_costs`` counts the letters of the word lists of `wordfreq` (https://pypi.org/project/wordfreq/, 3.1), and for
Thai of `pythainlp` (https://pypi.org/project/pythainlp/, 5.4), which have to be installed beside the project. Only counts go into the
file, no word.
"""

from __future__ import annotations

import gzip
import json
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa

from explorer.sources.charsets import COSTS

_TARGET = Path(__file__).parents[1] / "explorer" / "sources" / COSTS

ALPHABETS = (
    "ru uk bg mk pl cs sk hu ro sl sh el tr ar fa ur he de fr es pt it nl sv da nb fi is ca lt lv th".split()
)  # fmt: skip
"""Languages whose words are counted by pairs of letters."""

CHARACTERS = {"zh-hans": "zh", "zh-hant": "zh", "ja": "ja", "ko": "ko"}
"""Scripts of thousands of characters, which are counted one by one, and the language whose list has them."""

_KEPT = {"zh-hans": 4000, "zh-hant": 4500, "ja": 2600, "ko": 1600}
# Titles have more long and rare words than the speech and the subtitles that the lists were counted from.
_FLATTENED = 0.5
_MOST_BITS = 15.0
_NOT_LATIN = frozenset("ru uk bg mk el ar fa ur he th".split())
_UNSPACED = frozenset(("th",))
"""Languages that write no blanks between words: a word goes on in the next one."""
_LATIN = re.compile("[a-zà-ÿ]")
# The encodings that have Romanian letters have them with a cedilla.
_WITH_CEDILLA = {ord("ș"): "ş", ord("ț"): "ţ"}


def pairs_of(language: str) -> dict[str, str]:
    """Letters of a language, and the bits by which each is a surprise after each; a blank stands for the ends of words."""
    single: Counter[str] = Counter()
    double: Counter[tuple[str, str]] = Counter()
    for word, frequency in _frequencies(language):
        plain = unicodedata.normalize("NFC", word).translate(_WITH_CEDILLA)
        if (
            not all(letter.isalpha() or unicodedata.category(letter) == "Mn" for letter in plain)
            or not plain
            or len(plain) > 30
            or (language in _NOT_LATIN and not plain.isascii() and _LATIN.search(plain))
        ):
            continue
        if language in _NOT_LATIN and plain.isascii():
            continue
        weight = frequency**_FLATTENED
        ends = f" {plain} "
        single.update(dict.fromkeys(plain, weight))
        for first, second in zip(ends, ends[1:], strict=False):
            double[first, second] += weight
    if language in _UNSPACED:
        begun = {letter: weight for (before, letter), weight in double.items() if before == " "}
        for (letter, after), weight in list(double.items()):
            if after == " ":
                double.update({(letter, first): weight * share / sum(begun.values()) for first, share in begun.items()})
    total = sum(single.values())
    letters = " " + "".join(sorted(letter for letter, weight in single.items() if weight > 2e-5 * total))
    rows = []
    for first in letters:
        row = [double[first, second] for second in letters]
        whole = sum(row)
        smooth = 2e-4 * whole
        bits = (
            min(_MOST_BITS, -math.log2((weight + smooth) / (whole + smooth * len(letters)))) if whole else _MOST_BITS
            for weight in row
        )
        rows.append([chr(48 + round(bit * 2)) for bit in bits])
    # A row a letter that follows, which are more alike: the file takes less room in the wheel.
    return {"letters": letters, "costs": "".join(cost for column in zip(*rows, strict=True) for cost in column)}


def _frequencies(language: str) -> Iterable[tuple[str, float]]:
    if language == "th":
        from pythainlp.corpus import tnc

        found: list[tuple[str, float]] = tnc.word_freqs()
        return found
    from wordfreq import get_frequency_dict

    return list(get_frequency_dict(language).items())


def characters_of(script: str) -> str:
    """Characters of a script, most frequent first."""
    import msgpack
    import wordfreq
    from wordfreq import get_frequency_dict

    counts: Counter[str] = Counter()
    for word, frequency in get_frequency_dict(CHARACTERS[script]).items():
        for character in unicodedata.normalize("NFC", word):
            if ord(character) > 0x2FFF:
                counts[character] += frequency**0.7
    if script == "zh-hant":
        # The list is in simplified characters; a traditional one is as frequent as the one it was simplified to.
        path = Path(wordfreq.__file__).parent / "data" / "_chinese_mapping.msgpack.gz"
        simplified = msgpack.unpackb(gzip.decompress(path.read_bytes()), raw=False, strict_map_key=False)
        traditional: dict[str, list[str]] = {}
        for code, plain in simplified.items():
            if _in_big5(chr(code)):
                traditional.setdefault(plain, []).append(chr(code))
        given = {c: n for c, n in counts.items() if _in_big5(c)}
        for plain, others in traditional.items():
            for other in others:
                given[other] = max(given.get(other, 0.0), counts[plain] / (1 if len(others) == 1 else 2))
        counts = Counter(given)
    return "".join(character for character, _ in counts.most_common(_KEPT[script]))


def _in_big5(character: str) -> bool:
    try:
        return len(character.encode("big5")) == 2
    except UnicodeEncodeError:
        return False


def main() -> None:
    """Write the file."""
    found = {
        "alphabets": {name: pairs_of(name) for name in ALPHABETS},
        "characters": {name: characters_of(name) for name in CHARACTERS},
    }
    text = json.dumps(found, ensure_ascii=False, indent=0) + "\n"
    _TARGET.write_bytes(pa.Codec("brotli", compression_level=11).compress(text.encode(), asbytes=True))


if __name__ == "__main__":
    main()
