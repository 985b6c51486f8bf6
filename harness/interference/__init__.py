"""Interference: how differently the children of a supernet pull what they share."""
