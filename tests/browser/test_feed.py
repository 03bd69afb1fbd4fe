"""What is new: papers by the day with a calendar, what trends, and a subscription with its next issue."""

from __future__ import annotations

import json
import os
from datetime import date
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from explorer.feed.issue import Issue, Item, Section
from explorer.feed.page import html_of

from .conftest import Open
from .driver import Board
from .test_accessibility import RULES, faults, faults_in_both

DAYS = {"2026-06-10": 3, "2026-06-11": 2, "2026-06-12": 4}


@pytest.fixture(scope="module")
def listed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of three days, of invented papers."""
    path = tmp_path_factory.mktemp("listed") / "days.jsonl"
    rows = [
        {
            "id": f"{day}-{number}",
            "title": f"{'Moss' if number % 2 else 'Tides'} of day {day[-2:]}, part {number}",
            "abstract": "A survey of slow things." if number == 1 else "Slow things.",
            "authors": ["Ann Lee", "Bo Ito"],
            "daily": day,
            "upvotes": 10 * number + int(day[-1]),
            "organization": "An Institute",
        }
        for day, count in DAYS.items()
        for number in range(count)
    ]
    path.write_text("\n".join(map(json.dumps, rows)))
    return path


def test_days_are_walked_and_what_trends_says_why(open_voila: Open, listed: Path) -> None:
    board = open_voila(listed)
    board.shows(9)
    # A column of the papers has the name too.
    board.root.locator(".lx-feed-button").get_by_text("Daily").click()
    shown = board.root.get_by_role("dialog", name="Daily papers")
    expect(shown.locator(".lx-feed-head strong")).to_have_text("12 June 2026")
    expect(shown.locator(".lx-feed-title")).to_have_text(
        [f"{word} of day 12, part {n}" for n, word in ((3, "Moss"), (2, "Tides"), (1, "Moss"), (0, "Tides"))]
    )
    expect(shown.locator(".lx-feed-row").first).to_contain_text("listed on 2026-06-12")
    expect(shown.locator(".lx-feed-row").first).to_contain_text("An Institute")
    shown.get_by_role("button", name="10 June 2026: 3 papers").click()
    expect(shown.locator(".lx-feed-row")).to_have_count(3)
    shown.get_by_role("button", name="Later").click()
    expect(shown.locator(".lx-feed-head strong")).to_have_text("11 June 2026")
    shown.get_by_role("button", name="Month").click()
    expect(shown.locator(".lx-feed-row")).to_have_count(9)
    shown.get_by_role("button", name="Trending").click()
    expect(shown.locator(".lx-feed-row").first).to_contain_text("expected")
    expect(shown.locator(".lx-weights")).to_contain_text("A comment counts as 0.5 of a vote")
    assert not faults_in_both(board)
    if picture := os.environ.get("LITEXPLORER_PICTURES"):
        board.page.screenshot(path=f"{picture}/daily.png")
    shown.locator(".lx-feed-title").first.click()
    expect(board.root.locator(".lx-reader")).to_contain_text("of day 12, part 3")


def test_papers_without_days_have_no_calendar_and_say_why(kept_board: Board) -> None:
    kept_board.root.locator(".lx-feed-button").get_by_text("Daily").click()
    shown = kept_board.root.get_by_role("dialog", name="Daily papers")
    expect(shown.get_by_role("status")).to_contain_text("None of these papers is dated to the day")
    expect(shown.locator("table, .lx-feed-head")).to_have_count(0)
    kept_board.page.keyboard.press("Escape")
    expect(shown).to_be_hidden()


def test_a_subscription_shows_its_next_issue(open_voila: Open, listed: Path) -> None:
    board = open_voila(listed)
    board.shows(9)
    board.button("Subscribe").click()
    shown = board.root.get_by_role("dialog", name="Get trending papers in your email inbox!")
    expect(shown.locator(".lx-issue h3")).to_have_text("The next issue: 4 papers")
    shown.get_by_label("Without these words").fill("survey")
    expect(shown.locator(".lx-issue .lx-feed-row")).to_have_count(3)
    shown.get_by_label("How often").select_option("weekly")
    expect(shown.locator(".lx-issue .lx-feed-row")).to_have_count(6)
    shown.get_by_label("At most").fill("2")
    expect(shown.locator(".lx-issue")).to_contain_text("4 more papers would wait")
    shown.get_by_label("Name").fill("slow things")
    shown.get_by_label("Mail address").fill("ann@example.org")
    shown.get_by_label("Attach the papers as BibTeX").check()
    assert not faults(board, RULES)
    if picture := os.environ.get("LITEXPLORER_PICTURES"):
        board.page.screenshot(path=f"{picture}/subscribe.png")
    shown.get_by_role("button", name="Subscribe", exact=True).click()
    expect(shown.locator(".lx-subscription")).to_contain_text("slow things")
    expect(shown.locator(".lx-subscription")).to_contain_text("weekly, 2 at most · ann@example.org · with BibTeX")
    shown.get_by_role("button", name="End slow things").click()
    expect(shown.locator(".lx-subscription")).to_have_count(0)
    board.page.keyboard.press("Escape")
    expect(board.button("Subscribe")).to_be_focused()


def test_a_mail_fits_its_window_and_follows_the_theme(browser: Browser) -> None:
    items = tuple(
        Item(f"p{n}", "A very long title of " + "unbroken" * n * 6, ("Ann Lee",) * 9, "2026-06-12", url="https://example.org", abstract="Slow things. " * 60, reasons=("matches ‘slow’",))
        for n in range(1, 5)
    )  # fmt: skip
    issue = Issue(
        "4 new papers",
        date(2026, 6, 12),
        (Section("slow", "papers, matching ‘slow’", items[:2], 3), Section("all", "all papers", items[2:])),
        footer=("Because.",),
    )
    seen = set()
    for width in (600, 360):
        for scheme in ("light", "dark"):
            with browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme) as context:
                page = context.new_page()
                page.set_content(html_of(issue, unsubscribe="https://example.org/end"))
                assert page.evaluate("document.documentElement.scrollWidth") == width
                colours = page.evaluate(
                    "[...document.querySelectorAll('.lx-card, .lx-card h3 a')].slice(0, 2).map((node) => [getComputedStyle(node).backgroundColor, getComputedStyle(node).color])"
                )
                seen.add((scheme, str(colours)))
                # Axe judges the contrast of every text.
                found = Axe().run(
                    page, options={"runOnly": ["color-contrast", "link-name", "image-alt", "html-has-lang", "document-title"]}
                )
                assert found.response["violations"] == []
                if picture := os.environ.get("LITEXPLORER_PICTURES"):
                    page.screenshot(path=f"{picture}/mail-{width}-{scheme}.png")
    assert len(seen) == 2
