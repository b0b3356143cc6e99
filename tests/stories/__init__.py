"""The main jobs, told as stories."""
