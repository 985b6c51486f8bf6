"""The commands: a function each, what is plugged into them, and whether there is anything to do."""
