"""CNKI's own exports, E-Study and its lists of fields: a label in two languages before each text (``Title-题名: …``).

No specification is published; the labels are those of the exports of https://www.cnki.net (``DataType`` before each record in E-Study,
``SrcDatabase-来源库`` in lists of fields). Labels in Chinese alone, as VIP (``题名：…``) and SinoMed (``【标题】…``) write them, are read too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa

from explorer.papers.column_names import LANGUAGES
from explorer.papers.ledger import Ledger
from explorer.sources.formats.tagged import labelled
from explorer.sources.formats.tagged.tagged import Tagged, accounted
from explorer.sources.source import Source, decode, tables

LABEL = "CNKI (E-Study)"
SUFFIXES: tuple[str, ...] = (".eln",)

_KNOWN = [word for names in LANGUAGES["Chinese"].values() for word in names.split() if re.fullmatch("[\u3400-\u9fff]+", word)]
_TEXT = r"[ \t]*(.*)\Z"
_DIALECTS = (
    re.compile(r"((?:[A-Za-z]{2,20}-[A-Za-z\u3400-\u9fff]{1,15})|DataType)\s*[:：]" + _TEXT, re.DOTALL),
    re.compile(r"【([^【】\n]{1,20})】\s*[:：]?" + _TEXT, re.DOTALL),
    # An abstract in parts has words and colons too: only what is known for a label is one.
    re.compile(
        f"({'|'.join(sorted([*_KNOWN, '单位', '作者单位', '机构', '基金', '分类号', '中图分类号'], key=len, reverse=True))})\\s*[:：]{_TEXT}",
        re.DOTALL,
    ),
)
_SNIFF = re.compile(
    r"\A\s*(?:DataType\s*:|(?:SrcDatabase-来源库|Title-题名)\s*[:：]|【流水号】|【?(?:题名|标题|篇名|題名|標題|篇名)(?:】|\s*[:：])\s*\S)"
)
_NAMES = {
    "流水号": "accession", "Page-页码": "pages", "Period-期": "number", "Roll-卷": "volume", "Organ-单位": "affiliation",
    "Organ-机构": "affiliation", "Organ-作者机构": "affiliation", "单位": "affiliation", "作者单位": "affiliation", "机构": "affiliation",
    "Degree-学位授予单位": "venue",
}  # fmt: skip

_PLACE = re.compile(
    r"(?P<venue>.{2,100}?)[,，.]?\s*(?P<year>(?:19|20)\d\d)\s*[;；,，]\s*(?P<volume>\w{1,9})?\s*(?:[(（](?P<number>[^()（）]{1,20})[)）])?"
    r"\s*[:：]\s*(?P<pages>[\w+,，-]{1,30})\.?"
)
_PLACED = ("venue", "volume", "number", "pages")


def sniff(head: bytes) -> bool:
    """Whether the text starts with a label of CNKI's, or a title's in Chinese."""
    return _SNIFF.match(decode(head).lstrip("\ufeff")) is not None


def read(source: Source, ledger: Ledger) -> Iterator[pa.Table]:
    """Yield tables of the records; each starts with the label that the file starts with."""
    text = source.text()
    first = next((line for line in text.split("\n") if line.strip("\ufeff \t")), "").strip("\ufeff \t")
    label, start = next(
        ((label, match.group(1).strip()) for label in _DIALECTS if (match := label.match(first))), (_DIALECTS[0], "DataType")
    )
    found = labelled.records(text, label, start)
    yield from tables(accounted(found, source, ledger, _fields, ""), source, ledger)


def _fields(record: Tagged) -> Mapping[str, Any]:
    # The kind of work is a number of which nobody knows what it counts.
    record.fields.pop("DataType", None)
    fields = labelled.fields(record, {label: name for label, name in _NAMES.items() if label in record.fields})
    place = _PLACE.fullmatch(fields["venue"] or "")
    # SinoMed has journal, year, volume, issue and pages in one field.
    return (
        {**fields, "published": fields["published"] or place["year"], **{name: place[name] for name in _PLACED}}
        if place
        else fields
    )
