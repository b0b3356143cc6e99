"""What somebody does: one module for each actor, one function for each act.

Actors stand side by side and do not know each other. They stand on ``bundle``, ``lifecycle`` and
``timing`` (what an act brings with it), on ``advance``, the one door through which a case moves,
and on ``act``: who does it, when, in which transaction.
"""
