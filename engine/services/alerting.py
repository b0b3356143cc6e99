"""Telling the champion of a key project (包抓人) what happens to its cases, beside whoever handles them."""

from collections.abc import Mapping
from typing import Any

from engine.services.act import Act
from engine.store import projects
from engine.store.cases import Case


def tell(act: Act, case: Case, kind: str, data: Mapping[str, Any]) -> None:
    """Tell what was told of a case of a running project; of any other nobody need be asked."""
    if case.project_id is None:
        return
    project = projects.by_id(act.db, case.project_id)
    if project.closed_at is None:
        projects.tell(act.db, project, case.id, kind, dict(data), act.at)
