"""Tables and figures from rows; nothing here knows how a score is made."""
