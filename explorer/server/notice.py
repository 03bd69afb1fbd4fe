"""Pages of the server that show no dashboard: a title, a few lines, and what they need besides."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from string import Template


@cache
def _template(name: str) -> Template:
    return Template((Path(__file__).parent / name).read_text(encoding="utf-8"))


def notice(title: str, main: str, *, head: str = "") -> str:
    """A whole page.

    Parameters
    ----------
    title : str
        Of the window, and its heading.
    main, head : str
        HTML below the heading, and in the head of the page.

    Examples
    --------
    >>> "<h1>Gone</h1>" in notice("Gone", "<p>It is not here.</p>")
    True
    """
    return _template("notice.html").substitute(title=title, head=head, main=main)


def busy(ahead: int, reason: str, *, ticket: str, queue: str, base: str) -> str:
    """The page of who has to wait, which asks by itself when there is room.

    Parameters
    ----------
    ahead : int
        How many wait before.
    reason : str
        Why there is no room.
    ticket, queue, base : str
        Of the one who waits, the address that tells how far the queue is, and the server's base, each written as JavaScript.
    """
    main = _template("busy.html").substitute(ahead=ahead, reason=reason, ticket=ticket, queue=queue, base=base)
    return notice("Busy", main, head='<noscript><meta http-equiv="refresh" content="10"></noscript>')


def jupyter_pages() -> dict[str, str]:
    """Templates (Jinja) of Jupyter's own pages that are shown here; its own ask for files that Voila does not serve, and fail."""
    error = notice(
        "{{ 'Not here' if status_code == 404 else 'This did not work' }}",
        "<p>{{ 'There is nothing at this address: it may be misspelt, or come from another server' if status_message == 'Not Found' "
        'else status_message }}.</p><p><a href="{{ base_url }}">To the dashboard</a></p>',
    )
    left = notice("Signed out", '<p><a href="{{ base_url }}">To the dashboard</a></p>')
    return {**dict.fromkeys(("error.html", "403.html", "404.html", "500.html"), error), "logout.html": left}
