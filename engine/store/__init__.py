"""What is remembered: plural nouns, their tables and the questions one asks of them.

With ``queries`` the only room that knows SQL, and the one place that commits.
"""
