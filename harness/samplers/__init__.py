"""Which children of a supernet train together, a sampler a file."""
