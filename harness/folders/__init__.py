"""Run folders: what their files are called, and how they are read and written."""
