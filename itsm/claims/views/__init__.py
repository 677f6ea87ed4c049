"""Pages of damage cases and claims."""
