"""Setting papers."""
