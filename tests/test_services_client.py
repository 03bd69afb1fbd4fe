import contextlib
import json
import socket
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from replay import Fault, Replay, closed_port

from explorer.errors import ServiceError
from explorer.sources.services import client as module
from explorer.sources.services import (
    fetch_arxiv,
    fetch_crossref,
    fetch_hugging_face,
    fetch_openalex,
    fetch_pubmed,
    fetch_semantic_scholar,
    fetch_zotero,
)
from explorer.sources.services.client import Client, Endpoint, Request, said_in

ANSWER = json.dumps([{"paper": {"id": f"2606.0000{n}", "title": f"Paper {n}", "upvotes": 0}} for n in range(3)]).encode()
ASKED = "/papers/search?q=fens&limit=100"

FETCHES = [
    lambda **kw: fetch_hugging_face("fens", **kw),
    lambda **kw: fetch_arxiv("fens", **kw),
    lambda **kw: fetch_openalex("fens", **kw),
    lambda **kw: fetch_crossref("fens", **kw),
    lambda **kw: fetch_semantic_scholar("fens", **kw),
    lambda **kw: fetch_pubmed("fens", **kw),
    lambda **kw: fetch_zotero("fens", **kw),
]


@pytest.fixture(autouse=True)
def fresh_turns():
    module._next_turn.clear()


@pytest.fixture
def waits(monkeypatch):
    """Waits that a client asks for, in seconds, instead of waiting."""
    asked = []
    monkeypatch.setattr(Client, "_pause", lambda self, seconds: asked.append(seconds))
    return asked


@pytest.fixture
def server():
    with Replay() as replay:
        replay.add(ASKED, ANSWER)
        yield replay


def fetch(server, client=None, **options):
    return fetch_hugging_face("fens", base=server.base, client=client or Client(cache=None), **options)


@pytest.mark.parametrize("fetch_from", FETCHES)
def test_a_closed_port_says_so_at_once(fetch_from, waits):
    with pytest.raises(ServiceError, match=r"cannot be reached.*(Check|Start)"):
        fetch_from(base=closed_port(), client=Client(cache=None))
    assert sum(waits) == 0


@pytest.mark.parametrize("fetch_from", FETCHES)
def test_an_unknown_host_says_so_at_once(fetch_from):
    with pytest.raises(ServiceError, match="cannot be reached"):
        fetch_from(base="http://no-such-host.invalid", client=Client(cache=None))


def test_importing_asks_nothing():
    code = (
        "import socket\n"
        "def refuse(*a, **k): raise SystemExit('the network was asked')\n"
        "socket.socket.connect = socket.getaddrinfo = refuse\n"
        "import explorer.sources.services as s\n"
        "import sys\n"
        "assert 'httpx' not in sys.modules and 'pandas' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_an_overloaded_service_is_asked_again(server, waits, status):
    server.faults.extend([Fault(status), Fault(status)])
    assert fetch(server).ledger.accepted == 3
    assert len(server.requests) == 3
    assert [round(wait) for wait in waits] == [0, 1, 2]


def test_retry_after_in_seconds_is_obeyed(server, waits):
    server.faults.append(Fault(429, {"Retry-After": "7"}))
    fetch(server)
    assert round(waits[1]) == 7


def test_retry_after_as_a_date_is_obeyed(server, waits):
    when = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    server.faults.append(Fault(503, {"Retry-After": when}))
    fetch(server)
    assert 25 < waits[1] <= 31


def test_retry_after_really_waits(server):
    server.faults.append(Fault(429, {"Retry-After": "0.3"}))
    start = time.perf_counter()
    fetch(server)
    assert time.perf_counter() - start >= 0.3


def test_a_long_retry_after_is_told_not_waited_for(server, waits):
    server.faults.append(Fault(429, {"Retry-After": "3600"}, b'{"error": "daily limit"}'))
    with pytest.raises(ServiceError, match=r"429.*daily limit.*3,600 s") as caught:
        fetch(server)
    assert (caught.value.status, caught.value.retry_after) == (429, 3600)
    server.faults.clear()
    fetch(server)


def test_it_gives_up_in_the_end(waits):
    with Replay() as server:
        server.faults.extend([Fault(500)] * 9)
        with pytest.raises(ServiceError, match="500"):
            fetch(server, Client(cache=None, retries=2))
        assert len(server.requests) == 3


def test_a_refusal_is_not_repeated_and_says_why(waits):
    with Replay() as server:
        server.faults.append(Fault(401, body=b'{"error": "bad token"}'))
        with pytest.raises(ServiceError, match=r"401.*bad token.*Check the key"):
            fetch(server)
        assert len(server.requests) == 1


def test_silence_ends(server, waits):
    server.faults.append(Fault(silence=60.0))
    assert fetch(server, Client(cache=None, timeout=1)).ledger.accepted == 3
    server.faults.extend([Fault(silence=60.0)] * 2)
    with pytest.raises(ServiceError, match=r"did not answer within 1 s"):
        fetch(server, Client(cache=None, timeout=1, retries=1))


@pytest.mark.parametrize("honest", [True, False])
def test_half_an_answer_is_asked_for_again(server, waits, honest):
    server.faults.append(Fault(cut=20, honest=honest))
    assert fetch(server).ledger.accepted == 3
    server.faults.extend([Fault(cut=20, honest=honest)] * 2)
    with pytest.raises(ServiceError, match=r"broke off|cannot be read"):
        fetch(server, Client(cache=None, retries=1))


def test_an_answer_without_end_is_refused(server, monkeypatch):
    monkeypatch.setattr(module, "LARGEST", 10)
    with pytest.raises(ServiceError, match="fewer records"):
        fetch(server)


def test_an_answer_is_kept_and_used_again(server, tmp_path):
    client = Client(cache=tmp_path)
    first, second = fetch(server, client), fetch(server, Client(cache=tmp_path))
    assert first.table.equals(second.table)
    assert len(server.requests) == 1
    assert not list(tmp_path.glob("*.new"))
    fetch(server, Client(cache=tmp_path, max_age=0))
    assert len(server.requests) == 2


def test_a_damaged_file_in_the_cache_is_asked_for_again(server, tmp_path):
    fetch(server, Client(cache=tmp_path))
    for file in tmp_path.iterdir():
        file.write_bytes(b"[{")
    assert fetch(server, Client(cache=tmp_path)).ledger.accepted == 3


def test_a_bad_answer_is_not_kept(server, tmp_path, waits):
    server.faults.append(Fault(cut=20))
    with pytest.raises(ServiceError):
        fetch(server, Client(cache=tmp_path, retries=0))
    assert not list(tmp_path.iterdir())
    fetch(server)


def test_a_cache_that_cannot_be_written_costs_nothing_else(server, tmp_path):
    (tmp_path / "file").touch()
    assert fetch(server, Client(cache=tmp_path / "file" / "folder")).ledger.accepted == 3


def test_keys_are_told_to_nobody_else(tmp_path):
    service = Endpoint("A library", "http://127.0.0.1:1")
    client = Client(cache=tmp_path, retries=0)
    names = {client._kept(service, Request("/x", {}, {"api_key": key})) for key in ("secret-1", "secret-2", None)}
    assert len(names) == 3
    assert not any("secret" in str(name) for name in names)
    with Replay() as server:
        server.faults.append(Fault(403))
        with pytest.raises(ServiceError) as caught:
            client.get(
                Endpoint("A library", server.base), Request("/x", {}, {"api_key": "secret-1"}, {"X-Key": "secret-2"}), bytes
            )
        assert "secret" not in str(caught.value)
        assert server.requests[0][1] == {"api_key": "secret-1"}
        assert server.requests[0][2]["X-Key"] == "secret-2"


def test_a_network_that_swallows_everything_says_so_soon(monkeypatch):
    monkeypatch.setattr(module, "CONNECT", 0.3)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        # Nobody accepts: once the queue is full, the system drops what asks for a connection.
        with contextlib.ExitStack() as queue:
            for _ in range(4):
                waiting = queue.enter_context(socket.socket())
                waiting.setblocking(False)
                waiting.connect_ex(listener.getsockname())
            start = time.perf_counter()
            with pytest.raises(ServiceError, match="cannot be reached"):
                fetch_hugging_face("fens", base=f"http://127.0.0.1:{listener.getsockname()[1]}", client=Client(cache=None))
            # The system would go on for two minutes.
            assert time.perf_counter() - start < 30


def test_turns_are_kept_between_clients(waits):
    service = Endpoint("A library", "http://host", interval=3.0)
    for _ in range(3):
        Client(cache=None)._take_turn(service)
    assert [round(wait) for wait in waits] == [0, 3, 6]


def test_backoff_beside_a_good_answer_is_obeyed(server, waits):
    server.faults.append(Fault(headers={"Backoff": "5"}))
    fetch(server)
    fetch(server)
    assert round(waits[1]) == 5


def test_progress_is_told(server):
    seen = []
    fetch(server, Client(cache=None, progress=lambda done, total: seen.append((done, total))))
    assert seen == [(3, None)]


def test_a_stop_ends_a_silent_request_at_once(server):
    stop = threading.Event()
    server.faults.append(Fault(silence=60.0))
    threading.Timer(0.2, stop.set).start()
    start = time.perf_counter()
    result = fetch(server, Client(cache=None, stop=stop))
    assert time.perf_counter() - start < 30
    assert (result.ledger.read, len(result.table)) == (0, 0)


def test_a_stop_keeps_what_has_come():
    stop = threading.Event()
    page = {"meta": {"count": 9}, "results": [{"id": f"https://openalex.org/W{n}", "title": f"Paper {n}"} for n in range(3)]}
    with Replay() as server:
        server.add("/works?search=fens&per_page=9&page=1", json.dumps(page).encode())
        client = Client(cache=None, stop=stop, progress=lambda done, total: stop.set())
        result = fetch_openalex("fens", limit=9, base=server.base, client=client)
    assert result.ledger.accepted == result.table.num_rows == 3


@pytest.mark.parametrize("fetch_from", FETCHES)
def test_a_limit_below_one_is_refused(fetch_from):
    with pytest.raises(ServiceError, match="limit"):
        fetch_from(limit=0, base=closed_port(), client=Client(cache=None))


def test_a_record_that_comes_twice_is_merged_and_one_without_title_rejected():
    items = [{"paper": {"id": "2606.00001", "title": "A"}}] * 2 + [{"paper": {"id": "2606.00002"}}, {"paper": {}}]
    with Replay() as server:
        server.add(ASKED, json.dumps(items).encode())
        ledger = fetch(server).ledger
    assert (ledger.read, ledger.accepted, ledger.rejected, ledger.merged) == (4, 1, 2, 1)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'{"error": "nope."}', "nope"),
        (b'{"message": [{"type": "x", "message": "bad cursor"}]}', "bad cursor"),
        (b"<feed><entry><summary>wrong id</summary></entry></feed>", "wrong id"),
        (b"Resource not found.", "Resource not found"),
        (b"<html>a page</html>", ""),
        (b"", ""),
    ],
)
def test_the_reason_of_a_refusal_is_found(body, said):
    assert said_in(body) == said
