"""One paper, to be pasted where it is cited."""

from __future__ import annotations

from explorer.errors import ExportError
from explorer.export.export import blanked
from explorer.papers.paper_table import PaperBatches
from explorer.papers.schema import FIELDS
from explorer.search.results import Results
from explorer.sources.formats.bibtex.bibtex import citation_keys
from explorer.sources.formats.documents.reference import references

FORMS = ("bibtex", "reference", "key")
_CITED = frozenset(
    "id title authors published precision year venue url doi arxiv_id entry_type title_latex edtf editors editor volume number issue pages"
    " chapter edition series publisher school institution organization address place isbn issn howpublished".split()
)
"""Columns that a bibliography prints, or goes by; what programs keep for themselves (files, groups, marks) is left out."""


def citation(results: Results, row: int, form: str) -> str:
    """A paper as text.

    Parameters
    ----------
    results : Results
    row : int
        Of the paper.
    form : {"bibtex", "reference", "key"}
        An entry of a BibTeX file without what no bibliography prints (its abstract, keywords, files); authors, year, title, venue and
        address on a line; or the key of the entry.

    Returns
    -------
    str
        Without a line end after it.

    Raises
    ------
    ExportError
        There is no such form.
    """
    if form not in FORMS:
        raise ExportError(f"There is no form {form!r} of a citation. Forms: {', '.join(FORMS)}.")
    names, number, read = results.parts([row])
    unsaid = [name for name in FIELDS if name not in _CITED]
    papers = PaperBatches(
        [name for name in names if name in FIELDS or name in _CITED],
        number,
        lambda start, stop, wanted: blanked(read(start, stop, wanted), unsaid),
    )
    if form == "key":
        return citation_keys(papers)[0]
    if form == "bibtex":
        from explorer.sources.formats.bibtex.bibtex import bibtex_parts

        return b"".join(bibtex_parts(papers)).decode().strip()
    (paper,) = references(papers, "text", None)
    said = f"{paper.names} ({paper.year})" if paper.names and paper.year else paper.names or paper.year
    return " ".join(f"{part.rstrip('.')}." for part in (said, paper.title, paper.venue) if part) + f" {paper.url}".rstrip()
