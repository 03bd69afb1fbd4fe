"""The paper table: its schema, and the values in it."""
