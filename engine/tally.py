"""What this process's clock has done since it began, for those who watch the machine."""

from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock


@dataclass(slots=True)
class Tally:
    """Counted up by the worker, read by whoever asks."""

    ticked_at: datetime | None = None
    fired: int = 0
    failed: int = 0
    batches: int = 0
    batch_seconds: float = 0.0
    _lock: Lock = field(default_factory=Lock, repr=False)

    def batch(self, seconds: float) -> None:
        """One more batch took so long."""
        with self._lock:
            self.batches += 1
            self.batch_seconds += seconds

    def passed(self, fired: int) -> None:
        """So many more deadlines fired."""
        with self._lock:
            self.fired += fired

    def failure(self) -> None:
        """Something that came due could not be done, and will be tried again."""
        with self._lock:
            self.failed += 1

    def ticked(self, at: datetime) -> None:
        """The worker came round."""
        self.ticked_at = at
