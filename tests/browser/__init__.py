"""Tests that drive Chromium against real servers."""
