"""Frames and counts as the plain values that the page draws."""
