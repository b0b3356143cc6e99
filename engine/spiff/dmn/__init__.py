"""Decisions (DMN 1.1–1.5): tables and boxed expressions on FEEL, read from bytes, answered without code.

``read`` makes a Model or refuses with findings; ``examine`` makes a draft whose findings say what is wrong;
``Model.decide`` answers; ``answers`` does it for a task that asks, flags to flags; ``is_model`` tells such a
file from a diagram.
"""

from engine.spiff.dmn.answers import answers, plain
from engine.spiff.dmn.model import Decision, Input, Model, Service
from engine.spiff.dmn.reader import clocked, examine, read
from engine.spiff.dmn.table import Undecided
from engine.spiff.dmn.xml import is_model

__all__ = [
    "Decision",
    "Input",
    "Model",
    "Service",
    "Undecided",
    "answers",
    "clocked",
    "examine",
    "is_model",
    "plain",
    "read",
]
