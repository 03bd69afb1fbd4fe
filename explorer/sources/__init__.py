"""The ways in: files of any format, and web services."""
