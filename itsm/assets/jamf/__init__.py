"""What Jamf School knows about the devices, and how it differs from the device file."""
