"""The real server, or a worker, on a clock that begins where the test says; it is there to be killed.

python -m tests.stories.doomed DATABASE_URL SECONDS_AHEAD [all|worker]
"""

import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from engine.config import Settings
from engine.office import Office
from web import serve


def main(url: str, ahead: float, role: str = "all") -> None:
    settings = replace(Settings(), database_url=url, secret_key="doomed", tick_seconds=0.5, role=role)
    office = Office(settings, clock=lambda: datetime.now(UTC) + timedelta(seconds=ahead))
    if role == "worker":
        serve.worker(office, _say)
    else:
        serve.pages(office, "127.0.0.1", 0, _say)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), *sys.argv[3:])
