"""The numbers of the documents, a command each: ``python -m studies.NAME`` from a clone."""
