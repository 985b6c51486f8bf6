"""One-shot predictors by name, and which children they train together, a sampler a file."""
