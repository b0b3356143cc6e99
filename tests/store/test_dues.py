"""The ledger of due moments follows its clocks, those that hang on tokens too."""

import sqlalchemy as sa

from engine.domain.clock import Clock
from engine.domain.limit import Limit
from engine.office import Office
from engine.services import timing
from engine.store import dues
from tests import builders
from tests.people import Staff


def test_what_was_known_of_a_clock_ends_with_its_token(office: Office, staff: Staff) -> None:
    no = builders.apply(office, staff, "tobacco_retail")
    with office.act(staff["he"]) as act:
        case = act.case(no)
        rows = [
            timing.row(act, case, Clock.SPECIAL, Limit.parse("3 workday"), act.at, key) for key in ("7", "8")
        ]
        timing.start(act, case, rows)
        timing.settle(act, case, keys=("7",))
        about = sa.select(dues.dues.c.until).where(dues.dues.c.clock == Clock.SPECIAL)
        assert act.db.execute(about.order_by(dues.dues.c.id)).scalars().all() == [act.at, None]
