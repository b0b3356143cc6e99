"""Keeping uploaded files, and using only those one may (R: 最小可见): a file's number is no key to it."""

from collections.abc import Iterable

from engine.domain.errors import NotFound
from engine.domain.upload import Upload
from engine.services.act import Act
from engine.store import files


def keep(act: Act, upload: Upload) -> int:
    """Keep an uploaded file that was looked through, byte for byte, and return its id."""
    return files.keep(act.db, upload.name, upload.media_type, upload.content, act.at, act.by.id)


def must_be_brought(act: Act, file_ids: Iterable[int | None]) -> None:
    """Raise `NotFound` for a file that neither whoever acts nor a colleague of his organisations uploaded.

    An applicant's page and the worker name no files by number: what they lay down they were handed in this act.
    """
    named = {file_id for file_id in file_ids if file_id is not None}
    known = files.brought(act.db, named, act.by.id, {post.org for post in act.by.posts})
    if named - known:
        raise NotFound("没有这个文件，请重新上传后再使用。", code="file.unknown", field="file_id")
