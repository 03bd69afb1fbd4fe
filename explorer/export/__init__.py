"""Files out, with the manifest that says how they were made."""
