"""Tests mirror the rooms of the house, then tell stories about it."""
