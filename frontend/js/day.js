// The manager's day: everything on this page works without script so far.
