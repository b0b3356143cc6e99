"""Check, read, draw and start every file of a folder while an audit hook watches; one JSON line for each."""

import json
import resource
import sys
import time
from pathlib import Path

from engine.domain.errors import Refused
from engine.spiff import intake, lint, parser, runtime, track
from engine.spiff.findings import Bar, barred
from tests.spiff.test_lint import choice

#: What a diagram must never make us do.
WATCHED = (
    "open",
    "socket.",
    "subprocess.",
    "os.system",
    "os.exec",
    "os.posix_spawn",
    "os.remove",
    "urllib.",
    "exec",
)
touched: list[str] = []
watching: set[Path] = set()


def _watch(event: str, args: tuple[object, ...]) -> None:
    if watching and event.startswith(WATCHED) and not _library(args[0]):
        touched.append(f"{event} {str(args)[:80]}")


def _library(what: object) -> bool:
    """Claim that it is a module of the interpreter, loaded when first needed (an encoding, say)."""
    return str(getattr(what, "co_filename", what)).startswith((sys.prefix, sys.base_prefix))


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _answer(source: bytes) -> tuple[str | None, int | None]:
    """The code and line a file is turned away with, or nothing when it is kept; then use it in every way."""
    try:
        intake.tree(source)
    except Refused as refused:
        return refused.code, refused.findings[0].line
    findings = lint.check(source)
    try:
        track.render(source, (), ())
        runtime.start(parser.read(source), {})
    except Refused:
        pass
    barring = barred(findings, Bar.KEEPING)
    return (barring[0].code, barring[0].line) if barring else (None, None)


def main(folder: Path) -> None:
    """Answer every file."""
    for text in ("${a == 'b' && !c}", 'a = "b"', "a ==", "= a"):
        _answer(choice(text, None, default=True).xml())  # grammars are loaded once; no file's doing
    for path in sorted(folder.iterdir()):
        if path.name == "manifest.json":
            continue
        source, before, began = path.read_bytes(), _peak(), time.process_time()
        watching.add(path)
        code, line = _answer(source)
        watching.clear()
        took = time.process_time() - began
        told = {"file": path.name, "code": code, "line": line, "seconds": took, "memory": _peak() - before}
        sys.stdout.write(json.dumps({**told, "touched": touched[:3]}) + "\n")
        touched.clear()


if __name__ == "__main__":
    sys.addaudithook(_watch)
    main(Path(sys.argv[1]))
