"""Where a dashboard runs: one value, read once from the environment and handed down."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from explorer.library.readers import reader_name
from explorer.sources.services.registry import KEYS

SCHEDULER = "LITEXPLORER_SCHEDULER"
_CORPUS, _READ_ONLY, _ASSETS = "LITEXPLORER_CORPUS", "LITEXPLORER_READ_ONLY", "LITEXPLORER_ASSETS"
_DOWNLOADS = "LITEXPLORER_DOWNLOADS"


@dataclass(frozen=True)
class Deployment:
    """Where a dashboard runs, and what its readers may do there. Without arguments, a notebook."""

    served: bool = False
    """Whether Voila serves the page."""
    downloads: str | None = None
    """Folder from which the server gives files out; None where they are sent to the page."""
    assets: str | None = None
    """Address below which the server gives plotly.js, the script and the style sheet; None where they travel with the widget."""
    read_only: bool = False
    """Whether readers can add no papers and save nothing."""
    corpus: str | None = None
    """Folder of the corpus that the server was started with."""
    scheduler: str | None = None
    """Address of the Dask scheduler whose workers are asked for the parts of that corpus."""
    address: str = ""
    """Query part of the page's address."""
    early: bool = False
    """Whether it was started before anybody came, and so knows no address: the page tells it on arriving."""
    reader: str | None = None
    """Whose stars, tags and notes the page shows and keeps; None where the library finds the name itself."""
    keys: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Keys of web services, by the environment variable that holds each."""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Deployment:
        """Read it from environment variables, by default this process's."""
        given = os.environ if environment is None else environment
        early = given.get("VOILA_PREHEAT") == "True"
        served = early or given.get("SERVER_SOFTWARE", "").startswith("voila/")
        return cls(
            served=served,
            assets=given.get("VOILA_BASE_URL", "/") + "lx/" if served and given.get(_ASSETS) else None,
            downloads=given.get(_DOWNLOADS) or None if served and given.get(_ASSETS) else None,
            read_only=bool(given.get(_READ_ONLY)),
            corpus=given.get(_CORPUS) or None,
            scheduler=given.get(SCHEDULER) or None,
            address=given.get("QUERY_STRING", "") if served and not early else "",
            early=early,
            reader=reader_name(given),
            keys={name: given[name] for name in KEYS if given.get(name)},
        )


@contextlib.contextmanager
def told_to_kernels(*, corpus: str | None, read_only: bool, downloads: str = "", **more: str) -> Iterator[None]:
    """Have the kernels that start meanwhile read this deployment; the environment is as before afterwards.

    Parameters
    ----------
    corpus : str or None
        Folder; None leaves what the environment says.
    read_only : bool
    downloads : str
        Folder from which the server gives files out.
    **more : str
        Further variables.
    """
    told = {_ASSETS: "served", _READ_ONLY: "1" if read_only else "", _DOWNLOADS: downloads, **more}
    if corpus is not None:
        told[_CORPUS] = corpus
    before = {name: os.environ.get(name) for name in told}
    os.environ.update(told)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
