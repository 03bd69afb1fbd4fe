"""Papers on their way in, from the first byte to the corpus that has them."""
