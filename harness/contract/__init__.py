"""The contract that every proxy keeps, as rules that can be checked."""
