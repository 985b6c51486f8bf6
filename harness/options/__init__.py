"""The words of the command line: its commands, their options, and what an argument may be."""
