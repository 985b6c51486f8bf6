"""TransNAS-Bench-101: cells on seven tasks, their networks, their counts, their figures."""
