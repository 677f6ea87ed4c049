"""Reports of faults, first-level steps, routing and escalation."""
