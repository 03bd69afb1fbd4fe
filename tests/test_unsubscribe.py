"""The link of a digest that ends it: one click of a mail client, a page with a button, and nothing for who guesses."""

from __future__ import annotations

import email
import email.policy
import http.client
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from lxml import html
from test_server import ask, serving

from explorer import Corpus
from explorer.corpus.opening import open_files
from explorer.feed.issue import Issue
from explorer.feed.message import message_of


def post(port: int, path: str, body: bytes, kind: str = "application/x-www-form-urlencoded") -> tuple[int, str]:
    connection = http.client.HTTPConnection("localhost", port, timeout=90)
    try:
        connection.request("POST", path, body, {"Content-Type": kind})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


@pytest.fixture(scope="module")
def subscribed(cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Corpus, int, Path]]:
    """A corpus with subscribers, and a server on it that asks for a token and is read-only."""
    folder = tmp_path_factory.mktemp("subscribed")
    pd.DataFrame({"title": ["Moss", "Tides"], "year": [2024, 2025]}).to_csv(folder / "papers.csv", index=False)
    corpus = open_files([folder / "papers.csv"])
    with serving(folder, str(corpus.folder), "--read-only", "--token", "a token of the server", "--kernels-ready", "0") as port:
        yield corpus, port, folder


def test_one_click_ends_what_the_link_was_sent_for(subscribed: tuple[Corpus, int, Path]) -> None:
    corpus, port, folder = subscribed
    subscriptions = corpus.library.subscriptions
    ann = subscriptions.add("moss", "moss", address="ann@example.org")
    subscriptions.add("tides", "tides", address="Ann@example.org")
    bo = subscriptions.add("all", address="bo@example.org")
    # The address and the body are those of the message that a mail client reads.
    message = message_of(
        Issue("1 new paper", pd.Timestamp("2026-06-12").date(), ()),
        sender="digest@example.org",
        recipient="ann@example.org",
        token=ann.token,
        unsubscribe="https://example.org/lx/unsubscribe/{token}",
    )
    read = email.message_from_bytes(message.data, policy=email.policy.default)
    link = str(read["List-Unsubscribe"]).split(">")[0].strip("< ").removeprefix("https://example.org")
    body = str(read["List-Unsubscribe-Post"]).encode()
    assert len(ann.token) >= 32

    # A program that follows links, or a form without the word, ends nothing.
    status, headers, page = ask(port, link)
    assert status == 200
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"
    form = html.fromstring(page).forms[0]
    assert form.method == "POST"
    assert dict(form.form_values()) == {"List-Unsubscribe": "One-Click"}
    assert post(port, link, b"")[0] == 200
    assert ask(port, link, method="HEAD")[0] == 200
    assert len(subscriptions.everybodys()) == 3

    # No log in, no cookie; both subscriptions of the address go, and nobody else's.
    assert body == b"List-Unsubscribe=One-Click"
    status, said = post(port, link, body)
    assert status == 200
    assert "Unsubscribed" in said
    assert [row.token for row in subscriptions.everybodys()] == [bo.token]
    # The same again says the same: it does not tell whether a link is one.
    assert post(port, link, body) == (200, said)
    # As multipart too, which RFC 8058 allows.
    part = b'--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n'
    assert post(port, f"/lx/unsubscribe/{bo.token}", part, "multipart/form-data; boundary=x")[0] == 200
    assert subscriptions.everybodys() == []

    # Who guesses has to wait, and the secret stands in no log.
    answers = [post(port, f"/lx/unsubscribe/guess{number}", body)[0] for number in range(12)]
    assert set(answers[-2:]) == {429}
    logs = b"".join(path.read_bytes() for path in folder.glob("*.log"))
    assert ann.token.encode() not in logs
    assert bo.token.encode() not in logs
