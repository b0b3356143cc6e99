"""Doors outward: what the house asks of programs and platforms that are not its own."""
