"""Device lists from elsewhere: read, understood, compared with the file, taken over and undone."""
