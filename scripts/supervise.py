"""Keep a few processes alive together: they start together, are restarted together and stop together."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import FrameType

from environment import ROOT, say

#: A worker may finish the batch in its hands before it goes.
GRACE_SECONDS = 15.0
#: More falls than this within the window, and starting again would only hide the reason.
FALLS, WINDOW_SECONDS = 3, 60.0
LOOK_SECONDS = 0.2
DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG


class Company:
    """The processes in `commands` (name -> command line), run as one until a signal or too many falls."""

    def __init__(self, commands: Mapping[str, Sequence[str | Path]], env: Mapping[str, str]) -> None:
        self.commands, self.env = commands, env
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.stopping = False
        self.falls: list[float] = []

    def run(self, started: Callable[[], None]) -> int:
        """Start all, call `started` once, and stay; returns the exit code of the whole."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._stop)
        self._start()
        try:
            started()
            while not self.stopping:
                time.sleep(LOOK_SECONDS)
                fallen = [name for name, process in self.processes.items() if process.poll() is not None]
                if fallen and not self.stopping and not self._again(fallen):
                    return 1
        finally:
            self.end()
        return 0

    def alive(self) -> bool:
        """True while nobody fell and nobody asked to stop."""
        return not self.stopping and all(process.poll() is None for process in self.processes.values())

    def end(self) -> None:
        """Ask all to finish, wait, and make an end with who does not listen."""
        for process in self.processes.values():
            _signal(process, signal.SIGTERM)
        patience = time.monotonic() + GRACE_SECONDS
        for process in self.processes.values():
            try:
                process.wait(max(0.1, patience - time.monotonic()))
            except subprocess.TimeoutExpired:
                _signal(process, signal.SIGKILL, whole_group=True)
                process.wait()
        self.processes.clear()

    def _start(self) -> None:
        for name, command in self.commands.items():
            self.processes[name] = subprocess.Popen(
                [str(part) for part in command],
                cwd=ROOT,
                env=dict(self.env),
                start_new_session=True,  # Ctrl-C reaches this process alone, which then ends the others
                preexec_fn=_die_with_parent if sys.platform == "linux" else None,
            )

    def _again(self, fallen: list[str]) -> bool:
        now = time.monotonic()
        self.falls = [fall for fall in self.falls if now - fall < WINDOW_SECONDS] + [now]
        codes = ", ".join(f"the {name} ended with code {self.processes[name].returncode}" for name in fallen)
        self.end()
        if len(self.falls) > FALLS:
            print(f"{codes}. It fell {len(self.falls)} times in a minute: see above.", file=sys.stderr)
            return False
        say(f"{codes}: starting all again")
        self._start()
        return True

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self.stopping = True


def _signal(process: subprocess.Popen[bytes], number: signal.Signals, whole_group: bool = False) -> None:
    try:
        if whole_group:
            os.killpg(process.pid, number)
        else:
            process.send_signal(number)
    except ProcessLookupError:
        return  # it went by itself in the meantime


def _die_with_parent() -> None:
    """Runs in the child before its program: if this process is killed outright, nothing is left behind."""
    ctypes.CDLL(None, use_errno=True).prctl(DIE_WITH_PARENT, signal.SIGTERM, 0, 0, 0)
