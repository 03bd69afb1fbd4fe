"""What belongs to a reader."""
