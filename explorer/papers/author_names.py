"""Names of people and of bodies: the one place that knows how a name is written, read, listed, shown and searched for.

The paper table keeps a name as its source gave it (``Lopez AB``, ``Lopez, A. B.``, ``A. B. Lopez``). Everything else asks here:

================== ====================================================================================================
`parse_name`       the parts of a name: given, particle, family, suffix; or the whole, where it is no person's
`display`          the form people are shown, counted and chosen by: ``A. B. Lopez``, ``Jan van der Berg``, ``Sam Roe Jr.``
`family_first`     the form of RIS and of MEDLINE's full names: ``Lopez, A. B.``, ``Roe, Sam, Jr.``
`bibtex_name`      the form of BibTeX: ``Roe, Jr., Sam``, ``{World Lake Organization}``
`marked`           a name that is known to be a body's, as the table keeps it
`split_names`      names that one text lists: ``Lopez, A. B. and Meyer, K.``, ``钱七，孙八``, ``Ana Lopez; et al.``
`name_splitter`    the same for the cells of one column, which tell more together than each alone
`several_names`    whether a text that should be one name is a list of them
`family_and_given` the words by which a name is searched for
`displayed`        `display` of a whole column
================== ====================================================================================================

A name that is no person's is known by its words (``University``, ``Inc.``, ``研究所``). Where they do not tell, and the source did
(BibTeX's braces, CSL's ``literal``), the table keeps it in braces: ``{Aurora Borealis}``. They are never shown.

Notes
-----
BibTeX's three forms: Patashnik, *BibTeXing* (1988), section 4. CSL's parts: *Citation Style Language 1.0.2*, "Name-part order".
MEDLINE's ``Family IN``: https://www.nlm.nih.gov/bsd/mms/medlineelements.html#au. Where a text can be read in two ways, the one that
bibliographic databases write is taken: ``Weinan E`` is E. Weinan, as ``Lopez A`` is A. Lopez. A capitalised particle belongs to the
family name (``Guido Van Rossum``). Academic degrees are dropped from the parts.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from explorer.memory import remembered
from explorer.papers.rows import rows_where


class Name(NamedTuple):
    """The parts of a name.

    A body, or a person of one name only, has nothing but `literal`.
    """

    given: str = ""
    family: str = ""
    particle: str = ""
    """``van der``, ``de la``, ``bin``: written before the family name, in lower case."""
    suffix: str = ""
    """``Jr.``, ``III``; the number by which dblp tells namesakes apart."""
    literal: str = ""

    @property
    def last(self) -> str:
        """Family name with its particle."""
        return f"{self.particle} {self.family}" if self.particle else self.family


_PARTICLES = frozenset(
    "van von vom zu zum zur der den dem des de del della delle dello degli di da das do dos du d' la las le les lo los ten ter te tot 't "
    "op af av auf bin ibn bint abu ben el al of".split()
)
# With a capital these are part of a family name, where they do not come first.
_CAPITALISED = frozenset("Van Von Vander Vanden De Del Della Di Da Dos Du La Ten Ter Der Den El Al Le Lo St. Saint".split())
# "Van" is also a given name of Vietnam.
_VIETNAMESE = frozenset(
    "Nguyen Tran Le Pham Hoang Huynh Phan Vu Vo Dang Bui Do Ho Ngo Duong Ly Dinh Truong Trinh Luong".split()
)
_BETWEEN = frozenset(("y", "i", "e"))
# In capitals alone these are initials.
_SUFFIX = re.compile(
    r"(?:[Jj]r\.?|[Ss]r\.?|JR\.|SR\.|[Jj]un\.|[Ss]en\.|[Jj]unior|[Ss]enior|III?|IV|2nd|3rd|[4-9]th|(?<!\d)0\d{3})\Z"
)
_SPELT_SUFFIX = {
    "2nd": "II",
    "3rd": "III",
    "4th": "IV",
    "jr": "Jr.",
    "sr": "Sr.",
    "jun": "Jr.",
    "sen": "Sr.",
    "junior": "Jr.",
    "senior": "Sr.",
}
_DEGREE = re.compile(
    r"(?:Ph\.? ?D|M\.?D|D\.?Phil|M\.?Sc|B\.?Sc|M\.?Phil|M\.?P\.?H|M\.?B\.?A|M\.?A|B\.?A|R\.?N|D\.?D\.?S|D\.?V\.?M|Dr\.? ?(?:rer|med|ing)"
    r"[\w. -]*|Pharm\.?D|F\.?R\.?C\.?[PS]|F\.?A\.?C\.?[PS]|M\.?B\.? ?B\.?S|Sc\.?D|Ed\.?D|J\.?D|LL\.?M)\.?\Z"
)
# Letters with a full stop each, or capitals without; Russian ones may have more letters ("Yu.", "Щ.").
_DOTTED = re.compile(r"(?:[^\W\d_][a-zа-яё]{0,3}\.-?|[^\W\d_](?=-|\Z)-?)+\Z")
_CAPITALS = re.compile(r"[^\W\d_](?:-?[^\W\d_]){0,3}\Z")
_BRACED = re.compile(r"\{[^{}]*\}\Z")
_COMMAS = re.compile(r"\s*[,，،]\s*")
_SPACES = re.compile(r"\s+")

_HAN = "\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
_KANA = "\u3040-\u30ff\u31f0-\u31ff"
_HANGUL = "\uac00-\ud7a3"
# Scripts that write the family name first and nothing between the two; katakana alone is a foreign name.
_EASTERN = re.compile(f"(?=[{_KANA}]*[{_HAN}\u3040-\u309f{_HANGUL}])[{_HAN}{_KANA}{_HANGUL}]+\\Z")
_EASTERN_LETTER = re.compile(f"[{_HAN}{_KANA}{_HANGUL}]")
_CHINESE = frozenset(
    "王李张張刘劉陈陳杨楊赵趙黄黃周吴吳徐孙孫胡朱高林何郭马馬罗羅梁宋郑鄭谢謝韩韓唐冯馮于董萧蕭程曹袁邓鄧许許傅沈曾彭吕呂苏蘇卢盧"
    "蒋蔣蔡贾賈丁魏薛叶葉阎閻余潘杜戴夏钟鍾汪田任姜范方石姚谭譚廖邹鄒熊金陆陸郝孔白崔康毛邱秦江史顾顧侯邵孟龙龍万萬段雷钱錢汤湯"
    "尹黎易常武乔喬贺賀赖賴龚龔文欧歐"
)
_KOREAN = frozenset(
    "김이박최정강조윤장임한오서신권황안송류유전홍고문양손배백허남심노하곽성차주우구민진지엄채원천방공현함변염여추도소석선설마길연위표명기반왕금옥육인맹제모탁국어은편용"
)

# Words that only bodies have in their names; in the languages in which most records are written.
_BODY = re.compile(
    r"\b(?:organi[sz]a[tc]i[oó]\w*|organi[sz]a[cç][aã]o|organisations?|universit\w*|universidad\w*|université\w*|üniversitesi|uniwersytet\w*"
    r"|institut\w*|istituto|instytut|consorti\w+|collaborations?|committee|comité|comitato|council|ministr(?:y|ies)|minist[eè]r\w*"
    r"|departments?|d[eé]partement\w*|departamento|associations?|asociaci[oó]n|associa[cç][aã]o|associazione|societ(?:y|ies|à)|sociedad\w?|société"
    r"|gesellschaft|verein|foundations?|fundaci[oó]n|funda[cç][aã]o|fondation|stiftung|commission\w*|comisi[oó]n|federations?|federaci[oó]n"
    r"|agenc(?:y|ies)|agencia|agentur|investigators|secretariat|corporations?|gmbh|inc|ltd|llc|plc|corp|s\.a|academy|academia|académie|akademie"
    r"|laborator(?:y|ies)|laboratoire|laboratorio|hospitals?|hôpital|h[oô]pitaux|klinik\w*|clinics?|task force|working (?:group|party)"
    r"|study group|research group|writing group|initiative|authorit(?:y|ies)|administration|bureau|network|taskforce|workgroup|librar(?:y|ies)"
    r"|(?:alliance|partnership|coalition|cent(?:er|re)|board|office|bank) (?:for|of|on|to|against)"
    r"|bibliothek|museum|musée|museo|world health|united nations|nations unies|european union|steering|contributors|anonymous|staff"
    r"|университет\w*|институт\w*|академи\w*|министерств\w*|обществ\w*|организаци\w*|комитет\w*|центр\w*|ассоциаци\w*|фонд)\b",
    re.IGNORECASE,
)
# Words that people are called by too: two of them, or one among three words or more, without an initial, make a body.
_LOOSE = re.compile(
    r"\b(?:group|groupe|grupo|gruppe|team|équipe|equipo|cent(?:er|re)s?|centro|zentrum|national|international|project|programme?|study|trials?"
    r"|research|press|bank|union|office|board|panel|alliance|partnership|service|services|school|college|company|co|club|forum|league|unit"
    r"|health|medical|working|society|system|systems|technolog(?:y|ies)|the)\b",
    re.IGNORECASE,
)
_EASTERN_BODY = re.compile(
    "(?:大学|大學|学院|學院|研究所|研究院|研究会|研究會|公司|集团|集團|委员会|委員会|委員會|中心|センター|协会|協会|協會|学会|學會|医院|醫院|病院|图书馆|圖書館|図書館"
    "|出版社|编辑部|課題組|课题组|小组|组织|組織|联盟|連盟|株式会社|機構|机构|基金会|財団|실|대학교|연구소|연구원|학회|협회|재단|위원회|센터|공사|기관|병원)"
)  # fmt: skip


def parse_name(text: str) -> Name:
    """Take a name apart, in whichever order and with whichever marks it is written.

    Parameters
    ----------
    text : str
        One name, such as ``Lopez AB``, ``Lopez, A. B.``, ``A. B. Lopez``, ``Berg, Jan van der``, ``Roe, Jr., Sam``, ``Roe, Sam, Jr.``,
        ``王, 小明``. In braces it is taken for a body's.

    Returns
    -------
    Name
        Initials are written ``A. B.``; an empty text has no part.
    """
    return _parsed(text)


@remembered(1 << 16)
def _parsed(text: str) -> Name:
    whole = _ROLE.sub("", _SPACES.sub(" ", text).strip(" ,;，"))
    if not whole:
        return Name()
    if _BRACED.match(whole):
        return Name(literal=whole[1:-1].strip())
    if is_body(whole):
        # Programs that know people only write "Organization, World Lake".
        turned = re.fullmatch(r"([^\W\d_]+), ([^,]+)", whole)
        if turned and _BODY.fullmatch(turned[1]) and not _BODY.search(turned[2]):
            return Name(literal=f"{turned[2]} {turned[1]}")
        return Name(literal=whole)
    if _COMMAS.search(whole):
        return _with_commas([part for part in _COMMAS.split(whole) if part]) or Name(literal=whole)
    words, suffix = _without_suffix(whole.split(" "))
    if len(words) == 1:
        # "A.Lopez" is two words that were run together.
        apart = re.match(r"((?:[^\W\d_]\.-?)+)([^\W\d_][\w'’-]{2,})\Z", words[0])
        return _given_first([*apart.groups()], suffix) if apart else Name(literal=whole)
    if all(map(_EASTERN.match, words)):
        return Name(given="".join(words[1:]), family=words[0]) if len(words) == 2 else Name(literal=whole)
    return _family_then_initials(words, suffix) or _given_first(words, suffix)


_ROLE = re.compile(
    r"(?<=[^\W\d_])[.,]? ?(?:[(\[](?i:eds?|editors?|hrsg|hg|ed\. ?lit|coord|dir|authors?|trans|transl|translator|orcid[^()\[\]]*)\.?[)\]]"
    r"|, ?\d{4} ?[-–](?: ?\d{4})?\.?|[*†‡§¶]+)\Z"
)
"""What stands behind a name and is none: an editor's role, the years of a life, a mark."""


def is_body(text: str) -> bool:
    """Whether the words of a name are those of a body (``World Lake Organization``) and not of a person."""
    if _EASTERN_LETTER.search(text):
        return len(text) > 3 and _EASTERN_BODY.search(text) is not None
    if _BODY.search(text):
        # "Society, Ann" and "Inc, B." would be people.
        return not re.match(r"[^\W\d_]+,\s*(?:[^\W\d_]\.?\s*){1,3}\Z", text)
    if "," in text:
        return False
    words = text.split(" ")
    if any(_INITIAL.match(word) for word in words) or len(words) < 2:
        return False
    loose = len(_LOOSE.findall(text))
    joined = any(word in ("of", "for", "the", "on", "and", "&", "für", "pour", "para") for word in words[1:])
    return loose > 1 or (loose == 1 and len(words) > 2) or joined or bool(re.search(r"[&@:/=]|\d(?!\d{3}\Z)\D", text))


_INITIAL = re.compile(r"(?:[^\W\d_]\.)+\Z|[A-Z]\Z")


def _with_commas(parts: list[str]) -> Name | None:
    """Name out of the parts between its commas; None where there are more than a name has."""
    suffix = ""
    kept: list[str] = []
    for part in parts:
        if kept and _SUFFIX.match(part) and (len(parts) > 2 or " " in kept[0] or not part.isupper()):
            suffix = suffix or _spelt(part)
        elif not (kept and _is_degree(part, kept[-1])):
            kept.append(part)
    if len(kept) == 1:
        found = _parsed(kept[0])
        return (
            found if found.literal and not suffix else found._replace(suffix=suffix or found.suffix) if found.family else None
        )
    if len(kept) != 2:
        return None
    before, after = kept
    family, own = _without_suffix(before.split(" "))
    given, end = _without_suffix(after.split(" "))
    suffix = suffix or own or end
    small = len(family)
    while small > 1 and not all(word.lower() in _PARTICLES and word[0].islower() for word in family[: small - 1]):
        small -= 1
    capitals = before.isupper() and len(before) > 1
    spelt = " ".join(_initials(word, most=2 if capitals else 3) for word in given)
    return Name(_dotted(spelt), " ".join(family[small - 1 :]), " ".join(family[: small - 1]), suffix)


def _is_degree(text: str, before: str) -> bool:
    """Whether a text after a comma is an academic degree.

    Two letters, and single ones with full stops behind a family name alone, are initials, but for a physician's after a full name.
    """
    if not _DEGREE.match(text):
        return False
    whole = " " in before and before.split(" ")[0].lower() not in _PARTICLES
    if len(text.replace(".", "").replace(" ", "")) > 2:
        return whole or not _INITIAL.match(text)
    return whole and text.upper().startswith(("MD", "M.D", "RN"))


def _family_then_initials(words: list[str], suffix: str) -> Name | None:
    """Name whose initials come last, as MEDLINE writes it."""
    place = len(words)
    while place > 1 and _last_initials(words[place - 1], words):
        place -= 1
    family = words[:place]
    if place == len(words) or all(_INITIAL.match(word) for word in family) or _last_initials(family[0], words, first=True):
        return None
    small = 0
    while small < len(family) - 1 and family[small] in _PARTICLES:
        small += 1
    given = " ".join(_initials(word, most=4) for word in words[place:])
    return Name(given, " ".join(family[small:]), " ".join(family[:small]), suffix)


def _last_initials(word: str, words: Sequence[str], *, first: bool = False) -> bool:
    if "." in word:
        return _DOTTED.match(word) is not None and word[0].isupper()
    if not _CAPITALS.match(word) or not word.replace("-", "").isupper():
        return False
    if len(word) > 1 and all(other.isupper() for other in words):
        # Where all is in capitals, two consonants are initials and "LI" is a name.
        return not first and len(word) == 2 and not set(word) & set("AEIOUY")
    return True


def _given_first(words: list[str], suffix: str) -> Name:
    last = len(words) - 1
    if last > 2 and words[last - 1] in _BETWEEN:
        last -= 2
    elif last > 1 and words[last - 1] in _CAPITALISED and words[last] not in _VIETNAMESE:
        last -= 1
    first = last
    while first > 1 and words[first - 1] in _PARTICLES:
        first -= 1
    if first == 1 and words[0] in _PARTICLES:
        # A family name alone.
        first = 0
    leading = len(words[0]) > 1 and not (words[0].isupper() and words[-1].isupper())
    given = " ".join(_initials(word, most=4 if place == 0 and leading else 1) for place, word in enumerate(words[:first]))
    return Name(_dotted(given), " ".join(words[last:]), " ".join(words[first:last]), suffix)


def _without_suffix(words: list[str]) -> tuple[list[str], str]:
    """Words of a name, and the suffix that ended them."""
    # "Smith II" are initials, as "Smith JA" are; "Sam Smith II" is a suffix.
    if len(words) > 1 and _SUFFIX.match(words[-1]) and (len(words) > 2 or not words[-1].isupper()):
        return words[:-1], _spelt(words[-1])
    return words, ""


def _spelt(suffix: str) -> str:
    return _SPELT_SUFFIX.get(suffix.rstrip(".").lower(), suffix.rstrip(".") if suffix[:1] in "IiVv" else suffix)


def _initials(word: str, *, most: int) -> str:
    """Initials apart and with their full stops (``AB``, ``A.B.``: ``A. B.``); another word as it is."""
    if "." in word:
        return (
            re.sub(r"\.(?=[^\W\d_])", ". ", word) + ("." if re.search(r"\.-?[^\W\d_]\Z", word) else "")
            if _DOTTED.match(word)
            else word
        )
    letters = word.replace("-", "")
    if len(letters) > most or not letters.isupper() or not _CAPITALS.match(word):
        return word
    return re.sub(r"([^\W\d_])(-?)", lambda match: f"{match[1]}." + (match[2] or " "), word).strip()


def _dotted(given: str) -> str:
    """Given names with a full stop after each that is one letter."""
    return re.sub(r"(?<![\w'’.-])([^\W\d_])(?=\s|\Z)", lambda m: m[1] + "." if m[1].isupper() else m[1], given)


@remembered(16_384)
def display(name: str | Name) -> str:
    """The form in which people are shown, counted and chosen, however their name was written: ``A. B. Lopez``.

    Chinese, Japanese and Korean names have their family name first and no blank. It is its own display.
    """
    found = _parsed(name) if isinstance(name, str) else name
    if found.literal or not found.family:
        return found.literal or found.given
    if _EASTERN.match(found.family) and _EASTERN.match(found.given or found.family):
        return found.family + found.given
    shown = " ".join(filter(None, (found.given, found.particle, found.family, found.suffix)))
    return shown if shown.isascii() else _APOSTROPHE.sub("'", unicodedata.normalize("NFC", shown))


_APOSTROPHE = re.compile("(?<=[^\\W\\d_])[\u2018\u2019\u02bc\uff07](?=[^\\W\\d_])")


def family_first(name: str | Name) -> str:
    """The form of RIS: ``van der Berg, Jan``, ``Roe, Sam, Jr.``; a body as it is called."""
    found = _parsed(name) if isinstance(name, str) else name
    return found.literal or ", ".join(filter(None, (found.last, found.given, found.suffix)))


def bibtex_name(name: str | Name, write: Callable[[str], str] = str) -> str:
    """The form of BibTeX: ``van der Berg, Jan``, ``Roe, Jr., Sam``, ``{World Lake Organization}``.

    Parameters
    ----------
    write : callable
        Turns the text of a part into LaTeX.
    """
    found = _parsed(name) if isinstance(name, str) else name
    if found.literal:
        one = re.fullmatch(r"[^\s,;={}]+", found.literal) and found.literal.lower() not in ("and", "others")
        return write(found.literal) if one else f"{{{write(found.literal)}}}"
    parts = [_together(part, write) for part in (found.last, found.suffix, found.given) if part]
    return ", ".join(parts)


def _together(part: str, write: Callable[[str], str]) -> str:
    return f"{{{write(part)}}}" if re.search(r"\band\b|[,;=]", part, re.IGNORECASE) else write(part)


def marked(text: str) -> str:
    """The name of a body as the table keeps it: in braces where its words would be taken for a person's."""
    plain = _SPACES.sub(" ", re.sub("[{}]", " ", text)).strip()
    return plain if not plain or _parsed(plain).literal == plain else f"{{{plain}}}"


def family_and_given(name: str) -> tuple[str, str]:
    """Family name with its particle, and given names; of a name that has no parts all is family name."""
    # An index asks this of every author: names as most are written are not looked at more closely.
    if _PLAIN.fullmatch(name) and all(map(_is_plain, words := name.split(" "))):
        return words[-1], " ".join(words[:-1])
    found = _parsed(name)
    return found.literal or found.last, found.given


_PLAIN = re.compile(r"(?:[A-Z](?:\.|[a-z]+) )+[A-Z][a-z]+")
"""Given names or initials, and a family name, each with one capital."""

_BEGINS_BODY = frozenset("task working study research writing world united nations european".split())
"""First words of those alternatives of `_BODY` that are several words."""


@lru_cache(maxsize=1 << 17)
def _is_plain(word: str) -> bool:
    """Whether a word with one capital is of a person's name, and neither a particle nor a suffix."""
    return not (
        word in _CAPITALISED or _SUFFIX.match(word) or word.lower() in _BEGINS_BODY or _BODY.search(word) or _LOOSE.search(word)
    )


def particle_moved(name: str) -> str:
    """A name as another catalogue sorts it: its particle before the family name, or behind the given ones; empty where it has none.

    Examples
    --------
    >>> particle_moved("Berg, Jan van der"), particle_moved("Jan van der Berg"), particle_moved("Lee, Ann")
    ('van der Berg, Jan', 'Berg, Jan van der', '')
    """
    found = _parsed(name)
    if found.literal or not found.given:
        return ""
    if found.particle:
        return f"{found.family}, {found.given} {found.particle}"
    given = found.given.split(" ")
    behind = len(given)
    while behind > 1 and given[behind - 1].islower() and given[behind - 1] in _PARTICLES:
        behind -= 1
    moved = " ".join(given[behind:])
    return f"{moved} {found.family}, {' '.join(given[:behind])}" if moved else ""


def is_initials(word: str) -> bool:
    """Whether a word stands for given names by their first letters: ``J``, ``J.``, ``J.A.``, ``JA``."""
    return (_DOTTED.match(word) is not None and word[0].isupper()) or (
        _CAPITALS.match(word) is not None and word.replace("-", "").isupper() and len(word.replace("-", "")) < 4
    )


def displayed(authors: pa.ChunkedArray | pa.Array) -> pa.ChunkedArray | pa.Array:
    """A column of lists of names with each name as `display` shows it."""
    lists = authors.combine_chunks() if isinstance(authors, pa.ChunkedArray) else authors
    coded = pc.list_flatten(lists).dictionary_encode()
    names = coded.dictionary
    # Most are written as they are shown.
    other = rows_where(
        pc.or_(pc.invert(pc.match_substring_regex(names, _AS_SHOWN)), pc.match_substring_regex(names, _NOT_AS_SHOWN))
    )
    if not len(other):
        return authors
    shown = names.to_pylist()
    for place in other.to_pylist():
        shown[place] = display(shown[place])
    items = pa.array(shown, names.type).take(coded.indices)
    offsets = pa.array(np.concatenate([[0], np.cumsum(pc.fill_null(pc.list_value_length(lists), 0).to_numpy())]), pa.int32())
    return pa.ListArray.from_arrays(offsets, items, type=lists.type, mask=lists.is_null() if lists.null_count else None)


_AS_SHOWN = r"^\p{Lu}(?:\.|\p{Ll}+)(?:[ -]\p{Lu}(?:\.|\p{Ll}+))+$"
_NOT_AS_SHOWN = r"\.$|\b(?:Jr|Sr)$"


# Lists of names -----------------------------------------------------------------------------------------------------------

_INITIALS = re.compile(r"(?:[^\W\d_a-zß-ÿ\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3][. -]{0,2}){1,4}\Z")
_CONJUNCTION = re.compile(r",?\s+(?:&|and)\s+")
_MARKS = re.compile(r"\s*[;；؛|\n]\s*|\s+/\s+")
_TWO_STROKES = re.compile(r"(?<![:/])//(?!/)")
"""A mark of its own, for a third way to begin would have `_MARKS` tried at every letter."""
_WIDE = re.compile(r"\s*[、，،]\s*")
# "and" in languages in which it is a word or a letter; a letter also joins two family names of one person.
_AND_ELSEWHERE = re.compile(r"\s+(?:y|e|i|et|und|och|og|ve|и|та|και)\s+")
_DOTS = re.compile(f"(?<=[{_HAN}{_HANGUL}])\\s?[·・•]\\s?(?=[{_HAN}{_HANGUL}])")
# Wanfang's mark between names.
_PERCENT = re.compile(f"(?<=[{_HAN}])%(?=[{_HAN}])")
# What publishers print behind a name: marks of affiliations and of notes, an ORCID iD, an address, a role, where somebody works;
# OpenCitations its identifiers, and a reference in APA's style the year.
_BEHIND = re.compile(
    r"\s*[(\[<]\s*(?:mailto:)?[^\s<>()\[\]@]+@[^\s<>()\[\]@]+\s*[)\]>]"
    r"|\s*\[[a-z]{3,12}:[^\[\]]+\]"
    r"|\s*\((?:1[5-9]|20)\d\d[a-z]?\)\.?(?=\s*\Z)"
    r"|\s*[,;]\s*[^\s<>()\[\]@,;]+@[^\s<>()\[\]@,;]+\.[a-z]{2,}(?=\s*(?:[,;]|\Z))"
    r"|\s*[(\[]?\s*(?:ORCID(?: iD)?:?\s*)?(?:https?://orcid\.org/)?\b\d{4}-\d{4}-\d{4}-\d{3}[\dX]\b\s*[)\]]?"
    r"|\s*[(\[](?:eds?|editors?|hrsg|hg|coords?|comps?|transl?|org|dir)\.?[)\]]"
    r"|\s*\([^()]*\b(?:universit|universid|institut|departm|hospital|college|laborator|academy)[^()]*\)"
    r"|\s*[(\[]\d{1,2}(?:\s*,\s*\d{1,2})*[)\]](?=\s*(?:[,;，、&]|and\b|\Z))"
    r"|[¹²³⁴-⁹⁰*†‡§¶‖]+(?:\s*,\s*[¹²³⁴-⁹⁰*†‡§¶‖]+)*",
    re.IGNORECASE,
)
_FIGURES_BEHIND = re.compile(
    r"(?<=[^\W\d_]{2})\d{1,2}(?!\d)(?:\s*,\s*\d{1,2}(?![\w.]))*[*†‡§¶]*(?=\s*(?:[,;，、]|(?:&|and)\s|\Z))", re.IGNORECASE
)
_AND = re.compile(r"\s*[,，;]?\s+(?:and|&)\s+|(?<=[\u3400-\u9fff])\s*(?:和|及)\s*(?=[\u3400-\u9fff]{2})", re.IGNORECASE)
_MORE = re.compile(
    r"(?:\A|[\s,;、，；]+|(?<=[\u3400-\u9fff])|(?<=\w)(?=…|\.{3}))"
    r"(?:(?:and|&)\s+(?:others|\d+ (?:others|more))|(?:and\s+)?et\.?\s*al\.?|u\.\s?a\.|y otros|и др\.?|\.{3,}|…|等)[\s,.;]*\Z",
    re.IGNORECASE,
)


_WITHOUT_SOME = re.compile(r"([,;，；、&|])\s*(?:\.{3}|\. \. \.|…)\s*(?:[,;，；、|]\s*)?(?:&\s*)?(?=\w)")
"""Dots for the names in the midst of a list, as APA has them before the last one."""


_PADDING = re.compile(r"\s{4,}")


def _unpadded(text: str) -> str:
    """Text without long runs of blanks, on which patterns that look for blanks at both ends of a mark would take long."""
    return _PADDING.sub(lambda match: "\n" if "\n" in match.group() else " ", text)


def _without_dots(text: str) -> str:
    if "." not in text and "…" not in text:
        return text
    return _WITHOUT_SOME.sub(lambda match: f"{match.group(1)} ", text)


def split_names(cell: str) -> list[str]:
    """Names that a text lists, as they are written.

    Separators met: ``;`` ``；`` ``|`` line ends and `` / `` wherever they stand; ``、`` ``，``, ``and`` and ``&``; a comma where it does
    not part a family name from what comes after it. What stands for the rest (``et al.``, ``…``, ``and others``, ``等``) is no name, and
    neither are academic degrees, marks of affiliations (``Ana Lopez1,2*``), ORCID iDs and addresses. Braces keep a name together.
    """
    text = _without_dots(_BEHIND.sub("", _unpadded(cell)).strip())
    if " " in text and len(_FIGURES_BEHIND.findall(text)) > text.count(" ") // 4:
        text = _FIGURES_BEHIND.sub("", text)
    text = _PERCENT.sub(";", _DOTS.sub(_dot_between_names, text))
    if "/" in text and _between_strokes(text):
        text = text.replace("/", ";")
    previous = None
    while previous != text:
        previous, text = text, _MORE.sub("", text).rstrip(" \t;；、，،؛")
    braced = _WITHIN_BRACES.findall(text)
    hidden = _TWO_STROKES.sub(";", _WITHIN_BRACES.sub("\0", text))
    alone = _MARKS.search(hidden) is None
    names = [name for part in _MARKS.split(hidden) for name in _listed(part, alone=alone)]
    within = iter(braced)
    shown = (re.sub("\0", lambda match: next(within, ""), name).strip(" ,;，；、،؛") for name in names)
    return [name for name in shown if name]


def _between_strokes(text: str) -> bool:
    """Whether strokes without blanks part names, each of which has its family name before a comma (German catalogues)."""
    names = text.split("/")
    return len(names) > 1 and all(map(_INVERTED.fullmatch, names)) and not any(map(is_body, names))


_INVERTED = re.compile(r"\s*[^\W\d_][^,;/|&]*,\s*[^\W\d_][^,;/|&]*")
_WITHIN_BRACES = re.compile(r"\{[^{}]*\}")


def several_names(text: str) -> bool:
    """Whether a text that should be one name, as a value of BibTeX or RIS should, is a list of names.

    Examples
    --------
    >>> several_names("Lopez A, Meyer K"), several_names("A. Lopez, K. Meyer"), several_names("Lopez, Ana & Meyer, Karl")
    (True, True, True)
    >>> several_names("García López, MA"), several_names("Roe, Sam, Jr."), several_names("Barnes & Noble")
    (False, False, False)
    """
    text = _unpadded(text)
    if _SEVERAL.search(text) or ("/" in text and _between_strokes(text)) or ((more := _MORE.search(text)) and more.start() > 0):
        return True
    body = _BODY.search(text) is not None
    if "&" in text and not body:
        return all(" " in part.strip() for part in text.split("&"))
    pieces = [piece for piece in _COMMAS.split(text) if piece and not _SUFFIX.match(piece)]
    if _EASTERN_LETTER.search(text):
        return _several_eastern(text, pieces)
    if not body and text.count(",") > 1:
        # No name has two commas around what is neither a suffix nor initials.
        whole = len(pieces) > 2 and all(" " in piece and not _INITIALS.match(piece) for piece in pieces)
        if whole or _and_in_english(text) != text:
            return True
    if len(pieces) == 2 and all(" " in piece for piece in pieces) and not body:
        # A family name has no initial before it, and given names do not go on after one.
        return any(map(_INITIAL_WITHIN.match, pieces)) or all(map(_short, pieces))
    return len(pieces) > 1 and all(map(_short, pieces))


_INITIAL_WITHIN = re.compile(r"[^\W\d_a-z][^\W\d_]+ (?:[A-Z]\.[ -]?)+[^\W\d_a-z][^\W\d_]+\Z")
_SEVERAL = re.compile(r"(?:,[^,]*){3}|[;；؛،、，|]")


def _several_eastern(text: str, pieces: list[str]) -> bool:
    """Whether what an ASCII comma, a dot or a space parts are names of China, Japan and Korea, and not the parts of one."""
    bare = [piece.replace(" ", "") for piece in pieces]
    if len(bare) > 1 and all(map(_EASTERN.match, bare)):
        # Of two letters each they may be a family name and a given one of Japan.
        whole = all(map(_whole_name, bare)) and max(map(len, bare)) > 2
        return len(bare) > 2 or whole or all(" " in piece.strip() for piece in pieces)
    return _DOTS.sub(_dot_between_names, text) != text or len(_names_between_spaces(text)) > 1


def _names_between_spaces(text: str) -> list[str]:
    """Whole Chinese or Korean names that nothing but a space parts; else the text."""
    words = text.split()
    return words if len(words) > 1 and all(len(word) > 2 and _whole_name(word) for word in words) else [text]


def _dot_between_names(match: re.Match[str]) -> str:
    """A list's mark in place of a dot between two whole names; within a foreign name the dot stays (``卡尔·马克思``)."""
    before, after = (re.search(pattern, text) for pattern, text in (
        (f"[{_HAN}{_HANGUL}]+\\Z", match.string[: match.start()]), (f"[{_HAN}{_HANGUL}]+", match.string[match.end() :]),
    ))  # fmt: skip
    whole = all(
        found is not None and 2 <= len(found[0]) <= 5 and (match[0].strip() == "・" or _whole_name(found[0]))
        for found in (before, after)
    )
    return "、" if whole else match[0]


def _and_in_english(text: str) -> str:
    """A text with ``and`` for the same word of another language, where whole names stand on both sides of it."""

    def spelt(match: re.Match[str]) -> str:
        before, after = re.split(_AND, text[: match.start()])[-1], re.split(_AND, text[match.end() :])[0]
        inverted = "," in after and "," in before
        # "José Ortega y Gasset", "Ortega y Gasset, José": the word joins two family names.
        full = " " in before.rpartition(",")[2].strip() and " " in re.split("[,，]", after)[0].strip()
        return " and " if inverted or full else match[0]

    return _AND_ELSEWHERE.sub(spelt, text)


def _listed(text: str, *, alone: bool) -> list[str]:
    """Names of a text without semicolons; where others stood around it (`alone` is off), a comma is that of one name."""
    text = text.strip(" ,，、،")
    if not text:
        return []
    if _BODY.search(text) or _EASTERN_BODY.search(text):
        return _with_bodies(text)
    text = _and_in_english(text)
    if not alone:
        text = re.sub(r"\A(?:and|&)\s+", "", text, flags=re.IGNORECASE)
        return [part for part in _AND.split(text) if part]
    parts = [part for part in _AND.split(text) if part]
    if len(parts) > 1 and _WIDE.search(text) is None:
        # "Lopez, A. B. and Meyer, K.": each is one name, with one comma or none.
        bare = [[piece for piece in _COMMAS.split(part) if piece and not _SUFFIX.match(piece)] for part in parts]
        if all(len(pieces) == 1 or (len(pieces) == 2 and _inverted(", ".join(pieces))) for pieces in bare):
            return parts
        if any(len(pieces) > 2 for pieces in bare):
            return _by_commas(", ".join(parts))
    return [name for part in parts for name in _by_commas(part)]


def _with_bodies(text: str) -> list[str]:
    """Names between ``and`` or wide commas of which one at least is a body's, in whose name the same marks may stand."""
    for mark in (_WIDE, _AND):
        parts = [part for part in mark.split(text) if part]
        # "Ministry of Health and Welfare" goes on after its "and"; after "World Lake Organization" another begins.
        if len(parts) > 1 and all(_is_whole(part) for part in parts):
            return [name for part in parts for name in ([part] if is_body(part) else _by_commas(part))]
    pieces = _COMMAS.split(text)
    if len(pieces) > 2 and sum(map(is_body, pieces)) < len(pieces) / 2:
        return _by_commas(re.sub(r"\A(?:and|&)\s+", "", text))
    if len(pieces) == 2 and _short(pieces[0]) and is_body(pieces[1]):
        return pieces
    return [text]


def _is_whole(text: str) -> bool:
    if is_body(text):
        ends = [match.end() for match in _BODY.finditer(text)]
        return _EASTERN_LETTER.search(text) is not None or (bool(ends) and ends[-1] >= len(text) - 1)
    return " " in text or _EASTERN.match(text) is not None


def _by_commas(text: str) -> list[str]:
    """Names between commas; a pair of family name and initials stays together, and so does a suffix with its name."""
    pieces: list[str] = []
    for piece in (piece for piece in _COMMAS.split(_WIDE.sub("，", text).replace("，", ",")) if piece):
        if pieces and (_SUFFIX.match(piece) or _COMPANY.match(piece)):
            pieces[-1] += f", {piece}"
        elif not (pieces and _is_degree(piece, pieces[-1])):
            pieces.append(piece)
    if len(pieces) < 2:
        return _names_between_spaces(pieces[0]) if pieces else pieces
    if all(map(_EASTERN.match, (piece.replace(" ", "") for piece in pieces))):
        return _eastern(pieces, wide=re.search("[、，،]", text) is not None)
    if len(pieces) == 2 and re.search("[、，،]", text) is None and _inverted(", ".join(pieces)):
        return [", ".join(pieces)]
    even, odd = pieces[::2], pieces[1::2]
    if len(even) == len(odd):
        if all(map(_INITIALS.match, odd)) or not any(" " in piece for piece in pieces):
            return [f"{family}, {given}" for family, given in zip(even, odd, strict=True)]
        # "García Márquez, Gabriel, de la Cruz, María": no full name is one word.
        if not any(map(_short, even)) and all(" " not in given or _ends_in_initial(given) for given in odd):
            return [f"{family}, {given}" for family, given in zip(even, odd, strict=True)]
    if any(map(_INITIALS.match, pieces)):
        return pairs(", ".join(pieces))
    return pieces


_COMPANY = re.compile(r"(?:inc|ltd|llc|plc|co|corp|gmbh|s\.?a)\.?\Z", re.IGNORECASE)


def _inverted(text: str) -> bool:
    """Whether the one comma of a text parts a family name from given names, and not two people."""
    family, comma, given = (part.strip() for part in text.partition(","))
    if not comma:
        return False
    words = family.split(" ")
    if _short(family):
        return False
    single = len(words) == 1 or all(word in _PARTICLES for word in words[:-1]) or _SUFFIX.match(words[-1]) is not None
    return single or " " not in given or _ends_in_initial(given)


def _short(text: str) -> bool:
    """Whether a text is a whole name as MEDLINE writes it (``Lopez AB``), or one with its initials first."""
    words = text.split(" ")
    return len(words) > 1 and (_last_initials(words[-1], words) or _INITIAL.match(words[0]) is not None)


def _ends_in_initial(text: str) -> bool:
    return (
        re.search(r"(?:\A|[\s.-])[^\W\d_]\.?\Z", text) is not None
        and re.search(r"[^\W\d_]\.\Z|\s[A-Z]\Z|\A\w\Z", text) is not None
    )


def _eastern(pieces: list[str], *, wide: bool) -> list[str]:
    """Chinese, Japanese and Korean names between commas, of which an ASCII one may stand within a name."""
    if wide or len(pieces) % 2:
        return pieces
    pairs_of = list(zip(pieces[::2], pieces[1::2], strict=True))
    if all(len(family) == 1 for family, _ in pairs_of) or (
        len(pieces) == 2 and all(len(piece) < 3 for piece in pieces) and not all(map(_whole_name, pieces))
    ):
        return [f"{family}, {given}" for family, given in pairs_of]
    return pieces


def _whole_name(text: str) -> bool:
    return 2 <= len(text) <= 4 and (text[0] in _CHINESE or text[0] in _KOREAN)


def name_splitter(cells: Iterable[str]) -> Callable[[str], list[str]]:
    """How the names of a column are listed, judged from some of its cells.

    Returns
    -------
    callable
        Takes a cell to its names.
    """
    sample = [_unpadded(cell) for cell in cells if cell.strip()]
    if not any(_MARKS.search(cell) or _TWO_STROKES.search(cell) for cell in sample):
        if initials_apart(sample):
            return lambda cell: [name for name in pairs(_without_dots(_MORE.sub("", _unpadded(cell.strip())))) if name]
        spaced = [cell.split() for cell in sample if " " in cell]
        if (
            spaced
            and not any(mark in cell for cell in sample for mark in ",，、")
            and all(len(words) > 1 and all(map(_whole_name, words)) for words in spaced)
        ):
            return lambda cell: cell.split()
    return split_names


def initials_apart(cells: Iterable[str]) -> bool:
    """Whether commas also part family names from initials, as in ``Doe, J., Roe, R.``, in most of the cells that have any."""
    listed = [_pieces(cell) for cell in cells if "," in cell]
    paired = sum(len(some) % 2 == 0 and all(map(_INITIALS.match, some[1::2])) for some in listed)
    return bool(listed) and paired > 0.8 * len(listed)


def pairs(cell: str) -> list[str]:
    """Names of a cell in which commas part family names from initials, and names from each other."""
    names: list[str] = []
    for piece in _pieces(cell):
        if names and "," not in names[-1] and _INITIALS.match(piece):
            names[-1] += f", {piece}"
        else:
            names.append(piece)
    return names


def _pieces(cell: str) -> list[str]:
    return [piece for part in _CONJUNCTION.sub(",", cell).split(",") if (piece := part.strip())]
