"""NAS-Bench-201 and NATS-Bench: cells and widths, their networks, their counts, their files."""
