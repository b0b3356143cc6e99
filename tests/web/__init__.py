"""What goes in and comes out at the doors: pages, machines, the command line."""
