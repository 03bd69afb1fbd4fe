"""An issue as HTML that mail clients draw well, and as plain text.

Mail clients drop scripts, forms, fonts and most style sheets; some drop all but inline styles. So each element has its own, in colours for
light; what a client keeps of the style sheet turns them for dark and gives a narrow screen its full width. Nothing is loaded from
anywhere: a picture would tell who read it, and when.
"""

from __future__ import annotations

import textwrap
from functools import lru_cache
from html import escape

from explorer.feed.issue import Issue, Item, Section

WIDTH = 72
"""Columns of the plain text."""
_ABSTRACT = 420
"""Characters of an abstract at most."""
_AUTHORS = 4
_SHORT = 20
"""Characters of what is not broken, such as a date."""

_FONT = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"
_DARK = """
:root { color-scheme: light dark; supported-color-schemes: light dark; }
@media (prefers-color-scheme: dark) {
  .lx-back { background-color: #0d1117 !important; }
  .lx-card { background-color: #161b22 !important; border-color: #30363d !important; }
  .lx-text { color: #e6edf3 !important; }
  .lx-soft { color: #9da7b3 !important; }
  .lx-link { color: #79b8ff !important; }
  .lx-why { background-color: #21262d !important; color: #c9d1d9 !important; }
}
@media (max-width: 480px) {
  .lx-outer { padding: 8px 0 !important; }
  .lx-card { padding: 14px 12px !important; border-left: 0 !important; border-right: 0 !important; border-radius: 0 !important; }
  .lx-edge { padding-left: 12px !important; padding-right: 12px !important; }
}
"""


def html_of(issue: Issue, *, unsubscribe: str = "") -> str:
    """The issue as one HTML document.

    Parameters
    ----------
    issue : Issue
    unsubscribe : str
        Address that ends the subscription; empty for none.
    """
    parts = [
        f'<h1 class="lx-text" style="margin:0 0 4px;font-size:22px;line-height:1.3;color:#1f2328">{escape(issue.title)}</h1>',
        f'<p class="lx-soft" style="margin:0 0 18px;font-size:14px;color:#59636e">{escape(_head(issue))}</p>',
    ]
    sections = "".join(_section(section, named=len(issue.sections) > 1) for section in issue.sections)
    foot = [escape(line) for line in issue.footer]
    if issue.link:
        foot.append(f'<a class="lx-link" style="color:#0550ae" href="{escape(issue.link)}">Open the dashboard</a>')
    if unsubscribe:
        foot.append(f'<a class="lx-link" style="color:#0550ae" href="{escape(unsubscribe)}">Unsubscribe</a>')
    end = "".join(f'<p class="lx-soft" style="margin:0 0 6px;font-size:13px;color:#59636e">{line}</p>' for line in foot)
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">'
        f"<title>{escape(issue.title)}</title><style>{_DARK}</style></head>\n"
        '<body class="lx-back" style="margin:0;padding:0;background-color:#f3f4f6;-webkit-text-size-adjust:100%">'
        # A table, because some clients know no other way to centre a column of a certain width.
        '<table role="presentation" class="lx-back" width="100%" cellpadding="0" cellspacing="0" border="0" style="background-color:#f3f4f6">'
        '<tr><td class="lx-outer" align="center" style="padding:24px 8px">'
        f'<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="max-width:640px;{_FONT}">'
        f'<tr><td class="lx-edge" align="left" style="padding:0 4px">{"".join(parts)}</td></tr>\n'
        f"{sections}"
        f'<tr><td class="lx-edge" align="left" style="padding:14px 4px 0">{end}</td></tr>'
        "</table></td></tr></table></body></html>\n"
    )


def _head(issue: Issue) -> str:
    count = len(issue.items)
    said = f"{_date(issue)} · {count:,} paper{'' if count == 1 else 's'}"
    if issue.corpus:
        said += f" · {issue.corpus}"
    return f"{said} · by {issue.curator}" if issue.curator else said


def _date(issue: Issue) -> str:
    return f"{issue.day.day} {issue.day:%B %Y}"


def _section(section: Section, *, named: bool) -> str:
    head = ""
    if named:
        head = (
            '<tr><td class="lx-edge" align="left" style="padding:10px 4px 8px">'
            f'<h2 class="lx-text" style="margin:0;font-size:17px;color:#1f2328">{escape(section.name)}</h2>'
            f'<p class="lx-soft" style="margin:2px 0 0;font-size:13px;color:#59636e">{escape(section.sentence)}</p></td></tr>\n'
        )
    rows = "".join(_item(item) for item in section.items)
    if section.waiting:
        rows += (
            '<tr><td class="lx-edge" align="left" style="padding:0 4px 12px">'
            f'<p class="lx-soft" style="margin:0;font-size:13px;color:#59636e">{escape(_waiting(section))}</p></td></tr>\n'
        )
    return head + rows


def _waiting(section: Section) -> str:
    more = section.waiting
    return f"{more:,} more paper{'' if more == 1 else 's'} wait{'s' if more == 1 else ''} for the next issue."


def _item(item: Item) -> str:
    title = escape(item.title)
    if item.url:
        title = f'<a class="lx-link" style="color:#0550ae;text-decoration:none" href="{escape(item.url)}">{title}</a>'
    parts = [
        f'<h3 class="lx-text" style="margin:0 0 4px;font-size:16px;line-height:1.35;color:#1f2328;overflow-wrap:anywhere">{title}</h3>'
    ]
    if about := _about(item):
        parts.append(
            f'<p class="lx-soft" style="margin:0 0 8px;font-size:13px;line-height:1.4;color:#59636e">{_kept_whole(about)}</p>'
        )
    if item.reasons:
        parts.append(
            '<p class="lx-why" style="display:inline-block;margin:0 0 8px;padding:3px 8px;border-radius:6px;font-size:13px;line-height:1.4;'
            f'color:#3d444d;background-color:#eef1f4">{escape("; ".join(item.reasons))}</p>'
        )
    if item.abstract:
        short = escape(_short(item.abstract))
        parts.append(
            f'<p class="lx-text" style="margin:0;font-size:14px;line-height:1.5;color:#1f2328;overflow-wrap:anywhere">{short}</p>'
        )
    if item.code_url:
        parts.append(
            '<p style="margin:8px 0 0;font-size:13px">'
            f'<a class="lx-link" style="color:#0550ae" href="{escape(item.code_url)}">Code</a></p>'
        )
    return (
        '<tr><td align="left" style="padding:0 0 10px"><table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0">'
        '<tr><td class="lx-card" style="padding:16px 18px;background-color:#ffffff;border:1px solid #d8dee4;border-radius:8px">'
        f"{''.join(parts)}</td></tr></table></td></tr>\n"
    )


def _about(item: Item) -> str:
    who = ", ".join(item.authors[:_AUTHORS])
    if len(item.authors) > _AUTHORS:
        who += f" and {len(item.authors) - _AUTHORS} more"
    votes = "" if item.upvotes is None else f"{item.upvotes:,} upvote{'' if item.upvotes == 1 else 's'}"
    return " · ".join(part for part in (who, item.venue or item.organization, item.day, votes) if part)


def _kept_whole(about: str) -> str:
    """What is said of a paper as HTML, in which no date and no count is broken at its hyphen or blank."""
    parts = (escape(part) for part in about.split(" · "))
    return " · ".join(f'<span style="white-space:nowrap">{part}</span>' if len(part) < _SHORT else part for part in parts)


def text_of(issue: Issue, *, unsubscribe: str = "") -> str:
    """The issue as plain text, lines of at most `WIDTH` characters but for addresses."""
    lines = [*_wrapped(issue.title), _head(issue), "=" * min(WIDTH, max(len(issue.title), 3)), ""]
    for section in issue.sections:
        if len(issue.sections) > 1:
            lines += [*_wrapped(section.name), "-" * min(WIDTH, len(section.name)), *_wrapped(section.sentence), ""]
        for item in section.items:
            lines += _wrapped(item.title, first="* ", then="  ")
            for part in (_about(item), *(f"Why: {reason}" for reason in item.reasons)):
                lines += _wrapped(part, first="  ", then="  ")
            lines += _wrapped(_short(item.abstract), first="  ", then="  ")
            lines += [f"  {address}" for address in (item.url, item.code_url) if address]
            lines.append("")
        if section.waiting:
            lines += [*_wrapped(_waiting(section)), ""]
    # What follows is cut off by those who answer.
    lines += ["-- ", *(line for said in issue.footer for line in _wrapped(said))]
    lines += [f"{label}: {address}" for label, address in (("Dashboard", issue.link), ("Unsubscribe", unsubscribe)) if address]
    return "\n".join(lines) + "\n"


# One paper goes to many subscribers: what is the same in all of their messages is made once.


def _short(abstract: str) -> str:
    # The beginning is all that is looked at, and all that is remembered.
    return _shortened(" ".join(abstract.split())[: 2 * _ABSTRACT])


@lru_cache(maxsize=2048)
def _shortened(beginning: str) -> str:
    return textwrap.shorten(beginning, _ABSTRACT, placeholder=" …")


@lru_cache(maxsize=16_384)
def _wrapped(text: str, *, first: str = "", then: str = "") -> tuple[str, ...]:
    lines = textwrap.wrap(
        text, WIDTH, initial_indent=first, subsequent_indent=then, break_long_words=False, break_on_hyphens=False
    )
    return tuple(lines)
