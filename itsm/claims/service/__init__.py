"""What can be done with damage cases and claims."""
