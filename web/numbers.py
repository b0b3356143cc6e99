"""How an address spells the id of a row: bounded, so that none asks a table for more than it can hold."""

from flask import Flask
from werkzeug.routing import BaseConverter


class Number(BaseConverter):
    """An id of a row, no larger than a table may hand out."""

    regex = "[1-9][0-9]{0,17}"

    def to_python(self, value: str) -> int:
        return int(value)


def install(app: Flask) -> None:
    """Let addresses say ``<number:…>``."""
    app.url_map.converters["number"] = Number
