"""The ways to the MDM: Jamf Pro speaks to us; every other system is used by hand."""
