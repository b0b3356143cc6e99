"""What one thing (一件事) saves, as its guide tells it: what its members need together once, and the counts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.domain import saving
from engine.domain.saving import Saving
from engine.queries.catalogue import Name
from engine.store.db import Row


@dataclass(frozen=True, slots=True)
class Shared:
    """A document that several members need and that is handed in once (R-BUN-5)."""

    name: Name
    members: tuple[Name, ...]


def shared(bundle: Row, versions: Mapping[str, Row]) -> Iterable[Shared]:
    """Return the documents that several members of *bundle* need; *versions* are those in force, by key."""
    if bundle.kind != "bundle":
        return
    named = {each["code"]: each["name"] for each in bundle.record.get("shared_materials") or ()}
    for code, (first, members) in saving.common(bundle.record, _records(versions)).items():
        names = tuple(Name(versions[key].name, versions[key].name_en) for key in members)
        yield Shared(Name(named.get(code, first.name), ""), names)


def tally(bundle: Row, versions: Mapping[str, Row]) -> Saving:
    """Count what the compulsory members ask one by one, and what is left of it together."""
    return saving.saving(bundle.record, _records(versions), {}, ())


def _records(versions: Mapping[str, Row]) -> dict[str, Mapping[str, Any]]:
    return {key: row.record for key, row in versions.items()}
