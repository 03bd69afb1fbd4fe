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

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
_MACOS = ("Google Chrome", "Chromium", "Microsoft Edge")
_WINDOWS = (
    r"Google\Chrome\Application\chrome.exe",
    r"Chromium\Application\chrome.exe",
    r"Microsoft\Edge\Application\msedge.exe",
)


def executable() -> str | None:
    """Path of a Chromium that starts, or None: LITEXPLORER_CHROMIUM, else an installed one, else Playwright's own."""
    return next((path for path in _candidates() if _starts(path)), None)


def install() -> str | None:
    """Provide a Chromium: Debian's package where this may be installed, else Playwright's download."""
    if hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get"):
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (
            ["update", "-qq"],
            ["install", "-y", "-qq", "--no-install-recommends", "chromium", "fonts-dejavu-core"],
        ):
            # Where the distribution has no such package, Playwright's download below is left.
            subprocess.run(["apt-get", *command], env=quiet, check=False, stdout=sys.stderr)
        if found := executable():
            return found
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False, stdout=sys.stderr)
    return executable()


def _candidates() -> Iterator[str]:
    if named := os.environ.get("LITEXPLORER_CHROMIUM"):
        yield named
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
    found = executable()
    if found is None and "--install" in sys.argv[1:]:
        found = install()
    print(found or "No Chromium was found. Install Chromium or Google Chrome, or name one in LITEXPLORER_CHROMIUM.")
    return 0 if found else 1


if __name__ == "__main__":
    sys.exit(main())
