"""The virus scanner (病毒扫描): a command of the installation's own that gets a file's bytes and says if it is clean.

It gets nothing else: no file name, no secret of ours in its environment. Exit status 0 says clean, 1 infected;
whatever else it does, also nothing in time, is no answer, and without an answer nothing is let through.
"""

import logging
import shlex
import subprocess

from engine.domain.errors import Malformed, NotNow

log = logging.getLogger(__name__)

#: How long it may take.
SECONDS = 30.0
_CLEAN, _INFECTED = 0, 1
_ENVIRONMENT = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"}


def must_be_clean(command: str, content: bytes, seconds: float = SECONDS) -> None:
    """Ask the scanner, where there is one. Raises `Malformed` for an infected file, `NotNow` without an answer."""
    if not command:
        return
    said = _asked(command, content, seconds)
    if said == _INFECTED:
        raise Malformed(
            "文件未通过病毒扫描，不能接收；请查杀后重新上传。", code="file.infected", field="file"
        )
    if said != _CLEAN:
        log.error("the scanner gave no answer", extra={"status": said})
        raise NotNow(
            "病毒扫描暂时不可用，文件没有接收；请稍后再传，或带材料到窗口提交。",
            code="file.scan-failed",
            field="file",
        )


def _asked(command: str, content: bytes, seconds: float) -> int | None:
    """Return its exit status; None where it could not be started, was killed or took too long."""
    try:
        done = subprocess.run(  # noqa: S603  the command is the installation's own, the file only its input
            shlex.split(command),
            input=content,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=seconds,
            check=False,
            env=_ENVIRONMENT,
        )
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
    return done.returncode
