"""What a condition asks, for the checker: whether one name is one of some words."""

from lark import Token, Tree

from engine.spiff.feel.build import unquoted

Ask = tuple[str, frozenset[str], bool]


def asked(tree: "Tree[Token]") -> Ask | None:
    """Return (name, words, positive) if *tree* only asks whether one name is one of some words."""
    if tree.data == "name":
        return str(tree.children[0]), frozenset({"true"}), True
    if tree.data == "call":
        return _contrary(tree) or _listed(tree)
    if tree.data == "compare":
        return _one(tree)
    return _any(tree) if tree.data == "either" else None


def _contrary(tree: "Tree[Token]") -> Ask | None:
    callee, *arguments = map(_tree, tree.children)
    if callee.data != "name" or callee.children[0] != "not" or len(arguments) != 1:
        return None
    inner = asked(arguments[0])
    return inner and (inner[0], inner[1], not inner[2])


def _listed(tree: "Tree[Token]") -> Ask | None:
    """``list contains(["a", "b"], name)``, as other engines' conditions are said again."""
    callee, *arguments = map(_tree, tree.children)
    if callee.data != "name" or callee.children[0] != "list contains" or len(arguments) != 2:
        return None
    words, place = arguments
    said = [_word(_tree(part)) for part in words.children] if words.data == "list" else [None]
    if place.data != "name" or None in said:
        return None
    return str(place.children[0]), frozenset(word for word in said if word is not None), True


def _word(tree: "Tree[Token]") -> str | None:
    if tree.data in ("true", "false"):
        return str(tree.data)
    return unquoted(str(tree.children[0])) if tree.data == "text" else None


def _one(tree: "Tree[Token]") -> Ask | None:
    left, sign, right = _tree(tree.children[0]), str(tree.children[1]), _tree(tree.children[2])
    if left.data != "name" or sign not in ("=", "!="):
        return None
    word = _word(right)
    return None if word is None else (str(left.children[0]), frozenset({word}), sign == "=")


def _any(tree: "Tree[Token]") -> Ask | None:
    parts = [asked(_tree(part)) for part in tree.children]
    known = [part for part in parts if part is not None and part[2]]
    if len(known) < len(parts) or len({part[0] for part in known}) > 1:
        return None
    return known[0][0], frozenset[str]().union(*(part[1] for part in known)), True


def _tree(node: "Tree[Token] | Token") -> "Tree[Token]":
    assert isinstance(node, Tree)
    return node
