"""Formats of tagged lines."""
