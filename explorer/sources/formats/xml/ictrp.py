"""Trials of the WHO's International Clinical Trials Registry Platform.

Specification: the platform's export (https://trialsearch.who.int, "Export all trials to XML"), whose elements are those of the WHO Trial
Registration Data Set (https://www.who.int/tools/clinical-trials-registry-platform/network/who-data-set). A trial is dated by its
registration.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa

from explorer.papers.ledger import Ledger
from explorer.sources.formats.tagged.tagged import readable
from explorer.sources.formats.xml.xml_tree import Element, find, papers, sniff_root, text_at
from explorer.sources.source import Source, tables

LABEL = "ICTRP XML"
SUFFIXES: tuple[str, ...] = ()

_PARTED = re.compile(r"\s*(?:;|<br\s*/?>)\s*", re.IGNORECASE)
_EXTRA = {"scientific_title": "Scientific_title", "acronym": "Acronym", "sponsor": "Primary_sponsor", "study_type": "Study_type",
          "phase": "Phase", "recruitment_status": "Recruitment_Status", "intervention": "Intervention", "countries": "Countries",
          "secondary_ids": "Secondary_ID", "results_url": "results_url_link"}  # fmt: skip


def sniff(head: bytes) -> bool:
    """Whether the root element is that of the platform's export."""
    return sniff_root(head, "Trials_downloaded_from_ICTRP")


def read(source: Source, ledger: Ledger) -> Iterator[pa.Table]:
    """Yield tables of the trials."""
    yield from tables(papers(source, ledger, _fields, "Trial"), source, ledger)


def _fields(trial: Element) -> Mapping[str, Any]:
    identity = text_at(trial, "TrialID")
    condition = find(trial, "Condition")
    # Lists within an element are separated by semicolons, or by marks of a line break.
    conditions = _PARTED.split("".join(map(str, condition.itertext())) if condition is not None else "")
    return {
        "id": identity,
        "trial_id": identity,
        "title": text_at(trial, "Public_title", "Scientific_title"),
        "published": text_at(trial, "Date_registration3", "Date_registration", "Date_enrollement"),
        "keywords": [word for part in conditions if (word := readable(part.strip()))],
        "url": text_at(trial, "web_address"),
        "source": text_at(trial, "Source_Register"),
        **{name: text_at(trial, path) for name, path in _EXTRA.items()},
    }
