"""NAS-Bench-Macro: chains of eight layers, their networks, their counts, their figures."""
