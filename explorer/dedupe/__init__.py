"""Which records are one paper, and what becomes of them."""
