"""Reading what people write in YAML as YAML 1.2 does: ``on``, ``yes`` and ``no`` are words, not truths."""

import re
from collections.abc import Hashable
from typing import Any

import yaml

from engine.domain.errors import Malformed

_TRUTH = "tag:yaml.org,2002:bool"
_MERGE = "tag:yaml.org,2002:merge"


class _Twice(yaml.constructor.ConstructorError):
    """A name that stands twice in one mapping; the earlier value would be lost in silence."""


class _Loader(yaml.SafeLoader):
    """The safe loader, with the two truths of YAML 1.2 (§10.3.2) instead of the twenty-two of 1.1."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:  # noqa: FBT001, FBT002  as yaml calls it
        """Return the mapping; a name stands in it once (§3.2.1.3)."""
        seen: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.tag != _MERGE:
                if key.value in seen:
                    raise _Twice(None, None, f"“{key.value}”写了两次，请只留一处", key.start_mark)
                seen.add(key.value)
        return super().construct_mapping(node, deep)


_Loader.yaml_implicit_resolvers = {
    first: [(tag, form) for tag, form in known if tag != _TRUTH]
    for first, known in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver(_TRUTH, re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF"))


def read(text: bytes, *, what: str = "", code: str = "yaml.unreadable", field: str | None = None) -> Any:
    """Return what a YAML text in UTF-8 says. Raises `Malformed` with *code*, naming *what* it is and the line."""
    try:
        return yaml.load(text.decode("utf-8"), _Loader)  # noqa: S506  it is a safe loader
    except (yaml.YAMLError, ValueError, RecursionError) as fault:
        mark = getattr(fault, "problem_mark", None)
        where = f"{what}第 {mark.line + 1} 行" if mark is not None else what or "文件"
        words = fault.problem if isinstance(fault, _Twice) else "不是能读的 YAML，请检查缩进和引号"
        raise Malformed(f"{where}：{words}。", code=code, field=field) from None
