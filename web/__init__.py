"""What people see: the same actor names as in ``engine.services``; parse, one act or query, show.

    cli  serve                the command line, a face like the others; one process that serves and ticks
    app                       the rooms put together
    applicant desk approver manager designer registrar  sessions  api  health
    applying  page            the application form; what every page has
    auth  schemas  words …    who is asking; what comes in and goes out; how values are said

No rule lives here and no SQL: a view that needs an ``if`` about the law asks for a function below.
"""
