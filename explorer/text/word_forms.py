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
    found = {word: None}
    # Twice: haemorrhaging tumours' catalogues may be spelt otherwise in more than one place.
    for _ in range(2):
        for form in list(found):
            # Sorted: the order of a set is another on every run, and scores are added up in this one.
            found.update(dict.fromkeys(sorted(_one_step(form))))
    return tuple(form for form in found if form == word or form not in _NOT_ALIKE)[:_MOST]


def compounds(word: str) -> tuple[str, ...]:
    """How else a compound may be written: together (``pretraining``), or as words next to each other (``pre training``).

    A hyphen parts words, so that *pre-training* is two of them. A word without one is taken apart behind the prefixes that are written
    both ways.

    Examples
    --------
    >>> compounds("pre-training"), compounds("Pretraining"), compounds("lake"), compounds("state-of-the-art")
    (('pretraining',), ('Pre training',), (), ())
    """
    if parted := _HYPHENED.fullmatch(word):
        return ("".join(parted.groups()),)
    begun = _PREFIXED.fullmatch(word)
    return (" ".join(begun.groups()),) if begun and begun[2].lower() not in _NO_COMPOUNDS else ()


_HYPHENED = re.compile(r"([^\W\d_]{2,20})[-\u2010\u2011]([^\W\d_]{3,20})")
_PREFIXED = re.compile(
    r"(anti|co|counter|cross|extra|fine|hyper|inter|intra|macro|meta|micro|multi|nano|non|over|para|post|pre|pseudo|quasi|self|semi|sub|super"
    r"|trans|ultra|under|well)([a-z]{4,20})",
    re.IGNORECASE,
)
_NO_COMPOUNDS = frozenset("view standing come coming turn".split())
"""What stands behind a prefix that is a word too without being part of it (*over view*)."""


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
