"""What a reader pastes into the search box, in our language: a search of another database, an identifier, an address.

A search may stand in numbered lines, of which later ones combine earlier ones: ``3. 1 or 2``, ``#3 #1 OR #2``, ``or/1-2``.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from explorer.errors import QueryError
from explorer.papers.identifiers import normal_arxiv_id, normal_doi
from explorer.selection.dialects.databases import (
    ACM,
    DIALECTS,
    EBSCO,
    EMBASE,
    LINES,
    PSYCNET,
    PUBMED,
    Dialect,
    with_parentheses,
    without_braces,
)
from explorer.selection.dialects.dates import dates_of, limit_of_ovid
from explorer.selection.dialects.grammar import OPEN, Reading, References, read
from explorer.selection.syntax import FURTHEST, All, Either, Node, changed, in_fields, with_double_quotes, written

_LINE = re.compile(r"^[ \t]*(?:(?P<mark>#|S|L)(?:(?<=#) )?)?(?P<number>\d{1,3})(?P<after>[.):]|\s)[ \t]*(?P<text>\S.*?)[ \t]*$")
_COUNT = re.compile(
    r"(?:\s*\(\s*\d[\d,. ]*\)|\t+\s*\d[\d,. ]*(?:\t+\d{1,2}:\d\d(?::\d\d)?)?|\s+results?\s*[=:]?\s*\d[\d,]*)\s*$", re.I
)
_BARE_COUNT = re.compile(r"(?<!\band)(?<!\bor)(?<!\bnot)\s+\d{1,3}(?:,?\d{3})*\s*$", re.I)
"""Number of hits after a line of EBSCO's history, where every reference has an S before it."""
_COUNT_OF_EBSCO = re.compile(r"(?<![A-Z]{2})\s+\(\s*\d[\d,]*\)\s*$|" + _BARE_COUNT.pattern, re.I)
_COMBINED = re.compile(r"(?P<kind>and|or)\s?/\s?(?P<list>\d{1,3}(?:\s?[-–,]\s?\d{1,3})*)(?!\d)", re.I)
_BRACED = re.compile(r"\{\s*(?P<kind>and|or)\s+(?P<list>#?\d{1,3}(?:\s?[-–,]\s?#?\d{1,3})*)\s*\}", re.I)
_HASHES = re.compile(r"(?P<list>#\d{1,3}\s?[-–]\s?#?\d{1,3})(?:/(?P<kind>or|and))?", re.I)
_ONE = re.compile(r"(?P<mark>#|S|L)?(?P<number>\d{1,3})(?![\w.])(?=\s*(?:$|\)|\s(?:and|or|not)\b|/))", re.I)
_MARKED = re.compile(r"(?:# ?|S|L)(?P<number>\d{1,3})(?!\w)")
_COMBINATION = re.compile(r"(?:\d{1,3}|and|or|not|[\s()])+", re.I)
_LIMIT = re.compile(
    r"(?:limit\s+#?(?P<one>\d{1,3})\s+to\s+(?P<what>.+)|remove duplicates from\s+(?P<two>\d{1,3}))$", re.I | re.S
)
_OPERATOR_BEFORE = re.compile(r"(?:^|\(|\b(?:and|or|not))\s*$", re.I)


@dataclass(frozen=True)
class Line:
    """One numbered line; `at` is where its text begins in the whole."""

    number: int
    text: str
    at: int


def lines_of(text: str) -> list[Line]:
    """The numbered lines of a search; none where it has fewer than two, or none combines others.

    A line without a number goes on with the one before. Numbers must grow, or fall, by one, so that a paragraph that begins with a number is
    no line.
    """
    found: list[Line] = []
    at, step = 0, 0
    for row in text.split("\n"):
        match = _LINE.match(row)
        number = int(match.group("number")) if match else 0
        if match and found and not step and abs(number - found[-1].number) == 1:
            # A history is also printed with the newest line first.
            step = number - found[-1].number
        count = _COUNT_OF_EBSCO if match and match.group("mark") in ("S", "s") else _COUNT
        follows = number == found[-1].number + step and bool(step) if found else True
        if match and follows and not _is_combination_alone(match, found):
            found.append(Line(number, count.sub("", match.group("text")), at + match.start("text")))
        elif found and row.strip():
            last = found.pop()
            rest = (_COUNT_OF_EBSCO if text.lstrip()[:1] in "Ss" else _COUNT).sub("", row.strip())
            found.append(Line(last.number, f"{last.text} {rest}", last.at))
        elif row.strip():
            return []
        at += len(row) + 1
    if len(found) < 2:
        return _on_one_row(text)
    if all(_BARE_COUNT.search(line.text) for line in found):
        # As the Cochrane Library prints them, behind the combinations too.
        found = [Line(line.number, _BARE_COUNT.sub("", line.text), line.at) for line in found]
    return sorted(found, key=lambda line: line.number)


def _is_combination_alone(match: re.Match[str], found: list[Line]) -> bool:
    """Whether a row such as ``1 or 2`` goes on with the line before, and begins none."""
    return (
        match.group("after").isspace()
        and bool(found)
        and re.match(r"(?:and|or|not)\b(?!\s?/)", match.group("text"), re.I) is not None
    )


def _on_one_row(text: str) -> list[Line]:
    """Lines whose breaks were lost on the way (``#1 … #2 … #3 #1 OR #2``): each number is one more than the last."""
    start = re.match(r"\s*(#|S)?(\d{1,3})([.)]?)\s+", text)
    if "\n" in text.strip() or start is None or not (start.group(1) or start.group(3)):
        return []
    mark, after = re.escape(start.group(1) or ""), re.escape(start.group(3))
    found = []
    number, begin = int(start.group(2)), start.end()
    while True:
        following = next(
            (m for m in re.finditer(rf"(?:(?<=\s)|(?<=\.)|(?<=/)){mark}{number + 1}{after}\s+(?=\S)", text[begin:])
             if not _OPERATOR_BEFORE.search(text[: begin + m.start()])),
            None,
        )  # fmt: skip
        end = begin + following.start() if following else len(text)
        found.append(Line(number, text[begin:end].strip(), begin))
        if following is None:
            return found if len(found) > 1 else []
        number, begin = number + 1, begin + following.end()


def read_lines(
    lines: list[Line], dialect: Dialect, reading: Reading, shown: Mapping[int, list[str]] | None = None
) -> Node | None:
    """The last line, with the lines that it combines.

    Parameters
    ----------
    lines : list of Line
    dialect : Dialect
    reading : Reading
    shown : mapping, optional
        What else was left out of each line.

    Raises
    ------
    QueryError
        A line cannot be read, or one refers to a line that is not there; `position` is in the whole text.
    """
    known: dict[int, Node | None] = {}
    taken: dict[int, set[int]] = {}
    notes: dict[int, list[str]] = {}
    for line in lines:
        used: set[int] = set()
        mine = Reading(dialect, list((shown or {}).get(line.number, ())))
        try:
            known[line.number] = _read_line(line, known, used, mine)
        except QueryError as error:
            raise QueryError(
                f"Line {line.number}: {error}", min(line.at + error.position, line.at + len(line.text) - 1)
            ) from error
        taken[line.number], notes[line.number] = used, mine.left_out
    last = lines[-1].number
    reached, waiting = {last}, [last]
    while waiting:
        new = taken[waiting.pop()] - reached
        reached |= new
        waiting += new
    for line in lines:
        if line.number in reached:
            for note in notes[line.number]:
                reading.leave_out(note)
    unused = [str(line.number) for line in lines if line.number not in reached]
    if unused:
        reading.leave_out(f"line{'s' * (len(unused) > 1)} {', '.join(unused)} (not part of the last line)")
    return known[last]


def _read_line(line: Line, known: dict[int, Node | None], used: set[int], reading: Reading) -> Node | None:
    text = line.text
    if match := _LIMIT.match(text):
        number = int(match.group("one") or match.group("two"))
        dates, rest = limit_of_ovid(match.group("what")) if match.group("what") else (None, "")
        if rest or dates is None:
            reading.leave_out(f"limit to {rest}" if rest else "the removal of duplicates")
        node = _of(number, known, used, 0)
        return All((node, dates)) if node is not None and dates is not None else node or dates
    return read(text, reading, _references(known, used))


def _of(number: int, known: dict[int, Node | None], used: set[int], at: int) -> Node | None:
    if number not in known:
        raise QueryError(f"There is no line {number} before it.", at)
    used.add(number)
    return known[number]


def _numbers(text: str) -> list[int]:
    found: list[int] = []
    for part in text.split(","):
        ends = [int(number) for number in re.findall(r"\d+", part)]
        found += range(ends[0], ends[-1] + 1)
    return found


def _references(known: dict[int, Node | None], used: set[int]) -> References:
    def references(text: str, at: int) -> tuple[Node | None, int] | None:
        for pattern in (_BRACED, _COMBINED, _HASHES):
            if match := pattern.match(text, at):
                kind = (match.groupdict().get("kind") or "or").lower()
                nodes = [node for number in _numbers(match.group("list")) if (node := _of(number, known, used, at)) is not None]
                if not nodes:
                    return None, match.end()
                whole: Node = nodes[0] if len(nodes) == 1 else Either(tuple(nodes)) if kind == "or" else All(tuple(nodes))
                return whole, match.end()
        match = _MARKED.match(text, at) or _ONE.match(text, at)
        if match is None or not _OPERATOR_BEFORE.search(text[:at]):
            return None
        number = int(match.group("number"))
        if number not in known and not _MARKED.match(text, at) and not _COMBINATION.fullmatch(text):
            return None
        return _of(number, known, used, at), match.end()

    return references


_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»＂❝❞〝〞〟″「」『』", '"') | dict.fromkeys("‘’‚‛", "'"))
_DOI_ALONE = re.compile(r"(?:doi\s*[:=]?\s*|https?://(?:dx\.)?doi\.org/|(?:dx\.)?doi\.org/)?10\.\d{4,9}/\S+", re.I)
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|(?:arxiv|pubmed\.ncbi\.nlm\.nih|doi|openalex)\.(?:org|gov)/\S+", re.I)
_ARXIV_ALONE = re.compile(
    r"(?:arxiv\s*:\s*)(?:\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:v\d+)?(?:\s*\[[a-z.-]+\])?|\d{4}\.\d{4,5}(?:v\d+)?",
    re.I,
)
_DOI_TAG = re.compile(r"(?<=\S)\s*\[(?:doi|aid|lid|article identifier|location id)\]\Z", re.I)
"""PubMed's fields of a DOI, behind it."""
_PMID_ALONE = re.compile(r"(?:pmid|pubmed id)\s*[:=#]?\s*(\d{1,9})|(\d{7,8})", re.I)
_PMID_ADDRESS = re.compile(r"(?:pubmed\.ncbi\.nlm\.nih\.gov/|ncbi\.nlm\.nih\.gov/pubmed/(?:\?term=)?)(\d{1,9})", re.I)
_TRIAL = re.compile(r"(?:NCT|ISRCTN|ACTRN|DRKS|ChiCTR|UMIN|CTRI|EUCTR)[\d/.-]{6,20}")
_OPENALEX = re.compile(r"W\d{5,12}")
_EBSCO_LINES = re.compile(r"\s*S\d+[\s.:]")
_LINES_ALONE = re.compile(
    r"[\s({]*(?:(?:and|or)\s+)?(#\d{1,3})(?:\s*[-–,]\s*#?\d{1,3}|\s+(?:and|or|not)\s+#\d{1,3}|[\s(){}]+)*|\s*limit\s+(#?\d{1,3})\s+to\s.+",
    re.I,
)
_LINE_BESIDE = re.compile(
    r"\"[^\"]*\"|(?:\A\s*\(?|\b(?:AND|OR|NOT)\s+\(?)\s*(#\d{1,3})(?=\s*\)?\s+(?:AND|OR|NOT)\s|\s*\)?\s*\Z)"
)
_NUMBER = re.compile(r"[ \t]*#?\d{1,4}[.)]?[ \t]+")
_SEARCH = re.compile(r"[ \t]*Search\s?:[ \t]*(?=\S)")
_SORTED = re.compile(
    r"(?:\A|(?<=\s))Sort by\s?:\s*(?i:Best match|Most recent|Publication date|First author|Journal|Relevance)(?:, reverse)?\Z"
)
_FILTERED = re.compile(r"(?:\A|(?<=\s))Filters(?: applied)?\s?:(?P<filters>[^\n]+)\Z")
_YEARS_OF_FILTER = re.compile(r"(?:from )?(\d{4}(?:/\d{1,2}){0,2})\s*[-–]\s*(\d{4}(?:/\d{1,2}){0,2})")
_FILTER = re.compile(
    r"Abstract|Free full text|Full text|Associated data|Humans|Other Animals|Male|Female|MEDLINE|Exclude preprints"
    r"|(?:Systematic )?Review|Meta-Analysis|(?:Controlled )?Clinical (?:Trial|Study)(?:, Phase I{1,3}V?)?|Randomized Controlled Trial"
    r"|(?:Observational|Comparative|Multicenter|Validation|Evaluation) Study|Case Reports|(?:Practice )?Guideline|Journal Article|Editorial"
    r"|Letter|Comment|Preprint|Books and Documents"
    r"|English|French|German|Spanish|Italian|Portuguese|Chinese|Japanese|Russian|Korean|Polish|Turkish|Dutch"
    r"|(?:Newborn|Infant|Preschool Child|Child|Adolescent|Young Adult|Adult|Middle Aged(?: \+ Aged)?|Aged|80 and over)(?:: [\w +-]+)?"
    r"|in the last \d+ years?"
)
"""What PubMed's page offers as a filter; the list of its languages and kinds of publication goes on."""
_MAYBE_FILTER = re.compile(r"[A-Z0-9][\w'’: +/-]{1,60}")
_HISTORY = re.compile(r"\W*Search number\"?\s*[,\t]\s*\"?Query\b", re.IGNORECASE)
_IN_ADDRESS = re.compile(r"(?:arxiv|huggingface|alphaxiv|semanticscholar)[^\s]*?/(\d{4}\.\d{4,5})(?:v\d+)?", re.I)

LINE_END = "⏎"
"""Stands for the end of a line in a box of one line, as the page writes it when several are pasted."""

_NATURE = re.compile(r"nature\.com/articles/([a-z]+\d[\w.-]*?)(?:[.?#].*)?$", re.I)
"""Its addresses end with its DOIs."""

_LARGEST = 400_000


@dataclass(frozen=True)
class Translation:
    """A query in our language, and how it came about.

    Attributes
    ----------
    query : str
        In the language of `explorer.selection.query`.
    dialect : str
        What it was read as, such as ``PubMed``; empty where it was in our language already.
    left_out : tuple of str
        What of it has no equal here, as it was written or in words.
    """

    query: str
    dialect: str = ""
    left_out: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Say it: ``Read as PubMed: … Left out: …``; empty where nothing was translated."""
        if not self.dialect:
            return ""
        said = f"Read as {self.dialect}: {self.query}"
        left_out = "; ".join(self.left_out).rstrip(".")
        return f"{said}. Left out, as it has no equal here: {left_out}." if left_out else said


@lru_cache(maxsize=256)
def translate(text: str) -> Translation:
    """Read what was pasted.

    Parameters
    ----------
    text : str
        A search of another database, in one line or in numbered ones, an identifier, an address, or a query of ours.

    Returns
    -------
    Translation
        Of a query of ours the query as it is.

    Raises
    ------
    QueryError
        It is another database's search, and malformed, or nothing of it can be looked for here; `position` is in `text`.
    """
    plain = _plain(text)
    if _HISTORY.match(plain) and (history := _history(text)):
        return history
    if recognised(plain) is not EMBASE:
        # Its phrases stand between single quotes of any kind.
        plain = _plain(with_double_quotes(text))
    if found := _identifiers(plain) or _reference(plain):
        return found
    plain, shown = _as_pubmed_shows(plain)
    lines = lines_of(plain)
    dialect = recognised(plain) or (PUBMED if shown is not None else None)
    if lines and (dialect or _combine(lines)):
        dialect = dialect or (EBSCO if _EBSCO_LINES.match(plain) else LINES)
        return _translated(text, dialect, lambda reading: read_lines(lines, dialect, reading), shown)
    if dialect is None:
        if found := _web_search(plain):
            return found
        if match := next((match for match in _LINE_BESIDE.finditer(plain) if match[1]), None):
            raise QueryError(
                f"Line {match[1]} is not here. Paste the lines that this one combines as well.", match.start(1), text
            )
        if match := _LINES_ALONE.fullmatch(plain):
            raise QueryError(
                f"Line {match.group(1) or match.group(2)} is not here. Paste the lines that this one combines as well.", 0, text
            )
        return _in_small_letters(plain) or _spaced_fields(plain) or Translation(text)
    if dialect is ACM:
        plain = with_parentheses(plain)
    elif dialect is PSYCNET:
        plain = without_braces(plain)
    return _translated(text, dialect, lambda reading: read(plain, reading), shown)


def _as_pubmed_shows(text: str) -> tuple[str, list[str] | None]:
    """A search without what PubMed's page says around it, and what of that is left out; None where it says nothing that only PubMed does.

    It stands behind ``Search:``, before ``Filters:`` and ``Sort by:``, in each line of several. Years among the filters become a part of the
    search, which takes its operators from left to right. Characters before them stay in their place.
    """
    if "Search" not in text and "Filters" not in text and "ort by" not in text:
        return text, None
    left_out: list[str] = []
    rows, shown = [], False
    of_pubmed = recognised(text) is PUBMED
    numbered = len(lines_of(text)) > 1
    for row in re.split(r"(?<=\n)", text) if numbered else [text]:
        kept, of_row = row.rstrip(), False
        if (match := _SORTED.search(kept)) and (numbered or match.start()):
            kept, of_row = kept[: match.start()].rstrip(), True
        match = _FILTERED.search(kept)
        if match and (numbered or match.start()) and (read := _filters(match["filters"])) is not None:
            dates, filters = read
            kept, of_row = f"{kept[: match.start()].rstrip()}{dates}", True
            left_out += filters
        number = _NUMBER.match(kept) if numbered else None
        begin = number.end() if number else 0
        before = _SEARCH.match(kept, begin)
        if before and (of_row or of_pubmed or kept[before.end()] in '("'):
            kept, of_row = kept[:begin] + " " * (before.end() - begin) + kept[before.end() :], True
        shown = shown or of_row
        rows.append(kept + row[len(row.rstrip()) :])
    return "".join(rows), left_out if shown else None


def _filters(text: str) -> tuple[str, list[str]] | None:
    """Years among the filters that PubMed names behind a search, as it asks for them, and the others; None where they are other words."""
    dates, others = "", []
    text = text.strip().removesuffix("Clear all").strip(" .")
    for part in filter(None, (part.strip() for part in text.split(","))):
        if years := _YEARS_OF_FILTER.fullmatch(part):
            dates += f' AND ("{years[1]}"[dp] : "{years[2]}"[dp])'
        else:
            others.append(part)
    known = bool(dates) or any(_FILTER.fullmatch(part) for part in others)
    if not known or not all(_FILTER.fullmatch(part) or _MAYBE_FILTER.fullmatch(part) for part in others):
        return None
    return dates, [f"the filter {part}" for part in others]


def _history(text: str) -> Translation | None:
    """PubMed's history as it is downloaded, a table: what was searched last, with the lines that it combines; None of another table."""
    table = text.replace(LINE_END, "\n").strip().lstrip("\ufeff")
    try:
        header, *rows = csv.reader(io.StringIO(table), delimiter="\t" if "\t" in table.split("\n", 1)[0] else ",")
    except csv.Error as error:
        raise QueryError(f"This history of searches cannot be read as a table ({error}).", 0, text) from None
    names = [name.strip().lower() for name in header]
    if "query" not in names:
        return None
    query, filters = names.index("query"), names.index("filters") if "filters" in names else len(names)
    lines: dict[int, Line] = {}
    shown: dict[int, list[str]] = {}
    for row in rows:
        if len(row) <= query or not re.fullmatch(r"\s*#?[0-9]{1,6}\s*", row[0]) or not row[query].strip():
            continue
        number = int(row[0].strip().lstrip("#"))
        of_row = row[filters].strip() if len(row) > filters else ""
        dates, others = _filters(of_row) or ("", [f"the filter {of_row}"] if of_row else [])
        lines[number] = Line(number, _plain(row[query]).strip() + dates, max(text.find(row[query][:20]), 0))
        shown[number] = others
    if not lines:
        raise QueryError("This history of searches has no line.", 0, text)
    in_order = [lines[number] for number in sorted(lines)]
    return _translated(text, PUBMED, lambda reading: read_lines(in_order, PUBMED, reading, shown))


def _plain(text: str) -> str:
    """Straight quotes, and lines where they end; every character stays in its place."""
    return text.translate(_QUOTES).replace(LINE_END, "\n")


def recognised(text: str) -> Dialect | None:
    """The database whose marks a search has."""
    return next((dialect for dialect in DIALECTS if dialect.marks.search(text)), None)


def has_lines(text: str) -> bool:
    """Whether the breaks of a text part the numbered lines of a search, and must be kept."""
    plain = _plain(text)
    if _HISTORY.match(plain):
        return True
    lines = lines_of(plain) if "\n" in plain else []
    return bool(lines) and (_combine(lines) or recognised(text) is not None)


def _combine(lines: list[Line]) -> bool:
    """Whether the last of some numbered lines combines others: a list of titles does not."""
    return (
        re.search(r"(?:^|\b)(?:#|S)\d|\b(?:and|or)/\s?\d|\b\d{1,3}\s+(?:and|or|not)\s+\d{1,3}\b", lines[-1].text, re.I)
        is not None
    )


def _translated(text: str, dialect: Dialect, read_it: object, shown: list[str] | None = None) -> Translation:
    reading = Reading(dialect)
    try:
        node: Node | None = read_it(reading)  # type: ignore[operator]
        if node is None:
            raise QueryError(
                f"Nothing of this {dialect.name} search can be looked for here ({'; '.join(reading.left_out)}). Use the filters.",
                0,
            )
        default = ",".join(dialect.default)
        node = changed(node, lambda leaf: replace(leaf, field=default) if leaf.field == OPEN else leaf)
        query = written(in_fields(node))
    except QueryError as error:
        error.query, error.position = text, min(error.position, len(text))
        raise
    for what in shown or ():
        reading.leave_out(what)
    if len(query) > _LARGEST:
        raise QueryError("This search is too long once its lines are put together. Search for parts of it.", 0, text)
    return Translation(query, dialect.name, tuple(reading.left_out))


# Search engines

_ENGINE_FIELDS = {
    "intitle": "title", "allintitle": "title", "title_abs": "title,abstract", "title_abstract": "title,abstract",
    "title_and_abstract": "title,abstract", "intext": "abstract", "allintext": "abstract", "inauthor": "author", "allinauthor": "author",
}  # fmt: skip
_ALL_OF = re.compile(r"\s*(allin\w+):\s*(.+)", re.I)
_ENGINE = re.compile(
    r"(?P<quoted>\"[^\"]*\")(?P<near>~\d{1,3})?(?P<boost>\^\d+(?:\.\d+)?)?"
    r"|(?<!\w)(?P<field>" + "|".join(_ENGINE_FIELDS) + r")(?:\.search)?:(?P<gap>\s*)(?=\S)"
    r"|(?<!\w)(?P<when>after|before):(?P<date>\d{4}(?:[-/]\d{1,2}){0,2})(?!\w)"
    r"|(?<!\w)(?:year|year_published|date_published|publication_(?:year|date)|pub_?(?:year|date)|published|date|submittedDate|year_cluster"
    r"|(?:first_|[ep]_)pdate):\s?"
    r"\[\s*(?P<low>\*|\d{4}[\d/-]*)(?:T[\d:.]+Z?)?\s+TO\s+(?P<high>\*|now|\d{4}[\d/-]*)(?:T[\d:.]+Z?)?\s*\]"
    r"|(?P<site>(?<!\w)(?:site|filetype|source):\s?(?:\"[^\"]*\"|[^\s()]+))"
    r"|(?P<both>(?<=[\s)\"])&&(?=[\s(\"]))|(?P<either>(?<=[\s)\"])\|\|?(?=[\s(\"]))"
    r"|(?P<none>(?<![\w!)\"])!(?=[\w(\"]))|(?P<weight>(?<=\w\w|.\))\^\d+(?:\.\d+)?(?=[\s)]|\Z))"
    r"|(?P<alike>(?<=\w)~(?:[012](?:\.\d)?)?(?=[\s)]|\Z))",
    re.I,
)


def _web_search(text: str) -> Translation | None:
    """What search engines write beside what we do too: Lucene's ``&&``, ``||``, ``!``, ``^2``, ``"a b"~3``, Google Scholar's ``intitle:``.

    Their help: Apache Lucene, *Query Parser Syntax*; Google Scholar, *Search Tips*; OpenAlex, *Search works* (``title_and_abstract.search:``).
    """
    left_out: list[str] = []
    seen = False
    if whole := _ALL_OF.fullmatch(text):
        field = _ENGINE_FIELDS.get(whole.group(1).lower())
        if field:
            return Translation(f"{field}:({whole.group(2)})", "a search engine")

    def ours(match: re.Match[str]) -> str:
        nonlocal seen
        found = match.group()
        if match["quoted"] and not match["near"] and not match["boost"]:
            return found
        if match["when"] or match["low"]:
            # Before and after the first day of what is named, which a search after it still finds.
            dates, rest = dates_of(
                f"{'>=' if match['when'].lower() == 'after' else '<'} {match['date']}"
                if match["when"]
                else f"{match['low']} to {match['high']}"
            )
            if dates is None:
                return found
            seen = True
            left_out.append(rest)
            return written(dates)
        seen = True
        if match["boost"] or match["weight"]:
            left_out.append(f"the weight {match['boost'] or match['weight']}")
        if match["quoted"]:
            words = re.findall(r"[\w*?-]+", match["quoted"])
            # The number is that of moves, which for two words is that of the words between them.
            near = f" NEAR/{min(int((match['near'] or '~0')[1:]), FURTHEST)} "
            return f"({near.join(words)})" if match["near"] and len(words) > 1 else match["quoted"]
        if match["field"]:
            return f"{_ENGINE_FIELDS[match['field'].lower()]}:"
        if match["site"]:
            left_out.append(match["site"])
            return " "
        if match["alike"]:
            left_out.append("words that are spelt alike (~)")
        return "AND" if match["both"] else "OR" if match["either"] else "NOT " if match["none"] else ""

    query = " ".join(_ENGINE.sub(ours, text).split())
    if not seen or not query:
        return None
    return Translation(query, "a search engine", tuple(dict.fromkeys(filter(None, left_out))))


_SPACED_FIELD = re.compile(
    r"\"[^\"]*\"|(?P<before>\A\s*|\(\s*|\b(?:AND|OR|NOT)\s+)(?P<name>title|abstract|authors?|keywords?|venue|journal|year)\s?:\s+(?=[\"(\w])",
    re.I,
)
_OUR_NAMES = {"authors": "author", "keywords": "keyword", "journal": "venue"}


def _spaced_fields(text: str) -> Translation | None:
    """A query with a blank behind the names of its fields, as people write it (``Title: heart``), without them."""

    def ours(match: re.Match[str]) -> str:
        if not match["name"]:
            return match.group()
        name = match["name"].lower()
        return f"{match['before']}{_OUR_NAMES.get(name, name)}:"

    query = _SPACED_FIELD.sub(ours, text)
    return None if query == text else Translation(query, "a search by fields")


_QUOTED = r"\"[^\"]*\""
_SMALL_GROUP = re.compile(r"\([^()\"]*(?:\"[^\"]*\"[^()\"]*)*\s(?:and|or)\s[^()]*\)")
_SMALL_BESIDE = re.compile(r"\)\s*(?:and|or|not)\b|\b(?:and|or|not)\s*\(")
_SMALL = re.compile(rf"{_QUOTED}|(?<=[\s)\"])(and|or|not)(?=[\s(\"])")
_LARGE = re.compile(rf"{_QUOTED}|(?<![\w-])(AND|OR|NOT|NEAR/\d+|PRE/\d+)(?![\w-])")


def _in_small_letters(text: str) -> Translation | None:
    """A search whose operators are in small letters, as most databases take them: beside and within parentheses they are no words."""
    if any(match[1] for match in _LARGE.finditer(text)) or not (_SMALL_GROUP.search(text) and _SMALL_BESIDE.search(text)):
        return None
    query = _SMALL.sub(lambda match: match[1].upper() if match[1] else match[0], text)
    return Translation(query, "a search with operators in small letters")


# Identifiers and addresses


def _identifiers(text: str) -> Translation | None:
    """Identifiers and nothing else, parted by blanks, commas, semicolons or OR."""
    whole = text.strip()
    single = _identifier(whole)
    if single:
        return Translation(*single)
    parts = [part for part in re.split(r"(?:[\s,;]|\bOR\b)+", whole) if part]
    if not 1 < len(parts) <= 500:
        return None
    found = [_identifier(part) for part in parts]
    if not all(found):
        return None
    kinds = dict.fromkeys(kind for one in found if one for kind in [one[1]])
    return Translation(" OR ".join(one[0] for one in found if one), ", ".join(kinds))


_REFERENCES = (
    # Smith, J. A., & Roe, B. (2003). Title. Journal, 3(2), 1-9.
    re.compile(
        r"[^()\"]{3,600}\((?:1[89]|20)\d\d[a-z]?(?:,[^()]{1,30})?\)[.,:]?\s+(?P<title>[^\"]{12,400}?)[.?!]\s+\S.*", re.DOTALL
    ),
    # Smith JA, Roe B. Title. Journal. 2003;3(2):1-9.
    re.compile(
        r"(?:[^\W\d_][\w'\u2019 -]{1,40}\s[A-Z]{1,4}(?:,\s|\.\s))+(?:et al\.\s)?"
        r"(?P<title>[^\"]{12,400}?)[.?!]\s+[^\W\d_].*?\b(?:1[89]|20)\d\d\b.*",
        re.DOTALL,
    ),
    # J. A. Smith and B. Roe, "Title," Journal, vol. 3, 2003.
    re.compile(
        r"[^\"]{3,600}[,.]\s\"(?P<title>[^\"]{12,400}?)(?:[,.?!]\"|\"[,.])\s.*?(?<!\d)(?:1[89]|20)\d\d(?!\d).*", re.DOTALL
    ),
)
_OPERATORS = re.compile(r"\b(?:AND|OR|NOT)\b|\[[a-z]{2,5}\]|\w:\w|[*]")
_DOI_IN = re.compile(r"\b10\.\d{4,9}/[^\s\"<>]+", re.I)


def _reference(text: str) -> Translation | None:
    """What finds the paper that a reference tells of, as lists of references print it: its title, and its DOI where it has one."""
    line = " ".join(text.split())
    doi = _DOI_IN.search(line)
    if _OPERATORS.search(line[: doi.start()].removesuffix("https://doi.org/").removesuffix("doi:") if doi else line):
        return None
    match = next((match for pattern in _REFERENCES if (match := pattern.fullmatch(line))), None)
    if match is None:
        return None
    title = " ".join(re.sub(r"[*?$\"]", " ", match["title"]).split())
    query = f'title:"{title}"'
    found = normal_doi(doi.group().rstrip(".,;)")) if doi else None
    return Translation(f"{_doi(found)} OR {query}" if found else query, "a reference")


def _identifier(text: str) -> tuple[str, str] | None:
    text = _DOI_TAG.sub("", text)
    if " " in text and not re.match(r"(?:doi|pmid|pubmed id|arxiv)\s*[:=#]?\s*\S+(?:\s*\[\S+\])?$", text, re.I):
        return None
    if match := _PMID_ALONE.fullmatch(text):
        number = match.group(1) or match.group(2)
        return f'pmid:"{number}"', "PubMed number"
    if _ARXIV_ALONE.fullmatch(text) and (found := normal_arxiv_id(text)):
        return _arxiv(found), "arXiv number"
    if _DOI_ALONE.fullmatch(text) and (found := normal_doi(text)):
        return _doi(found), "DOI"
    if _TRIAL.fullmatch(text):
        return f'id:"{text}" OR "{text}"', "number of a trial"
    if _OPENALEX.fullmatch(text):
        return f'id:"{text}" OR id:"https://openalex.org/{text}"', "OpenAlex number"
    if not _ADDRESS.fullmatch(text):
        return None
    if match := _PMID_ADDRESS.search(text):
        return f'pmid:"{match.group(1)}"', "address of a PubMed record"
    if match := _IN_ADDRESS.search(text):
        return _arxiv(match.group(1)), "address of an arXiv paper"
    if "arxiv.org" in text.lower() and (found := normal_arxiv_id(text)):
        return _arxiv(found), "address of an arXiv paper"
    if found := normal_doi(text):
        return _doi(found), "address with a DOI"
    if match := _NATURE.search(text):
        return _doi(f"10.1038/{match.group(1)}".lower()), "address with a DOI"
    last = text.rstrip("/").rsplit("/", 1)[-1]
    options = dict.fromkeys((text.replace('"', ""), last.replace('"', "")))
    return " OR ".join(f'id:"{option}"' for option in options if option), "address"


def _doi(doi: str) -> str:
    if match := re.fullmatch(r"10\.48550/arxiv\.(.+)", doi, re.I):
        return _arxiv(match.group(1))
    return f'doi:"{doi}"'


def _arxiv(number: str) -> str:
    return f'arxiv:"{number}" OR doi:"10.48550/arxiv.{number.lower()}"'
