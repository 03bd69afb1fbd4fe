"""Forms of an English word that its stem does not share: irregular plurals, British and American spellings.

A Snowball stemmer takes off regular endings only: *analysis* and *analyses*, *tumour* and *tumor* have different stems. What is
built by a rule here need not be a word (*noise* gives *noize*): nobody writes it, so no paper is found by it. Pairs that a rule
would find wrongly (*silicon* and *silica*, *titanium* and *titania*) are why the rest is a list.

Sources: the classical plurals of Conway 1998 (An algorithmic approach to English pluralization); the spellings of the Oxford and
Merriam-Webster dictionaries.
"""

from __future__ import annotations

import re
from functools import lru_cache

_ENDINGS = (
    # ending, the other ending, letters before it at least
    ("ysis", "yses", 1),
    ("sis", "ses", 2),
    ("xis", "xes", 1),
    ("ix", "ices", 2),
    ("ex", "ices", 2),
    ("us", "i", 4),
    ("a", "ae", 4),
    ("ma", "mata", 3),
    ("eau", "eaux", 2),
    ("woman", "women", 0),
    ("men", "man", 4),
    ("our", "or", 3),
    ("ours", "ors", 3),
    ("oured", "ored", 3),
    ("ouring", "oring", 3),
    ("oural", "oral", 3),
    ("ourally", "orally", 3),
    ("ourable", "orable", 2),
    ("ourably", "orably", 2),
    ("ourful", "orful", 3),
    ("ourless", "orless", 3),
    ("ourite", "orite", 3),
    ("ourites", "orites", 3),
    ("ourhood", "orhood", 3),
    ("ourhoods", "orhoods", 3),
    ("ourer", "orer", 3),
    ("ourers", "orers", 3),
    *((f"{s}{rest}", f"{z}{rest}", 3) for s, z in (("is", "iz"), ("ys", "yz"))
      for rest in ("e", "es", "ed", "ing", "er", "ers", "able", "ation", "ations", "ational")),
    *((f"{stem}re{rest}", f"{stem}er{rest}", 2) for stem in ("t", "b") for rest in ("", "s", "d")),
    ("ogue", "og", 3),
    ("ogues", "ogs", 3),
    *((f"ll{rest}", f"l{rest}", 3) for rest in ("ed", "ing", "ings", "er", "ers", "ation")),
    ("eing", "ing", 2),
    ("dgement", "dgment", 2),
    ("dgements", "dgments", 2),
    ("ence", "ense", 3),
    ("ences", "enses", 3),
    ("ctice", "ctise", 2),
    ("tise", "tice", 4),
)  # fmt: skip

_INSIDE = (
    ("haem", "hem"), ("aemi", "emi"), ("aesth", "esth"), ("paed", "ped"), ("gynaec", "gynec"), ("caec", "cec"), ("faec", "fec"),
    ("oesoph", "esoph"), ("oestr", "estr"), ("oedem", "edem"), ("foet", "fet"), ("rrhoea", "rrhea"), ("rrhoei", "rrhei"),
    ("pnoea", "pnea"), ("coeli", "celi"), ("amoeb", "ameb"), ("manoeuv", "maneuv"), ("homoeo", "homeo"), ("palaeo", "paleo"),
    ("archaeo", "archeo"), ("aetiolog", "etiolog"), ("aeon", "eon"), ("caesium", "cesium"), ("caesar", "cesar"), ("naev", "nev"),
    ("mediaev", "mediev"), ("pharmacopoei", "pharmacopei"), ("sulph", "sulf"), ("leukaem", "leucaem"), ("synaer", "syner"),
    ("grey", "gray"), ("mould", "mold"), ("plough", "plow"), ("sceptic", "skeptic"), ("artefact", "artifact"),
    ("aluminium", "aluminum"), ("programme", "program"), ("catalys", "catalyz"), ("fulfil", "fulfill"), ("skilful", "skillful"),
    ("wilful", "willful"), ("enrolment", "enrollment"), ("instalment", "installment"), ("moult", "molt"), ("smoulder", "smolder"),
    ("behaviour", "behavior"), ("colour", "color"), ("neighbour", "neighbor"), ("tumour", "tumor"), ("labour", "labor"),
    ("favour", "favor"), ("harbour", "harbor"), ("odour", "odor"), ("vapour", "vapor"), ("rumour", "rumor"), ("honour", "honor"),
    ("centre", "center"), ("fibre", "fiber"), ("kerb", "curb"), ("disulphid", "disulfid"), ("judgement", "judgment"),
)  # fmt: skip
"""British and American spellings wherever they stand in a word (*ischaemic*, *multicentre*, *neurobehavioural*)."""

_PLURALS = (
    "criterion criteria", "phenomenon phenomena", "epiphenomenon epiphenomena", "ganglion ganglia", "mitochondrion mitochondria",
    "automaton automata", "polyhedron polyhedra", "tetrahedron tetrahedra", "octahedron octahedra", "taxon taxa",
    "protozoon protozoa", "spermatozoon spermatozoa", "hyperbaton hyperbata", "noumenon noumena", "oxymoron oxymora",
    "bacterium bacteria", "medium media", "datum data", "metadatum metadata", "stratum strata", "substratum substrata",
    "erratum errata", "corrigendum corrigenda", "addendum addenda", "desideratum desiderata", "memorandum memoranda",
    "spectrum spectra", "quantum quanta", "ovum ova", "optimum optima", "maximum maxima", "minimum minima", "extremum extrema",
    "continuum continua", "equilibrium equilibria", "momentum momenta", "curriculum curricula", "symposium symposia",
    "consortium consortia", "compendium compendia", "colloquium colloquia", "aquarium aquaria", "honorarium honoraria",
    "forum fora", "serum sera", "septum septa", "rectum recta", "sternum sterna", "ileum ilea", "atrium atria",
    "epithelium epithelia", "endothelium endothelia", "myocardium myocardia", "cilium cilia", "flagellum flagella",
    "plasmodium plasmodia", "sporangium sporangia", "mycelium mycelia", "cerebellum cerebella", "cerebrum cerebra",
    "fulcrum fulcra", "vacuum vacua", "simulacrum simulacra", "dictum dicta", "referendum referenda", "sanatorium sanatoria",
    "gymnasium gymnasia", "stadium stadia", "trapezium trapezia", "millennium millennia", "cranium crania", "ostium ostia",
    "focus foci", "locus loci", "torus tori", "genus genera", "corpus corpora", "viscus viscera", "ulcus ulcera",
    "foramen foramina", "lumen lumina", "stoma stomata", "iris irides", "testis testes", "pelvis pelves", "penis penes",
    "index indices", "apex apices", "cortex cortices", "vertex vertices", "helix helices", "larynx larynges", "phalanx phalanges",
    "pharynx pharynges", "meninx meninges", "man men", "mouse mice", "louse lice", "foot feet", "tooth teeth", "goose geese",
    "child children", "ox oxen", "leaf leaves", "wolf wolves", "half halves", "knife knives", "life lives",
    "wife wives", "shelf shelves", "self selves", "calf calves", "hoof hooves", "thief thieves", "loaf loaves", "scarf scarves",
    "sheaf sheaves", "elf elves", "alga algae", "larva larvae", "disc disk", "discs disks", "tyre tire", "tyres tires",
    "cheque check", "ageing aging", "gauge gage", "whisky whiskey", "pyjamas pajamas", "jewellery jewelry",
    "speciality specialty", "enrol enroll", "distil distill", "instil instill", "licence license", "defence defense",
    "offence offense", "pretence pretense", "practice practise", "meagre meager", "lustre luster", "goitre goiter",
    "foci focuses", "formulae formulas", "fungi funguses", "appendices appendixes",
)  # fmt: skip

_NAMES_OF_LETTERS = (
    "alpha beta gamma delta epsilon zeta theta iota kappa lambda sigma tau upsilon phi psi omega",
    "αβγδεζθικλστυφψω",
)
"""Letters of Greek that stand in names of things, and what they are called; shorter names are words too."""
_GREEK = dict(zip(_NAMES_OF_LETTERS[0].split(), _NAMES_OF_LETTERS[1], strict=True))
_GREEK |= {letter: name for name, letter in _GREEK.items()}
_LONGEST = 40
_MOST = 24


def _pairs() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for pair in _PLURALS:
        one, other = pair.split()
        found.setdefault(one, set()).add(other)
        found.setdefault(other, set()).add(one)
    return found


_LISTED = _pairs()
_NOT_ALIKE = frozenset(
    "four for hour pour por tour tor sour sor flour flor contour detour velour glamour year years basal base size sise prize prise "
    "their there three human humans german germans roman romans ottoman".split()
)
"""Words that a rule would take for a form of another word."""


def _by_ending() -> dict[str, list[tuple[str, int]]]:
    """What stands in the place of each ending, and how many letters must stand before it."""
    found: dict[str, list[tuple[str, int]]] = {}
    for one, other, before in _ENDINGS:
        found.setdefault(one, []).append((other, before))
        found.setdefault(other, []).append((one, before))
    return found


_BY_ENDING = _by_ending()
_ANY_INSIDE = re.compile("|".join(dict.fromkeys(part for pair in _INSIDE for part in pair)))
_LENGTHS = tuple(sorted(set(map(len, _BY_ENDING))))


@lru_cache(maxsize=8192)
def word_forms(word: str) -> tuple[str, ...]:
    """A folded word and its forms, itself first; of a letter of Greek its name too.

    Examples
    --------
    >>> "tumor" in word_forms("tumour"), "analyses" in word_forms("analysis")
    (True, True)
    """
    if word in _GREEK:
        return (word, _GREEK[word])
    if len(word) > _LONGEST or not word.isascii() or not word.isalpha() or word in _NOT_ALIKE:
        return (word,)
    found, fresh = {word: None}, [word]
    # Twice: haemorrhaging tumours' catalogues may be spelt otherwise in more than one place.
    for _ in range(2):
        # Sorted: the order of a set is another on every run, and scores are added up in this one.
        fresh = [other for form in fresh for other in sorted(_one_step(form)) if other not in found]
        found.update(dict.fromkeys(fresh))
    return tuple(form for form in found if form == word or form not in _NOT_ALIKE)[:_MOST]


def spellings(word: str) -> tuple[str, ...]:
    """How else a word may be written: with or without what joins its parts (a hyphen, an apostrophe, a blank), or ä as ae.

    A hyphen parts words, so that *pre-training* is two of them, and so does an apostrophe. What is taken apart here stands next to each
    other in a text that is found; pieces that are no words stand so in no text.

    Parameters
    ----------
    word : str
        As it is typed.

    Returns
    -------
    tuple of str
        Words, or words next to each other; not the word itself.

    Examples
    --------
    >>> spellings("pre-training"), spellings("Pretraining"), spellings("lake"), spellings("state-of-the-art")
    (('pretraining',), ('Pre training',), (), ())
    >>> spellings("COVID-19"), spellings("covid19"), spellings("SARS-CoV-2")
    (('COVID19',), ('covid 19',), ('SARSCoV 2', 'SARS CoV2', 'SARSCoV2'))
    >>> spellings("SARS-CoV2"), spellings("IL-6")
    (('SARSCoV2', 'SARS CoV 2'), ('IL6',))
    >>> spellings("Schrödinger")
    ('Schroedinger',)
    >>> spellings("O'Brien"), spellings("Alzheimer's"), spellings("e-health"), spellings("healthcare")
    (('OBrien',), ('Alzheimer',), ('ehealth',), ('health care',))
    """
    found: dict[str, None] = {}
    if (spelt := word.translate(_AS_TWO_LETTERS)) != word:
        found[spelt] = None
    if owned := _OWNED.fullmatch(word):
        found[owned[1]] = None
    elif _APOSTROPHE.search(word) and all(_APOSTROPHE.split(word)):
        found[_APOSTROPHE.sub("", word)] = None
    parts = _HYPHEN.split(word)
    if 2 <= len(parts) <= _MOST_PARTS and all(part.isalnum() for part in parts):
        for together in range(1, 2 ** (len(parts) - 1)):
            joined = parts[0]
            for place, part in enumerate(parts[1:]):
                # Two numbers are a range, and two letters are two.
                apart = (
                    not together >> place & 1
                    or (parts[place].isdigit() and part.isdigit())
                    or len(parts[place] + part) < 2 + (parts[place].isalpha() and part.isalpha())
                )
                joined += f" {part}" if apart else part
            if joined.count(" ") < len(parts) - 1:
                found[joined] = None
        # Another may have parted the figures too.
        apart = " ".join(" ".join(filter(None, f.groups())) if (f := _FIGURES.fullmatch(part)) else part for part in parts)
        if apart.count(" ") >= len(parts):
            found[apart] = None
    elif figures := _FIGURES.fullmatch(word):
        letters, digits, rest = figures.groups(default="")
        found |= dict.fromkeys((f"{letters} {digits}{rest}", f"{letters} {digits} {rest}".rstrip()))
    elif figures := _FIGURES_FIRST.fullmatch(word):
        found[" ".join(figures.groups())] = None
    elif (begun := _PREFIXED.fullmatch(word)) and begun[2].lower() not in _NO_COMPOUNDS:
        found[" ".join(begun.groups())] = None
    elif ended := _ENDED.fullmatch(word):
        found[" ".join(ended.groups())] = None
    return tuple(found)


def may_be_two(word: str) -> bool:
    """Whether it is for the papers to say that a word is two: nothing here takes it apart, and none knows that it is one.

    Examples
    --------
    >>> [may_be_two(word) for word in ("zeroshot", "pretraining", "overview", "network", "IL6")]
    [True, False, False, False, False]
    """
    return word.isascii() and word.isalpha() and not _KNOWN.match(word) and not spellings(word)


def letters_and_figures(word: str) -> tuple[str, str]:
    """A word of ASCII letters that ends in figures, without its hyphens, in two: *SARSCoV-2* is *SARSCoV* and *2*; any other as it is.

    Examples
    --------
    >>> letters_and_figures("sarscov2"), letters_and_figures("SARSCoV-2"), letters_and_figures("zeroshot"), letters_and_figures("10-20")
    (('sarscov', '2'), ('SARSCoV', '2'), ('zeroshot', ''), ('10-20', ''))
    """
    found = _ENDS_IN_FIGURES.fullmatch(word)
    return (found[1], found[2]) if found else (word, "")


_ENDS_IN_FIGURES = re.compile("([A-Za-z]+)[-\u2010\u2011\u2013]?([0-9]{1,4})")
_KNOWN = re.compile("net|over|under|make|inter|out|with", re.IGNORECASE)
"""Beginnings of words that are one although both halves are words."""
_MOST_PARTS = 3
_AS_TWO_LETTERS = str.maketrans(dict(zip("äöüøåÄÖÜØÅ", "ae oe ue oe aa Ae Oe Ue Oe Aa".split(), strict=True)))
_APOSTROPHE = re.compile("['\u2018\u2019\u02bc\u2032`\u00b4]")
_OWNED = re.compile(f"([^\\W\\d_]{{3,}}){_APOSTROPHE.pattern}s", re.IGNORECASE)
_HYPHEN = re.compile("[-\u2010\u2011\u2013]")
_FIGURES = re.compile(r"([^\W\d_]{1,20})(\d{1,4})([^\W\d_]?)")
"""Letters and figures that a hyphen may part: covid19, il6, il1b."""
_FIGURES_FIRST = re.compile(r"(\d{1,3})([^\W\d_]{1,20})")
_PREFIXED = re.compile(
    r"(anti|bi|bio|co|counter|cross|cyber|down|e|electro|extra|fine|geo|hydro|hyper|inter|intra|macro|mega|meta|micro|mid|mono|multi|nano|neuro|non|off|over|para|photo|post|pre|"
    r"pseudo|psycho|quasi|radio|re|self|semi|socio|sub|super|tele|thermo|trans|tri|ultra|un|under|up|well|x|[tbnk](?=cells?))([a-z]{3,20})",
    re.IGNORECASE,
)
_NO_COMPOUNDS = frozenset("view standing come coming turn time times all".split())
"""What stands behind a prefix that is a word too without being part of it (*over view*, *over time*)."""
_ENDED = re.compile(
    r"((?!net|over|under|make)[a-z]{3,15}?)(back|base|based|bases|being|board|book|borne|care|date|day|down|driven|feed|feeding|field|flow|free|"
    r"front|givers?|giving|ground|hand|head|house|land|level|life|light|like|lines?|long|made|makers?|making|month|out|place|points?|proof|"
    r"room|scale|scape|school|sets?|side|sites?|space|specific|stream|styles?|takers?|taking|term|times?|ups?|ware|water|wave|ways?|weeks?|"
    r"wide|wise|words?|works?|world|worm|year)",
    re.IGNORECASE,
)
"""Words that the second half of a compound often is."""


def parted_name(name: str) -> tuple[str, ...]:
    """A family name that is written in one word, with what it begins with apart, as in *O'Brien*, *D'Angelo*, *Al-Khwarizmi*, *van Dijk*.

    Examples
    --------
    >>> parted_name("obrien"), parted_name("vandenberg"), parted_name("Lee")
    (('o brien',), ('van den berg', 'van denberg'), ())
    """
    found = [_BEGUN_NAME.fullmatch(name), _BEGUN_NAME_TWICE.fullmatch(name)]
    return tuple(" ".join(begun.groups()) for begun in reversed(found) if begun)


_BEGUN_NAME = re.compile(
    "(abu|al|ben|d|da|de|del|della|des|di|do|dos|du|el|ibn|l|la|le|lo|m|mac|mc|n|o|saint|st|t|te|ten|ter|van|von|zu)([a-z]{4,20})",
    re.IGNORECASE,
)
_BEGUN_NAME_TWICE = re.compile("(de|van|von)(den|der|la|las|los|de)([a-z]{3,20})", re.IGNORECASE)


def umlauts(word: str, *, name: bool) -> tuple[str, ...]:
    """How else a folded word may be written where ä, ö, ü, ø or å are two letters (ae, oe, ue, oe, aa); not the word itself.

    The index keeps *Müller* as *muller*. A word with the two letters asks for that too; a name also the other way round, as no list
    of words tells which vowels have the dots.

    Parameters
    ----------
    word : str
        Folded.
    name : bool
        Whether names of persons are looked for.

    Examples
    --------
    >>> umlauts("mueller", name=True), umlauts("goethe", name=False), umlauts("value", name=False), umlauts("michael", name=True)
    (('muller',), ('gothe',), (), ())
    >>> umlauts("muller", name=True)
    ('mueller',)
    """
    if not word.isascii() or not word.isalpha() or len(word) < (_SHORTEST_NAME if name else _SHORTEST_WORD):
        return ()
    if _TWO_LETTERS.search(word):
        return (_TWO_LETTERS.sub(lambda found: found[0][0], word),)
    if not name:
        return ()
    places = [found.end() for found in _ONE_LETTER.finditer(word)]
    return tuple(form for place in places if _TWO_LETTERS.search(form := f"{word[:place]}e{word[place:]}"))


_SHORTEST_NAME, _SHORTEST_WORD = 4, 6
_TWO_LETTERS = re.compile(r"(?:(?<![aeiouq])[aou]|^[aou])e(?=[bcdfghklmnprstvwxz])(?!l$|ls$|s$)|(?<![aeiou])aa(?=[bdgkmnrst])")
"""Two letters for one; no English word ends so but by a plural or as *fuel* and *Michael* do."""
_ONE_LETTER = re.compile(r"(?<![aeiouyq])[aou](?=[bcdfghklmnprstvwxz])")


def _one_step(word: str) -> set[str]:
    found = set(_LISTED.get(word, ()))
    for length in _LENGTHS:
        for instead, before in _BY_ENDING.get(word[-length:], ()):
            if len(word) - length >= before:
                found.add(word[: len(word) - length] + instead)
    # Few words have any of them, which one look tells.
    for british, american in _INSIDE if _ANY_INSIDE.search(word) else ():
        if british in word:
            found.add(word.replace(british, american))
        elif american in word:
            found.add(
                re.sub(f"{american}(?!{british[len(american) :]})" if british.startswith(american) else american, british, word)
            )
    found.discard(word)
    return found
