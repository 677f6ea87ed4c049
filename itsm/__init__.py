"""IT service desk and field-support dispatch for school authorities."""
