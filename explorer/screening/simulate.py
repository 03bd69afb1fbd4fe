"""A screening replayed against labels that are known: what the queue would have shown, and what was known when."""

from __future__ import annotations
