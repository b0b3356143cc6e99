"""How diagrams are read, checked, run and drawn: one small diagram per rule and behaviour."""
