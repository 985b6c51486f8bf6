"""Which candidates a run takes, and which population what is said of them speaks for."""
