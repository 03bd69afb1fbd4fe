"""Readers of a real server, each with a token: whose library a page keeps is said by the token, and by nothing a browser says."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import psutil
import pytest
from test_server import ask, serving

from explorer.errors import LibraryError, ServerError
from explorer.library.readers import HEADER, reader_name
from explorer.server.identity import parse_readers

ANN, BO = "ann-opens-with-this", "bo-opens-with-that"


@pytest.mark.parametrize(
    "text",
    [
        "ann",
        "ann short",
        f"{ANN}",
        f"ann {ANN}\nann {BO}",
        f"ann {ANN}\nbo {ANN}",
        "\x00 0123456789abcdef",
        "",
        "# nobody yet\n",
    ],
)
def test_readers_that_cannot_be(text: str) -> None:
    with pytest.raises((ServerError, LibraryError)):
        parse_readers(text, "readers.txt")


def kernels() -> dict[int, dict[str, str]]:
    """Environments of the kernels below this process."""
    found = {}
    for child in psutil.Process().children(recursive=True):
        try:
            if "ipykernel_launcher" in " ".join(child.cmdline()):
                found[child.pid] = child.environ()
        except psutil.Error:
            continue
    return found


@pytest.mark.skipif(sys.platform == "win32", reason="reads the environment of other processes")
def test_a_token_says_who_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # What one that was forked found in its environment, the system does not tell.
    monkeypatch.setenv("JUPYTER_DEFAULT_PROVISIONER_NAME", "local-provisioner")
    (tmp_path / "readers.txt").write_text(f"# a group\nann {ANN}\nBo Li {BO}\n", encoding="utf-8")
    with serving(tmp_path, "--readers", str(tmp_path / "readers.txt"), "--cull-after", "600") as port:
        known = set(kernels())

        def reader(path: str, **headers: str) -> str | None:
            """Of the kernel that a visit starts; None where it starts none."""
            ask(port, path, headers={"Accept": "text/html", **headers})
            for _ in range(50):
                new = {pid: told for pid, told in kernels().items() if pid not in known}
                if new:
                    known.update(new)
                    [told] = new.values()
                    return reader_name(told)
                time.sleep(0.1)
            return None

        assert reader(f"/?token={ANN}") == "ann"
        assert reader(f"/?token={BO}") == "Bo Li"
        assert reader(f"/?token={ANN}", **{HEADER: "Bo Li"}) == "ann"
        status, headers, _ = ask(port, "/", headers={"Accept": "text/html", HEADER: "ann"})
        assert status in (302, 403)
        assert ask(port, "/?token=ann")[0] in (302, 403)
        log = (tmp_path / f"{port}.log").read_text(encoding="utf-8")
        assert ANN not in log
        assert BO not in log
