"""What a reader asks for, as values."""
