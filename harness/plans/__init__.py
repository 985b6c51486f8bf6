"""What a run depends on: settings as they were given, and what was found in their place."""
