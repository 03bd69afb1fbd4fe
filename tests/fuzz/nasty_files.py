"""Files that are made to hurt: bombs, deep nesting, endless lines. Each has to end in papers, a ledger or a `ReadError`."""

from __future__ import annotations

import gzip
import io
import lzma
import zipfile
from collections.abc import Callable

MB = 1 << 20


def _zip(name: str, data: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return buffer.getvalue()


def _laughs() -> bytes:
    """Entities that stand for ten of the one before (CWE-776)."""
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    return f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e0 "ha">{entities}]><PubmedArticleSet>&e11;</PubmedArticleSet>'.encode()


def _outside_entity() -> bytes:
    return b'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/hostname">]><records><record><titles><title>&f;</title></titles></record></records>'


NASTY: dict[str, Callable[[], bytes]] = {
    "laughs.xml": _laughs,
    "outside-entity.xml": _outside_entity,
    "laughs.yml": lambda: (
        "a: &a0 {title: x}\n" + "".join(f"b{n}: &a{n} [{f'*a{n - 1}, ' * 9}]\n" for n in range(1, 12))
    ).encode(),
    "itself.yml": lambda: b"a: &a\n  title: x\n  author: &b [*b, *a]\n  parent: *a\n",
    "deep.yml": lambda: b"a:\n  type: Book\n  title: " + b"[" * 100_000,
    "deep-lines.yaml": lambda: b"".join(b" " * n + b"a:\n" for n in range(2000)),
    "paragraphs.txt": lambda: b"1. J X. 2020 Mar.\n\n" + b"word " * 1_000_000 + b"\n\nPMID: 1\n",
    "sentences.txt": lambda: b"1: Adams B. A title. J. 2020. PMID: 1.\n\n2: " + b"Adams B. Word. 1999; " * 60_000,
    "names.csv": lambda: b"title,authors\n" + b'a,"' + b"Word word, " * 50_000 + b'A."\n',
    "unnamed.csv": lambda: b"a,b,c\n" + b'"' + b"; " * 100_000 + b'",' + b"x" * 200_000 + b",2020\n",
    "deep.xml": lambda: b"<records>" + b"<record>" * 100_000 + b"</record>" * 100_000 + b"</records>",
    "long-text.xml": lambda: b"<records><record><titles><title>" + b"x" * (40 * MB) + b"</title></titles></record></records>",
    "deep-braces.bib": lambda: b"@article{a, title = " + b"{" * 200_000 + b"x" + b"}" * 200_000 + b"}",
    "open-braces.bib": lambda: b"@article{a, title = {" * 20_000,
    "open-quotes.bib": lambda: b'@article{a, title = "x, ' * 20_000,
    "many-strings.bib": lambda: (
        b"".join(b"@string{s%d = s%d # s%d}\n" % (n, n - 1, n - 1) for n in range(1, 64)) + b"@misc{a, title = s63}"
    ),
    "circle.bib": lambda: b"".join(b"@misc{k%d, crossref = {k%d}}\n" % (n, (n + 1) % 3000) for n in range(3000)),
    "commands.bib": lambda: b"@misc{a, title = {" + b"\\textbf" * 100_000 + b"}}",
    "dollars.bib": lambda: b"@misc{a, title = {" + b"$ a$ " * 100_000 + b"}}",
    "one-line.bib": lambda: b"@article{a, title = {" + b"x" * (100 * MB),
    "one-line.ris": lambda: b"TY  - JOUR\nTI  - " + b"x" * (100 * MB),
    "one-line.csv": lambda: b"title,abstract\n" + b"x" * (100 * MB),
    "one-line.nbib": lambda: b"PMID- 1\nTI  - " + b"x " * (50 * MB),
    "one-line.jsonl": lambda: b'{"title": "a"}\n{"title": "' + b"x" * (100 * MB),
    "one-line.json": lambda: b'[{"title": "' + b"x" * (100 * MB),
    "one-line.txt": lambda: b"x" * (100 * MB),
    "deep.json": lambda: b"[" * 1_000_000,
    "deep-record.jsonl": lambda: b'{"title": "a"}\n{"title": ' + b"[" * 100_000 + b"]" * 100_000 + b"}\n",
    "places.json": lambda: (
        b'{"id": "https://openalex.org/W1", "title": "x", "publication_year": 1, "abstract_inverted_index": {"a": [999999999999]}}'
    ),
    "open-quote.csv": lambda: b"title,abstract\n" + b'a,"b\n' * 200_000,
    "many-columns.csv": lambda: b"title," + b"x," * 50_000 + b"\n" + b"a," * 50_000,
    "many-tags.ris": lambda: b"TY  - JOUR\n" + b"KW  - x\n" * 500_000,
    "many-lines.ris": lambda: b"TY  - JOUR\nAB  - x\n" + b"more\n" * 2_000_000,
    "many-lines.nbib": lambda: b"PMID- 1\nAB  - x\n" + b"      more\n" * 1_000_000,
    "many-lines.ciw": lambda: b"FN x\nPT J\nAB x\n" + b"   more\n" * 1_000_000,
    "many-lines.enw": lambda: b"%0 Book\n%X x\n" + b"more\n" * 1_000_000,
    "laughs-in-utf-16.xml": lambda: b"\xff\xfe" + _laughs().decode().encode("utf-16-le"),
    "many-elements.html.ris": lambda: b"TY  - JOUR\nTI  - " + b"<i>" * 200_000 + b"\nER  - \n",
    "many-ampersands.ris": lambda: b"TY  - JOUR\nTI  - " + b"&amp" * 200_000 + b"\nER  - \n",
    "attributes.ris": lambda: b"TY  - JOUR\nAB  - " + b"<a x=" * 100_000 + b"\nER  - \n",
    "bomb.bib.gz": lambda: gzip.compress(b"\0" * (200 * MB), 9),
    "bomb.bib.xz": lambda: lzma.compress(b"a\n" * (200 * MB), preset=1),
    "bomb.zip": lambda: _zip("a.bib", b"\0" * (200 * MB)),
    "bomb.xlsx": lambda: _zip("[Content_Types].xml", b" " * (200 * MB)),
    "nested.zip": lambda: _zip("b.zip", _zip("a.bib", b"\0" * (200 * MB))),
    "archives.zip": lambda: _zip("c.zip", _zip("b.zip", _zip("a.zip", _zip("a.bib", b"@misc{a, title={x}}")))),
    "half.gz": lambda: gzip.compress(b"@misc{a, title={x}}" * 1000)[:-20],
    "half.zip": lambda: _zip("a.bib", b"@misc{a, title={x}}" * 1000)[:-40],
    "half.parquet": lambda: b"PAR1" + b"\0" * 1000 + b"PAR1",
    "half.xls": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 4096,
    "leader.mrc": lambda: b"99999nam a2299999 a 4500" + b"245000099999" * 2000,
    "nul.csv": lambda: b"title,abstract\n" + b"\0" * 1000,
    "surrogates.json": lambda: rb'[{"title": "\ud800", "authors": ["\udfff"], "n": 1e400}]',
    "utf16.csv": lambda: b"\xff\xfe" + "title,abstract\na,b".encode("utf-16-le") + b"\0",
}
