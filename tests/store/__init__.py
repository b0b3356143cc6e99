"""What is remembered, the same on both databases."""
