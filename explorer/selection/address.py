"""What an address says beside a selection: keys of the programs around the page, and keys that were mistyped."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import fields
from difflib import get_close_matches
from urllib.parse import parse_qsl

from explorer.selection.fields import FILTERS, STEERS
from explorer.selection.selection import Selection

CORPUS = "corpus"
"""The key that names another corpus than the one a page opens with."""

CHART = "chart"
"""The key of an option of the page's charts, `chart=by:month`."""

_HOSTS = re.compile(r"token|theme|template|reset|kernel_?name|ref|lang|.*cl(k|ck)?id|(_|voila|jupyter|hub|utm_|mtm_|pk_|mc_).*")
"""Keys of Voila, of JupyterLab and JupyterHub, and of what counts visits."""

_LISTED = 3
"""Keys that are named; an address may have thousands."""


def _nearest() -> dict[str, str]:
    """Keys by what people call them: themselves, the field of a selection, and its label on the page."""
    own = {row.parameter: row.parameter for row in FILTERS + STEERS}
    called = {name: row.parameter for row in FILTERS + STEERS for name in (row.field, row.label.lower())}
    words = {row.name: row.name for row in fields(Selection) if row.name in ("mode", "sort")}
    return {**called, **own, **words, CORPUS: CORPUS, CHART: CHART}


def passed_over(query: str, columns: Collection[str] = (), charts: Iterable[str] = ()) -> str:
    """What of an address no selection has, in a sentence.

    Parameters
    ----------
    query : str
        Query part of an address.
    columns : collection of str
        Keys of the corpus's own columns.
    charts : iterable of str
        What it says of charts that none of the corpus has.

    Returns
    -------
    str
        Names the keys that were passed over, and the nearest that there are; empty where there are none, or only those of the
        programs around the page.

    Examples
    --------
    >>> passed_over("q=vision&yeers=2020..&token=x")
    'Not known, so passed over in the address: ‘yeers’ (did you mean ‘years’?).'
    """
    called = _nearest()
    known = {*called.values()}
    names = dict.fromkeys(name for name, _ in parse_qsl(query.removeprefix("?"), keep_blank_values=True))
    strange = [name for name in names if name and name not in known and not _HOSTS.fullmatch(name.lower())]
    strange += charts
    if not strange:
        return ""
    own = {key.lower(): key for key in columns}

    def said(name: str) -> str:
        short = name if len(name) <= 40 else f"{name[:39]}…"
        if name.lower() in own:
            return f"‘{short}’ (a column is asked for as ‘col={own[name.lower()]}:…’)"
        near = get_close_matches(name.lower(), called, 1, 0.65)
        return f"‘{short}’ (did you mean ‘{called[near[0]]}’?)" if near else f"‘{short}’"

    listed = [said(name) for name in strange[:_LISTED]]
    if more := len(strange) - len(listed):
        listed.append(f"{more:,} more")
    joined = listed[0] if len(listed) == 1 else f"{', '.join(listed[:-1])} and {listed[-1]}"
    return f"Not known, so passed over in the address: {joined}."
