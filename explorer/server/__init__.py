"""The dashboard as a web server."""
