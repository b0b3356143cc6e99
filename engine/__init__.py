"""The engine: nouns below, actors above, one heart between.

Rules are singular nouns, rows are plural nouns, doers are actors; whoever knows what a line does
can guess the file it lives in.

    worker  demonstration     what wakes the engine; the people and cases of a demonstration
    office                    settings, database, calendar and library wired up; where acts happen
    services/  queries/       what somebody does, an actor a module  |  what people look at, read only
    store/  spiff/            what is remembered, the tables  |  how a diagram runs, SpiffWorkflow
    domain/  config           what the rules say, pure Python  |  settings

Each floor may use any floor below it, never one above, never its neighbour on the same line. All that
moves a case goes through one door, ``services.advance``. Every change is an ``Act``: who, when, in which
transaction. A room is imported by its name and called through it; this package exports nothing.
"""
