"""Compare what the readers make of another program's import cases with what that program expects.

``python tests/acceptance/import_cases.py FOLDER [--all] [--differences]`` prints the share of equal fields, one line a format. The folder
holds one folder a format, and in it a file and its ``.expected.json`` (Zotero's items). Fields that both sides leave empty are not
counted.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from explorer.papers.identifiers import normal_doi
from explorer.sources.formats.registry import read_files

FORMATS = ("BibTeX", "Endnote_XML", "MEDLINEnbib", "OVID_Tagged", "OpenAlex_JSON", "PubMed_XML", "RIS", "Web_of_Science_Tagged",
           "CSL_JSON", "Crossref_JSON", "ReferBibIX", "Crossref_Unixref_XML")  # fmt: skip
"""Folders of the formats that are promised."""

FIELDS = ("title", "authors", "year", "doi", "abstract", "venue")

_VENUES = ("publicationTitle", "proceedingsTitle", "bookTitle", "conferenceName", "encyclopediaTitle", "dictionaryTitle", "blogTitle",
           "websiteTitle", "forumTitle", "reporter", "publisher", "university", "institution", "company", "label", "studio", "network",
           "distributor", "repository", "seriesTitle", "series", "code")  # fmt: skip
_MAIN_ROLES = {"artwork": "artist", "audioRecording": "performer", "bill": "sponsor", "computerProgram": "programmer", "film": "director",
               "hearing": "contributor", "interview": "interviewee", "map": "cartographer", "patent": "inventor", "podcast": "podcaster",
               "presentation": "presenter", "radioBroadcast": "director", "tvBroadcast": "director", "videoRecording": "director"}  # fmt: skip
"""Role of those who made an item, where it is not `author`."""


@dataclass(frozen=True)
class Difference:
    """A field that is not as expected."""

    format: str
    file: str
    item: int
    field: str
    expected: Any
    found: Any


def folded(text: Any) -> str:
    """Text in one Unicode form, without differences of white space, case of quotes, or markup for style."""
    plain = re.sub(r"</?(?:i|b|sub|sup|em|strong|span[^>]*|p|br ?/?|sc)>", "", str(text or ""))
    plain = unicodedata.normalize("NFKC", plain).replace("’", "'").replace("‘", "'").replace("“", '"').replace("”", '"')
    return re.sub(r"\s+", " ", plain).strip()


def folded_name(name: str) -> tuple[str, ...]:
    """Words of a name in an order that does not depend on which part comes first; initials stand apart."""
    words = re.findall(r"\w+", re.sub(r"\.", " ", folded(name)))
    apart = [part for word in words for part in (word if word.isupper() and len(word) < 4 else [word])]
    return tuple(sorted(part.lower() for part in apart))


def expected_fields(item: dict[str, Any]) -> dict[str, Any]:
    """Fields of the schema out of a Zotero item."""
    creators = item.get("creators", [])
    roles = ("author", _MAIN_ROLES.get(item["itemType"], "author"), "composer")
    role = next((c["creatorType"] for c in creators if c["creatorType"] in roles), "editor")
    main = [c for c in creators if c["creatorType"] == role]
    names = [f"{c.get('firstName') or ''} {c.get('lastName') or c.get('name') or ''}" for c in main]
    date = str(item.get("date") or item.get("issueDate") or item.get("dateEnacted") or item.get("dateDecided") or "")
    year = re.search(r"(?<!\d)(1[4-9]\d\d|20\d\d)(?!\d)", date)
    doi = item.get("DOI") or next(
        (line[4:] for line in str(item.get("extra", "")).split("\n") if line.lower().startswith("doi:")), ""
    )
    return {
        "title": folded(item.get("title") or item.get("caseName") or item.get("nameOfAct") or item.get("subject")),
        "authors": tuple(folded_name(name) for name in names),
        "year": year.group() if year else "",
        "doi": normal_doi(doi) or "",
        "abstract": folded(item.get("abstractNote")),
        "venue": next((folded(item[name]) for name in _VENUES if item.get(name)), ""),
    }


def found_fields(paper: dict[str, Any]) -> dict[str, Any]:
    """The same fields out of a row of the paper table."""
    return {
        "title": folded(paper["title"]),
        "authors": tuple(folded_name(name) for name in paper["authors"] or ()),
        "year": str(paper["year"] or ""),
        "doi": paper["doi"] or "",
        "abstract": folded(paper["abstract"]),
        "venue": folded(paper["venue"]),
    }


def compare(folder: Path, formats: tuple[str, ...] | None = FORMATS) -> Iterator[tuple[str, str, Difference | None]]:
    """Yield format, field and difference (None where equal) of every field that either side has."""
    for expected_file in sorted(folder.glob("*/*.expected.json")):
        kind = expected_file.parent.name
        if formats is not None and kind not in formats:
            continue
        name = expected_file.name.removesuffix(".expected.json")
        file = next(path for path in expected_file.parent.glob(f"{name}.*") if path != expected_file)
        expected = [item for item in json.loads(expected_file.read_text(encoding="utf-8")) if item.get("itemType") != "note"]
        papers = read_files(file).table.to_pylist()
        for number in range(max(len(expected), len(papers))):
            wanted = expected_fields(expected[number]) if number < len(expected) else dict.fromkeys(FIELDS, "")
            found = found_fields(papers[number]) if number < len(papers) else dict.fromkeys(FIELDS, "")
            for field in FIELDS:
                if not wanted[field] and not found[field]:
                    continue
                same = wanted[field] == found[field]
                yield kind, field, None if same else Difference(kind, file.name, number, field, wanted[field], found[field])


def main() -> int:
    """Print the table; the exit status tells whether the share is reached."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--all", action="store_true", help="formats beyond the promised ones too")
    parser.add_argument("--differences", action="store_true", help="list every difference")
    told = parser.parse_args()
    results = list(compare(told.folder, None if told.all else FORMATS))
    total: Counter[tuple[str, str]] = Counter()
    right: Counter[tuple[str, str]] = Counter()
    more = 0
    for kind, field, difference in results:
        if difference is not None and not difference.expected:
            more += 1
            continue
        for key in ((kind, ""), ("", field), ("", "")):
            total[key] += 1
            right[key] += difference is None
    print(f"{more} fields found where none is expected")
    for key in sorted(total):
        print(f"{' '.join(key).strip() or 'all':28} {right[key]:5} of {total[key]:5}  {right[key] / total[key]:7.2%}")
    if told.differences:
        for _, _, difference in results:
            if difference is not None:
                print(f"\n{difference.format}/{difference.file}[{difference.item}] {difference.field}")
                print(f"  expected {str(difference.expected)[:300]}\n  found    {str(difference.found)[:300]}")
    return right["", ""] < 0.98 * total["", ""]


if __name__ == "__main__":
    sys.exit(main())
