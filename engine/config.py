"""The settings, read once from ``LIANBAN_*`` into one frozen value; nobody else reads the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from engine.domain.errors import Malformed

#: Where the product's own data (matters, bundles, diagrams, calendars) lie.
BPMN = Path(__file__).resolve().parent.parent / "bpmn"


DEFAULT_DATABASE = "sqlite:///var/lianban.db"
#: The administrative division code (GB/T 2260) that begins every case number.
DEFAULT_REGION = "510703"
#: The rules by which red and yellow cards are given; ``bpmn/cards`` has others.
DEFAULT_CARD_RULES = "lianban-2026"


@dataclass(frozen=True, slots=True)
class Settings:
    """What an installation may choose."""

    database_url: str = DEFAULT_DATABASE
    secret_key: str = ""
    role: str = "all"
    timezone: str = "Asia/Shanghai"
    now: datetime | None = None
    demo: bool = False
    region: str = DEFAULT_REGION
    tick_seconds: float = 1.0
    session_minutes: int = 30
    trusted_proxy: str = ""
    card_rules: str = DEFAULT_CARD_RULES
    #: A command that gets the bytes of each uploaded file: exit status 0 clean, 1 infected, else no answer.
    scanner: str = ""
    bpmn: Path = BPMN


def from_env(env: Mapping[str, str] | None = None) -> Settings:
    """Return the settings of the environment.

    Raises `Malformed` when ``LIANBAN_NOW`` is set without ``LIANBAN_DEMO=1``: a shifted clock in production
    would forge legal dates.
    """
    env = os.environ if env is None else env
    demo = env.get("LIANBAN_DEMO") == "1"
    role = env.get("LIANBAN_ROLE", "all")
    if role not in {"all", "web", "worker"}:
        raise Malformed(f"LIANBAN_ROLE={role}：只能是 all、web 或 worker。", code="settings.role")
    zone = env.get("LIANBAN_TIMEZONE", "Asia/Shanghai")
    return Settings(
        database_url=env.get("LIANBAN_DATABASE_URL", DEFAULT_DATABASE),
        secret_key=env.get("LIANBAN_SECRET_KEY", ""),
        role=role,
        timezone=zone,
        now=_moment(env.get("LIANBAN_NOW"), zone, demo=demo),
        demo=demo,
        region=env.get("LIANBAN_REGION", DEFAULT_REGION),
        tick_seconds=float(env.get("LIANBAN_TICK_SECONDS", "1")),
        card_rules=env.get("LIANBAN_CARD_RULES", DEFAULT_CARD_RULES),
        trusted_proxy=env.get("LIANBAN_TRUSTED_PROXY", ""),
        scanner=env.get("LIANBAN_SCANNER", ""),
        session_minutes=int(env.get("LIANBAN_SESSION_MINUTES", "30")),
    )


def _moment(text: str | None, zone: str, *, demo: bool) -> datetime | None:
    if not text:
        return None
    if not demo:
        raise Malformed("LIANBAN_NOW 只用于演示和测试，须同时设置 LIANBAN_DEMO=1。", code="settings.now")
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))
