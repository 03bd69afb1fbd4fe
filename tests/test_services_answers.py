"""Each service against its recorded answers, on the loopback address."""

import gzip
import json
import zipfile
from collections import defaultdict
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from replay import DATA, Fault, Replay, needs, recordings

from explorer.errors import ServiceError
from explorer.sources.services import (
    arxiv,
    client,
    crossref,
    fetch_arxiv,
    fetch_crossref,
    fetch_hugging_face,
    fetch_openalex,
    fetch_pubmed,
    fetch_semantic_scholar,
    fetch_zotero,
    hugging_face,
    openalex,
    pubmed,
    semantic_scholar,
    zotero,
)
from explorer.sources.services.client import Client

EVERY = {
    "arxiv_atom": recordings("api/arxiv_atom", "*.json"),
    "openalex": recordings("api/openalex", "*.zip"),
    "crossref": recordings("api/crossref", "*.json"),
    "pubmed": recordings("api/pubmed", "*.xml"),
    "semantic_scholar": recordings("api/semantic_scholar"),
    "hf_api": recordings("hf_api"),
}
PARSERS = [hugging_face, arxiv, openalex, crossref, semantic_scholar, pubmed, zotero]


@pytest.fixture(autouse=True)
def no_waits(monkeypatch):
    client._next_turn.clear()
    monkeypatch.setattr(Client, "_pause", lambda self, seconds: None)


def name_of(path):
    return path.name


def absent(folder):
    """Reason to skip, as a parameter set, where a folder of recordings is absent."""
    return EVERY[folder] or [
        pytest.param(None, marks=pytest.mark.skip(reason=f"the recorded answers are not at {DATA / 'api' / folder}"))
    ]


def balanced(result):
    result.ledger.check(result.table.num_rows)
    return result.table.to_pylist()


# --- arXiv -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", absent("arxiv_atom"), ids=lambda path: path and path.stem)
def test_arxiv(path):
    recorded = json.loads(path.read_text())
    asked = {name: values[0] for name, values in parse_qs(urlsplit(recorded["url"]).query, keep_blank_values=True).items()}
    ids = [name for name in asked["id_list"].split(",") if name]
    start, limit = int(asked["start"]), int(asked["max_results"])
    with Replay() as server:
        server.add(
            recorded["url"].removeprefix("https://export.arxiv.org/api"), recorded["body"].encode(), recorded["status_code"]
        )
        options = {"ids": ids} if ids else {"query": asked["search_query"], "start": start, "limit": limit}
        if recorded["status_code"] != 200:
            with pytest.raises(ServiceError, match=r"400.*incorrect id format for abc"):
                fetch_arxiv(**options, base=server.base, client=Client(cache=None))
            return
        result = fetch_arxiv(**options, base=server.base, client=Client(cache=None))
        assert len(server.requests) == 1
    papers = balanced(result)
    assert len(papers) == recorded["body"].count("<entry>")
    assert result.ledger.read == (len(ids) or limit)
    for paper in papers:
        assert all(paper[name] for name in ("title", "abstract", "authors", "published", "keywords", "url", "arxiv_id"))
        assert paper["precision"] == "day"
        assert paper["id"] == (f"doi:{paper['doi']}" if paper["doi"] else f"arxiv:{paper['arxiv_id']}")


@needs("api", "arxiv_atom", "arxiv_transformer.atom.xml")
def test_arxiv_feed_of_a_query():
    papers = arxiv.parse((DATA / "api/arxiv_atom/arxiv_transformer.atom.xml").read_bytes())
    assert len(papers) == 5
    assert all("cs.LG" in paper["keywords"] for paper in papers)


def entry(number):
    return f"<entry><id>http://arxiv.org/abs/2001.{number:05}v1</id><title>Paper {number}</title></entry>"


def feed(total, *numbers):
    head = '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/">'
    return f"{head}<opensearch:totalResults>{total}</opensearch:totalResults>{''.join(map(entry, numbers))}</feed>".encode()


def test_arxiv_follows_pages_and_asks_again_for_an_empty_one(monkeypatch):
    monkeypatch.setattr(arxiv, "_PAGE", 2)
    ask = "/query?search_query=fens&id_list=&sortBy=relevance&sortOrder=descending&start={}&max_results=2"
    with Replay() as server:
        server.add(ask.format(0), feed(5, 1, 2))
        server.add(ask.format(2), feed(5))
        server.add(ask.format(2), feed(5, 2, 3))
        server.add(ask.format(4), feed(5, 4))
        result = fetch_arxiv("fens", base=server.base, client=Client(cache=None))
    assert (result.ledger.read, result.ledger.accepted, result.ledger.merged) == (5, 4, 1)
    assert result.table["arxiv_id"].to_pylist() == ["2001.00001", "2001.00002", "2001.00003", "2001.00004"]


# --- Hugging Face ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", absent("hf_api"), ids=lambda path: path and path.stem)
def test_hugging_face_daily(path):
    day = path.stem.rsplit("_", 1)[-1]
    items = json.loads(path.read_bytes())
    with Replay() as server:
        server.add(f"/daily_papers?limit=100&date={day}", path.read_bytes())
        result = fetch_hugging_face(daily=day, base=server.base, client=Client(cache=None))
        assert len(server.requests) == 1
    papers = balanced(result)
    assert len(papers) == len(items)
    for paper, item in zip(papers, items, strict=True):
        inner = item["paper"]
        assert (paper["title"], paper["upvotes"], paper["comments"]) == (inner["title"], inner["upvotes"], item["numComments"])
        assert (paper["code_url"], paper["keywords"]) == (inner.get("githubRepo"), inner["ai_keywords"])
        assert paper["published"] == datetime.fromisoformat(inner["publishedAt"][:10])
        assert (paper["arxiv_id"], paper["daily"]) == (inner["id"], inner["submittedOnDailyAt"][:10])
        assert paper["organization"] == inner.get("organization", {}).get("fullname")


@pytest.mark.parametrize(
    ("options", "asked"),
    [
        ({"query": "fens & moors"}, "/papers/search?q=fens+%26+moors&limit=100"),
        ({"query": "fens", "limit": 500}, "/papers/search?q=fens&limit=120"),
        ({"trending": True}, "/daily_papers?limit=100&sort=trending"),
        ({"daily": True}, "/daily_papers?limit=100"),
        ({"daily": "2026-W24"}, "/daily_papers?limit=100&week=2026-W24"),
        ({"daily": "2026-06"}, "/daily_papers?limit=100&month=2026-06"),
        ({"daily": datetime(2026, 6, 12).date()}, "/daily_papers?limit=100&date=2026-06-12"),
    ],
)
def test_hugging_face_is_asked(options, asked):
    with Replay() as server:
        server.add(
            asked, b'[{"paper": {"id": "2606.00001", "title": "A", "upvotes": 0, "authors": [{"name": "B", "hidden": true}]}}]'
        )
        papers = balanced(fetch_hugging_face(**options, base=server.base, client=Client(cache=None)))
    assert (papers[0]["id"], papers[0]["upvotes"], papers[0]["authors"]) == ("arxiv:2606.00001", 0, None)


def test_hugging_face_follows_pages():
    def page(first):
        return json.dumps(
            [{"paper": {"id": f"2606.{first + n:05}", "title": f"Paper {first + n}"}} for n in range(100)]
        ).encode()

    with Replay() as server:
        server.add("/daily_papers?limit=100&month=2026-06", page(0))
        server.add("/daily_papers?limit=100&month=2026-06&p=1", page(100))
        server.add("/daily_papers?limit=100&month=2026-06&p=2", b"[]")
        seen = []
        counted = Client(cache=None, progress=lambda done, total: seen.append(done))
        result = fetch_hugging_face(daily="2026-06", limit=1000, base=server.base, client=counted)
    assert (result.ledger.accepted, seen) == (200, [100, 200, 200])


@pytest.mark.parametrize("options", [{}, {"query": "fens", "trending": True}, {"daily": "June"}])
def test_hugging_face_is_asked_one_thing(options):
    with pytest.raises(ServiceError, match=r"one of|is no day"):
        fetch_hugging_face(**options, client=Client(cache=None))


# --- OpenAlex ----------------------------------------------------------------------------------------------------------


def recorded_works(path):
    with zipfile.ZipFile(path) as archive:
        names = sorted(archive.namelist(), key=lambda name: int(name.split("_")[1]))
        return [json.loads(archive.read(name)) for name in names]


@pytest.mark.parametrize("path", absent("openalex"), ids=lambda path: path and path.stem)
def test_openalex(path):
    pages = recorded_works(path)
    works = [work for page in pages for work in page]
    with Replay("api_key", "per_page") as server:
        for number, page in enumerate(pages):
            meta = {"count": len(works), "next_cursor": f"c{number + 1}" if number + 1 < len(pages) else None}
            cursor = f"c{number}" if number else "*"
            server.add(f"/works?search=fens&cursor={cursor}", json.dumps({"meta": meta, "results": page}).encode())
        result = fetch_openalex("fens", limit=len(works), api_key="a key", base=server.base, client=Client(cache=None))
        assert {request[1]["api_key"] for request in server.requests} == {"a key"}
    papers = balanced(result)
    assert result.ledger.read == len(works)
    by_id = {paper["id"]: paper for paper in papers}
    for work in works:
        if not work["title"]:
            continue
        paper = by_id[work["id"].rsplit("/", 1)[-1]]
        assert paper["year"] == work["publication_year"]
        assert paper["doi"] == ((work["doi"] or "").removeprefix("https://doi.org/").lower() or None)
        assert len(paper["authors"] or []) == len(work["authorships"])
        if work["abstract_inverted_index"]:
            index = work["abstract_inverted_index"]
            words = sum(len(word.split()) * len(places) for word, places in index.items())
            if not any("<" in word or "&" in word for word in index):
                assert len(paper["abstract"].split()) == words


def test_openalex_without_a_key_goes_by_page_numbers():
    with Replay("per_page") as server:
        for page in (1, 2, 3):
            works = [
                {"id": f"https://openalex.org/W{page}{n}", "title": f"Paper {page} {n}"} for n in range(100 if page < 3 else 5)
            ]
            server.add(f"/works?search=fens&page={page}", json.dumps({"meta": {"count": 205}, "results": works}).encode())
        assert fetch_openalex("fens", limit=999, base=server.base, client=Client(cache=None)).ledger.accepted == 205


@pytest.mark.parametrize(
    ("work", "field", "value"),
    [
        ({"publication_date": "2020-01-01", "publication_year": 2020}, "published", "2020"),
        ({"publication_date": "2020-03-01", "publication_year": 2020}, "published", "2020-03-01"),
        ({"abstract_inverted_index": {"fens": [1, 3], "Of": [0], "and": [2]}}, "abstract", "Of fens and fens"),
        ({"locations": [{"landing_page_url": "http://arxiv.org/abs/hep-th/9901001"}]}, "arxiv_id", "hep-th/9901001"),
        ({"ids": {"pmid": "https://pubmed.ncbi.nlm.nih.gov/123"}}, "pmid", "123"),
        ({"title": "Of <i>fens</i>"}, "title", "Of fens"),
    ],
)
def test_openalex_fields(work, field, value):
    assert str(openalex.parse(json.dumps([work]).encode())[0][field]) == value


# --- Crossref ----------------------------------------------------------------------------------------------------------


def crossref_answers():
    path = DATA / "api/crossref/crossref_replay.jsonl.gz"
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        found = [json.loads(line) for line in lines]
    return [answer for answer in found if "api.crossref.org" in answer["url"] and "/transform" not in answer["url"]]


def address(answer):
    parts = urlsplit(answer["url"])
    return f"{parts.path}?{parts.query}".removeprefix("/v1")


needs_crossref = needs("api", "crossref", "crossref_replay.jsonl.gz")


@needs_crossref
def test_crossref_follows_a_cursor_that_stays_the_same():
    chains, chain = [], []
    for answer in crossref_answers():
        if "query=widget&cursor=" in answer["url"] and answer["status"] == 200:
            if answer["url"].endswith("%2A") and chain:
                chains.append(chain)
                chain = []
            chain.append(answer)
    chains.append(chain)
    assert len(chains) == 3
    for chain in chains:
        with Replay("rows") as server:
            for answer in chain:
                server.add(address(answer), answer["body"].encode())
            result = fetch_crossref("widget", limit=20 * len(chain), base=server.base, client=Client(cache=None))
            assert len(server.requests) == len(chain)
        assert result.ledger.read == 20 * len(chain)
        balanced(result)


@needs_crossref
def test_crossref_works_by_doi():
    works = defaultdict(list)
    for answer in crossref_answers():
        parts = urlsplit(answer["url"])
        if parts.path.startswith("/works/10.") and not parts.query and not parts.path.endswith("/agency"):
            works[parts.path].append(answer)
    dois = [path.removeprefix("/works/") for path in works]
    with Replay() as server:
        for path, answers in works.items():
            quoted = path.removeprefix("/works/").replace("/", "%2F")
            server.add(f"/works/{quoted}", answers[0]["body"].encode(), answers[0]["status"])
        result = fetch_crossref(dois=[*dois, "not a DOI"], base=server.base, client=Client(cache=None))
    known = sum(answers[0]["status"] == 200 for answers in works.values())
    assert result.ledger.read == len(dois) + 1
    assert result.ledger.accepted == known
    assert result.ledger.rejected == len(dois) + 1 - known
    assert {paper["doi"] for paper in balanced(result)} == {
        path.removeprefix("/works/").lower() for path, answers in works.items() if answers[0]["status"] == 200
    }


@needs_crossref
def test_crossref_lists_are_read():
    lists = [
        answer for answer in crossref_answers() if '"message-type":"work-list"' in answer["body"] and answer["status"] == 200
    ]
    assert lists
    for answer in lists:
        items = json.loads(answer["body"])["message"]["items"]
        papers = crossref.parse(answer["body"].encode())
        assert len(papers) == len(items)
        for paper, item in zip(papers, items, strict=True):
            assert paper["doi"] == item["DOI"].lower()
            assert bool(paper["title"]) == bool(item.get("title") and item["title"][0])


@needs_crossref
def test_crossref_refuses():
    answer = next(answer for answer in crossref_answers() if answer["status"] == 400 and "/works/" in answer["url"])
    with Replay("rows", "cursor", "query", "query.author") as server:
        server.add("/works", answer["body"].encode(), 400)
        with pytest.raises(ServiceError, match=r"400.*Check the query"):
            fetch_crossref("fens", base=server.base, client=Client(cache=None))


@pytest.mark.parametrize("path", absent("crossref"), ids=lambda path: path and path.stem)
def test_crossref_work(path):
    paper = crossref.parse(path.read_bytes())[0]
    work = json.loads(path.read_bytes())["message"]
    assert paper["title"] == work["title"][0]
    assert paper["authors"][0] == f"{work['author'][0]['family']}, {work['author'][0]['given']}"
    assert "<jats" not in paper["abstract"]
    assert paper["versions"] == ["doi:10.2196/preprints.22081"]
    assert paper["published"] == "2020-11-26"


@pytest.mark.parametrize(
    ("work", "field", "value"),
    [
        ({"title": ["Fens"], "subtitle": ["A survey"]}, "title", "Fens: A survey"),
        ({"title": []}, "title", None),
        ({"issued": {"date-parts": [[None]]}, "created": {"date-parts": [[2020, 3]]}}, "published", "2020-03"),
        ({"author": [{"name": "The Fen Group"}, {"family": "Byron"}]}, "authors", ["The Fen Group", "Byron"]),
        ({"institution": {"name": "bioRxiv"}}, "venue", "bioRxiv"),
    ],
)
def test_crossref_fields(work, field, value):
    assert crossref.parse(json.dumps({"message": work}).encode())[0][field] == value


# --- Semantic Scholar --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", absent("semantic_scholar"), ids=lambda path: path and path.stem)
def test_semantic_scholar(path):
    recorded = json.loads(path.read_bytes())
    with Replay("fields") as server:
        server.add("/paper/search?query=transformer&limit=5&offset=0", path.read_bytes())
        result = fetch_semantic_scholar("transformer", limit=5, api_key="a key", base=server.base, client=Client(cache=None))
        assert server.requests[0][2]["x-api-key"] == "a key"
    papers = balanced(result)
    assert [paper["title"] for paper in papers] == [paper["title"] for paper in recorded["data"]]
    assert [paper["year"] for paper in papers] == [paper["year"] for paper in recorded["data"]]
    assert [paper["arxiv_id"] for paper in papers] == [paper["externalIds"].get("ArXiv") for paper in recorded["data"]]


def test_semantic_scholar_follows_offsets_and_tokens():
    def page(*numbers, **rest):
        return json.dumps({"total": 9, "data": [{"paperId": str(n), "title": f"Paper {n}"} for n in numbers], **rest}).encode()

    with Replay("fields", "limit") as server:
        server.add("/paper/search?query=fens&offset=0", page(1, 2, next=2))
        server.add("/paper/search?query=fens&offset=2", page(3))
        server.add("/paper/search/bulk?query=fens", page(1, 2, token="t"))
        server.add("/paper/search/bulk?query=fens&token=t", page(3, token=None))
        for limit in (100, 2000):
            assert fetch_semantic_scholar("fens", limit=limit, base=server.base, client=Client(cache=None)).ledger.accepted == 3
        server.add("/paper/search?query=none&offset=0", b'{"total": 0, "offset": 0}')
        assert fetch_semantic_scholar("none", base=server.base, client=Client(cache=None)).ledger.read == 0


# --- PubMed ------------------------------------------------------------------------------------------------------------


@needs("api", "pubmed", "esearch.json")
def test_pubmed():
    search, articles = (DATA / "api/pubmed" / name for name in ("esearch.json", "efetch.xml"))
    pmids = json.loads(search.read_bytes())["esearchresult"]["idlist"]
    with Replay("db", "tool", "email", "retmode", "sort") as server:
        server.add("/esearch.fcgi?term=artificial+intelligence+AND+radiology&retmax=5", search.read_bytes())
        server.add(f"/efetch.fcgi?id={','.join(pmids)}", articles.read_bytes())
        seen = []
        counted = Client(cache=None, progress=lambda done, total: seen.append((done, total)))
        result = fetch_pubmed("artificial intelligence AND radiology", limit=5, base=server.base, client=counted)
    papers = balanced(result)
    assert [paper["pmid"] for paper in papers] == pmids
    assert all(paper["title"] and paper["authors"] and paper["year"] and paper["venue"] and paper["doi"] for paper in papers)
    assert seen == [(5, 5)]


@pytest.mark.parametrize("path", absent("pubmed"), ids=lambda path: path and path.stem)
def test_pubmed_articles(path):
    data = path.read_bytes()
    assert len(pubmed.parse(data)) == data.count(b"<PubmedArticle>")


def test_pubmed_refuses_and_finds_nothing():
    with Replay("db", "tool", "email", "retmode", "sort", "retmax") as server:
        server.add("/esearch.fcgi?term=(", b'{"esearchresult": {"ERROR": "unbalanced parenthesis"}}')
        server.add("/esearch.fcgi?term=none", b'{"esearchresult": {"count": "0", "idlist": []}}')
        with pytest.raises(ServiceError, match=r"unbalanced.*Check the query"):
            fetch_pubmed("(", base=server.base, client=Client(cache=None))
        assert len(server.requests) == 1
        assert fetch_pubmed("none", base=server.base, client=Client(cache=None)).ledger.read == 0


# --- Zotero ------------------------------------------------------------------------------------------------------------

ITEMS = [
    {
        "key": "AAAA1111",
        "meta": {"parsedDate": "2024-03"},
        "data": {
            "itemType": "journalArticle",
            "title": "Of <i>fens</i>",
            "creators": [
                {"creatorType": "editor", "firstName": "E.", "lastName": "Noether"},
                {"creatorType": "author", "firstName": "Ada", "lastName": "Byron"},
                {"creatorType": "author", "name": "The Fen Group"},
            ],
            "abstractNote": "Wet.",
            "date": "March 2024",
            "DOI": "10.1000/A1",
            "publicationTitle": "Annals of Examples",
            "tags": [{"tag": "fens"}],
            "extra": "arXiv:2403.00001 [cs]",
        },
    },
    {
        "key": "AAAA2222",
        "data": {"itemType": "book", "title": "Moors", "creators": [{"creatorType": "editor", "lastName": "N"}]},
    },
    {"key": "AAAA3333", "data": {"itemType": "attachment", "title": "fens.pdf"}},
    {"key": "AAAA4444", "data": {"itemType": "note", "note": "Read this"}},
]


def test_zotero_on_this_computer():
    with Replay() as server:
        server.add("/users/0/items/top?format=json&v=3&limit=100&start=0", json.dumps(ITEMS).encode())
        result = fetch_zotero(base=server.base)
    first, second = balanced(result)
    assert first["authors"] == ["Byron, Ada", "The Fen Group"]
    assert (first["title"], first["doi"], first["arxiv_id"]) == ("Of fens", "10.1000/a1", "2403.00001")
    assert (first["year"], first["precision"], first["venue"]) == (2024, "month", "Annals of Examples")
    assert second["authors"] == ["N"]
    assert (result.ledger.accepted, result.ledger.rejected) == (2, 2)
    assert "attachment" in result.ledger.notes[0].reason


def test_zotero_on_the_web():
    def page(first, count):
        return json.dumps(
            [{"key": str(first + n), "data": {"itemType": "book", "title": f"Book {n}"}} for n in range(count)]
        ).encode()

    with Replay() as server:
        ask = "/groups/12/collections/ABCD/items/top?format=json&v=3&q=fens&limit=100&start={}"
        server.add(ask.format(0), page(0, 100))
        server.add(ask.format(100), page(100, 3))
        options = {"library": "groups/12", "collection": "ABCD", "api_key": "a key"}
        result = fetch_zotero("fens", **options, base=server.base, client=Client(cache=None))
        assert {request[2]["Zotero-API-Key"] for request in server.requests} == {"a key"}
    assert result.ledger.accepted == 103


def test_zotero_that_was_not_allowed_says_so():
    with Replay() as server:
        server.faults.append(Fault(403, body=b"Local API is not enabled"))
        with pytest.raises(ServiceError, match=r"403.*Local API is not enabled"):
            fetch_zotero(base=server.base, client=Client(cache=None))
    with pytest.raises(ServiceError, match="names no Zotero library"):
        fetch_zotero(library="12", client=Client(cache=None))


# --- all ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("service", PARSERS, ids=lambda service: service.__name__)
@pytest.mark.parametrize(
    "data", [b"", b"{", b"[", b"<feed>", b"<html>offline</html>", b"\xff\xfe\x00", b"null", b"42", b'"x"', b"[1]"]
)
def test_what_is_no_answer_is_never_read_as_papers(service, data):
    with pytest.raises((ValueError, LookupError, TypeError, AttributeError, ServiceError)):
        service.parse(data)


def test_a_day_without_papers_is_no_record():
    with Replay() as server:
        server.add("/daily_papers?limit=100&date=2026-06-14", b"[]")
        ledger = fetch_hugging_face(daily="2026-06-14", base=server.base, client=Client(cache=None)).ledger
    assert (ledger.read, ledger.rejected) == (0, 0)
    assert [(note.place, note.action, note.reason) for note in ledger.notes] == [
        ("Hugging Face", "empty", "no paper is listed for 2026-06-14")
    ]
