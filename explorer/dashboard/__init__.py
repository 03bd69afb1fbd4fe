"""The dashboard: one session, its messages, and the widget that draws it."""
