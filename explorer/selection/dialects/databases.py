"""What each database's help says of its search language, as tables.

The numbers of words between two others, the wildcards and the order of operators were taken from (November 2026): PubMed User
Guide (https://pubmed.ncbi.nlm.nih.gov/help/), Ovid's Search Syntax and Advanced Searching Techniques, Scopus' Search tips
(https://schema.elsevier.com/dtds/document/bkapi/search/SCOPUSSearchTips.htm), Web of Science Help (Search operators, Wildcards),
ProQuest Search Tips, EBSCO Connect (Searching with Wildcards, Proximity Searches), the Cochrane Library's Search manager help,
Embase's Search tips, the BVS portal's help on searching, what the ACM Digital Library shows
as a search's syntax, and the arXiv API manual.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

Fields = tuple[str, ...]
"""Fields of ours; empty for all that a word without a field is looked for in."""

_TOPIC: Fields = ("title", "abstract", "keywords")
_TEXT: Fields = ("title", "abstract")


def _table(text: str) -> dict[str, Fields]:
    """Rows of ``our fields = their names``, names parted by bars."""
    names = {"title": ("title",), "abstract": ("abstract",), "text": _TEXT, "topic": _TOPIC, "any": (), "keywords": ("keywords",),
             "authors": ("authors",), "venue": ("venue",), "ids": ("ids",)}  # fmt: skip
    found: dict[str, Fields] = {}
    for line in text.strip().splitlines():
        ours, theirs = line.split("=", 1)
        found |= {name.strip(): names[ours.strip()] for name in theirs.split("|")}
    return found


@dataclass(frozen=True)
class Dialect:
    """How one database writes a search.

    Attributes
    ----------
    name : str
    marks : re.Pattern
        What only its searches have.
    fields : mapping
        Its fields, in lower case, and ours. Others say nothing of words (languages, dates, kinds of publication) and are left out.
    suffix, prefix : re.Pattern
        A field after and before what is looked for in it; group 1 is the field.
    heading : re.Pattern
        A subject heading: groups ``explode``, ``focus``, ``text``, ``rest``.
    limit : re.Pattern
        What says nothing of words and is left out.
    wildcards : mapping
        Its wildcards and ours.
    near : mapping
        Operators of nearness, in lower case: how many of its words less than its number may stand between, the number where none
        is given, and whether the order counts.
    same : re.Pattern
        A further operator that asks for both sides, as AND does.
    order : tuple of str
        Operators, those that bind most first; without any they are taken from left to right.
    adjacent : {"phrase", "and"}
        What words next to each other without an operator are.
    exact_words, exact_phrases : bool
        Whether other forms of a word count, outside and inside quotes.
    quotes : tuple of str
        Further pairs of quotes, opening and closing.
    default : tuple of str
        Fields of ours for words without a field.
    dates : frozenset of str
        Fields of the date of publication, as it names them.
    """

    name: str
    marks: re.Pattern[str]
    fields: Mapping[str, Fields]
    suffix: re.Pattern[str] | None = None
    prefix: re.Pattern[str] | None = None
    heading: re.Pattern[str] | None = None
    limit: re.Pattern[str] | None = None
    wildcards: Mapping[str, str] | None = None
    near: Mapping[str, tuple[int, int | None, bool]] | None = None
    same: re.Pattern[str] | None = None
    order: tuple[str, ...] = ("near", "not", "and", "or")
    adjacent: str = "and"
    exact_words: bool = True
    exact_phrases: bool = True
    quotes: tuple[str, ...] = ()
    default: Fields = ()
    dates: frozenset[str] = frozenset()


_PUBMED_FIELDS = _table("""
text = tiab | title/abstract
title = ti | title | tt | transliterated title
abstract = ab | abstract
topic = tw | text word | text words | text
keywords = mesh | mh | mesh terms | mesh term | majr | mesh major topic
keywords = mesh:noexp | mh:noexp | majr:noexp | mesh terms:noexp | mesh major topic:noexp
keywords = sh | subheading | mesh subheading | nm | supplementary concept | ot | other term | rn | ec/rn number
keywords = pharmacological action | pa
authors = au | author | 1au | first author | author - first | lastau | last author | author - last | fau | full author name
authors = au:fau | ir | investigator
venue = ta | journal | jour
ids = pmid | uid | doi | aid | article identifier | location id | lid
any = all | all fields
""")
_PUBMED_TAG = "|".join(
    sorted(map(re.escape, (*_PUBMED_FIELDS, "la", "lang", "language", "pt", "ptyp", "publication type", "dp", "pdat",
                           "date - publication", "publication date", "edat", "date - entry", "crdt", "date - create", "mhda",
                           "date - mesh", "dcom", "date - completion", "lr", "date - modification", "sb", "filter", "subset",
                           "ad", "affiliation", "is", "issn", "vi", "volume", "ip", "issue", "pg", "pagination", "gr",
                           "grant number", "pl", "place of publication", "ps", "cn", "corporate author", "isbn", "si", "tiab",
                           "stat", "orcid")), key=len, reverse=True)
)  # fmt: skip
_DATE = r"\"?\d{4}(?:/\d{1,2}){0,2}\"?"

PUBMED = Dialect(
    "PubMed",
    re.compile(rf"\[\s*(?:{_PUBMED_TAG})\s*(?::~\d+)?\s*\]|\bhasabstract\b", re.I),
    _PUBMED_FIELDS,
    suffix=re.compile(r"\s*\[\s*([^\[\]]*?)\s*\]"),
    limit=re.compile(
        rf"\(\s*{_DATE}\s*(?:\[[^\]]*\])?\s*:\s*{_DATE}\s*(?:\[[^\]]*\])\s*\)|{_DATE}\s*(?:\[[^\]]*\])?\s*:\s*{_DATE}\s*(?:\[[^\]]*\])"
        r"|\b(?:hasabstract|free full text)\b",
        re.I,
    ),
    wildcards={"*": "*"},
    order=(),
    exact_words=False,
    dates=frozenset(("dp", "pdat", "ppdat", "date - publication", "publication date")),
)

_OVID_FIELDS = _table("""
text = tw | ti,ab
title = ti | ot | tt
abstract = ab
topic = mp
keywords = kw | kf | hw | sh | mh | xm | nm | rn | rs | ps | px | sj | de | id | ct | fs | dv | dq | bt | ko | os | rx | ox | fx
authors = au | as | fa
venue = jn | jw | ja | jx
ids = do | di | ui | pm | an
any = af
""")

OVID = Dialect(
    "Ovid",
    re.compile(
        r"\badj\d{1,2}\b|(?<=[\w\")*$?#]\s)adj(?=\s[\w\"(])|[\w\")*$?#]\.\s?(?:ti|ab|tw|mp|kw|kf|hw|af|sh|au|pt|jn|jw|ot|nm)(?:\s?,\s?[a-z]{2})*\.?(?=[\s)]|$)"
        r"|[\w\")]\.(?:yr|dt|la|lg|ui)\.(?=[\s)]|$)"
        r"|(?:^|[\s(])exp\s+\*?[\"A-Za-z][^/()\n]{2,120}/|(?:^|\n|[\s(.])(?:and|or)/\s?\d|^\*?[A-Za-z\"][^/()\n=:\[\]]{2,120}/(?:(?:ae|ag|ai|bl|cl|co|ct|de|dh|di|dt|ec|em|ep|et|ge|im|me|mo|mt|nu|pa|pc|pd|ph|pp|ps|px|rh|rt|sn|st|su|td|th|tr|tu)"
        r"(?:,\s?[a-z]{2})*)?\s*(?:\[[^\]\n]*\]\s*)?$"
        r"|[a-z\"]/\s+(?:and|or|not)\s+\*?[a-z\"][^/()\n=:\[\]]{2,120}/(?=[\s)]|$)",
        re.I,
    ),
    _OVID_FIELDS,
    suffix=re.compile(
        r"\s*\.\s?([a-z]{2}(?:\s*,\s*[a-z]{2})*)\.?(?:\s*/\s*freq\s*=\s*\d+)?(?=[\s),;]|$)(?:\s*\[mp=[^\]]*\])?", re.I
    ),
    heading=re.compile(
        r"(?P<explode>\bexp\s+)?(?P<focus>\*)?(?P<text>\"[^\"/]+\"|(?!(?:and|or|not)[\s/])[A-Za-z0-9](?:(?!\s(?:and|or|not|adj\d*)[\s/])[^/()\"\n=.\[\]]){1,150})/"
        r"(?!\d)(?P<rest>(?:[a-z]{2}(?:\s*,\s*[a-z]{2})*)?(?:\s*\[[^\]]*\])?)(?=[\s),.]|$)",
        re.I,
    ),
    # Which of several databases a line is for; when it came into one.
    limit=re.compile(
        r"\d{4,8}\s*:\s*\d{4,8}\s*\.\s?\([a-z_]+\)\.?|(?<=[).\]/]\s)use\s+[a-z]{4,8}(?:\s*,\s*[a-z]{4,8})*(?=\s*(?:\)|\n|\Z))",
        re.I,
    ),
    wildcards={"*": "*", "$": "*", ":": "*", "#": "?", "?": "$"},
    near={"adj": (1, None, False)},
    adjacent="phrase",
    default=_TOPIC,
    dates=frozenset(("yr", "dp")),
)

_SCOPUS_FIELDS = _table("""
topic = title-abs-key | title-abs-key-auth
text = title-abs
title = title
abstract = abs
keywords = key | authkey | indexterms | chemname | casregnumber
authors = auth | author-name | authfirst | authlastname | firstauth | au-id
venue = srctitle | exactsrctitle | conf | confname
ids = doi | pmid | eid
any = all | title-abs-key-ref
""")

SCOPUS = Dialect(
    "Scopus",
    re.compile(
        r"\b(?:TITLE(?:-ABS)?(?:-KEY)?(?:-AUTH)?|ABS|KEY|AUTHKEY|INDEXTERMS|(?:EXACT)?SRCTITLE|(?:FIRST)?AUTH|AUTH(?:OR-NAME|FIRST|LASTNAME)|AU-ID"
        r"|REF|AFFIL(?:COUNTRY|ORG|CITY)?|LIMIT-TO|EXCLUDE|DOCTYPE|SUBJAREA|LANGUAGE|CONFNAME|CHEMNAME|CASREGNUMBER)\s?\("
        r"|\b(?:ALL|DOI|PMID|EID|ISSN|CONF)\(|\b(?i:TITLE-ABS-KEY)\s?\(|\bPUBYEAR\b|\s[Ww]/\d{1,3}\s",
    ),
    _SCOPUS_FIELDS,
    prefix=re.compile(r"([A-Z]+(?:-[A-Z]+)*)\s*(?=\()", re.I),
    limit=re.compile(
        r"\b(?:LOAD-DATE|ORIG-LOAD-DATE)\s*(?:>=|<=|[<>=]|AFT|BEF|IS)\s*\d{4,8}|\bPUBYEAR\s*(?:>=|<=|[<>=]|AFT|BEF|IS)\s*\d{4}|\b(?:LIMIT-TO|EXCLUDE)\s*\([^()]*\)|\bPUBDATETXT\s*\([^()]*\)"
        r"|\b(?:DOCTYPE|SUBJAREA|LANGUAGE|AFFILCOUNTRY|AFFIL|AFFILORG|AFFILCITY|REF|REFTITLE|E?ISSN|PUBSTAGE|SRCTYPE|FUND-ALL|FUND-SPONSOR|OPENACCESS)\s*\([^()]*\)",
        re.I,
    ),
    wildcards={"*": "*", "?": "?"},
    near={"w": (0, None, False), "pre": (0, None, True)},
    order=("or", "near", "and", "not"),
    exact_words=False,
    exact_phrases=False,
    quotes=("{}",),
)

_WOS_FIELDS = _table("""
topic = ts | topic
title = ti | title
abstract = ab | abstract
keywords = ak | kp | de | id
authors = au | a1 | gp | author
venue = so | is | publication name
ids = do | pmid | ut
any = all
""")

WEB_OF_SCIENCE = Dialect(
    "Web of Science",
    re.compile(
        r"\b(?:TS|TI|AB|AK|KP|SO|AU|ALL)\s*=\s*[(\"\w*]|\b(?:PY|DT|LA|WC|SU|DO|UT|PMID)\s*=\s*\(?[\"\w]"
        r"|(?i:\b(?:TS|TI|AB|AU|SO|Topic|Title|Author|Publication Name)\s*=\s*[(\"])"
        # As its history shows a search (until 2021), and reviews print it.
        r"|\b(?:TOPIC|TITLE|AUTHOR|PUBLICATION NAME)\s?:\s*\("
        # In a title all of capitals it is a word.
        r"|(?<=[\w\")*?$]\s)NEAR(?=\s[\w\"(][^\n]*[a-z])"
    ),
    _WOS_FIELDS,
    prefix=re.compile(r"(Publication Name|[A-Z][A-Z0-9]{1,7})\s*(?:=|:(?=\s*\())\s*", re.I),
    limit=re.compile(
        r"\b(?:Refined by\s?:\s*)?(?:(?:\[excluding\]\s*)?\b(?:LANGUAGES?|DOCUMENT TYPES?|ADDRESS|ORGANI[SZ]ATION-ENHANCED|RESEARCH AREAS|"
        r"WEB OF SCIENCE CATEGORIES|COUNTRIES(?:/REGIONS)?|PUBLICATION YEARS|SOURCE TITLES|RESEARCH DOMAINS)\s?:\s*\([^()]*\))"
        r"|\b(?:Timespan\s?[:=]\s?All years|(?:Indexes|Databases?)\s?[:=][^\n]*?(?=\.\s|\.?\s*$|\n))\.?|\bSearch language=\w+"
        r"|\b(?:YEAR PUBLISHED|PY|DOP|DT|LA|WC|SU|CU|OG|OO|AD|PS|PUBL|FO|FG|FT|IS|AI|"
        r"CF|LD|RI|ED|SG|SA|CI|ZP|Timespan|Databases?|Indexes)\s*[=:]\s*(?:\([^()]*\)|\"[^\"]*\"|[^\s()]+)"
    ),
    wildcards={"*": "*", "?": "?", "$": "$"},
    near={"near": (0, 15, False)},
    # Outside addresses SAME is AND, says its documentation; in small letters it is more often a word.
    same=re.compile(r"SAME(?=[\s(\"“])"),
    exact_words=False,
)

_PROQUEST_FIELDS = _table("""
topic = noft
title = ti | title
abstract = ab | abstract
text = ti,ab
keywords = su | subject | mainsubject | mesh | mjmesh | if | diskw | mjsub | mjmainsubject | subj
authors = au | author
venue = pub | pubtitle
ids = doi | pmid
any = all | anywhere | ft | fulltext
""")

PROQUEST = Dialect(
    "ProQuest",
    re.compile(
        r"\b(?:noft|NOFT|diskw|MAINSUBJECT(?:\.EXACT)?(?:\.EXPLODE)?|(?:MJ)?MESH\.EXACT(?:\.EXPLODE)?|MJMAINSUBJECT\.\w+|(?i:su\.exact))\s?\("
        r"|\b(?:ti|ab|su|if|TI|AB|SU|IF)(?:,(?:ti|ab|su|if|TI|AB|SU|IF))*\(|\bMESH\(|\bau\((?=[\"A-Za-z])"
        r"|\b(?i:la|rtype|stype|dtype|at|pub|subj?|loc|ra)\.(?i:exact)\s?\("
        r"|(?<=[\w\")*?]\s)NEAR\d{1,2}(?=\s[\w\"(])"
    ),
    _PROQUEST_FIELDS,
    prefix=re.compile(r"([a-z]+(?:\.exact)?(?:\.explode)?(?:,[a-z]+)*)\s*(?=\()", re.I),
    limit=re.compile(
        r"\b(?:pd|yr|la|stype|dtype|at|rtype|pubid|psu|age|me|po|loc|location|pstype|ra)(?:\.exact)?\s*\([^()]*\)", re.I
    ),
    wildcards={"*": "*", "?": "?"},
    near={"near": (0, 4, False), "n": (0, 4, False), "pre": (0, 4, True), "p": (0, 4, True)},
    order=("near", "and", "or", "not"),
    exact_words=False,
)

_EBSCO_FIELDS = _table("""
title = ti
abstract = ab
keywords = su | mh | mm | mj | kw | de | zu | mw | dh | id
authors = au
venue = so | jn
ids = an | di | pm
any = tx
""")

_EBSCO_NOTES = r"(?:Limiters|Expanders|Search modes|Narrow by)"
"""Its history says them behind a search."""

EBSCO = Dialect(
    "EBSCO",
    re.compile(
        r"\(?\b(?:MH|MM|DE)\s?\(?\s?[\"“][^\"”]+[\"”]|\b(?:TI|AB|SU|TX|XB|KW)\s+[(\"“\w][^=]{0,2000}\s(?:N|W)\d{1,2}\s"
        r"|\b(?:TI|AB|SU)\s?\(\s?[\"\w]"
        r"|\b(?:TI|AB|SU|KW|TX|AU)\s+(?:[\"(]|[\w*?#-]+\s+(?:OR|AND|N\d)\b)|^(?:AU|SU)\s+[\"\w](?=[^\n]*[a-z])"
        # Between two plain words it may be a word: N3 fatty acids.
        r"|(?<=[\")*?#]\s)[NW]\d{1,2}(?=\s[\w\"(])|(?<=\w\s)[NW]\d{1,2}(?=\s[\"(])"
    ),
    {**_EBSCO_FIELDS, "xb": _TEXT},
    prefix=re.compile(r"(MH|MM|MJ|DE|TI|AB|SU|AU|SO|JN|TX|XB|KW|ZU|MW|DH|ID)\b\s*(?=[\s(\"“])"),
    heading=None,
    limit=re.compile(
        r"\b(?:DT|PY|LA|PT|ZT|PZ|RV|EM|AG|PO|EP)\s+(?:\([^()]*\)|\"[^\"]*\"|[\w-]+)"
        rf"|\b{_EBSCO_NOTES}\s?-\s[^\n]*?(?=\s(?:{_EBSCO_NOTES}\s?-|S\d+\b)|\n|\Z)"
    ),
    wildcards={"*": "*", "?": "?", "#": "$"},
    near={"n": (0, None, False), "w": (0, None, True)},
    adjacent="phrase",
    exact_words=False,
)  # fmt: skip

_COCHRANE_FIELDS = _table("""
title = ti
abstract = ab
keywords = kw | mh
authors = au
venue = so
ids = doi | an
any = txt | all
""")

COCHRANE = Dialect(
    "Cochrane",
    re.compile(
        r"\bMeSH descriptor\s?:|\[\s?mh\b|(?<!S\d)(?<!S\d\d):\s?(?:ti|ab|kw)(?:\s?,\s?(?:ti|ab|kw))*(?=[\s)]|$)"
        r"|\bNEXT(?:/\d)?\b|\(Word variations", re.I
    ),
    _COCHRANE_FIELDS,
    suffix=re.compile(r"\s*:\s?([a-z]{2,3}(?:\s?,\s?[a-z]{2,3})*)(?:\s*\(Word variations[^)]*\))?(?=[\s)]|$)", re.I),
    heading=re.compile(
        r"MeSH descriptor\s?:\s?\[(?P<text>[^\]]+)\]\s*(?P<explode>explode all trees|in all MeSH products)?"
        r"(?P<focus>this term only)?"
        r"(?P<rest>(?:\s*and with qualifiers?\(s\)\s?:\s?\[[^\]]*\])?)|"
        r"\[\s?mh\s+(?P<focus2>\^)?(?P<text2>\"[^\"]+\"|[^\]\[]+?)(?P<rest2>(?:/\s?\w+(?:\s?,\s?\w+)*)?)\s?(?P<major>\[mj\])?\s?\]",
        re.I,
    ),
    limit=re.compile(r":\s?(?:pt|la|so)(?=[\s)]|$)|\bwith (?:Cochrane Library )?publication (?:date|year) [^\n()]*"
        r"|\bin (?:Trials|Cochrane Reviews)\b[^\n()]*",
                     re.I),
    wildcards={"*": "*", "?": "$"},
    near={"near": (0, 6, False), "next": (0, 0, True)},
    default=_TOPIC,
    dates=frozenset(("py",)),
)  # fmt: skip

_EMBASE_FIELDS = _table("""
title = ti | tt
abstract = ab
keywords = kw | de | exp | mj | dn | tn | rn | lnk | syn
authors = au
venue = jt | ta | so
ids = doi | ui | pui
any = all
""")

EMBASE = Dialect(
    "Embase",
    re.compile(
        r"['\"\w]/(?:exp|de|mj|br|syn)(?:/mj)?\b|'/(?:it|d[dm]_\w+)\b|(?<!\w)'[^'\n]+'[^:'\n]*:\s?(?:ti|ab|kw|de|tt)|\[(?:embase|medline|humans|english|animals|article)\]/lim"
        r"|\[\d{4}-\d{4}\]/py\b"
        # The Cochrane Library has no such wildcard.
        r"|\w\$[^\n]{0,2000}?:\s?(?:ti|ab|kw|de|tt)(?=[\s,)]|$)",
        re.I,
    ),
    _EMBASE_FIELDS,
    suffix=re.compile(
        r"\s*(?::\s?([a-z]{2,3}(?:\s?,\s?[a-z]{2,3})*)|/((?:exp|de|mj|br|syn|d[dm]_\w+)(?:/(?:mj|d[dm]_\w+)|,\s?d[dm]_\w+)*))(?=[\s)]|$)",
        re.I,
    ),
    limit=re.compile(r"\[[^\]]+\]/(?:lim|py|sd|im)|'[^'\n]*'/(?:it|la)(?=[\s)]|$)|:\s?(?:it|la|pt|de,it)(?=[\s)]|$)", re.I),
    wildcards={"*": "*", "?": "?", "$": "$"},
    near={"near": (1, None, False), "next": (1, 1, True)},
    quotes=("''",),
    default=_TOPIC,
    dates=frozenset(("py",)),
)

ARXIV = Dialect(
    "arXiv",
    re.compile(r"\b(?:ti|abs|au|all|cat|jr)\s?:\s?[\"\w(]|\bANDNOT\b"),
    _table("title = ti\nabstract = abs\nauthors = au\nvenue = jr\nids = id\nany = all"),
    prefix=re.compile(r"(ti|abs|au|jr|id|all)\s?:\s?", re.I),
    limit=re.compile(r"\b(?:cat|co|rn|submittedDate)\s?:\s?(?:\[[^\]]*\]|\"[^\"]*\"|[^\s()]+)", re.I),
    wildcards={"*": "*", "?": "?"},
    exact_words=False,
)

LILACS = Dialect(
    "LILACS (BVS)",
    re.compile(
        r"\b(?:tw|mh|mj|db|year_cluster|instance|collection|type_of_study)\s?:\s?[\[\"\w(]|\b(?:ti|ab|la)\s?:\s?\(\s?[\"\w(]|\bab:\""
    ),
    _table("title = ti\nabstract = ab\nkeywords = mh | mj | sh | kw\nauthors = au\nvenue = ta\nany = tw"),
    prefix=re.compile(r"(ti|ab|mh|mj|sh|kw|au|ta|tw)\s?:\s?", re.I),
    limit=re.compile(
        r"\b(?:db|la|cp|pt|year_cluster|instance|collection|fulltext|limit|clinical_aspect|type_of_study|type)\s?:\s?"
        r"(?:\[[^\]]*\]|\([^()]*\)|\"[^\"]*\"|[^\s()]+)",
        re.I,
    ),
    wildcards={"*": "*", "$": "*"},
    exact_words=False,
)
"""As the portals of the Virtual Health Library write it."""

_ACM_FIELD = r"All|Title|Abstract|Keywords?|Authors?|Publication Title|Full Text|Anywhere|CCS 2012"
_ACM_DATE = r"\[\s*(?:E-)?Publication Date\s*:[^\[\]]*\]"
_ACM_PART = rf"\[\s*({_ACM_FIELD})\s*:\s*(?!~)([^\[\]]*?)\s*\]"
_ACM_BRACKETS = re.compile(rf"{_ACM_DATE}|{_ACM_PART}|[\[\]]", re.I)

ACM = Dialect(
    "ACM Digital Library",
    re.compile(_ACM_PART, re.I),
    _table(
        "title = title\nabstract = abstract\nkeywords = keyword | keywords | ccs 2012\nauthors = author | authors\nvenue = publication title\n"
        "any = all | full text | anywhere"
    ),
    prefix=re.compile(rf"({_ACM_FIELD})\s?:\s?(?=\()", re.I),
    limit=re.compile(_ACM_DATE, re.I),
    wildcards={"*": "*", "?": "?"},
    exact_words=False,
)


def with_parentheses(text: str) -> str:
    """A search of the ACM Digital Library with parentheses in place of its brackets, but for limits, which are told as they are.

    Examples
    --------
    >>> with_parentheses("[[Title: heart] OR [Title: cardiac]] AND [Abstract: failure] AND [Publication Date: (2010 TO 2020)]")
    '(Title:(heart) OR Title:(cardiac)) AND Abstract:(failure) AND [Publication Date: (2010 TO 2020)]'
    """

    def changed(found: re.Match[str]) -> str:
        if found[1]:
            return f"{found[1]}:({found[2]})"
        return {"[": "(", "]": ")"}.get(found[0], found[0])

    return _ACM_BRACKETS.sub(changed, text)


_PSYCNET_FIELD = (
    r"Any ?Field|Title|Abstract|Keywords?|Index ?Terms?(?:Filt)?|Authors?|Author Name|Journal Title|Publication Name|DOI"
)
_PSYCNET_LIMIT = (
    r"Age Group|Population(?: Group)?|Publication Type|Document Type|Record Type|Methodology|Language|Classification"
    r"|Tests? (?:&|and) Measures|Affiliation|Location|PsycARTICLES|Status|Supplemental Data"
)

PSYCNET = Dialect(
    "APA PsycNet",
    re.compile(r"\b(?:Any ?Field|Index ?Terms?(?:Filt)?|Age Group)\s*:|\bPeer[- ]Reviewed Journals? only\b|\bYear:\s*\d{4} To \d{4}", re.I),
    _table("title = title\nabstract = abstract\nkeywords = keyword | keywords | index term | index terms | indexterms | indextermsfilt\n"
           "authors = author | authors | author name\nvenue = journal title | publication name\nids = doi\nany = any field | anyfield"),
    prefix=re.compile(rf"({_PSYCNET_FIELD})\s*:\s*", re.I),
    limit=re.compile(
        rf"\b(?:Publication ?)?Year\s*:\s*(?:\(\d{{4}}(?:\s*(?:To|-)\s*\d{{4}})?\)|\d{{4}}(?:\s*(?:To|-)\s*\d{{4}})?)"
        rf"|\bPeer[- ]Reviewed Journals? only\b"
        rf"|\b(?:{_PSYCNET_LIMIT})\s*:\s*(?:(?!\s(?:AND|OR|NOT)\b)[^()\n]|\([^()\n]*\))+",
        re.I,
    ),
    wildcards={"*": "*", "?": "?"},
    near={"near": (0, 5, False), "pre": (0, None, True)},
    quotes=("{}",),
    exact_words=False,
)  # fmt: skip
"""As the platform of the American Psychological Association shows a search: ``Any Field: moss* AND Year: 2010 To 2020``."""

_PSYCNET_BRACES = re.compile(rf"\{{(\s*(?:{_PSYCNET_FIELD}|{_PSYCNET_LIMIT}|(?:Publication ?)?Year)\s*:[^{{}}]*)\}}", re.I)


def without_braces(text: str) -> str:
    """A search of APA PsycNet with parentheses in place of the braces around its fields; every character stays in its place.

    Examples
    --------
    >>> without_braces("{Any Field: moss} AND {Title: {peat bog}}")
    '(Any Field: moss) AND {Title: {peat bog}}'
    """
    return _PSYCNET_BRACES.sub(r"(\1)", text)


IEEE = Dialect(
    "IEEE Xplore",
    re.compile(r"\"(?:All Metadata|Document Title|Abstract|Author Keywords|Index Terms|IEEE Terms"
               r"|Full Text \.?& Metadata|Authors|Mesh_Terms)\"\s?:|\bONEAR/\d", re.I),
    _table('title = document title\nabstract = abstract\nkeywords = author keywords | index terms | ieee terms | mesh_terms\n'
           'authors = authors\nvenue = publication title\nids = doi\nany = all metadata | full text & metadata | full text .& metadata'),
    prefix=re.compile(r"\"([A-Za-z_ .&]+)\"\s?:\s?"),
    limit=re.compile(r"\"Publication Year\"\s?:\s?\"?\d{4}\"?", re.I),
    wildcards={"*": "*", "?": "?"},
    near={"near": (0, None, False), "onear": (0, None, True)},
    exact_words=False,
)  # fmt: skip

LINES = Dialect(
    "numbered lines",
    re.compile(r"(?!)"),
    {},
    wildcards={"*": "*", "?": "?"},
    near={"near": (0, 15, False), "adj": (1, None, False), "w": (0, None, False), "n": (0, None, False)},
    exact_words=False,
)
"""Lines that refer to each other, of no database in particular."""

DIALECTS = (ACM, IEEE, PSYCNET, EMBASE, PUBMED, COCHRANE, SCOPUS, WEB_OF_SCIENCE, PROQUEST, EBSCO, OVID, LILACS, ARXIV)
"""In the order in which they are recognised: those with the most telling marks first."""
