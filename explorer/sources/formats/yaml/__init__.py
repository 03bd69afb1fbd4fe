"""Formats in YAML."""
