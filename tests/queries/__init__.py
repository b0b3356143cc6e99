"""What somebody does: the services, one file for each kind of act."""
