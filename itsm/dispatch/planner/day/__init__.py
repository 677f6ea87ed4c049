"""The order of one manager’s day."""
