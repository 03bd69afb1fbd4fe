"""The server: hardened settings, and a real one asked over a real socket."""

from __future__ import annotations

import gzip
import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from explorer.dashboard import frontend as widgets
from explorer.server.server import POLICY, main_url, memory_line, plotly_address, settings


def test_settings_that_keep_strangers_out() -> None:
    config = settings(ip="127.0.0.1", port=1, token=None, cull_after=600, browser=False)
    voila, cull = config.VoilaConfiguration, config.MappingKernelManager
    assert voila.allow_theme_override == "NO"
    assert voila.allow_template_override == "NO"
    assert voila.strip_sources is True
    assert voila.show_tracebacks is False
    assert voila.file_allowlist == []
    assert voila.file_denylist == [".*"]
    assert (cull.cull_idle_timeout, cull.cull_connected, cull.cull_busy) == (600, False, False)
    assert 0 < cull.cull_interval <= 60
    assert config.Voila.port_retries == 0
    assert config.Voila.open_browser is False
    assert "token" not in config.Voila
    served = config.Voila.tornado_settings
    assert served["allow_remote_access"] is False
    assert served["headers"]["Content-Security-Policy"] == POLICY
    assert 8 << 20 <= served["websocket_max_message_size"] <= 32 << 20
    assert (
        settings(ip="0.0.0.0", port=1, token="t", cull_after=8, browser=True).Voila.tornado_settings["allow_remote_access"]
        is True
    )
    assert settings(ip="0.0.0.0", port=1, token="t", cull_after=8, browser=True).Voila.token == "t"
    assert settings(ip="0.0.0.0", port=1, token="t", cull_after=8, browser=True).MappingKernelManager.cull_interval == 5


def test_the_policy_names_no_other_host() -> None:
    rules = dict(rule.split(" ", 1) for rule in POLICY.split("; "))
    assert set(" ".join(rules.values()).split()) <= {"'self'", "'none'", "'unsafe-inline'", "'unsafe-eval'", "blob:", "data:"}
    assert rules["default-src"] == "'self'"
    assert rules["object-src"] == "'none'"
    assert rules["frame-ancestors"] == "'self'"
    assert "data:" not in rules["script-src"]


def test_addresses() -> None:
    assert main_url("127.0.0.1", 8866, None) == "http://localhost:8866/"
    assert main_url("0.0.0.0", 1, "a") == "http://localhost:1/?token=a"
    assert main_url("10.0.0.1", 1, None) == "http://10.0.0.1:1/"
    assert plotly_address().startswith("lx/plotly.min.js?v=")
    assert re.fullmatch(r"no dashboard open|1 dashboard open, \d+ MB|\d+ dashboards open, \d+ MB", memory_line())


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


Answer = tuple[int, dict[str, str], bytes]


def ask(port: int, path: str, *, host: str | None = None, method: str = "GET", headers: dict[str, str] | None = None) -> Answer:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=90)
    try:
        connection.putrequest(method, path, skip_host=True)
        connection.putheader("Host", host or f"localhost:{port}")
        for name, value in (headers or {}).items():
            connection.putheader(name, value)
        connection.endheaders()
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    finally:
        connection.close()


@contextmanager
def serving(folder: Path, *options: str) -> Iterator[int]:
    port = free_port()
    log = (folder / f"{port}.log").open("wb")
    process = subprocess.Popen(
        [sys.executable, "-m", "explorer.cli", "serve", "--no-browser", "--port", str(port), *options],
        cwd=folder, stdout=log, stderr=log, env={**os.environ, "HOME": str(folder)}, start_new_session=True,
    )  # fmt: skip
    try:
        for _ in range(900):
            assert process.poll() is None, (folder / f"{port}.log").read_text()
            with socket.socket() as trial:
                if trial.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.2)
        yield port
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        log.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    folder = tmp_path_factory.mktemp("empty")
    (folder / "secret.txt").write_text("SECRET")
    with serving(folder) as port:
        yield port


@pytest.fixture(scope="module")
def page(server: int) -> Answer:
    return ask(server, "/")


def test_the_page_is_ours_and_asks_nobody_else(page: Answer) -> None:
    status, headers, body = page
    assert status == 200
    assert headers["content-security-policy"] == POLICY
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    text = body.decode()
    assert "Literature Explorer" in text
    loaded = re.findall(r"""<(?:script|link|img|iframe)[^>]+(?:src|href)=["']?([^"'\s>]+)""", text)
    assert [address for address in loaded if re.match(r"(?:https?:)?//", address)] == []
    # What the first view says in Python is what the reader selected, not what a cell holds.
    cells = re.sub(r'<script id="lx-first-view".*?</script>', "", text, flags=re.DOTALL)
    assert "import explorer" not in cells, "the sources of the cells are stripped"


def test_parameters_are_not_reflected(server: int) -> None:
    mark = "%22%3E%3Csvg/onload=alert(1)%3E"
    # In one visit, for each costs a kernel; the page comes whole, so that none of them kept the others from being looked at.
    status, _, body = ask(server, f"/?theme={mark}&template={mark}&q={mark}")
    assert status == 200
    assert b"Literature Explorer" in body
    assert body.rstrip().endswith(b"</html>")
    assert b"<svg/onload" not in body


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "localhost.evil.example"])
@pytest.mark.parametrize("path", ["/", "/api/kernels", "/lx/plotly.min.js"])
def test_other_host_names_are_refused(host: str, path: str, server: int) -> None:
    status, _, body = ask(server, path, host=host)
    assert status in (403, 404) or path.startswith("/lx/")
    assert b"Literature Explorer</title>" not in body


def test_this_machine_by_its_other_names(server: int) -> None:
    for host in (f"127.0.0.1:{server}", f"localhost:{server}"):
        assert ask(server, "/lx/plotly.min.js", host=host, method="HEAD")[0] == 200


@pytest.mark.parametrize(
    "path",
    [
        "/tree", "/voila/tree", "/voila/files/secret.txt", "/voila/files/explorer.ipynb", "/files/secret.txt", "/secret.txt", "/explorer.ipynb",
        "/voila/files/..%2f..%2fetc/passwd", "/lx/..%2f..%2f__init__.py", "/lx/plotly.min.js%2f..%2f..%2f__init__.py", "/lx/", "/api/contents",
        "//evil.example/", "/voila/render/../secret.txt", "/static/../../../../../../etc/passwd", "/voila/static/..%2f..%2f..%2fapp.py",
        "/nothing", "/voila/static/nothing.js", "/voila/templates/nothing", "/voila/templates/lab/static/nothing.js", "/%00", "/lx/nothing",
    ],
)  # fmt: skip
def test_no_other_file_is_served(path: str, server: int) -> None:
    status, _, body = ask(server, path)
    # Who came by a link that is no more finds the way to the dashboard.
    assert re.search(rb'<h1>Not here</h1>\s*<p>There is nothing at this address.*<a href="/">To the dashboard</a>', body), body
    assert b"SECRET" not in body
    assert b"root:" not in body
    assert b"import explorer" not in body
    assert status == 404, (path, status, body[:200])


def test_plotly_comes_compressed_and_may_be_kept(server: int) -> None:
    from explorer.dashboard.figures import plotly_path

    status, headers, body = ask(server, f"/{plotly_address()}")
    assert (status, body) == (200, plotly_path().read_bytes())
    assert "31536000" in headers["cache-control"]
    status, headers, body = ask(server, f"/{plotly_address()}", headers={"Accept-Encoding": "gzip"})
    assert headers["content-encoding"] == "gzip"
    assert len(body) < 2_000_000


def test_nobody_starts_a_kernel_of_their_own(server: int) -> None:
    for path in ("/api/kernels", "/api/sessions", "/api/terminals"):
        status, _, _ = ask(server, path, method="POST", headers={"Content-Length": "0"})
        assert status in (403, 404, 405), (path, status)


def test_a_second_server_on_the_port_says_so(server: int, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "explorer.cli", "serve", "--no-browser", "--port", str(server)],
        capture_output=True, text=True, timeout=90, cwd=tmp_path, env={**os.environ, "HOME": str(tmp_path)},
    )  # fmt: skip
    assert done.returncode == 1
    [line] = done.stderr.splitlines()
    assert f"Port {server} on 127.0.0.1 is taken" in line


def test_it_says_where_it_is_and_stops_when_told_to(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "explorer.cli", "serve", "--no-browser", "--port", "0"],
        cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        env={**os.environ, "HOME": str(tmp_path)}, start_new_session=True,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        found = re.fullmatch(r"Serving 88 papers at http://localhost:(\d+)/ \(Ctrl\+C stops\)\n", line)
        assert found, line
        assert ask(int(found[1]), f"/{plotly_address()}")[0] == 200
        # As a terminal does, which interrupts all that runs there, while the first kernel still imports what it needs.
        os.killpg(process.pid, signal.SIGINT)
        rest, _ = process.communicate(timeout=180)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
    assert process.returncode == 0
    assert rest.strip() in ("", "litexplorer: stopped")


def test_the_script_comes_compressed_and_may_be_kept(server: int) -> None:
    for name, text in (("app.js", widgets.script()), ("dashboard.css", widgets.style())):
        path = f"/lx/{name}?v={widgets.version()}"
        status, headers, body = ask(server, path, headers={"Accept-Encoding": "gzip"})
        assert (status, headers["content-encoding"]) == (200, "gzip")
        assert "immutable" in headers["cache-control"]
        assert gzip.decompress(body).decode() == text
        assert len(body) < len(text) / 2


def test_the_kernel_of_a_page_that_went_without_goodbye_ends(tmp_path: Path) -> None:
    with serving(tmp_path, "--cull-after", "5", "--kernels-ready", "0") as port:
        # A page whose browser died: its kernel starts, and nobody ever talks to it. One left before the page was there.
        [server] = [child for child in psutil.Process().children() if str(port) in child.cmdline()]

        def kernels() -> list[psutil.Process]:
            return [child for child in server.children(recursive=True) if child.name().startswith("kernel-")]

        with socket.create_connection(("127.0.0.1", port)) as left:
            left.sendall(f"GET / HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n".encode())
            for _ in range(600):
                if started := kernels():
                    break
                time.sleep(0.1)
        assert ask(port, "/")[0] == 200
        started += kernels()
        gone, alive = psutil.wait_procs(started, timeout=60)
        assert len(gone) == 2
        assert not alive
        assert ask(port, f"/{plotly_address()}")[0] == 200
        assert "Traceback" not in (tmp_path / f"{port}.log").read_text()


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, Path]]:
    """A server that asks for a token, and its log."""
    folder = tmp_path_factory.mktemp("guarded")
    with serving(folder, "--token", "open-sesame", "--kernels-ready", "0") as port:
        yield port, folder / f"{port}.log"


def test_with_a_token_nothing_is_shown_without_it(guarded: tuple[int, Path]) -> None:
    port, log = guarded
    for path in ("/", "/api/kernels", "/?token=wrong"):
        status, _, body = ask(port, path)
        assert status in (302, 401, 403), (path, status)
        assert b"Literature Explorer</title>" not in body
        assert b"open-sesame" not in body
    status, headers, body = ask(port, "/?token=open-sesame")
    assert status == 200
    assert b"Literature Explorer" in body
    assert b"open-sesame" not in body, "the token must not come back in the page"
    assert "Traceback" not in log.read_text()


def test_what_is_not_there_is_said_on_a_page(guarded: tuple[int, Path]) -> None:
    port, log = guarded
    status, headers, body = ask(port, "/lx/file/abc?token=open-sesame")
    assert (status, headers["content-type"]) == (404, "text/html")
    assert re.search(rb"<h1>Not here</h1>\s*<p>The file was fetched or is gone", body)
    status, _, body = ask(port, "/logout")
    assert status == 200
    assert b"Signed out" in body
    assert "Traceback" not in log.read_text()


def test_what_the_kernels_are_told_stands_in_the_environment_only_while_they_start(
    monkeypatch: pytest.MonkeyPatch, cache: Path
) -> None:
    """The name of the reader that the command line gives, too."""
    from explorer.cli.main import main
    from explorer.server import server

    told: dict[str, str] = {}

    class Stands:
        def __init__(self, config: object) -> None: ...

        def initialize(self, arguments: list[str]) -> None:
            told.update(os.environ)

        def start(self) -> None: ...

    monkeypatch.setattr(server, "ExplorerServer", Stands)
    monkeypatch.setenv("LITEXPLORER_READER", "whoever set it")
    before = dict(os.environ)
    assert main(["serve", "--no-browser", "--port", "0", "--reader", " Bo  Li ", "--read-only"]) == 0
    assert dict(os.environ) == before
    assert (told["LITEXPLORER_READER"], told["LITEXPLORER_READ_ONLY"]) == ("Bo Li", "1")


def test_starting_makes_no_parsers_of_international_addresses() -> None:
    """They are two of the five seconds that it takes, and nothing asks for them; who imports them finds them."""
    program = "import sys, explorer.server.server; print('lark' in sys.modules, 'rfc3987_syntax' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]
