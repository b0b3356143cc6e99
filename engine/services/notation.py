"""Reading what people write in YAML as YAML 1.2 does: ``on``, ``yes`` and ``no`` are words, not truths."""

import re
from typing import Any

import yaml

_TRUTH = "tag:yaml.org,2002:bool"


class _Loader(yaml.SafeLoader):
    """The safe loader, with the two truths of YAML 1.2 (§10.3.2) instead of the twenty-two of 1.1."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, form) for tag, form in known if tag != _TRUTH]
    for first, known in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver(_TRUTH, re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF"))


def read(text: bytes) -> Any:
    """Return what a YAML text in UTF-8 says. Raises `yaml.YAMLError`, `UnicodeDecodeError`, `RecursionError`."""
    return yaml.load(text.decode("utf-8"), _Loader)  # noqa: S506  it is a safe loader
