"""Who reads: the one place where a reader's name is found."""

from __future__ import annotations

import os
from collections.abc import Mapping

from explorer.errors import LibraryError

GIVEN, OF_THE_HUB = "LITEXPLORER_READER", "JUPYTERHUB_USER"
"""Environment variables: what the command line says (`--reader`); who is logged in at JupyterHub."""

HEADER = "X-Literature-Explorer-Reader"
"""Header of a page's request that the server itself writes, with the name of the reader whose token let it in."""

BY_TOKEN = f"HTTP_{HEADER.upper().replace('-', '_')}"
"""As Voila hands that header to the kernel."""

LONGEST = 80
"""Characters of a name at most."""


def reader_name(environment: Mapping[str, str] | None = None) -> str:
    """Name of the reader: that of the token, else of the command line, else of JupyterHub; empty where there is none.

    Parameters
    ----------
    environment : mapping, optional
        Environment variables, by default those of this process.

    Raises
    ------
    LibraryError
        The name is longer than `LONGEST` characters, or cannot be printed.

    Examples
    --------
    >>> reader_name({"JUPYTERHUB_USER": "ann"})
    'ann'
    >>> reader_name({"JUPYTERHUB_USER": "ann", "LITEXPLORER_READER": "Bo Li"})
    'Bo Li'
    >>> reader_name({})
    ''
    """
    known = os.environ if environment is None else environment
    return tidy_reader(known.get(BY_TOKEN) or known.get(GIVEN) or known.get(OF_THE_HUB) or "")


def tidy_reader(name: str) -> str:
    """A name with single blanks. Raises `LibraryError` where it cannot be one."""
    tidy = " ".join(name.split())
    if len(tidy) > LONGEST or (tidy and not tidy.isprintable()):
        raise LibraryError(f"{tidy[:LONGEST]!r} cannot be a reader's name: at most {LONGEST} characters that can be printed.")
    return tidy
