"""What can be asked of a corpus."""
