"""House marks: one commit, one clock, nothing run from outside, functions that fit on a page."""

import ast
import re

from tests.house.source import HOUSE, ROOT, Module, dotted

#: Ways to ask the wall clock, by the end of the dotted name; ``monotonic`` measures and is free.
CLOCKS = (
    ".datetime.now",
    ".datetime.utcnow",
    ".datetime.today",
    ".date.today",
    ".time.time",
    ".time.time_ns",
    ".time.localtime",
    ".time.gmtime",
    ".func.now",
    ".func.current_timestamp",
)

#: Nothing of a diagram, a form or an applicant is ever run.
RUNNERS = frozenset({"eval", "exec", "compile", "__import__"})
CARRIERS = frozenset({"pickle", "marshal", "shelve", "dill", "cloudpickle", "subprocess", "pty", "code"})
#: The one door to a program: an installation's own virus scanner, named in its settings, which gets bytes.
ALLOWED = {"engine/channels/scanner.py": frozenset({"subprocess"})}
SHELLS = ("os.system", "os.popen", "os.exec", "os.spawn", "os.posix_spawn", "os.fork")

#: A finding is silenced by its code, and the rest of the line says why.
BARE = re.compile(r"# (?:type: ignore(?!\[[\w, -]+\]\s+\S)|noqa(?!: [A-Z]+\d+(?:, ?[A-Z]+\d+)*\s+\S))")


def test_there_is_one_commit():
    assert [module.path for module in HOUSE for _ in _commits(module)] == ["engine/store/db.py"]


def test_there_is_one_clock():
    assert [module.path for module in HOUSE for _ in _clock_reads(module)] == ["engine/office.py"]


def test_nothing_is_evaluated_and_nothing_unpickled():
    assert [found for module in HOUSE for found in _runs(module)] == []


def test_every_module_says_what_lives_in_it():
    assert [module.path for module in HOUSE if not ast.get_docstring(module.tree)] == []


def test_every_function_fits_on_a_page():
    long = {module.at(node): _lines(node) for module in HOUSE for node in module.functions()}
    assert {place: lines for place, lines in long.items() if lines > 50} == {}


def test_no_address_spells_an_id_without_bound():
    """``<int:…>`` takes more digits than a table can hold; ``<number:…>`` is ours."""
    web = (ROOT / "web").rglob("*.py")
    assert [str(path) for path in web if "<int" in path.read_text(encoding="utf-8")] == []


def test_nobody_prints_but_the_command_line():
    found = [module.at(call) for module in HOUSE for call in module.calls() if dotted(call.func) == "print"]
    assert [place for place in found if not place.startswith("web/cli")] == []


def test_only_settings_read_the_environment():
    found = [module.path for module in HOUSE for node in ast.walk(module.tree) if _reads_environment(node)]
    assert set(found) <= {"engine/config.py", "web/cli.py"}


def test_no_suppression_goes_without_its_reason():
    assert [found for module in HOUSE for found in _bare_suppressions(module)] == []


def _commits(module: Module) -> list[ast.expr]:
    """Calls of commit(), and ``with x.begin():``, which commits as it is left."""
    called = [call for call in module.calls() if dotted(call.func).endswith(".commit")]
    withs = [node for node in ast.walk(module.tree) if isinstance(node, ast.With | ast.AsyncWith)]
    begun = [item.context_expr for node in withs for item in node.items]
    return called + [each for each in begun if isinstance(each, ast.Call) and _name(each.func) == "begin"]


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else ""


def _clock_reads(module: Module) -> list[ast.Call]:
    return [call for call in module.calls() if f".{dotted(call.func)}".endswith(CLOCKS)]


def _runs(module: Module) -> list[str]:
    called = [
        module.at(call)
        for call in module.calls()
        if dotted(call.func) in RUNNERS or dotted(call.func).startswith(SHELLS)
    ]
    carried = [(name.split(".")[0], node) for name, node in module.imports()]
    allowed = ALLOWED.get(module.path, frozenset())
    return called + [module.at(node) for name, node in carried if name in CARRIERS - allowed]


def _lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def _reads_environment(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and dotted(node) in {"os.environ", "os.getenv"}


def _bare_suppressions(module: Module) -> list[str]:
    """Return the lines that silence a tool without saying which finding they mean, and why."""
    lines = (ROOT / module.path).read_text(encoding="utf-8").splitlines()
    return [f"{module.path}:{number}" for number, line in enumerate(lines, 1) if BARE.search(line)]
