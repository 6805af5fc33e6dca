"""How gunicorn serves wsgi.py; what an operator decides comes from the same settings as everything else."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import settings

_asked = settings.load()
_sqlite = _asked.database_url.startswith("sqlite")

bind = f"[{_asked.host}]:{_asked.port}" if ":" in _asked.host else f"{_asked.host}:{_asked.port}"
worker_class = "gthread"
# SQLite has one writer: a second process would only wait for the first.
workers = int(os.environ.get("WEB_CONCURRENCY") or (1 if _sqlite else min(4, os.cpu_count() or 1)))
# Most of them wait for one commit together: the more, the more events each commit carries.
threads = 24
timeout = 60
graceful_timeout = 10
keepalive = 15

# Heartbeats on a disk that is busy with the database would look like hung workers.
if Path("/dev/shm").is_dir():
    worker_tmp_dir = "/dev/shm"

loglevel = _asked.log_level.lower()
accesslog = None  # the app writes one structured line per request, without personal data
control_socket_disable = True

# Nobody in front is believed about the caller's address unless an operator names him.
forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1")
limit_request_line = 8190
limit_request_fields = 64

# The counters of all processes are put together in files, which live as long as this server.
_metrics = Path(os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", str(_asked.var / f"metrics-{os.getpid()}")))


def on_starting(_server: Any) -> None:
    shutil.rmtree(_metrics, ignore_errors=True)
    _metrics.mkdir(parents=True)


def child_exit(_server: Any, worker: Any) -> None:
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(worker.pid)


def on_exit(_server: Any) -> None:
    shutil.rmtree(_metrics, ignore_errors=True)
