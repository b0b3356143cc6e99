"""What people look at: one module for each screen; these read and never write."""
