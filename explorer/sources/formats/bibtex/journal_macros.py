r"""Journals that BibTeX files name by a macro, which classes and styles of LaTeX define: ``{\mnras}``, ``cacm``.

Macros with a backslash: those of the AAS (https://journals.aas.org/aastexguide/#reference_macros), as ADS writes them, and their
further names in ``aas_macros.sty``. Bare words: those that BibTeX's standard styles predefine (``plain.bst``, Patashnik 1988).
"""

from __future__ import annotations

import re

AAS_STRINGS = {
    name: journal
    for names, journal in {
        "aj": "The Astronomical Journal",
        "actaa": "Acta Astronomica",
        "araa": "Annual Review of Astronomy and Astrophysics",
        "areps": "Annual Review of Earth and Planetary Sciences",
        "apj": "The Astrophysical Journal",
        "apjl apjlett": "The Astrophysical Journal Letters",
        "apjs apjsupp": "The Astrophysical Journal Supplement Series",
        "ao applopt": "Applied Optics",
        "apss": "Astrophysics and Space Science",
        "aap astap": "Astronomy and Astrophysics",
        "aapr": "Astronomy and Astrophysics Reviews",
        "aaps": "Astronomy and Astrophysics Supplement Series",
        "aplett": "Astrophysics Letters",
        "apspr": "Astrophysics Space Physics Research",
        "azh": "Astronomicheskii Zhurnal",
        "baas": "Bulletin of the American Astronomical Society",
        "bain": "Bulletin of the Astronomical Institutes of the Netherlands",
        "bac": "Bulletin of the Astronomical Institutes of Czechoslovakia",
        "caa": "Chinese Astronomy and Astrophysics",
        "cjaa": "Chinese Journal of Astronomy and Astrophysics",
        "dps": "AAS/Division for Planetary Sciences Meeting Abstracts",
        "fcp": "Fundamentals of Cosmic Physics",
        "gca": "Geochimica et Cosmochimica Acta",
        "grl": "Geophysical Research Letters",
        "iaucirc": "IAU Circulars",
        "icarus": "Icarus",
        "jaavso": "Journal of the American Association of Variable Star Observers",
        "jatis": "Journal of Astronomical Telescopes, Instruments, and Systems",
        "jcap": "Journal of Cosmology and Astroparticle Physics",
        "jcp": "The Journal of Chemical Physics",
        "jgr": "Journal of Geophysical Research",
        "jqsrt": "Journal of Quantitative Spectroscopy and Radiative Transfer",
        "jrasc": "Journal of the Royal Astronomical Society of Canada",
        "maps": "Meteoritics and Planetary Science",
        "memras": "Memoirs of the Royal Astronomical Society",
        "memsai": "Memorie della Società Astronomica Italiana",
        "mnras": "Monthly Notices of the Royal Astronomical Society",
        "na": "New Astronomy",
        "nar": "New Astronomy Reviews",
        "nat": "Nature",
        "nphysa": "Nuclear Physics A",
        "pasa": "Publications of the Astronomical Society of Australia",
        "pasj": "Publications of the Astronomical Society of Japan",
        "pasp": "Publications of the Astronomical Society of the Pacific",
        "physrep": "Physics Reports",
        "physscr": "Physica Scripta",
        "planss": "Planetary and Space Science",
        "pra": "Physical Review A",
        "prb": "Physical Review B",
        "prc": "Physical Review C",
        "prd": "Physical Review D",
        "pre": "Physical Review E",
        "prl": "Physical Review Letters",
        "procspie": "Proceedings of the SPIE",
        "psj": "The Planetary Science Journal",
        "qjras": "Quarterly Journal of the Royal Astronomical Society",
        "rmxaa": "Revista Mexicana de Astronomía y Astrofísica",
        "rnaas": "Research Notes of the American Astronomical Society",
        "sci": "Science",
        "skytel": "Sky and Telescope",
        "solphys": "Solar Physics",
        "sovast": "Soviet Astronomy",
        "ssr": "Space Science Reviews",
        "zap": "Zeitschrift für Astrophysik",
    }.items()
    for name in names.split()
}

STYLE_STRINGS = {
    "acmcs": "ACM Computing Surveys",
    "acta": "Acta Informatica",
    "cacm": "Communications of the ACM",
    "ibmjrd": "IBM Journal of Research and Development",
    "ibmsj": "IBM Systems Journal",
    "ieeese": "IEEE Transactions on Software Engineering",
    "ieeetc": "IEEE Transactions on Computers",
    "ieeetcad": "IEEE Transactions on Computer-Aided Design of Integrated Circuits",
    "ipl": "Information Processing Letters",
    "jacm": "Journal of the ACM",
    "jcss": "Journal of Computer and System Sciences",
    "scp": "Science of Computer Programming",
    "sicomp": "SIAM Journal on Computing",
    "tocs": "ACM Transactions on Computer Systems",
    "tods": "ACM Transactions on Database Systems",
    "tog": "ACM Transactions on Graphics",
    "toms": "ACM Transactions on Mathematical Software",
    "toois": "ACM Transactions on Office Information Systems",
    "toplas": "ACM Transactions on Programming Languages and Systems",
    "tcs": "Theoretical Computer Science",
}
"""Strings that a file may use without defining them."""

_MACRO = re.compile(r"\s*\{*\s*\\([A-Za-z]+)\s*(?:\{\}|\\)?\s*\}*\s*[,.]?\s*\Z")


def journal_of(raw: str) -> str:
    """The journal that a field names, if it is nothing but a macro of the AAS; any other text as it is."""
    match = _MACRO.match(raw) if "\\" in raw else None
    return raw if match is None else AAS_STRINGS.get(match.group(1).lower(), raw)
