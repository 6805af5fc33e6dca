"""Start Roadbook on this machine: make what is missing, then run the web and the worker until Ctrl-C.

python3 scripts/run.py
"""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time

import environment
import studio
from environment import ROOT, VENV, Stop, say
from supervise import Company

FIRST_PORT = 8000
PORTS_TRIED = 20
WEB_ANSWERS_SECONDS = 60.0
FLASK = [VENV / "bin" / "flask", "--app", "wsgi"]
#: Ask the app for these in turn before anything is started; each is quick when there is nothing to do.
PREPARE = (["db", "upgrade"], ["demo", "prepare"])


def main() -> int:
    environment.ensure()
    studio.build()
    env = {"PYTHONUNBUFFERED": "1", **os.environ}
    host = env.setdefault("ROADBOOK_HOST", "127.0.0.1")
    env["ROADBOOK_PORT"] = str(port := free_port(host, int(env.get("ROADBOOK_PORT") or FIRST_PORT)))
    for arguments in PREPARE:
        if subprocess.run([*FLASK, *arguments], cwd=ROOT, env=env).returncode:
            raise Stop(f"`flask --app wsgi {' '.join(arguments)}` failed: see above.")
    company = Company(
        {
            "web": [VENV / "bin" / "gunicorn", "-c", "gunicorn.conf.py", "wsgi:app"],
            "worker": [*FLASK, "worker"],
        },
        env,
    )

    def announce() -> None:
        patience = time.monotonic() + WEB_ANSWERS_SECONDS
        while company.alive() and time.monotonic() < patience:
            if answers(host, port):
                say(f"Roadbook is at http://{shown(host)}:{port}  (Ctrl-C ends it)")
                return
            time.sleep(0.05)

    code = company.run(announce)
    say("stopped")
    return code


def free_port(host: str, first: int) -> int:
    """Return `first` or the next port nobody listens on, naming each one that is taken."""
    for port in range(first, min(first + PORTS_TRIED, 65536)):
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                trial.bind((host, port))
            except OSError as error:
                say(f"port {port} cannot be used ({error.strerror}): trying {port + 1}")
                continue
            return port
    raise Stop(f"No free port from {first} on: set ROADBOOK_PORT to one that is free.")


def answers(host: str, port: int) -> bool:
    connection = http.client.HTTPConnection(shown(host), port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def shown(host: str) -> str:
    """The address a browser on this machine uses to reach `host`."""
    return "127.0.0.1" if host in ("0.0.0.0", "::", "") else host


if __name__ == "__main__":
    sys.exit(main())
