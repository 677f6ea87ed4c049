"""What the operator sees: outgoing mail, timed jobs, figures."""
