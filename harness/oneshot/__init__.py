"""One-shot predictors: supernets that are trained once, and what they say of their children."""
