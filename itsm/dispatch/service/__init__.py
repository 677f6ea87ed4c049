"""What can be done with visits: each verb checks, changes and records."""
