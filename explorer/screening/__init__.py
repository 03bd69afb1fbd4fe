"""Screening: which record to read next, and when to stop."""
