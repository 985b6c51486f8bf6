"""A run: its plan, the candidates that it takes, the devices that it uses, and its folder."""
