"""Text as it is analysed and as it is shown."""
