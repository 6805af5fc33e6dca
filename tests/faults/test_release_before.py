"""P19: the release before goes on reading, taking and sending while the next one upgrades the database under it."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import tarfile
import threading
import time
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPException
from itertools import pairwise
from pathlib import Path

import pytest
from alembic import command

from runtime.database import Database
from store import migrate, revisions
from tests.databases import Databases
from tests.faults import children, reckoning
from tests.faults.storm import Customers
from tests.faults.weather import CONTEXT, ROOT, Labourer, Web, furnish
from tests.needs import need

ROLES = ("intake", "advance", "deliver", "housekeeping")
LABOUR = "import sys; from tests.faults.weather import labour; labour(sys.argv[1], int(sys.argv[2]), sys.argv[3], {}, None)"
#: How long people come before and after the upgrade, seconds.
AROUND_SECS = 6.0


def git(*words: str) -> bytes:
    done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True)
    need("history", done.returncode == 0, f"git {words[0]} fails: {done.stderr.decode()[:200]}")
    return done.stdout


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program as it was before the newest migration was written."""
    (newest,) = revisions.heads(revisions.FOLDER)
    (file,) = (revisions.FOLDER / "versions").glob(f"{newest}_*.py")
    added = git("log", "-1", "--format=%H", "--diff-filter=A", "--", str(file)).decode().strip()
    need("history", added, f"{file.name} has not been committed yet, or the history was cut off.")
    root = tmp_path_factory.mktemp("before")
    with tarfile.open(fileobj=io.BytesIO(git("archive", f"{added}^"))) as archive:
        archive.extractall(root, filter="data")
    return root


class Watch(threading.Thread):
    """Asks the web for something it must read, twenty times a second; remembers when it answered."""

    def __init__(self, port: int, key: str) -> None:
        super().__init__(daemon=True)
        self.port, self.key = port, key
        self.answered: list[float] = []
        self.errors: list[str] = []
        self.over = threading.Event()

    def ask(self, path: str) -> tuple[int, bytes]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", path, headers={"Authorization": f"Bearer {self.key}"})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def run(self) -> None:
        while not self.over.wait(0.05):
            try:
                status, _ = self.ask("/api/v1/contacts?limit=20")
            except (OSError, HTTPException) as error:
                self.errors.append(type(error).__name__)
                continue
            if status == 200:
                self.answered.append(time.monotonic())
            elif status != 503:
                self.errors.append(str(status))

    @property
    def longest_silence(self) -> float:
        return max(b - a for a, b in pairwise(self.answered))

    def readings(self) -> Iterator[tuple[str, int]]:
        """Each reading route of the API, and of each list its first member: (path, status)."""
        routes = json.loads(self.ask("/api/v1/openapi.json")[1])["paths"]
        paths = sorted(path for path, doors in routes.items() if "get" in doors)
        for path in (path for path in paths if "{" not in path):
            status, body = self.ask(path)
            yield path, status
            members = [one for one in paths if one.startswith(f"{path}/{{") and one.count("{") == 1]
            found = json.loads(body) if members and status == 200 else {}
            items = found.get("items", []) if isinstance(found, dict) else found
            for member in members if items else ():
                inner = member[member.index("{") + 1 : member.index("}")]
                name = items[0].get(inner, items[0].get("key", items[0].get("id")))
                one = member.replace(f"{{{inner}}}", str(name))
                yield one, self.ask(one)[0]


@pytest.mark.nightly
def test_p19_the_release_before_works_on_while_the_next_one_upgrades(
    databases: Databases, tmp_path: Path, before: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url = databases.fresh()
    workspace, key = furnish(url)
    (older,) = revisions.heads(before / "migrations")
    command.downgrade(migrate.config(url), older)
    words = [sys.executable, "-c", LABOUR.format(ROLES), url, str(workspace), str(tmp_path)]
    web = Web(url, tmp_path, before)
    old = subprocess.Popen(words, cwd=before)
    web.start()
    children.wait_for(web.answers, 60)
    customers, watch = Customers(web.port, key, seed=19, rate=20), Watch(web.port, key)
    new = Labourer("new", (url, workspace, str(tmp_path)), ROLES)
    try:
        customers.start()
        watch.start()
        time.sleep(AROUND_SECS)
        began = time.monotonic()
        upgrade = CONTEXT.Process(target=migrate.upgrade, args=(url,))
        upgrade.start()
        upgrade.join(60)
        secs = time.monotonic() - began
        assert upgrade.exitcode == 0 and not migrate.pending(url)
        seen = len(watch.answered)
        time.sleep(AROUND_SECS)
        assert len(watch.answered) > seen + AROUND_SECS, "the release before still answers"
        readings = dict(watch.readings())
        old.terminate()
        assert old.wait(30) == 0
        new.start()
        database = Database(url)
        customers.over.set()
        customers.join(60)
        children.wait_for(lambda: reckoning.left(database) == 0, 90)
    finally:
        watch.over.set()
        watch.join(30)
        for process in (web, new):
            process.end()
        old.kill()
        old.wait()
    well = sum(status == 200 for status in readings.values())
    found = reckoning.reckon(database, tmp_path, customers.acknowledged, secs)
    database.close()
    with capsys.disabled():
        print(
            f"\n{older} under {url.split(':')[0]}: {found.people} people, upgraded in {secs:.1f} s, longest silence of the"
            f" web {watch.longest_silence:.1f} s, {len(readings)} readings, {well} of them well"
        )
    assert found.wrong == 0, found.findings
    assert found.people > 100 and found.unknown == 0 and watch.errors == []
    assert {path: status for path, status in readings.items() if status >= 500} == {}
    assert well > 60
    assert watch.longest_silence < 30
