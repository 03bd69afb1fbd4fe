"""A paper as text to cite it by."""

from __future__ import annotations

import re

import pytest

from explorer import Corpus, ExplorerError, Selection, import_papers, to_bibtex
from explorer.export.citation import citation

LIBRARY = r"""
@article{Müller2020, title={{DNA} lakes of $\alpha$ \& mud}, author={Müller, Uta and {Marsh Trust}}, journal={Ponds}, year=2020, volume={7}, number={2},
  pages={1--9}, doi={10.1234/lake}, abstract={Deep.}, keywords={water}, file={a.pdf:/home/u/a.pdf:PDF}, groups={read}}
@inproceedings{10.1145/3292500.3330701, title={Rivers}, booktitle={Proc. Streams}, year={2019}, publisher={Mill}, editor={Roe, Sam}}
@misc{a b, title={Nameless}}
"""


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    folder = tmp_path_factory.mktemp("citation")
    (folder / "library.bib").write_text(LIBRARY, "utf-8")
    return Corpus.from_papers(import_papers(folder / "library.bib").papers, folder / "corpus")


def _cited(corpus: Corpus, title: str, form: str) -> str:
    row = corpus.papers["title"].to_list().index(title)
    return citation(corpus.results(Selection()), row, form)


def test_an_entry_has_what_a_bibliography_prints_under_the_key_that_it_had(corpus: Corpus) -> None:
    entry = _cited(corpus, "DNA lakes of α & mud", "bibtex")
    assert entry.startswith("@article{Müller2020,\n")
    assert entry.endswith("}")
    fields = set(re.findall(r"^  (\w+) =", entry, re.MULTILINE))
    assert fields == {"author", "title", "journal", "year", "volume", "number", "pages", "doi"}
    proceedings = _cited(corpus, "Rivers", "bibtex")
    assert {"booktitle", "publisher", "editor"} <= set(re.findall(r"^  (\w+) =", proceedings, re.MULTILINE))
    assert _cited(corpus, "Rivers", "key") == "10.1145/3292500.3330701"


def test_keys_of_a_file_are_those_of_the_file_that_is_written(corpus: Corpus) -> None:
    written = to_bibtex(corpus.papers).decode()
    assert set(re.findall(r"^@\w+\{(.*),$", written, re.MULTILINE)) >= {"Müller2020", "10.1145/3292500.3330701"}


def test_a_reference_is_a_line(corpus: Corpus) -> None:
    assert _cited(corpus, "DNA lakes of α & mud", "reference") == (
        "Uta Müller, Marsh Trust (2020). DNA lakes of α & mud. Ponds. https://doi.org/10.1234/lake"
    )
    assert _cited(corpus, "Nameless", "reference") == "Nameless."
    with pytest.raises(ExplorerError, match="bibtex, reference, key"):
        _cited(corpus, "Rivers", "apa")
