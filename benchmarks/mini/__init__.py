"""The embedded benchmark: cells of NAS-Bench-201, trained by us on a small image task."""
