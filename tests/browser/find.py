"""Find a Chromium that Playwright can drive; ``python find.py --install`` provides one where there is none."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
"""What a browser under test is started with: no sandbox for containers, and no traffic of its own."""

_SHELL = "chromium-headless-shell"
"""The same engine without a browser's windows, as Debian packs it; a page takes some two thirds of the processor's time in it."""
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge", _SHELL)
_MACOS = ("Google Chrome", "Chromium", "Microsoft Edge")
_WINDOWS = (
    r"Google\Chrome\Application\chrome.exe",
    r"Chromium\Application\chrome.exe",
    r"Microsoft\Edge\Application\msedge.exe",
)


def executable(*, windows: bool = True) -> str | None:
    """Path of a Chromium that starts, or None: LITEXPLORER_CHROMIUM, else an installed one, else Playwright's own.

    Without `windows` one that never had any comes before those that people use.
    """
    return next((path for path in _candidates(windows) if _starts(path)), None)


def install() -> str | None:
    """Provide a Chromium for tests: Debian's package where this may be installed, else one that is there, else Playwright's download."""
    if _by_apt():
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        apt = ["apt-get", "-qq", "-o", "Acquire::Retries=1", "-o", "Acquire::http::Timeout=20"]
        subprocess.run([*apt, "update"], env=quiet, check=False, stdout=sys.stderr)
        for package in (_SHELL, "chromium"):
            if package != _SHELL and executable():
                break
            # Where the distribution has no such package, the next is left, and Playwright's download below.
            install = [*apt, "install", "-y", "--no-install-recommends", package, "fonts-dejavu-core"]
            subprocess.run(install, env=quiet, check=False, stdout=sys.stderr)
    if found := executable(windows=False):
        return found
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False, stdout=sys.stderr)
    return executable()


def _by_apt() -> bool:
    """Whether packages of the distribution can be installed."""
    return hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get") is not None


def _candidates(windows: bool) -> Iterator[str]:
    if named := os.environ.get("LITEXPLORER_CHROMIUM"):
        yield named
    if not windows and (shell := shutil.which(_SHELL)):
        yield shell
    yield from filter(None, map(shutil.which, _NAMES))
    if sys.platform == "darwin":
        for folder in (Path("/Applications"), Path.home() / "Applications"):
            yield from (str(folder / f"{name}.app" / "Contents" / "MacOS" / name) for name in _MACOS)
    if sys.platform == "win32":
        for variable in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"):
            yield from (str(Path(os.environ[variable]) / name) for name in _WINDOWS if variable in os.environ)
    yield from _playwrights_own()


def _playwrights_own() -> Iterator[str]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        yield playwright.chromium.executable_path


def _starts(path: str) -> bool:
    """Whether there is a browser: Ubuntu's ``chromium-browser`` may be a stub that asks for a snap."""
    if not Path(path).is_file():
        return False
    if sys.platform == "win32":  # There --version opens a window.
        return True
    try:
        return subprocess.run([path, "--version", "--no-sandbox"], capture_output=True, timeout=60, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def main() -> int:
    """Print the path; status 1 without one."""
    found = executable(windows=False)
    if "--install" in sys.argv[1:]:
        lighter = _by_apt() and not shutil.which(_SHELL) and "LITEXPLORER_CHROMIUM" not in os.environ
        if found is None or lighter:
            found = install()
    print(found or "No Chromium was found. Install Chromium or Google Chrome, or name one in LITEXPLORER_CHROMIUM.")
    return 0 if found else 1


if __name__ == "__main__":
    sys.exit(main())
