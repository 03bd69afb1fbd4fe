"""DOIs and arXiv identifiers, out of whatever they stand in."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import unquote

ARXIV_ID = re.compile(r"(?:arxiv[:./]|abs/|pdf/|^)\s*(\d{4}\.\d{4,5}(?!\d)|[a-z-]+(?:\.[A-Z]{2})?/\d{7}(?!\d))", re.I)

DOI = re.compile(r"(10\.\d{4,9}(?:\.\d+)*/\S+)", re.I)

BARE = {
    # A version of a preprint at the end is no part of its number.
    "doi": r"^10\.\d{4,9}/(?:[0-9]|[a-z0-9._/()-]*(?:[a-z]|[a-uw-z0-9._/()-][0-9]))$",
    "url": r"^[^\s|;]*$",
    "arxiv_id": r"^(?:(?:0\d|1[0-4])\d\d\.\d{4}|(?:1[5-9]|[2-9]\d)(?:0[1-9]|1[0-2])\.\d{5})$",
}
"""What is in its normal form for certain, as nearly all is (RE2): seen at once for a whole column."""

_BARE_DOI = re.compile(r"10\.[0-9]{4,9}/[A-Za-z0-9._/()-]*[A-Za-z0-9]")

# What follows a DOI in running text or an address is no part of it; brackets that it opens itself are.
_DOI_END = re.compile(
    r"[\s\"{}|\\^`]|</|<(?:br|p|div|span|i|b|em|a|sup|sub)\b[^<>]*>|[?&](?:amp;)?(?:issn|isbn|nosfx|url|utm_|casa_token)[^/]*$",
    re.I,
)

# LaTeX for letters that a DOI has and LaTeX takes for something else.
_LATEX = (
    (
        re.compile(r"\{\$([<>])\$\}|\$([<>])\$|\\text(less|greater)(?:\{\})?\s?"),
        lambda m: m[1] or m[2] or "<>"[m[3].lower() == "greater"],
    ),
    (re.compile(r"\{?\\([_&%#$])\}?"), lambda m: m[1]),
    (re.compile(r"\\(?:urlprefix|url|href|doi)\s*|\{\}"), lambda m: ""),
)

_ENCODED = re.compile(r"%[0-9a-f]{2}", re.I)
_ENTITY = re.compile(r"&(?:amp;)*(?:lt|gt|quot|apos|#0*(?:60|62|38|39)|#x0*(?:3c|3e|26|27));|&(?:amp;)+", re.I)

_DOI_TRAILING = frozenset(".,;:)]>'\u2019\u201d")

_ADDRESSES = re.compile(r"((?:https?|ftp)://[^\s|]+?)(?:[;,]?\s+|;|\|)(?:https?|ftp)://", re.I)

_ONE_ADDRESS = re.compile(r"(?:https?|ftp)://(?:(?![;,]\s*(?:https?|ftp)://)[^\s\"|])+", re.I)

_OPENING = {")": "(", "]": "[", ">": "<"}


def normal_doi(text: str) -> str | None:
    """Return the bare, lower-case DOI in `text`, or None (``https://doi.org/10.1000/ABC.`` gives ``10.1000/abc``).

    A DOI is one however it was written: percent-encoded, with entities of HTML once or twice encoded, or with LaTeX for ``<``, ``>``
    and ``_``. Those of the 1990s hold a serial item and contribution identifier (SICI, ANSI/NISO Z39.56) with all of these letters.
    """
    # Most are nothing but a DOI without a character that could end one.
    if _BARE_DOI.fullmatch(text):
        return _without_version(text.lower())
    match = DOI.search(_decoded(text))
    if match is None:
        return None
    doi = _DOI_END.split(match.group(1), maxsplit=1)[0]
    if doi[-1:].isalnum():
        return _without_version(doi.lower()) if DOI.fullmatch(doi) else None
    while doi[-1:] in _DOI_TRAILING and (doi[-1] not in ")]>" or doi.count(doi[-1]) > doi.count(_OPENING[doi[-1]])):
        doi = doi[:-1]
    return doi.lower() if DOI.fullmatch(doi) else None


_OF_VERSION = re.compile(r"(10\.1101/(?:\d{4}\.\d\d\.\d\d\.)?\d{6,8})v\d{1,2}(?:\.[a-z.+-]+)?")


def _without_version(doi: str) -> str:
    """The DOI of a preprint out of the address of one of its versions: bioRxiv and medRxiv register one for all of them."""
    found = _OF_VERSION.fullmatch(doi) if doi.startswith("10.1101/") else None
    return doi if found is None else found[1]


def addresses(text: str) -> list[str]:
    """Return the addresses in a text, in order, each once.

    A semicolon parts two of them, and is otherwise a character of one, as ``<`` is: ``https://example.org/a;jsessionid=1?b=2``.
    """
    found = []
    for match in _ONE_ADDRESS.finditer(text):
        address = match.group().rstrip(";,")
        while address[-1:] in (")", ">") and address.count(address[-1]) > address.count(_OPENING[address[-1]]):
            address = address[:-1]
        found.append(address)
    return list(dict.fromkeys(found))


def _decoded(text: str) -> str:
    """Text without the encodings that a DOI in it may have gone through."""
    if "\\" in text or "$" in text or "{}" in text:
        for pattern, replacement in _LATEX:
            text = pattern.sub(replacement, text)
    for _ in range(3):
        before = text
        if "%" in text and _ENCODED.search(text):
            text = unquote(text)
        if "&" in text:
            text = _ENTITY.sub(lambda match: unescape(match[0]), text)
        if text == before:
            break
    return text


def first_address(text: str) -> str:
    """Return the first of the addresses in a list of them, as Mendeley and Lens give; any other text as it is."""
    match = _ADDRESSES.match(text)
    return text if match is None else match.group(1)


def normal_arxiv_id(text: str) -> str | None:
    """Return the arXiv identifier in `text` without its version, or None.

    Since January 2015 the number has five digits, and had four before (https://info.arxiv.org/help/arxiv_identifier.html): one
    with too few has lost its end and is not taken.
    """
    match = ARXIV_ID.search(text.strip())
    if match is None:
        return None
    found = match.group(1)
    if found[:4].isdigit() and (len(found) == 10) != (found[:4] >= "1501"):
        return None
    return found


def arxiv_id_from_number(text: str) -> str | None:
    """Restore an identifier that was taken for a number.

    That strips its zeros (``704.1`` was ``0704.1000``), or leaves the nearest binary fraction (``1807.0123399999999`` was
    ``1807.01234``).
    """
    match = re.fullmatch(r"\s*(\d{3,4})\.(\d{1,17})\s*", text)
    if match is None or not "01" <= match.group(1)[-2:] <= "12":
        return None
    digits = 5 if match.group(1).zfill(4) >= "1501" else 4
    rounded = f"{float(text):0{digits + 5}.{digits}f}"
    return normal_arxiv_id(rounded) if abs(float(rounded) - float(text)) < 1e-7 else None


def whole_number(text: str) -> str | None:
    """The digits of a number that a program wrote as a fraction or by its power of ten; None where it was none, or lost digits.

    Examples
    --------
    >>> whole_number("31934719.0"), whole_number("3.1934719E+07"), whole_number("3.19E+07"), whole_number("12")
    ('31934719', '31934719', None, None)
    """
    found = _AS_FLOAT.fullmatch(text)
    if found is None:
        return None
    whole, fraction, power = found.groups(default="")
    if not power:
        return whole if fraction and not fraction.strip("0") else None
    # As many digits as the number has: fewer were cut off, or were zeros, which nobody can tell.
    return whole + fraction if len(fraction) == int(power) else None


_AS_FLOAT = re.compile(r"(\d+)(?:\.(\d+))?(?:[eE]\+?(\d{1,2}))?")
