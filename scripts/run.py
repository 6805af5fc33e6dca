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
from environment import PYTHON, ROOT, VENV, Stop, say
from supervise import Company

FIRST_PORT = 8000
PORTS_TRIED = 20
WEB_ANSWERS_SECONDS = 60.0
NEW_PASSWORD = ".venv/bin/flask --app wsgi users password owner@roadbook.local"
FLASK = [VENV / "bin" / "flask", "--app", "wsgi"]


def main() -> int:
    environment.ensure()
    studio.build()
    return serve()


def serve() -> int:
    """Prepare the database, then run the web and the worker until a signal; returns the exit code."""
    env = {"PYTHONUNBUFFERED": "1", **os.environ}
    host = env.setdefault("ROADBOOK_HOST", "127.0.0.1")
    first = env.get("ROADBOOK_PORT", "").strip() or str(FIRST_PORT)
    if not first.isdecimal():
        raise Stop(f"ROADBOOK_PORT is {first!r}: use a whole number from 1 to 65535.")
    env["ROADBOOK_PORT"] = str(port := free_port(host, int(first)))
    if subprocess.run([PYTHON, "scripts/prepare.py"], cwd=ROOT, env=env).returncode:
        raise Stop("The start could not be prepared: see above.")
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
                say("sign in as shown at the first start; a new password: " + NEW_PASSWORD)
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
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
