"""File formats, a module each, reader and writer side by side, grouped by family."""
