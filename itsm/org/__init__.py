"""Districts, schools, sites, rooms and school calendars."""
