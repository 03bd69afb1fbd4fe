"""What papers are about, and when."""
