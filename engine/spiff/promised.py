"""The promise (容缺承诺) in a diagram: timers that pass with its day, or some working days before it (R-TOL-4)."""

import re

#: How a timer says it: 承诺日, 承诺日前1个工作日.
TEXT = r"承诺日(?:前\s*[1-9]\d?\s*个?工作日)?"
_LEAD = re.compile(r"承诺日(?:前\s*(\d+)\s*个?工作日)?")


def lead(text: str) -> int | None:
    """Return how many working days before the day of the promise a timer passes; None for any other timer."""
    found = _LEAD.fullmatch(text.strip())
    return None if found is None else int(found[1] or 0)
