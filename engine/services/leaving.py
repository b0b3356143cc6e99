"""Leaving what was planned: a case that ends has no place in an inspection (勘验) any more, and says so."""

from engine.domain.case import STATE_NAMES
from engine.services.act import Act
from engine.store import inspections
from engine.store.cases import Case


def inspection(act: Act, case: Case) -> None:
    """Take the case, which has ended, out of what was planned to be looked at; whoever planned it hears by letter."""
    if all(node.stage != "inspect" for node in act.definition(case).nodes.values()):
        return
    why = f"本件{STATE_NAMES[case.state]}，不再勘验"
    for part in inspections.still_planned(act.db, case.id):
        inspections.change_part(act.db, part.id, remark=why, at=act.at, by_id=act.by.id)
        act.record("inspection left", case, inspection=part.inspection_id)
        act.post(
            part.head_id, case, "left", inspection=part.inspection_id, matter=act.matter(case).name,
            state=str(case.state),
        )  # fmt: skip
