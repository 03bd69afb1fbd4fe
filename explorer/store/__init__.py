"""A corpus on disk: made, opened, changed."""
