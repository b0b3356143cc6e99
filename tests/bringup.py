"""Bring up what the whole test suite needs, run a command with it, and take it down again.

    python tests/bringup.py .venv/bin/python -m pytest

1. PostgreSQL: a throw-away cluster on a free local port, told to the command as LIANBAN_TEST_POSTGRES.
2. Chromium: found, or installed where apt-get may, and told as LIANBAN_TEST_CHROMIUM.
3. The command runs; its exit code is ours; the cluster is stopped and removed whatever happens.

Either variable, when already set, is taken as it is. What cannot be had is named and fails the run,
unless SKIP (``SKIP=postgres,browser``) gives it up in so many words.
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType

POSTGRES = "LIANBAN_TEST_POSTGRES"
CHROMIUM = "LIANBAN_TEST_CHROMIUM"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

#: What SKIP may give up, and the Debian packages that would bring it.
PACKAGES: Mapping[str, tuple[str, ...]] = {
    "postgres": ("postgresql",),
    "browser": ("chromium", "fonts-noto-cjk"),
}


class Missing(Exception):
    """Something the tests need is not here and cannot be brought."""


def main(command: Sequence[str]) -> int:
    if not command:
        print(__doc__, file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, leave)
    try:
        given_up = skipped(os.environ.get("SKIP", ""))
        with ExitStack() as stack:
            found = {}
            if "browser" not in given_up:
                found[CHROMIUM] = chromium()
            if "postgres" not in given_up:
                found[POSTGRES] = stack.enter_context(postgres())
            return run(command, found)
    except Missing as missing:
        print(f"make test: {missing}", file=sys.stderr)
        return 1


def leave(signum: int, _frame: FrameType | None) -> None:
    """Leave by the front door, so that what was brought up comes down."""
    sys.exit(128 + signum)


def skipped(words: str) -> frozenset[str]:
    """Return what SKIP gives up; a word we do not know is a slip, not a wish."""
    given_up = frozenset(word.strip() for word in words.split(",") if word.strip())
    if unknown := given_up - PACKAGES.keys():
        raise Missing(f"SKIP knows {', '.join(PACKAGES)}; not {', '.join(sorted(unknown))}")
    return given_up


def run(command: Sequence[str], found: Mapping[str, str]) -> int:
    """Run the command to its end; an interrupt is the command's to answer, we only outlive it."""
    child = subprocess.Popen(command, env=os.environ | found)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        code = child.wait()
    finally:
        if child.poll() is None:
            child.terminate()
            child.wait()
    return code if code >= 0 else 128 - code


# --- Chromium ---------------------------------------------------------------


def chromium() -> str:
    given = os.environ.get(CHROMIUM)
    if given:
        return given
    return _browser() or install("browser", "a Chromium", _browser)


def _browser() -> str | None:
    return next(filter(None, map(shutil.which, BROWSERS)), None)


# --- PostgreSQL -------------------------------------------------------------


@contextmanager
def postgres() -> Iterator[str]:
    """Yield the address of a PostgreSQL: the given one, or a cluster of our own while we need it."""
    given = os.environ.get(POSTGRES)
    if given:
        yield given
        return
    programs = Path(_programs() or install("postgres", "PostgreSQL (initdb, pg_ctl)", _programs))
    owner = _owner()
    home = Path(tempfile.mkdtemp(prefix="lianban-pg-"))
    try:
        if owner:
            os.chown(home, owner.pw_uid, owner.pw_gid)
        with _cluster(programs, home, owner) as address:
            yield address
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _programs() -> str | None:
    """Return the newest folder that holds both initdb and pg_ctl; Debian keeps them off the PATH."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version, reverse=True)
    for folder in (*map(str, debian), *os.environ.get("PATH", "").split(os.pathsep)):
        if all(shutil.which(program, path=folder) for program in ("initdb", "pg_ctl", "createdb")):
            return folder
    return None


def _version(folder: Path) -> int:
    return int(folder.parent.name) if folder.parent.name.isdigit() else 0


def _owner() -> pwd.struct_passwd | None:
    """Return whom the server runs as: PostgreSQL refuses root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise Missing("PostgreSQL does not run as root, and there is no user postgres or nobody to run it")


@contextmanager
def _cluster(programs: Path, home: Path, owner: pwd.struct_passwd | None) -> Iterator[str]:
    """Run a cluster under *home*: trust for those on this machine, and fsync as in earnest."""
    data, log, port = home / "data", home / "log", str(_free_port())

    def call(program: str, *words: str) -> None:
        _call([str(programs / program), *words], home, owner, log)

    call("initdb", "-D", str(data), "-U", "lianban", "-A", "trust", "-E", "UTF8", "--locale=C")
    options = f"-p {port} -k {home} -c listen_addresses=127.0.0.1"
    call("pg_ctl", "-D", str(data), "-l", str(log), "-o", options, "-w", "-t", "60", "start")
    try:
        call("createdb", "-h", "127.0.0.1", "-p", port, "-U", "lianban", "lianban")
        yield f"postgresql+psycopg://lianban@127.0.0.1:{port}/lianban"
    finally:
        call("pg_ctl", "-D", str(data), "-m", "immediate", "-w", "stop")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _call(words: Sequence[str], home: Path, owner: pwd.struct_passwd | None, log: Path) -> None:
    """Run one of PostgreSQL's programs as its owner; a failure shows what the server wrote."""
    with tempfile.TemporaryFile() as said:
        done = subprocess.run(
            words,
            cwd=home,
            user=owner.pw_uid if owner else None,
            group=owner.pw_gid if owner else None,
            extra_groups=[] if owner else None,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            check=False,
        )
        if done.returncode != 0:
            said.seek(0)
            wrote = log.read_text(errors="replace")[-2000:] if log.exists() else ""
            raise Missing(f"{words[0]} failed:\n{said.read().decode(errors='replace')[-2000:]}{wrote}")


# --- Installing -------------------------------------------------------------


def install(word: str, what: str, find: Callable[[], str | None]) -> str:
    """Install the Debian packages that bring *what*; return where it is now, or say what is missing."""
    packages = PACKAGES[word]
    order = f"apt-get install {' '.join(packages)}"
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print(f"make test: {what} is not here; {order}", flush=True)
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        for words in (("update",), ("install", "-y", "--no-install-recommends", *packages)):
            subprocess.run(("apt-get", "-qq", *words), env=environment, stdin=subprocess.DEVNULL, check=False)
        if found := find():
            return found
    raise Missing(f"{what} is missing. On Debian: {order}. Elsewhere install it, or give it up: SKIP={word}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
