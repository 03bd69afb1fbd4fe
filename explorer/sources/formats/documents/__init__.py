"""Documents that people read: pages, lists, tables."""
