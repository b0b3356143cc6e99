"""What people see: the same actor names as in ``engine.services``; parse, one act or query, show.

    cli                       the command line, a face like the others
    app                       the rooms put together; one table from refusal to status
    applicant desk approver manager designer registrar  api
    auth  schemas  pages      who is asking; what comes in and goes out

No rule lives here and no SQL: a view that needs an ``if`` about the law asks for a function below.
"""
