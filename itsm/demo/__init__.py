"""An invented city to try the service with: no school, person or address of it exists."""
