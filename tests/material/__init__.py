"""What several tests share: small benchmarks, networks, runs, files and rows."""
