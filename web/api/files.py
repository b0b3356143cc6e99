"""Material files, kept once by content."""

import hashlib

import flask
from flask.typing import ResponseReturnValue

from engine.domain.errors import Malformed
from engine.domain.upload import MOST_BYTES
from engine.services import keeping
from web import auth
from web.api import shown
from web.api.door import Room, answer

room = Room("files", "材料附件")


@room.post("/files", takes=None, gives=shown.FileShown, status=201)
def keep() -> ResponseReturnValue:
    """Keep a PDF, JPG or PNG (multipart, field ``file``); an application refers to it by its id."""
    sent = flask.request.files.get("file")
    if sent is None:
        raise Malformed("没有收到文件；请以 multipart 的 file 字段发送。", code="file.empty", field="file")
    found = auth.office().examine(sent.filename or "", sent.mimetype, sent.read(MOST_BYTES + 1))
    sha256 = hashlib.sha256(found.content).hexdigest()
    with auth.act(command={"sha256": sha256}) as act:
        file_id = keeping.keep(act, found)
        return answer(act, {"id": file_id, "sha256": sha256}), 201
