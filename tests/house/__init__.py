"""The rules of the house itself, read from its own source."""
