"""Answers of services that a reader saved to a file. All records are invented."""

from __future__ import annotations

import json
from typing import Any

import pyarrow as pa
import pytest

from explorer.papers.author_names import display
from explorer.papers.schema import conform
from explorer.sources.formats.json.json_records import to_json_lines
from explorer.sources.formats.registry import read_files
from explorer.sources.source import Source
from explorer.store.ledgers import Accounts, part_of


def papers(value: Any, form: str, name: str = "x.json") -> list[dict[str, Any]]:
    data = value if isinstance(value, str) else json.dumps(value, indent=1)
    found = read_files(Source(name, data=data.encode()))
    assert found.ledger.findings[0].format == form
    assert found.ledger.rejected == 0, found.ledger.notes
    return [{key: item for key, item in row.items() if item is not None} for row in found.table.to_pylist()]


def shown(paper: dict[str, Any], *names: str) -> list[Any]:
    day = {"year": 4, "month": 7, "day": 10}
    return [
        str(paper["published"])[: day[paper["precision"]]] if name == "published" and "published" in paper else paper.get(name)
        for name in names
    ]


def ways(records: list[Any], wrapped: Any) -> list[Any]:
    """The same records as a service wraps them, as a list, and as JSON lines."""
    return [wrapped, records, "\n".join(map(json.dumps, records)) + "\n"]


EUROPE_PMC = [
    {
        "id": "21000077", "source": "MED", "pmid": "21000077", "pmcid": "PMC77", "doi": "10.1234/ab.4", "title": "Stretching &amp; <i>work</i>.",
        "authorString": "Moss I, Fenn LB.", "authorList": {"author": [{"fullName": "Moss I", "firstName": "Ida", "lastName": "Moss", "initials": "I"},
        {"fullName": "Fenn LB", "lastName": "Fenn", "initials": "LB"}, {"collectiveName": "Example Stretching Group"}]},
        "journalInfo": {"issue": "2", "volume": "4", "dateOfPublication": "2011 May", "yearOfPublication": 2011, "printPublicationDate": "2011-05-01",
        "journal": {"title": "Annals of Backs", "medlineAbbreviation": "Ann Backs", "issn": "1234-5678"}},
        "pubYear": "2011", "pageInfo": "15-9", "abstractText": "<h4>Aim</h4>To stretch.", "language": "eng", "citedByCount": 3,
        "pubTypeList": {"pubType": ["research-article", "Randomized Controlled Trial"]}, "keywordList": {"keyword": ["backs"]},
        "meshHeadingList": {"meshHeading": [{"majorTopic_YN": "N", "descriptorName": "Back Pain"}]}, "firstPublicationDate": "2011-04-01",
    },
    {"id": "PPR77", "source": "PPR", "doi": "10.1101/77", "title": "Owls under the snow", "authorString": "Reed T, van der Fenn LB.", "pubYear": "2016",
     "firstPublicationDate": "2016-07-08", "pubType": "preprint", "citedByCount": 0, "bookOrReportDetails": {"publisher": "bioRxiv", "yearOfPublication": 2016}},
]  # fmt: skip


@pytest.mark.parametrize(
    "value",
    ways(EUROPE_PMC, {"version": "6.9", "hitCount": 2, "request": {"queryString": "x"}, "resultList": {"result": EUROPE_PMC}}),
)
def test_europe_pmc(value: Any) -> None:
    one, two = papers(value, "Europe PMC JSON")
    assert shown(one, "title", "authors", "published", "venue", "volume", "number", "pages", "doi", "pmid", "pmcid", "keywords", "issn") == [
        "Stretching & work", ["Moss, Ida", "Fenn, LB", "Example Stretching Group"], "2011-04-01", "Annals of Backs", "4", "2", "15-9", "10.1234/ab.4",
        "21000077", "PMC77", ["backs", "Back Pain"], "1234-5678",
    ]  # fmt: skip
    assert one["abstract"].split() == ["Aim", "To", "stretch."]
    assert shown(two, "title", "authors", "published", "venue", "entry_type") == [
        "Owls under the snow", ["Reed T", "van der Fenn LB"], "2016-07-08", "bioRxiv", "preprint",
    ]  # fmt: skip


BIORXIV = [
    {"doi": "10.1101/2021.01.01.000077", "title": "Owls under\n the snow", "authors": "Reed, T.; van der Fenn, L. B.", "author_corresponding": "Tom Reed",
     "date": "2021-01-02", "version": "2", "type": "new results", "license": "cc_by", "category": "ecology", "abstract": "They listen.",
     "published": "10.1234/AS.16", "server": "medRxiv"},
    {"doi": "10.1101/2021.01.01.000078", "title": "Peat", "authors": "Moss, I.", "date": "2021-01-03", "version": "1", "published": "NA", "server": "biorxiv",
     "author_corresponding": "Ida Moss"},
]  # fmt: skip


@pytest.mark.parametrize("value", ways(BIORXIV, {"messages": [{"status": "ok", "count": 2}], "collection": BIORXIV}))
def test_biorxiv(value: Any) -> None:
    one, two = papers(value, "bioRxiv JSON")
    assert shown(one, "title", "authors", "published", "doi", "venue", "versions", "keywords", "url") == [
        "Owls under the snow", ["Reed, T.", "van der Fenn, L. B."], "2021-01-02", "10.1101/2021.01.01.000077", "medRxiv", ["doi:10.1234/as.16"], ["ecology"],
        "https://www.medrxiv.org/content/10.1101/2021.01.01.000077v2",
    ]  # fmt: skip
    assert shown(two, "title", "venue", "versions") == ["Peat", "bioRxiv", None]


def test_biorxiv_where_preprints_were_published() -> None:
    item = {"biorxiv_doi": "10.1101/77", "published_doi": "10.1234/as.16", "published_journal": "Annals of Snow", "preprint_platform": "bioRxiv",
            "preprint_title": "Owls", "preprint_authors": "Reed, T.;Moss, I.", "preprint_category": "ecology", "preprint_date": "2021-01-02",
            "published_date": "2021-06-07", "preprint_abstract": "They listen."}  # fmt: skip
    (paper,) = papers({"messages": [], "collection": [item]}, "bioRxiv JSON")
    assert shown(paper, "title", "authors", "published", "doi", "versions", "venue", "abstract") == [
        "Owls", ["Reed, T.", "Moss, I."], "2021-01-02", "10.1101/77", ["doi:10.1234/as.16"], "bioRxiv", "They listen.",
    ]  # fmt: skip


def dblp(hits: Any) -> dict[str, Any]:
    return {"result": {"query": "x", "status": {"@code": "200"}, "hits": {"@total": "2", "hit": hits}}}


def test_dblp() -> None:
    hits = [
        {"@score": "2", "@id": "1", "info": {"authors": {"author": [{"@pid": "1", "text": "Ida Moss 0001"}, {"@pid": "2", "text": "Lou B. Fenn"}]},
         "title": "Peat &amp; Graphs.", "venue": ["BOG", "LNPS"], "pages": "15-19", "year": "2011", "type": "Conference and Workshop Papers",
         "key": "conf/bog/MossF11", "doi": "10.1234/BOG.4", "ee": ["https://doi.org/10.1234/BOG.4", "https://example.org/b"], "url": "https://dblp.org/rec/conf/bog/MossF11"}},
        {"@score": "1", "@id": "2", "info": {"authors": {"author": {"@pid": "3", "text": "Tom Reed"}}, "title": "What do Owls Hear?", "venue": "CoRR",
         "volume": "abs/1601.00077", "year": "2016", "type": "Informal and Other Publications", "key": "journals/corr/Reed16"}},
    ]  # fmt: skip
    one, two = papers(dblp(hits), "dblp JSON")
    assert shown(one, "id", "title", "authors", "year", "venue", "doi", "url", "entry_type") == [
        "dblp:conf/bog/MossF11", "Peat & Graphs", ["Ida Moss", "Lou B. Fenn"], 2011, "BOG / LNPS", "10.1234/bog.4", "https://doi.org/10.1234/BOG.4", "inproceedings",
    ]  # fmt: skip
    assert shown(two, "title", "authors", "arxiv_id", "entry_type") == [
        "What do Owls Hear?",
        ["Tom Reed"],
        "1601.00077",
        "preprint",
    ]
    (alone,) = papers(dblp(hits[1]), "dblp JSON")
    assert alone == two


def test_dblp_that_found_nothing() -> None:
    found = read_files(Source("x.json", data=json.dumps({"result": {"hits": {"@total": "0", "@sent": "0"}}}).encode()))
    assert found.table.num_rows == 0
    assert [(note.action, note.reason) for note in found.ledger.notes] == [("empty", "no record is in the file")]


@pytest.mark.parametrize(
    ("name", "data", "action"),
    [
        ("2026-01-04.json", '{"date": "2026-01-04", "paper_count": 0, "papers": []}', "empty"),
        ("x.json", "[]", "empty"),
        ("x.csv", "title,year\n", "empty"),
        ("x.xml", '<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>ArXiv Query</title></feed>', "empty"),
        ("x.json", '{"error": "too many requests"}', "rejected"),
        ("x.bib", "<html>Sign in</html>", "rejected"),
        ("x.ris", "Sign in", "rejected"),
    ],
)
def test_a_list_of_nothing_is_no_record_and_a_file_of_something_else_is_rejected(name: str, data: str, action: str) -> None:
    day = Source("day.json", data=b'[{"paper": {"id": "2601.00001", "title": "Adding numbers"}}]')
    found = read_files(Source(name, data=data.encode()), day)
    rejected = int(action == "rejected")
    assert (found.ledger.read, found.ledger.rejected) == (1 + rejected, rejected)
    assert [note.action for note in found.ledger.notes] == [action]
    more = "" if rejected else " 1 source held none."
    assert Accounts((part_of(found.ledger),)).sentence(1).endswith(f"read: 1 accepted{', 1 rejected' * rejected}.{more}")


def inspire(metadata: dict[str, Any], number: int) -> dict[str, Any]:
    return {
        "id": str(number),
        "created": "2011-05-02T00:00:00+00:00",
        "links": {},
        "metadata": {"control_number": number, **metadata},
    }


INSPIRE = [
    inspire({"titles": [{"title": "Peat at $\\sqrt{s}=7$ TeV", "source": "arXiv"}], "authors": [{"full_name": "Moss, Ida"}, {"full_name": "Fenn, Lou B."}],
             "abstracts": [{"value": "Peat &lt; 1.", "source": "arXiv"}], "dois": [{"value": "10.1234/BL.4"}, {"value": "10.1234/BL.4E", "material": "erratum"}],
             "arxiv_eprints": [{"value": "1105.0077", "categories": ["hep-ex"]}], "earliest_date": "2011-04-01", "document_type": ["article"],
             "publication_info": [{"journal_title": "Bog Lett.", "journal_volume": "4", "journal_issue": "2", "page_start": "15", "page_end": "19", "year": 2011}],
             "keywords": [{"value": "peat"}], "citation_count": 3}, 77),
    inspire({"titles": [{"title": "Shores", "subtitle": "Proceedings"}], "authors": [{"full_name": "Reed, Tom", "inspire_roles": ["editor"]}],
             "document_type": ["proceedings"], "imprints": [{"publisher": "Example Press", "date": "2013"}], "arxiv_eprints": []}, 78),
    inspire({"titles": [{"title": "Owls"}], "collaborations": [{"value": "OWL"}], "earliest_date": "2016", "document_type": ["conference paper"]}, 79),
]  # fmt: skip


@pytest.mark.parametrize("value", ways(INSPIRE, {"hits": {"hits": INSPIRE, "total": 3}, "links": {}}))
def test_inspire(value: Any) -> None:
    one, two, three = papers(value, "INSPIRE JSON")
    assert shown(one, "id", "authors", "published", "venue", "volume", "number", "pages", "doi", "arxiv_id", "keywords", "abstract") == [
        "inspire:77", ["Moss, Ida", "Fenn, Lou B."], "2011-04-01", "Bog Lett.", "4", "2", "15-19", "10.1234/bl.4", "1105.0077", ["peat"], "Peat < 1.",
    ]  # fmt: skip
    assert one["title"].startswith("Peat at")
    assert shown(two, "title", "authors", "editor", "year", "venue", "entry_type") == [
        "Shores: Proceedings", ["Reed, Tom"], "Reed, Tom", 2013, "Example Press", "proceedings",
    ]  # fmt: skip
    assert shown(three, "authors", "year", "entry_type") == [["OWL Collaboration"], 2016, "inproceedings"]


def test_mendeley() -> None:
    one, two = papers(
        [
            {"id": "a-1", "title": "Peat under old bridges", "type": "journal", "authors": [{"first_name": "Ida", "last_name": "Moss"}, {"last_name": "Example Bog Works"}],
             "year": 2011, "month": 5, "day": 2, "source": "Bog Letters", "volume": "4", "issue": "2", "pages": "15-19", "keywords": ["peat"], "tags": ["later"],
             "identifiers": {"doi": "10.1234/BL.4", "pmid": "77", "arxiv": "1105.0077"}, "websites": ["https://example.org/p"], "abstract": "Peat holds."},
            {"id": "a-2", "title": "Shores", "type": "book", "editors": [{"first_name": "Tom", "last_name": "Reed"}], "year": 2013, "publisher": "Example Press",
             "identifiers": {"isbn": "978-1"}},
        ],
        "Mendeley JSON",
    )  # fmt: skip
    assert shown(one, "id", "title", "authors", "published", "venue", "doi", "pmid", "arxiv_id", "keywords", "url", "number", "entry_type") == [
        "a-1", "Peat under old bridges", ["Moss, Ida", "{Example Bog Works}"], "2011-05-02", "Bog Letters", "10.1234/bl.4", "77", "1105.0077", ["peat", "later"],
        "https://example.org/p", "2", "article",
    ]  # fmt: skip
    assert shown(two, "title", "authors", "editor", "published", "venue", "isbn") == [
        "Shores",
        ["Reed, Tom"],
        "Reed, Tom",
        "2013",
        "Example Press",
        "978-1",
    ]


SUMMARY = {
    "uid": "21000077", "pubdate": "2011 May", "epubdate": "2011 Apr 1", "source": "Ann Backs", "fulljournalname": "Annals of backs",
    "authors": [{"name": "Moss I", "authtype": "Author", "clusterid": ""}, {"name": "Example Group", "authtype": "CollectiveName"}],
    "title": "Stretching &amp; work.", "volume": "4", "issue": "2", "pages": "15-9", "lang": ["eng"], "issn": "1234-5678", "pubtype": ["Journal Article"],
    "articleids": [{"idtype": "pubmed", "value": "21000077"}, {"idtype": "doi", "value": "10.1234/AB.4"}, {"idtype": "pmc", "value": "PMC77"}],
    "sortpubdate": "2011/05/01 00:00", "elocationid": "doi: 10.1234/AB.4",
}  # fmt: skip


def test_pubmed_summaries_in_the_order_asked_for() -> None:
    other = {
        **SUMMARY,
        "uid": "99",
        "title": "[Owls].",
        "authors": [],
        "articleids": [],
        "elocationid": "",
        "epubdate": "",
        "pubdate": "2016",
    }
    missing = {"uid": "5", "error": "cannot get document summary"}
    answer = {
        "header": {"type": "esummary", "version": "0.3"},
        "result": {"uids": ["99", "21000077", "5"], "21000077": SUMMARY, "5": missing, "99": other},
    }
    found = read_files(Source("x.json", data=json.dumps(answer).encode()))
    assert found.ledger.sentence() == "3 records read: 2 accepted, 1 rejected."
    two, one = found.table.to_pylist()
    assert shown(one, "title", "authors", "published", "venue", "volume", "number", "pages", "doi", "pmid", "pmcid", "url") == [
        "Stretching & work", ["Moss I", "Example Group"], "2011-04-01", "Annals of backs", "4", "2", "15-9", "10.1234/ab.4", "21000077", "PMC77",
        "https://pubmed.ncbi.nlm.nih.gov/21000077/",
    ]  # fmt: skip
    assert shown(two, "title", "authors", "doi", "published", "pmid") == ["Owls", None, None, "2016", "99"]


def test_identifiers_beyond_what_floats_hold_are_kept() -> None:
    number = 2**53 + 1
    (paper,) = papers([{**EUROPE_PMC[0], "pmid": number}], "Europe PMC JSON")
    assert str(paper["pmid"]) == str(number)


@pytest.mark.parametrize(
    ("value", "form"),
    [
        ({"results": [{"title": "A", "year": 2020, "source": "x"}]}, "JSON or JSON lines"),
        ([{"title": "A", "authors": [{"name": "B"}], "hits": 3}], "JSON or JSON lines"),
        ([{"type": "book", "title": "A", "author": [{"family": "B", "given": "C"}]}], "CSL-JSON"),
    ],
)
def test_others_stay_what_they_were(value: Any, form: str) -> None:
    assert papers(value, form)[0]["title"] == "A"


PLAIN = {
    "scholarly": [{"container_type": "Publication", "bib": {"title": "Moss", "author": ["I Moss", "L Fenn"], "pub_year": "2016", "venue": "Bogs", "abstract": "Wet."}}],
    "Scopus": {"search-results": {"opensearch:totalResults": "1", "entry": [
        {"dc:title": "Moss", "prism:publicationName": "Bogs", "prism:coverDate": "2016-03-02", "prism:doi": "10.1234/a", "pubmed-id": "24000001",
         "dc:description": "Wet.", "author": [{"authname": "Moss I.", "surname": "Moss", "given-name": "I"}, {"surname": "Fenn", "given-name": "L"}]}]}},
    "ADS": {"response": {"docs": [{"title": ["Moss"], "author": ["Moss, I", "Fenn, L"], "pubdate": "2016-03-00", "pub": "Bogs", "doi": ["10.1234/a"],
            "abstract": "Wet.", "page": ["11"], "identifier": ["arXiv:1601.00001", "2016Bog"]}]}},
    "IEEE Xplore": {"articles": [{"title": "Moss", "authors": {"authors": [{"full_name": "I. Moss"}, {"full_name": "L. Fenn"}]}, "publication_title": "Bogs",
                    "publication_year": 2016, "doi": "10.1234/a", "abstract": "Wet.", "start_page": "11", "end_page": "15"}]},
    "DataCite": {"data": [{"id": "10.1234/a", "attributes": {"doi": "10.1234/a", "creators": [{"name": "Moss, I"}, {"name": "Fenn, L"}], "titles": [{"title": "Moss"}],
                 "publisher": "Bogs", "publicationYear": 2016, "descriptions": [{"description": "Wet.", "descriptionType": "Abstract"}]}}]},
    "HAL": {"response": {"docs": [{"title_s": ["Moss"], "authFullName_s": ["I. Moss", "L. Fenn"], "producedDate_s": "2016-03-02", "journalTitle_s": "Bogs",
            "doiId_s": "10.1234/a", "abstract_s": ["Wet."]}]}},
    "DOAJ": {"results": [{"id": "x", "bibjson": {"title": "Moss", "author": [{"name": "I. Moss"}, {"name": "L. Fenn"}], "year": "2016", "month": "3",
             "journal": {"title": "Bogs"}, "identifier": [{"id": "10.1234/a", "type": "doi"}], "abstract": "Wet."}}]},
    "Springer": {"records": [{"title": "Moss", "creators": [{"creator": "Moss, I"}, {"creator": "Fenn, L"}], "publicationName": "Bogs", "doi": "10.1234/a",
                 "publicationDate": "2016-03-02", "abstract": "Wet.", "url": [{"value": "https://example.org"}]}]},
    "Zotero": [{"key": "A", "data": {"itemType": "journalArticle", "title": "Moss", "creators": [{"creatorType": "author", "firstName": "I", "lastName": "Moss"},
                {"creatorType": "editor", "firstName": "T", "lastName": "Reed"}, {"creatorType": "author", "firstName": "L", "lastName": "Fenn"}],
                "publicationTitle": "Bogs", "date": "March 2, 2016", "DOI": "10.1234/a", "abstractNote": "Wet.", "extra": "PMID: 24000001"}}],
    "names in parts": [{"title": "Moss", "authors": [{"firstName": "I", "lastName": "Moss"}, {"given_name": "L", "family_name": "Fenn"}], "year": 2016,
                        "journal": "Bogs", "abstract": "Wet.", "doi": "10.1234/a"}],
}  # fmt: skip


@pytest.mark.parametrize("service", PLAIN)
def test_answers_without_a_reader_of_their_own_are_read_by_their_names(service: str) -> None:
    (found,) = papers(PLAIN[service], "JSON or JSON lines")
    assert [display(name) for name in found["authors"]] == ["I. Moss", "L. Fenn"]
    assert (found["title"], found["year"], found["venue"], found["abstract"]) == ("Moss", 2016, "Bogs", "Wet.")
    assert found.get("doi") == (None if service == "scholarly" else "10.1234/a")
    if service in ("Scopus", "HAL", "ADS", "DOAJ", "Springer", "Zotero"):
        assert str(found["published"])[:7] == "2016-03"
    if service in ("Scopus", "Zotero"):
        assert found["pmid"] == "24000001"
    assert found.get("arxiv_id") == ("1601.00001" if service == "ADS" else None)
    assert found.get("pages") == {"ADS": "11", "IEEE Xplore": "11-15"}.get(service)


def test_a_note_of_zotero_is_no_paper() -> None:
    notes = [
        {"key": "B", "data": {"itemType": "note", "note": "mine"}},
        {"key": "C", "data": {"itemType": "attachment", "title": "Full Text"}},
    ]
    found = read_files(Source("a.json", data=json.dumps([*PLAIN["Zotero"], *notes]).encode()))
    assert (found.ledger.accepted, found.ledger.rejected) == (1, 2)


@pytest.mark.parametrize(
    ("record", "name", "value"),
    [
        # What has a field of its own is not read from a looser place.
        ({"date": "2016-03-14", "year": "2016", "month": "3"}, "published", "2016-03-14 00:00:00"),
        ({"publicationDate": "2016-03-14", "year": 2016, "month": "March"}, "published", "2016-03-14 00:00:00"),
        ({"year": 2016, "month": 3, "day": 14}, "published", "2016-03-14 00:00:00"),
        ({"year": 2016, "month": "March"}, "precision", "month"),
        (
            {"dates": [{"dateType": "Created", "date": "2015"}], "publication_date": "2016-03-14"},
            "published",
            "2016-03-14 00:00:00",
        ),
        (
            {"dates": [{"dateType": "Issued", "date": "2016-03-14"}], "created": "2020-01-01"},
            "published",
            "2016-03-14 00:00:00",
        ),
        (
            {"descriptions": [{"descriptionType": "Abstract", "description": "Wet."}], "journal": "Bogs", "publisher": "Fen"},
            "venue",
            "Bogs",
        ),
        ({"descriptions": ["Wet."], "journal": "Bogs"}, "venue", "Bogs"),
        ({"publicationName": "Fens", "journal": "Bogs"}, "venue", "Bogs"),
        ({"pub": "Fens", "journal": "Bogs"}, "venue", "Bogs"),
        ({"venue": "", "journal": "Bogs"}, "venue", "Bogs"),
        ({"extra": "DOI: 10.1234/b", "DOI": "10.1234/a"}, "doi", "10.1234/a"),
        ({"identifiers": [{"type": "doi", "value": "10.1234/b"}], "DOI": "10.1234/a"}, "doi", "10.1234/a"),
        ({"uri": "urn:x:1"}, "url", "None"),
        # Of several the first, which is what the ledger says of other formats.
        ({"url": ["https://a.org/1", "https://b.org/2"]}, "url", "https://a.org/1"),
        # A person alone is an author, and where they work is none.
        ({"author": {"name": "Ida Fenn", "affiliations": ["Bog University"]}}, "authors", "['Ida Fenn']"),
        ({"authors": {"given": "Ida", "family": "Fenn", "affiliation": [{"name": "X"}]}}, "authors", "['Fenn, Ida']"),
        ({"authors": {"0": "Ida Fenn", "1": "Tom Reed"}}, "authors", "['Ida Fenn', 'Tom Reed']"),
        ({"authors": {"author": {"fullName": "Ida Fenn"}}}, "authors", "['Ida Fenn']"),
        (
            {"creators": [{"creatorType": "author", "name": "Fen"}, {"creatorType": "translator", "name": "Bog"}]},
            "authors",
            "['Fen']",
        ),
    ],
)
def test_looser_names_fill_only_what_is_missing(record: dict[str, Any], name: str, value: str) -> None:
    assert str(papers([{"title": "Moss", **record}], "JSON or JSON lines")[0].get(name)) == value


def test_people_of_other_roles_stay_beside_authors() -> None:
    people = [{"creatorType": "author", "name": "Fen"}, {"creatorType": "translator", "name": "Bog"}]
    (found,) = papers([{"data": {"itemType": "book", "title": "Moss", "creators": people}}], "JSON or JSON lines")
    assert (found["authors"], json.loads(found["creators"])) == (["Fen"], people)


@pytest.mark.parametrize(
    ("value", "titles"),
    [
        # A paper's references are no papers of the file, whatever its title is called.
        ({"name": "Moss", "author": [{"name": "Ida Fenn"}], "citation": [{"title": "Fen"}], "datePublished": "2016"}, ["Moss"]),
        ({"dc:title": "Moss", "references": [{"title": "Fen"}]}, ["Moss"]),
        ({"data": {"id": "10.1234/a", "attributes": {"titles": [{"title": "Moss"}], "publicationYear": 2016}}}, ["Moss"]),
        # All groups are read, and lists of other things are not.
        ({"2015": [{"title": "Moss"}], "2016": [{"title": "Fen"}]}, ["Moss", "Fen"]),
        ({"facets": {"journal": [{"title": "Bogs", "count": 3}]}, "articles": [{"title": "Moss"}]}, ["Moss"]),
        ({"answer": {"list": {"hits": [{"title": "Moss"}, {"title": "Fen"}]}}}, ["Moss", "Fen"]),
    ],
)
def test_which_objects_of_a_file_are_its_papers(value: Any, titles: list[str]) -> None:
    assert [row["title"] for row in papers(value, "JSON or JSON lines")] == titles


def test_columns_of_ones_own_are_no_looser_names() -> None:
    own = {
        "title": ["Moss"],
        "published": ["2016-03-14"],
        "pub": ["x"],
        "page": ["7"],
        "month": ["5"],
        "uri": ["https://a.org"],
        "extra": ["PMID: 1"],
    }
    written = to_json_lines(conform(pa.table(own))).decode()
    (found,) = papers(written, "JSON or JSON lines", "x.jsonl")
    assert {name: found.get(name) for name in ("venue", "pages", "url", "pmid")} == dict.fromkeys(
        ("venue", "pages", "url", "pmid")
    )
    assert {name: found[name] for name in ("pub", "page", "month", "uri", "extra")} == {
        name: own[name][0] for name in own if name in found and name not in ("title", "published")
    }


def test_objects_within_objects_end_no_import() -> None:
    deep = '{"a":' * 600 + "[1]" + "}" * 600
    (found,) = papers(f'[{{"title": "Moss", "authors": {deep}}}]', "JSON or JSON lines")
    assert found["title"] == "Moss"


def test_crossref_has_editors_isbns_and_titles_over_several_lines() -> None:
    work = {
        "DOI": "10.1234/a", "type": "book-chapter", "title": ["Moss\n      of bogs"], "author": [{"given": "I", "family": "Moss"}], "ISBN": ["9783161484100"],
        "editor": [{"given": "T", "family": "Reed"}], "issued": {"date-parts": [[2016]]}, "container-title": ["Bogs"],
    }  # fmt: skip
    (found,) = papers({"status": "ok", "message-type": "work-list", "message": {"items": [work]}}, "Crossref JSON")
    assert [found[name] for name in ("title", "authors", "editors", "isbn")] == [
        "Moss of bogs",
        ["Moss, I"],
        "Reed, T",
        "9783161484100",
    ]
