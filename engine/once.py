"""A command that happens once, however often it is sent."""

import hashlib
from collections.abc import Mapping
from typing import Any

import orjson

from engine.domain.errors import AlreadyDone, Malformed
from engine.services.act import Act
from engine.store import journal
from engine.store.db import Connection


class Once:
    """A command that happens once: its key, and a digest of what was asked, so that a key means one thing.

    The key is kept with the answer, in the act's own transaction. Of two at the same time one commits first;
    the other finds the key there, leaves its own work undone and gives the same answer.
    """

    def __init__(self, key: str, command: Mapping[str, Any]) -> None:
        body = orjson.dumps(command, default=str, option=orjson.OPT_SORT_KEYS)
        self._key, self._digest = key, hashlib.sha256(body).hexdigest()

    def keep(self, act: Act) -> None:
        """Keep the key with the act's answer, or raise `AlreadyDone` with the one kept before."""
        if not journal.keep_command(act.db, self._key, self._digest, act.answer or {}, act.at):
            self.answered(act.db)

    def answered(self, db: Connection) -> None:
        """Raise `AlreadyDone` if the command was carried out before, `Malformed` if the key meant another."""
        before = journal.command(db, self._key)
        if before is None:
            return
        if before.digest != self._digest:
            raise Malformed(
                "这张表单已经提交过，而且内容与上次不同；请刷新页面，核对后重新填写提交"
                "（接口请换一个 Idempotency-Key）。",
                code="idempotency.mismatch",
            )
        raise AlreadyDone("该请求已经办理过。", answer=before.answer or {})
