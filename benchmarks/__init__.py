"""Benchmarks: how fast the explorer is beside its peers, in the same run. ``python -m benchmarks`` runs all of them."""
