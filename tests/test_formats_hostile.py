"""No file hangs a reader, crashes it, or fills the memory."""

from __future__ import annotations

import resource
import subprocess
import sys
import time

import pytest
from fuzz.nasty_files import NASTY
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from explorer.errors import ReadError
from explorer.formats import FORMATS, import_papers
from explorer.formats.source import Source
from explorer.ledger import Ledger

SECONDS = 20.0
"""A bomb has to be refused within this, on a busy machine."""

_GROWN = 1200
"""MB of memory that reading 100 MB may add."""

_fuzzed = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
_SEEDS: dict[str, bytes] = {
    "BibTeX": b'@article{a, author = {A and B}, title = "x # {y}", year = 2020, month = jan # "~3", keywords = {a, {b, c}}}\n@string{s = "x"}',
    "RIS": b"TY  - JOUR\nAU  - A, B\nTI  - x <i>y</i>\nPY  - 2020/01//\nKW  - a; b\nDO  - 10.1000/x\nER  - \n",
    "MEDLINE (nbib)": b"PMID- 1\nTI  - x\n      y\nFAU - A, B\nDP  - 2020 Jan-Feb\nLID - 10.1000/x [doi]\n",
    "Web of Science (tagged)": b"FN x\nVR 1.0\nPT J\nAU A, B\n   C, D\nTI x\nPY 2020\nPD JAN 3\nER\n\nEF",
    "Refer (EndNote import)": b"%0 Journal Article\n%T x\n%A A, B\n%D 2020\n%K a\nb\n",
    "Ovid": b"<1. >\nTI  - x. [Article]\nAU  - A, B MD\nSO  - J January 2020;1(2):3-4\n",
    "CSV or TSV": b'title,authors,year,keywords\n"a ""b""","A; B",2020,"[\'x\', \'y\']"\n',
    "JSON or JSON lines": b'{"title": "a", "authors": [{"name": "x"}], "published": "2020"}\n{"paper": {"id": "2001.00001"}}\n',
    "CSL-JSON": b'[{"type": "article", "title": "a", "author": [{"family": "x"}], "issued": {"date-parts": [[2020, 1]]}}]',
    "OpenAlex JSON": b'{"results": [{"id": "https://openalex.org/W1", "publication_year": 1, "abstract_inverted_index": {"a": [1]}}]}',
    "Crossref JSON": b'{"message-type": "work-list", "message": {"items": [{"title": ["a"], "issued": {"date-parts": [[null]]}}]}}',
    "arXiv metadata snapshot": b'{"id": "0704.0001", "categories": "a b", "update_date": "x", "authors_parsed": [["a", "b", ""]]}\n{"id": 1}\n',
    "PubMed XML": b"<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>1</PMID><Article><ArticleTitle>x <i>y</i></ArticleTitle>"
    b"</Article></MedlineCitation></PubmedArticle></PubmedArticleSet>",
    "EndNote XML": b"<xml><records><record><titles><title><style>x</style></title></titles></record></records></xml>",
    "MARC 21": b"00074nam a2200037 a 4500245001000000\x1e10\x1faTitle\x1e\x1d",
    "Hugging Face Papers page": b"Get trending papers in your email inbox\nby AK and the research community\nA title\n"
    + b"An abstract. " * 30,
}


@pytest.mark.parametrize("name", sorted(NASTY))
def test_nasty_files_end_soon_and_small(name: str) -> None:
    data = NASTY[name]()
    start, before = time.monotonic(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    try:
        result = import_papers(Source(name, data=data))
    except ReadError as error:
        assert name.split(".")[0] in str(error)
    else:
        assert result.ledger.read == result.ledger.accepted + result.ledger.rejected
    assert time.monotonic() - start < SECONDS
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024 < _GROWN


@pytest.mark.parametrize(
    "name",
    ["laughs.xml", "outside-entity.xml", "bomb.bib.gz", "bomb.bib.xz", "bomb.zip", "bomb.xlsx", "one-line.bib", "deep.json"],
)
def test_bombs_are_refused_in_words(name: str) -> None:
    with pytest.raises(ReadError, match=name.split(".")[0]):
        import_papers(Source(name, data=NASTY[name]()))


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.LABEL)
@_fuzzed
@given(data=st.data())
def test_readers_take_any_bytes(form: object, data: st.DataObject) -> None:
    seed = _SEEDS.get(form.LABEL, b"")  # type: ignore[attr-defined]
    noise = data.draw(st.binary(max_size=200))
    cut, place = data.draw(st.integers(0, len(seed))), data.draw(st.integers(0, len(seed)))
    mixed = data.draw(st.sampled_from([noise, seed[:cut] + noise + seed[cut:], seed[:cut] + seed[place:], seed * 2 + noise]))
    ledger = Ledger()
    try:
        rows = sum(table.num_rows for table in form.read(Source("x", data=mixed), ledger))  # type: ignore[attr-defined]
    except ReadError:
        return
    ledger.check(rows)


def test_the_fuzzer_runs() -> None:
    pytest.importorskip("atheris")
    run = subprocess.run(
        [sys.executable, "-m", "fuzz.readers", "-runs=200"], capture_output=True, cwd=__file__.rpartition("/")[0], check=False
    )
    assert run.returncode == 0, run.stderr.decode(errors="replace")[-2000:]
