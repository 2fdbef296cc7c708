"""A real browser for tests of pages: Chromium, by the names that distributions give it."""

from collections.abc import Iterator
from contextlib import contextmanager
from shutil import which
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--no-first-run",
)


def chromium() -> str | None:
    """Where it is; None lets playwright look for its own."""
    return next((path for name in NAMES if (path := which(name))), None)


@contextmanager
def browser() -> Iterator[Any]:
    """A browser without a window. Each rater gets a context: cookies and storage of their own."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        one = playwright.chromium.launch(executable_path=chromium(), headless=True, args=list(QUIET))
        try:
            yield one
        finally:
            one.close()
