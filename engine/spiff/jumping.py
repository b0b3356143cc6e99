"""Moving tokens of a case to other places of its diagram: 退回, an administrator's jump, 拿回.

Only the tokens of one region move, and only where the region runs on rightly; all others keep their keys.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

from engine.domain.errors import NotFound, NotNow
from engine.spiff import activities, events, loops, regions
from engine.spiff.parser import Definition
from engine.spiff.regions import Level, Region
from engine.spiff.tokens import Case, Token

#: What a case may be put back to.
WORK = activities.Person | activities.External | loops.Repeated


def seat(definition: Definition, case: Case, targets: Sequence[str], of: str | None = None) -> None:
    """Put tokens on *targets* instead of those of the region around, and let all others stand.

    With the key of a token (*of*) the region is the smallest branch that holds it and the targets;
    without, it is the whole level.
    """
    _must_be_work(definition, targets)
    scope = _one_level(definition, targets)
    mover = _mover(case, of)
    where = _instance(case, scope, mover)
    level = regions.level(definition.graph, scope)
    position = _lifted(mover, where) if mover is not None else None
    region = level.whole
    if position is not None and place(position) in level.whole.inside:
        region = level.around([*targets, place(position)])
    level.must_be_sound(region, targets)
    if not region.whole:
        if not any(place(token) in region.walked for token in standing(region, where)):
            unsound(targets[0], "它所在的分支已经走完")
        must_be_one(level, region, where)
    _clear(case, where, region, position)
    for target in targets:
        put(case, where, target)


def put(case: Case, where: Token, target: str, key: str | None = None) -> Token:
    """Let a token come to the element *target*, or along the flow *target* to where it leads."""
    spec, via = case.spec.task_specs.get(target), None
    if spec is None:
        paths = (path for step in case.spec.task_specs.values() for path in step.paths)
        leads = next(path for path in paths if path.id == target)
        spec, via = case.spec.task_specs[leads.target], leads.id
    token = case.put(spec, where, via, key)
    token.arrive()
    return token


def place(token: Token) -> str:
    """Where a token stands: on an element, or at the end of the flow by which it came to a join."""
    via = token.internal_data.get("via")
    return (
        str(via) if via is not None and token.waits and token.task_spec.joins else str(token.task_spec.node)
    )


def standing(region: Region, where: Token) -> Iterator[Token]:
    """Iterate over the tokens that stand in *region* of the level whose tokens hang on *where*."""
    return (t for t in where.children if not t.task_spec.armed and place(t) in region.inside)


def must_be_one(level: Level, region: Region, where: Token) -> None:
    """Raise NotNow unless the tokens in *region* are those of one way through it."""
    places = [name for token in standing(region, where) if (name := place(token)) in region.walked]
    for left, right in combinations(places, 2):
        if not level.apart(region, left, right):
            unsound(right, "这条分支正被同时走过不止一次")


def unsound(element: str, why: str) -> None:
    """Refuse a jump at *element*."""
    raise NotNow(
        f"不能这样转：{why}；请待其办完，或由管理人员整件退到分支之前", code="jump.unsound", element=element
    )


def instance_of(case: Case, scope: str | None, within: Iterable[Token] | None = None) -> Token:
    """Return what the tokens of the sub-process *scope* hang on, if there is exactly one such."""
    if scope is None:
        root: Token = case.task_tree
        return root
    tokens = case.tokens() if within is None else within
    found = [t for t in tokens if isinstance(t.task_spec, activities.Scope) and t.task_spec.node == scope]
    if len(found) != 1:
        unsound(
            scope,
            "所选环节所在的子流程没有在办，或同时有几个在办" if within is None else "两处不在同一个子流程里",
        )
    return found[0]


def _instance(case: Case, scope: str | None, mover: Token | None) -> Token:
    return instance_of(case, scope, around(mover) if mover is not None else None)


def _must_be_work(definition: Definition, targets: Sequence[str]) -> None:
    if not targets:
        raise NotFound("没有说明转到哪个环节", code="node.unknown")
    for name in targets:
        drawn = definition.graph.process.elements.get(name)
        if drawn is None or drawn.aside or not isinstance(definition.plan.task_specs[name], WORK):
            raise NotFound(f"流程图中没有可转到的环节“{name}”", code="node.unknown", element=name)


def _one_level(definition: Definition, targets: Sequence[str]) -> str | None:
    elements = definition.graph.process.elements
    scopes = {elements[name].scope for name in targets}
    if len(scopes) > 1:
        unsound(targets[-1], "所选环节不在同一个子流程里")
    return scopes.pop()


def _mover(case: Case, of: str | None) -> Token | None:
    if of is None:
        return None
    token = case.token(of)
    if token is None:
        raise NotNow("这项任务已经办结或不在待办状态", code="task.closed")
    return token


def around(token: Token) -> Iterator[Token]:
    at: Token | None = token
    while at is not None:
        yield at
        at = at.parent


def _lifted(token: Token, where: Token) -> Token | None:
    """Return the token of the level *where* that *token* is, or is within."""
    return next((each for each in around(token) if each.parent is where), None)


def _clear(case: Case, where: Token, region: Region, position: Token | None) -> None:
    """Take the tokens of *region* away; of a whole level all but what listens, which listens on or again."""
    anew = region.whole and (position is None or _took_over(case, position))
    for token in list(where.children):
        mine = anew or token is position or place(token) in region.inside
        if mine and not token.task_spec.armed:
            case.take(token)
    if anew:
        listening = {token.task_spec.name for token in where.children}
        listeners = getattr(where.task_spec, "listeners", case.spec.listeners)
        case.listen(where, [name for name in listeners if name not in listening])


def _took_over(case: Case, position: Token) -> bool:
    """Claim that it is an event sub-process that took the place of all else."""
    starts = [spec for spec in case.spec.task_specs.values() if isinstance(spec, events.EventStart)]
    return any(spec.interrupts and spec.home == position.task_spec.node for spec in starts)
