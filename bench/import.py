"""import: a CSV of people from the first byte of its upload to the last contact stored, on PostgreSQL, by web and worker.

`per_second` counts from the beginning of the upload; `again_per_second` is the same file once more, which changes nothing;
`xlsx_per_second` a workbook of the same columns. Memory is the highest of each process; `longest_transaction` is sampled.
"""

from __future__ import annotations

import csv
import http.client
import json
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import psycopg

from bench import postgres
from bench.events import cpu_of, database_cpu
from bench.serving import furnish, process, web

ROWS, QUICK_ROWS = 1_000_000, 80_000
XLSX_ROWS, QUICK_XLSX_ROWS = 50_000, 3_000
PATIENCE_SECS = 600.0
BLOCK = 256 * 1024
HEAD = ("external_id", "name", "phone", "email", "city", "level", "points", "birthday")
MAPPING = {
    "external_id": "external_id",
    "name": "name",
    "phone": "identity:phone",
    "email": "identity:email",
    "city": "attribute:city",
    "level": "attribute:level",
    "points": "attribute:points",
    "birthday": "attribute:birthday",
}
CITIES = ("上海", "杭州", "成都", "广州", "北京", "深圳", "武汉", "西安")
WORKING = ["-m", "flask", "--app", "wsgi", "worker"]
AGE = """SELECT coalesce(max(extract(epoch FROM clock_timestamp() - xact_start)), 0)::float FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"""


class WrongCount(AssertionError):
    """The database does not hold what the file held: no figure of this run means anything."""


def run(quick: bool) -> dict[str, Any]:
    """Figures: rows a second, megabytes of memory at most, seconds of the longest transaction."""
    rows = QUICK_ROWS if quick else ROWS
    with postgres.server() as server, tempfile.TemporaryDirectory() as folder:
        url = postgres.fresh(server, "import")
        secret = furnish(url)
        file = table(Path(folder, "people.csv"), 0, rows)
        book = workbook(Path(folder, "people.xlsx"), rows, QUICK_XLSX_ROWS if quick else XLSX_ROWS)
        with web(url) as (port, pid), process(WORKING, url) as (worker, _):
            until_at_work(url)
            watch = Watch(url, pid, worker.pid)
            watch.start()
            before = cpu_of(pid), cpu_of(worker.pid), database_cpu(url)
            first = brought(port, secret, file)
            spent = cpu_of(pid) - before[0], cpu_of(worker.pid) - before[1], database_cpu(url) - before[2]
            again = brought(port, secret, file)
            sheet = brought(port, secret, book)
            watch.over.set()
            watch.join(10)
        with psycopg.connect(url) as connection:
            found = connection.execute("SELECT count(*), count(DISTINCT external_id) FROM contact").fetchone()
        people = rows + sheet["rows"]
        if found != (people, people) or first["created"] != rows or again["updated"] != rows:
            raise WrongCount(f"{WrongCount.__doc__} {found} {first} {again}")
        return {
            "rows": rows,
            "megabytes": round(file.stat().st_size / 1e6, 1),
            "per_second": round(rows / first["took"]),
            "accepted_seconds": round(first["accepted"], 2),
            "stored_seconds": round(first["took"], 2),
            "again_per_second": round(rows / again["took"]),
            "xlsx_rows": sheet["rows"],
            "xlsx_per_second": round(sheet["rows"] / sheet["took"]),
            "web_mb": round(watch.web / 1e6),
            "worker_mb": round(watch.worker / 1e6),
            "longest_transaction": round(watch.oldest, 2),
            "web_cpu_us": round(spent[0] * 1e6 / rows, 1),
            "worker_cpu_us": round(spent[1] * 1e6 / rows, 1),
            "server_cpu_us": round(spent[2] * 1e6 / rows, 1),
            "per_cpu_second": round(rows / sum(spent)),
        }


def until_at_work(url: str) -> None:
    """Wait for the worker's first beat and a little more: starting Python is no part of importing."""
    with psycopg.connect(url, autocommit=True) as connection:
        deadline = time.monotonic() + PATIENCE_SECS
        while connection.execute("SELECT count(*) FROM worker_beat").fetchone() == (0,):
            if time.monotonic() > deadline:
                raise WrongCount(f"{WrongCount.__doc__} No worker came.")
            time.sleep(0.1)
    time.sleep(1)


def person(number: int) -> tuple[str, ...]:
    """An ordinary customer: five names by which he may be known, and what a brand knows of him."""
    return (
        f"c-{number}",
        f"客户 {number}",
        f"1{3_000_000_000 + number}",
        f"user{number}@example.com",
        CITIES[number % 8],
        ("普通", "银卡", "金卡")[number % 3],
        str(number * 7 % 5000),
        f"{1960 + number % 45}-{number % 12 + 1:02d}-{number % 28 + 1:02d}",
    )


def table(path: Path, first: int, rows: int) -> Path:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEAD)
        writer.writerows(person(number) for number in range(first, first + rows))
    return path


def workbook(path: Path, first: int, rows: int) -> Path:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(HEAD)
    for number in range(first, first + rows):
        sheet.append(person(number))
    book.save(path)
    return path


def brought(port: int, secret: str, file: Path) -> dict[str, Any]:
    """Upload a file and wait until everybody of it is there."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    begun = time.perf_counter()
    edge = "roadbook-bench-frame"
    connection.request(
        "POST",
        "/api/v1/imports",
        body=form(file, edge),
        headers={
            "Authorization": f"Bearer {secret}",
            "Content-Type": f"multipart/form-data; boundary={edge}",
            "Content-Length": str(sum(map(len, frame(file, edge))) + file.stat().st_size),
        },
    )
    answer = connection.getresponse()
    made = json.loads(answer.read())
    accepted = time.perf_counter() - begun
    if answer.status != 202:
        raise WrongCount(f"{WrongCount.__doc__} {made}")
    while made["state"] not in ("done", "failed"):
        if time.perf_counter() - begun > PATIENCE_SECS:
            raise WrongCount(f"{WrongCount.__doc__} {made}")
        time.sleep(0.05)
        connection.request(
            "GET", f"/api/v1/imports/{made['id']}", headers={"Authorization": f"Bearer {secret}"}
        )
        made = json.loads(connection.getresponse().read())
    connection.close()
    if made["state"] != "done" or made["failed"]:
        raise WrongCount(f"{WrongCount.__doc__} {made}")
    return {**made, "accepted": accepted, "took": time.perf_counter() - begun}


def frame(file: Path, edge: str) -> tuple[bytes, bytes]:
    """What stands before and after the file in the form."""
    head = (
        f'--{edge}\r\nContent-Disposition: form-data; name="mapping"\r\n\r\n{json.dumps(MAPPING)}\r\n'
        f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{file.name}"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
    )
    return head.encode(), f"\r\n--{edge}--\r\n".encode()


def form(file: Path, edge: str) -> Iterator[bytes]:
    """The form, read as it is sent."""
    head, tail = frame(file, edge)
    yield head
    with file.open("rb") as opened:
        while block := opened.read(BLOCK):
            yield block
    yield tail


class Watch(threading.Thread):
    """Looks ten times a second how large the processes are and how old the oldest transaction is."""

    def __init__(self, url: str, web_pid: int, worker_pid: int) -> None:
        super().__init__(daemon=True)
        self.url, self.pids, self.over = url, (web_pid, worker_pid), threading.Event()
        self.web = self.worker = 0
        self.oldest = 0.0

    def run(self) -> None:
        master, worker = (psutil.Process(pid) for pid in self.pids)
        with psycopg.connect(self.url, autocommit=True) as connection:
            while not self.over.wait(0.1):
                with suppress(psutil.NoSuchProcess):
                    serving = [one.memory_info().rss for one in master.children()] or [0]
                    self.web = max(self.web, *serving)
                    self.worker = max(self.worker, worker.memory_info().rss)
                (age,) = connection.execute(AGE).fetchone() or (0.0,)
                self.oldest = max(self.oldest, age)
