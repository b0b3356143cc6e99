"""When somebody had to come (到场次数): counted on the application, and said where it is more than was promised."""

from engine.domain import visit
from engine.services.act import Act
from engine.store.cases import Case


def came(act: Act, case: Case) -> None:
    """Count a visit, once a day; beyond what the matter promises the journal says so. A member tells its bundle."""
    if case.parent_id is not None:
        act.post(case.parent_id, case, "came")
        return
    if not visit.is_another(case.visited_at, act.at):
        return
    case.visits, case.visited_at = case.visits + 1, act.at
    promised = visit.allowed(act.matter(case).record, case.channel)
    if case.visits > promised:
        act.record("visits exceeded", case, visits=case.visits, promised=promised)
