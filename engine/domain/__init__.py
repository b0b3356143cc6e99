"""What the rules say: singular nouns, frozen values and pure functions, nothing but Python itself.

Time and calendars come in as arguments; nothing here reads a clock, a file or a table.
"""
