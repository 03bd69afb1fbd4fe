"""Readable text out of LaTeX, HTML, JATS and MathML, as titles, names and abstracts carry them.

`plain_latex` resolves accents, symbols, styles and mathematics; `plain_markup` resolves elements and character references.
Text without a mark of either kind is returned at once. Neither recurses: braces and elements nest as deep as they like.

The table of LaTeX symbols is pylatexenc's (https://pylatexenc.readthedocs.io); its parser recurses on nested braces and takes
about a millisecond a title, so the text itself is read here.
"""

from __future__ import annotations

import html
import re
import unicodedata
from functools import cache, lru_cache
from itertools import pairwise

from explorer.memory import remembered

# --- LaTeX -------------------------------------------------------------------------------------------------------------

_TOKEN = re.compile(
    r"\\([A-Za-z]+)\*?[ \t\r\n]*|\\(.)|([{}$^_~])|(---?|``|'')|([^\\{}$^_~`'-]++(?:[-'`](?![-'`])[^\\{}$^_~`'-]++)*+|.)",
    re.DOTALL,
)

_ACCENTS = {
    "`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", "=": "\u0304", "u": "\u0306", ".": "\u0307", '"': "\u0308",
    "r": "\u030a", "H": "\u030b", "v": "\u030c", "d": "\u0323", "c": "\u0327", "k": "\u0328", "b": "\u0331", "t": "\u0361",
    "hat": "\u0302", "widehat": "\u0302", "tilde": "\u0303", "widetilde": "\u0303", "bar": "\u0304", "overline": "\u0304",
    "breve": "\u0306", "dot": "\u0307", "ddot": "\u0308", "mathring": "\u030a", "check": "\u030c", "vec": "\u20d7",
    "acute": "\u0301", "grave": "\u0300", "cedilla": "\u0327", "ogonek": "\u0328", "textogonekcentered": "\u0328",
    "h": "\u0309", "G": "\u030f", "f": "\u0311", "U": "\u030d", "cb": "\u0326", "textcommabelow": "\u0326",
    "textdotbelow": "\u0323",
}  # fmt: skip
_TEXT_ACCENTS = frozenset(name for name in _ACCENTS if len(name) == 1) | {
    "cedilla", "ogonek", "textogonekcentered", "cb", "textcommabelow", "textdotbelow",
}  # fmt: skip
_SYMBOLS = {
    "textbackslash": "\\", "textasciitilde": "~", "textasciicircum": "^", "textbraceleft": "{", "textbraceright": "}",
    "lbrace": "{", "rbrace": "}", "textdollar": "$", "textunderscore": "_", "textbar": "|", "textless": "<",
    "textgreater": ">", "textquotesingle": "'", "textquotedbl": '"', "textsinglequote": "'", "textasciigrave": "`",
    "textendash": "–", "textemdash": "—", "textellipsis": "…", "ldots": "…", "dots": "…", "cdots": "⋯", "i": "ı", "j": "ȷ",
    "ss": "ß", "o": "ø", "O": "Ø", "l": "ł", "L": "Ł", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "aa": "å", "AA": "Å",
    "dh": "ð", "DH": "Ð", "th": "þ", "TH": "Þ", "dj": "đ", "DJ": "Đ", "ng": "ŋ", "NG": "Ŋ", "ohorn": "ơ", "OHORN": "Ơ", "uhorn": "ư",
    "UHORN": "Ư", "abreve": "ă", "ABREVE": "Ă", "acircumflex": "â", "ACIRCUMFLEX": "Â", "ecircumflex": "ê",
    "ECIRCUMFLEX": "Ê", "ocircumflex": "ô", "OCIRCUMFLEX": "Ô", "textcrh": "ħ", "textperiodcentered": "·", "lq": "‘", "rq": "’",
    "textquoteleft": "‘", "textquoteright": "’", "textquotedblleft": "“", "textquotedblright": "”", "quotedblbase": "„",
    "guillemotleft": "«", "guillemotright": "»", "LaTeX": "LaTeX", "TeX": "TeX", "BibTeX": "BibTeX", "quad": " ",
    "qquad": " ", "newline": " ", "par": " ", "linebreak": " ", "space": " ", "colon": ":", "backslash": "\\", "vert": "|",
    "Vert": "‖", "langle": "⟨", "rangle": "⟩", "left": "", "right": "", "big": "", "Big": "", "bigl": "", "bigr": "",
    "textdegree": "°", "degree": "°", "textmu": "µ", "micro": "µ", "copyright": "©", "textregistered": "®",
    "texttrademark": "™", "pounds": "£", "textsterling": "£", "euro": "€", "texteuro": "€", "S": "§", "P": "¶",
    "sim": "~", "ast": "*", "prime": "′", "hbar": "ħ", "ell": "ℓ", "le": "≤", "ge": "≥", "ne": "≠", "to": "→", "mid": "|",
    "slash": "/", "nobreakspace": " ", "hfill": " ", "hspace": " ", "xspace": "", "protect": "", "relax": "", "limits": "",
    "displaystyle": "", "textstyle": "", "it": "", "bf": "", "em": "", "sc": "", "rm": "", "sf": "", "tt": "", "sl": "",
    "noopsort": "", "itshape": "", "bfseries": "", "scshape": "", "small": "", "boldmath": "", "nolimits": "",
    "cal": "", "cyr": "", "selectfont": "", "leavevmode": "", "nobreak": "", "break": " ", "label": "", "centering": "",
}  # fmt: skip
_OPERATORS = frozenset(
    "log ln exp sin cos tan min max sup inf lim arg det dim ker gcd mod Pr deg hom arcsin arccos arctan sinh cosh tanh".split()
)
_SPACING = {",": "", ";": " ", ":": " ", "!": "", " ": " ", "\n": " ", "\t": " ", "\\": " ", "-": "", "/": "", "(": "", ")": "",
            "[": "", "]": "", "@": "", "*": ""}  # fmt: skip
_RELATIONS = {symbol: f" {symbol} " for symbol in "≤≥≠→←↔≈≡∈×⊂∼±≪≫∝≃≅⇒⇔∪∩"}
_BARE_ACCENTS = {"\u0303": "~", "\u0302": "^", "\u0300": "`", "\u0301": "'"}
_LIGATURES = {"---": "—", "--": "–", "``": "“", "''": "”"}
_SUPERS = str.maketrans("0123456789+-=()ni′*†‡®©∘", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ′*†‡®©°")
_SUBS = str.maketrans("0123456789+-=()aeox", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₒₓ")
_SUPERABLE = frozenset("0123456789+-=()ni′*†‡®©∘")
_SUBABLE = frozenset("0123456789+-=()aeox")
_DOUBLE = dict(zip("CHNPQRZ", "ℂℍℕℙℚℝℤ", strict=True))
# Pandoc's rule for dollars that enclose mathematics (tex_math_dollars): no space inside, no digit after the closing one. A command or a
# sign of comparison is no money, so that `$\\sim$50` is read.
_ODD = tuple(c for c in map(chr, range(0x3001)) if c.isspace() and c not in " \n")
_ODD_ASCII = tuple(filter(str.isascii, _ODD))
ODD_SPACES = "".join(rf"\x{{{ord(c):x}}}" for c in (*_ODD, "\n"))
"""White space that is no space, within a class of characters of RE2."""
_DOLLARS = re.compile(r"(?<!\\)\$\$?(?=[^\s$])(?:[^$]++(?<![\s\\])\$\$?(?!\d)|(?:\\[A-Za-z]|[<>=~])[^$]*+(?<![\s\\])\$)")


_TWICE = re.compile("(?:textbackslash)+(?=[A-Za-z])")


@cache
def _pylatexenc_symbols() -> dict[str, str]:
    """Names of commands without arguments, and their text, from pylatexenc's tables."""
    from pylatexenc.latex2text import get_default_latex_context_db

    found: dict[str, str] = {}
    database = get_default_latex_context_db()
    for category in database.categories():
        for spec in database.d[category]["macros"].values():
            if isinstance(spec.simplify_repl, str) and "%" not in spec.simplify_repl:
                found[spec.macroname] = spec.simplify_repl
    return found


def plain_latex(text: str) -> str:
    r"""Turn LaTeX into readable text on one line.

    Parameters
    ----------
    text : str
        A field of a BibTeX entry, or any text with LaTeX in it: accents (``\"o``, ``{\'e}``), symbols (``\alpha``, ``\&``),
        styles (``\textbf{…}``), protecting braces, dashes and quotes, mathematics between dollars.

    Returns
    -------
    str
        Runs of white space are one space. A dollar that does not enclose mathematics stays.

    Notes
    -----
    Accents: Lamport, *LaTeX: A Document Preparation System* (1994), section 3.2.2; those of Romanian and of Vietnamese by
    the encodings T1 and T5 (*LaTeX font encodings*, encguide). A command that is not known leaves its
    arguments, or its name where it has none.
    """
    if (
        "\\" not in text and "$" not in text and "{" not in text and "}" not in text
        and "~" not in text and "--" not in text and "``" not in text and "''" not in text
    ):  # fmt: skip
        return single_spaced(text)
    # Names and venues come again and again, abstracts do not.
    return _short_latex(text) if len(text) < 200 else _latex(text)


def _latex(text: str) -> str:
    pieces: list[str] = []
    places: list[int] = []
    start = 0
    for match in _DOLLARS.finditer(text) if "$" in text else ():
        pieces += (text[start : match.start()], match.group())
        places.append(match.start())
        start = match.end()
    pieces.append(text[start:])
    outside = "".join(pieces[::2])
    if "\\" in outside or "{" in outside or "}" in outside:
        maths = (place + at for place, formula in zip(places, pieces[1::2], strict=True) for at in _dollars(formula))
        return _resolved(text, frozenset(maths))
    # Formulas stand in plain text: each is resolved by itself, and many come again.
    if "~" in outside or "--" in outside or "``" in outside or "''" in outside:
        pieces[::2] = map(_ligated, pieces[::2])
    pieces[1::2] = map(_formula, pieces[1::2])
    for place in range(1, len(pieces), 2):
        if (
            pieces[place][:1] == "^"
            and pieces[place][1:].isalpha()
            and len(pieces[place]) > 2
            and pieces[place - 1][-1:].isdigit()
        ):
            # An ordinal whose number stands before the formula: ``4$^{th}$``.
            pieces[place] = pieces[place][1:]
    return single_spaced("".join(pieces))


def single_spaced(text: str) -> str:
    """Text on one line, without repeated or outer white space."""
    line = text.strip()
    if "\n" in line:
        line = line.replace("\n", " ")
    # Most text is tidy now, which is quicker to see than to mend.
    tidy = "  " not in line and (has_plain_spaces(line) if len(line) > 200 else line.isprintable())
    return line if tidy else " ".join(line.split())


def has_plain_spaces(text: str) -> bool:
    """Whether text has no white space but spaces and line feeds; quicker for long text than to look at each character."""
    return not any(map(text.__contains__, _ODD_ASCII if text.isascii() else _ODD))


def _ligated(text: str) -> str:
    return text.replace("---", "—").replace("--", "–").replace("``", "“").replace("''", "”").replace("~", " ")


def _dollars(formula: str) -> tuple[int, ...]:
    """Places of the dollars around a formula in it."""
    last = len(formula) - 1
    opening = (0, 1) if formula.startswith("$$") else (0,)
    return (*opening, last - 1, last) if formula.endswith("$$") else (*opening, last)


@remembered(65_536)
def _formula(text: str) -> str:
    return _resolved(text.strip("$"), frozenset(), in_maths=True)


# What a command does with the argument that it waits for; an accent, a raised and a lowered one are followed by what they are of.
_ACCENT, _UP, _DOWN = "a", "^", "_"
_NUMERATOR, _DENOMINATOR, _CHOSEN_FROM, _CHOSEN = "f", "d", "c", "k"
_ROOT, _HIGHER_ROOT, _OF_BLACKBOARD, _LEFT_OUT = "q", "r", "b", "x"
_IN_BRACES = "g"
"""After a raised or a lowered one: all of it is, for it stood in braces."""

_WAITING = {
    **dict.fromkeys(("frac", "dfrac", "tfrac", "cfrac", "nicefrac", "sfrac"), _NUMERATOR),
    **dict.fromkeys(("binom", "dbinom", "tbinom"), _CHOSEN_FROM),
    "mathbb": _OF_BLACKBOARD,
    "sqrt": _ROOT,
    **dict.fromkeys(("cite", "citep", "citet", "ref", "label", "href", "hspace", "vspace", "color", "noopsort"), _LEFT_OUT),
    "textsuperscript": _UP,
    "textsubscript": _DOWN,
}
"""Commands with an argument, and what they do with it."""


class _Resolving:
    """A text while its commands, accents and braces are resolved.

    Parameters
    ----------
    text : str
    in_maths : bool
        Whether it begins within a formula.
    """

    def __init__(self, text: str, in_maths: bool) -> None:
        self.text, self.in_maths = text, in_maths
        self.out: list[str] = []
        self.pending = ""
        # Each open brace keeps where its text starts in `out`, and what is to be done with that text.
        self._groups: list[tuple[int, str]] = []

    def emit(self, piece: str, *, run: bool = False) -> None:
        """Put out a piece, as the argument of a command that waits for one; of a run of letters without braces only the first is one."""
        if not (self.pending and piece and not piece.isspace()):
            self.out.append(piece)
            return
        action, self.pending = self.pending, ""
        kind = action[0]
        if kind in (_NUMERATOR, _CHOSEN_FROM):
            self._first_of_two(kind, piece, run)
        elif kind == _ROOT:
            self._root(piece, run)
        else:
            self.out.append(self._changed(kind, action, piece, run))

    def _changed(self, kind: str, action: str, piece: str, run: bool) -> str:
        """What becomes of the argument of a command that has no other one."""
        if kind == _ACCENT:
            return _accented(piece, action[1:])
        if kind in (_DENOMINATOR, _CHOSEN):
            part, rest = (piece[:1], piece[1:]) if run else (piece, "")
            return (f"{part})" if kind == _CHOSEN else _grouped(part)) + rest
        if kind == _OF_BLACKBOARD:
            return "".join(_DOUBLE.get(c, c) for c in piece)
        if kind == _HIGHER_ROOT:
            return piece if run or len(piece) == 1 else f"({piece})"
        if kind == _LEFT_OUT:
            return ""
        if len(piece) > 1 and action[1:] != _IN_BRACES and piece[0] != "\\":
            # Without braces only the first character is raised.
            return _shifted(piece[0], kind) + piece[1:]
        # An ordinal is written on the line: ``4^{th}`` is 4th.
        after_digit = bool(self.out) and self.out[-1][-1:].isdigit()
        return piece if kind == _UP and len(piece) > 1 and piece.isalpha() and after_digit else _shifted(piece, kind)

    def _first_of_two(self, kind: str, piece: str, run: bool) -> None:
        part, rest = (piece[:1], piece[1:].lstrip()) if run else (piece, "")
        if kind == _CHOSEN_FROM:
            self.out.append(f"({part} choose ")
            self.pending = _CHOSEN
        else:
            # One and a half is no 11/2.
            self.out.append((" " if self.out and self.out[-1][-1:].isdigit() else "") + _grouped(part) + "/")
            self.pending = _DENOMINATOR
        if rest:
            self.emit(rest, run=True)

    def _root(self, piece: str, run: bool) -> None:
        if run and piece[0] == "[" and "]" in piece:
            degree, _, rest = piece[1:].partition("]")
            self.out.append({"2": "", "3": "∛", "4": "∜"}.get(degree, _shifted(degree, "^")))
            self.pending = _HIGHER_ROOT if degree in ("3", "4") else _ROOT
            if rest:
                self.emit(rest, run=True)
            return
        self.out.append(f"√{piece}" if run or len(piece) == 1 else f"√({piece})")

    def command(self, name: str, match: re.Match[str]) -> None:
        """A command that is a word."""
        after = self.text[match.end() : match.end() + 1]
        if twice := _TWICE.match(name):
            # A command that was escaped once more and lost the braces between: ``\textbackslashtextless``.
            name = name[twice.end() :]
        if name in (_ACCENTS if self.in_maths else _TEXT_ACCENTS):
            self.pending = _ACCENT + _ACCENTS[name]
        elif name in _WAITING:
            self.pending = _WAITING[name]
        elif name in _SYMBOLS:
            self.emit(_spaced(_SYMBOLS[name], self.text, match))
        elif self.pending[:1] == _ACCENT and name[0] in "ij" and not self.in_maths:
            # A dotless letter that was run together with what follows it, its braces lost: ``Mart\'\in``.
            self.emit(name + (" " if match.group()[-1].isspace() else ""))
        elif name in _OPERATORS:
            self.emit(name + (" " if after.isalnum() else ""))
        elif (symbol := _pylatexenc_symbols().get(name)) is not None:
            self.emit(_spaced(symbol, self.text, match))
        elif after not in ("{", "["):
            self.emit(name + (" " if match.group()[-1].isspace() else ""))

    def sign(self, escaped: str) -> None:
        """A command that is a sign."""
        if escaped in _ACCENTS and not self.in_maths:
            self.pending = _ACCENT + _ACCENTS[escaped]
        else:
            self.emit(_SPACING.get(escaped, escaped))

    def open(self) -> None:
        """A brace that opens."""
        self._groups.append((len(self.out), self.pending))
        self.pending = ""

    def close(self) -> None:
        """A brace that closes; one without another is left out."""
        if not self._groups:
            return
        start, action = self._groups.pop()
        inner = "".join(self.out[start:])
        del self.out[start:]
        self.pending = action + _IN_BRACES if action[:1] in (_UP, _DOWN) else action
        if inner:
            self.emit(inner)
        elif self.pending[:1] == _ACCENT:
            self.out.append(_BARE_ACCENTS.get(self.pending[1:], ""))
        # What has two arguments waits for the second one.
        self.pending = self.pending if self.pending in (_DENOMINATOR, _CHOSEN) and inner else ""


def _resolved(text: str, maths: frozenset[int], *, in_maths: bool = False) -> str:
    """Resolve commands, accents and braces; `maths` holds the positions of dollars around formulas."""
    found = _Resolving(text, in_maths)
    for match in _TOKEN.finditer(text):
        name, escaped, mark, ligature, run = match.groups()
        if run is not None:
            found.emit(run, run=True)
        elif name is not None:
            found.command(name, match)
        elif escaped is not None:
            found.sign(escaped)
        elif mark == "{":
            found.open()
        elif mark == "}":
            found.close()
        elif mark == "$" and match.start() in maths:
            found.in_maths, found.pending = not found.in_maths, ""
        elif mark is not None:
            if found.in_maths and mark in (_UP, _DOWN):
                found.pending = mark
            else:
                found.emit(" " if mark == "~" else mark)
        elif ligature is not None:
            found.emit("".join(ligature) if found.in_maths else _LIGATURES[ligature])
    return " ".join("".join(found.out).split())


_short_latex = lru_cache(maxsize=8192)(_latex)


def _spaced(symbol: str, text: str, match: re.Match[str]) -> str:
    """A symbol as it stands in a formula: a relation has space around it, unless braces make it an ordinary symbol."""
    if symbol not in _RELATIONS or (
        text[match.start() - 1 : match.start()] == "{" and text[match.end() : match.end() + 1] == "}"
    ):
        return symbol
    return _RELATIONS[symbol]


def _grouped(text: str) -> str:
    """A part of a fraction, in parentheses where it is more than a number or a name."""
    return text if len(text) == 1 or text.isalnum() else f"({text})"


def _accented(text: str, accent: str) -> str:
    base = {"ı": "i", "ȷ": "j"}.get(text[0], text[0])
    return unicodedata.normalize("NFC", base + accent) + text[1:]


def _shifted(text: str, mark: str) -> str:
    """Raise or lower a text: in the characters Unicode has for it, else after ``^`` or ``_``."""
    able, table = (_SUPERABLE, _SUPERS) if mark == "^" else (_SUBABLE, _SUBS)
    if able.issuperset(text):
        return text.translate(table)
    if mark == "^" and text[0] == "∘":
        # A degree, and its unit within the same braces.
        return f"°{text[1:].lstrip()}"
    return mark + text if len(text) == 1 else f"{mark}({text})" if not text.isalpha() else mark + text


def to_latex(text: str) -> str:
    r"""Write text as LaTeX that `plain_latex` and BibTeX read back as the same text; white space becomes single spaces.

    Braces are ``\{`` and ``\}`` where they balance, since BibTeX counts those too, and commands where they do not. Characters stay
    what they are: `latex_of` writes those of mathematics as formulas.
    """
    return _escaped(" ".join(text.split()))


def _escaped(text: str) -> str:
    if not _SPECIAL.search(text):
        return text
    braces = _ESCAPES if _balanced(text) else _ESCAPES | {"{": "\\textbraceleft{}", "}": "\\textbraceright{}"}
    escaped = _SPECIAL.sub(lambda match: braces[match.group()], text)
    return _REFERENCE.sub(lambda match: "&{}" + match.group()[1:], escaped) if ";" in text else escaped


def latex_of(text: str, *, protect: bool = False) -> str:
    r"""Write text as LaTeX, mathematics as formulas: ``CO₂ ≤ α`` becomes ``CO$_{2}$ $\leq$ $\alpha$``.

    A formula that stands in the text as LaTeX (``$\alpha$``) stays. What would be read back as another text is written by
    `to_latex`.

    Parameters
    ----------
    protect : bool
        Put words that have a capital after their first letter in braces (``{BERT}``, ``{mRNA}``), as styles make titles small, and
        so symbols of chemistry and degrees (``{H$_{2}$O}``, ``°{C}``).
    """
    line = " ".join(text.split())
    formulas = "$" in line and any(map(_is_formula, _DOLLARS.findall(line)))
    capitals = protect and _LATER_CAPITAL.search(line) is not None and not _shouted(line)
    if not formulas and not capitals and (line.isascii() or not _MATHS.search(line)):
        return _escaped(line)
    parts = [(part, _is_formula(part)) for part in _DOLLARS_APART.split(line)] if formulas else [(line, False)]
    written = "".join(part if formula else _with_maths(part, capitals) for part, formula in parts)
    return written if plain_latex(written) == (unicode_maths(line) if formulas else line) else _escaped(line)


def unicode_maths(text: str) -> str:
    r"""Text with the formulas that stand in it as LaTeX (``$\alpha_1$``) in readable characters; dollars of money stay."""
    if "$" not in text:
        return text
    return _DOLLARS.sub(lambda match: plain_latex(match.group()) if _is_formula(match.group()) else match.group(), text)


def _is_formula(text: str) -> bool:
    return text[:1] == "$" and _TEX_IN_FORMULA.search(text) is not None and _balanced(text)


def _with_maths(text: str, protect: bool) -> str:
    """Text with each run of characters of mathematics as a formula; those that have no command stay."""
    pieces: list[str] = []
    start = 0
    formula = ""
    for match in _MATHS.finditer(text):
        command = _in_formula(match, text)
        if command is None:
            continue
        if formula and match.start() > start:
            pieces.append(f"${formula}$")
            formula = ""
        if match.start() > start:
            pieces.append(_protected(text[start : match.start()], protect))
        formula += command
        start = match.end()
    if formula:
        pieces.append(f"${formula}$")
    pieces.append(_protected(text[start:], protect))
    # A dollar before a digit would be one of money.
    written = "".join(
        f"{piece}{{}}" if piece[-1:] == "$" and after[:1].isdigit() else piece for piece, after in pairwise([*pieces, ""])
    )
    return _ELEMENTS.sub(r"{\g<0>}", written) if protect else written


def _in_formula(match: re.Match[str], text: str) -> str | None:
    part = match.group()
    if part[0] in _SUPER_READ:
        return f"^{{{part.translate(_SUPER_READ_TABLE)}}}"
    if part[0] in _SUB_READ:
        return f"_{{{part.translate(_SUB_READ_TABLE)}}}"
    if part in _UNDOUBLED:
        return f"\\mathbb{{{_UNDOUBLED[part]}}}"
    command = _maths_commands().get(part)
    before, after = text[match.start() - 1 : match.start()] if match.start() else "", text[match.end() : match.end() + 1]
    # Words of Greek are no formulas.
    if command is None or (_GREEK.match(part) and (_GREEK.match(before) or _GREEK.match(after))):
        return None
    if part in _RELATIONS and not (before in ("", " ") and after in ("", " ")):
        return f"{{\\{command}}}"
    return f"\\{command}"


def _protected(text: str, protect: bool) -> str:
    return _WORD.sub(_in_braces, _escaped(text)) if protect else _escaped(text)


def _in_braces(match: re.Match[str]) -> str:
    word = match.group()
    degrees = match.string[match.start() - 1 : match.start()] == "°"
    return f"{{{word}}}" if degrees or any(letter.isupper() for letter in word[1:]) else word


def _shouted(text: str) -> bool:
    """Whether nearly all is in capitals, so that none of them says anything."""
    letters = [letter for letter in text if letter.isalpha()]
    return sum(map(str.isupper, letters)) > 0.6 * len(letters)


@cache
def _maths_commands() -> dict[str, str]:
    """Characters of mathematics, and the commands that are read as them."""
    known = _pylatexenc_symbols()
    symbols = {name: _SYMBOLS.get(name) or known.get(name, "") for name in _MATHS_NAMES}
    return {symbol: name for name, symbol in reversed(symbols.items()) if len(symbol) == 1 and not symbol.isascii()}


_MATHS_NAMES = (
    "alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi varphi chi"
    " psi omega Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega leq geq neq approx equiv in notin subset subseteq supset cup cap times"
    " cdot pm mp to leftarrow leftrightarrow Rightarrow Leftrightarrow infty partial nabla sum prod int propto forall exists emptyset ell"
    " langle rangle otimes oplus perp parallel ll gg simeq cong div circ star dagger wedge vee neg mapsto setminus hbar aleph"
).split()
_SUPER_READ, _SUB_READ = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎"
_SUPER_READ_TABLE = str.maketrans(_SUPER_READ, "0123456789+-=()ni")
_SUB_READ_TABLE = str.maketrans(_SUB_READ, "0123456789+-=()")
_GREEK = re.compile("[\u0370-\u03ff\u1f00-\u1fff]")
_UNDOUBLED = {double: single for single, double in _DOUBLE.items()}
_SYMBOL = "[\u0391-\u03c9\u03d1\u03d5\u03f5\u00d7\u00b1\u00f7\u2102-\u2135\u2190-\u22ff\u27e8\u27e9]"
_MATHS = re.compile(f"[{_SUPER_READ}]+|[{_SUB_READ}]+|{_SYMBOL}")
_TEX_IN_FORMULA = re.compile(r"\\[A-Za-z]|[\^_]")
_DOLLARS_APART = re.compile(rf"({_DOLLARS.pattern})")
_LATER_CAPITAL = re.compile(r"[^\W_][A-Z]|[^\x00-\x7f]")
_WORD = re.compile(r"(?<!\\)\b[^\W_]+")
# A symbol of chemistry or of a quantity is a capital with a raised or a lowered digit: H₂O, Ca²⁺.
_ELEMENTS = re.compile(
    r"(?<![\w\\{])(?:\{[A-Z]\w*\}|[A-Z][a-z]?)(?:\$[_^][^$]*\$(?:\{[A-Z]\w*\}|[A-Z][a-z]?(?![a-z])|(?=[^A-Za-z]|\Z)))+"
)

_ESCAPES = {
    "\\": "\\textbackslash{}", "{": "\\{", "}": "\\}", "$": "\\$", "%": "\\%", "&": "\\&", "#": "\\#", "_": "\\_",
    "^": "\\textasciicircum{}", "~": "\\textasciitilde{}", "--": "-{}-{}", "``": "`{}`{}", "''": "'{}'{}", "<": "{<}",
}  # fmt: skip
# An ampersand that starts a character reference is kept apart from it.
_SPECIAL = re.compile(r"--|``|''|[\\{}$%&#_^~<]")
_REFERENCE = re.compile(r"&#?\w{1,32};")


def _balanced(text: str) -> bool:
    depth = 0
    for mark in re.findall(r"[{}]", text):
        depth += 1 if mark == "{" else -1
        if depth < 0:
            return False
    return depth == 0


# --- HTML, JATS, MathML ------------------------------------------------------------------------------------------------

_BLOCKS = (
    "p|br|div|li|ul|ol|sec|title|h[1-6]|tr|td|th|table|section|label|list-item|list|disp-quote|blockquote|abstract|hr|dd|dt"
)
_INLINE = (
    "i|b|u|em|strong|sup|sub|span|a|italic|bold|sc|monospace|underline|small|big|font|scp|smallcaps|ext-link|xref|email|uri|tt|code"
    "|inline-formula|disp-formula|alternatives|inf|abstracttext|named-content|roman|s|strike|cite|mark|nobr|ovl|inline-graphic"
    "|math|m[a-z]{1,12}|semantics|annotation|annotation-xml|tex-math|mstyle|none|apply|ci|cn|html|body|head|pre|img|b(?=>)|q|font"
)
_ATTRIBUTES = r"""(?:\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'|[^\s"'<>]+))*"""
_ELEMENT = re.compile(rf"<(/?)(?:(?:jats|mml|m|xhtml|ns\d{{1,2}}):)?({_BLOCKS}|{_INLINE})({_ATTRIBUTES})\s*/?>", re.I)
_BLOCK = re.compile(rf"(?:{_BLOCKS})\Z", re.I)
_DOUBLED = re.compile(r"<(?:mml:)?annotation\b[^>]*>.*?</(?:mml:)?annotation>|<(?:jats:)?tex-math\b[^>]*>.*?</(?:jats:)?tex-math>"
                      r"|<(script|style)\b[^>]*>.*?</\1\s*>|<!--.*?-->|<\?[^>]*\?>", re.I | re.S)  # fmt: skip
_CDATA = re.compile(r"<!\[CDATA\[(.*?)\]\]>", re.S)
_RAISED = re.compile(r"<(?:(?:jats|ns\d{1,2}):)?(sup|sub|inf)(?:\s[^<>]*)?>([^<>]*)</(?:(?:jats|ns\d{1,2}):)?\1>", re.I)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_LINES = re.compile(r"[ \t\r\f\v]*\n\s*")


def is_element(tag: str) -> bool:
    """Whether a tag is one that `plain_markup` takes for markup."""
    return _ELEMENT.fullmatch(tag) is not None


def plain_markup(text: str) -> str:
    """Turn HTML, JATS or MathML into readable text.

    Parameters
    ----------
    text : str
        A title or an abstract with elements or character references in it. Only the elements of these three vocabularies
        are taken for markup: ``p < 0.05``, ``a<b and c>d`` and ``<unk>`` stay.

    Returns
    -------
    str
        Paragraphs are lines; raised and lowered digits are Unicode's. Scripts, comments, and the TeX that repeats a MathML
        formula are gone.
    """
    if "<" not in text and "&" not in text:
        return text
    # Without its end a mark is a sign of comparison or an ampersand.
    marked = "<" in text and (">" in text or "\n" in text)
    plain = _without_elements(text) if marked else text
    if "&" in plain and ";" in plain:
        plain = _ENTITY.sub(lambda match: html.unescape(match.group()), plain)
        # Services escape twice: what is an element after one round was one before.
        if "<" in plain and _ELEMENT.search(plain):
            plain = _without_elements(plain)
        if "&" in plain:
            plain = _ENTITY.sub(lambda match: html.unescape(match.group()), plain)
    return plain.strip() if plain != text else text


def _without_elements(text: str) -> str:
    text = _CDATA.sub(r"\1", _DOUBLED.sub("", text)) if "<" in text else text
    text = _RAISED.sub(lambda m: _marked_up(m.group(2), m.group(1).lower()), text)
    text = _ELEMENT.sub(lambda match: "\n" if _BLOCK.match(match.group(2)) else "", text)
    return _LINES.sub("\n", text)


def _marked_up(text: str, kind: str) -> str:
    able, table = (_SUPERABLE, _SUPERS) if kind == "sup" else (_SUBABLE, _SUBS)
    return text.translate(table) if able.issuperset(text) else text
