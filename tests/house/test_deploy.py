"""deploy/: every command, role, queue, setting, port, file and metric that its files name exists."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import CollectorRegistry
from ruamel.yaml import YAML

import settings
from runtime import celery_app
from runtime.worker import ROLES
from tests.house.sources import ROOT, text
from tests.needs import need
from web.watching import exposed

DEPLOY = ROOT / "deploy"
FILES = sorted(p for p in DEPLOY.rglob("*") if p.is_file())
PAGES = [*FILES, ROOT / "docs/scaling.md"]
COMPOSE = YAML(typ="safe").load((DEPLOY / "compose.yaml").read_text("utf-8"))
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))


def commands() -> list[str]:
    """Every command line of the container file, of compose and of the units, without the folders before programs."""
    found = [service["command"] for service in COMPOSE["services"].values() if "command" in service]
    for unit in UNITS:
        found += re.findall(r"^Exec(?:Start|StartPre)=(.+)$", unit.read_text("utf-8"), re.M)
    found += [
        " ".join(json.loads(line))
        for line in re.findall(r"^CMD (\[.+\])$", text(Path("deploy/Dockerfile")), re.M)
    ]
    for page in (DEPLOY / "README.md", ROOT / "docs/scaling.md"):
        found += re.findall(r"((?:flask --app wsgi|celery -A) [^\n`]+)", page.read_text("utf-8"))
    plain = [" ".join(str(line).split()) for line in found]
    return [re.sub(r"^\S*/bin/", "", line) for line in plain if "…" not in line]


def known_settings() -> set[str]:
    return set(re.findall(r'given\.\w+\(\s*"([A-Z_]+)"', text(Path("settings.py"))))


@pytest.fixture
def app(tmp_path: Path) -> Any:
    from runtime import cli
    from web.app import create_app

    made = create_app(settings.load({"ROADBOOK_VAR": str(tmp_path)}))
    cli.register(made)
    return made


def test_every_flask_command_exists_with_its_options(app: Any) -> None:
    asked = [
        line.split("flask --app wsgi ", 1)[1].split() for line in commands() if "flask --app wsgi" in line
    ]
    assert len(asked) >= 8
    for words in asked:
        command: Any = app.cli
        while words and hasattr(command, "commands") and not words[0].startswith("-"):
            assert words[0] in command.commands, f"there is no command {words[0]}"
            command = command.commands[words.pop(0)]
        options = {name for one in command.params for name in one.opts}
        assert {word for word in words if word.startswith("--")} <= options, words


def test_roles_are_ours_and_together_all_of_them() -> None:
    plain = {
        name: s["command"]
        for name, s in COMPOSE["services"].items()
        if " worker --roles" in str(s.get("command"))
    }
    roles = [role for line in plain.values() for role in line.rsplit("--roles ", 1)[1].split(",")]
    assert sorted(roles) == sorted(ROLES)
    said = set(re.findall(r"roadbook-worker@([a-z,]+)", "\n".join(p.read_text("utf-8") for p in PAGES)))
    assert {role for line in said for role in line.strip(",").split(",")} == set(ROLES)


def test_celery_is_called_as_it_wants_to_be() -> None:
    lines = [line for line in commands() if line.startswith("celery")]
    every = {celery_app.queue(*call) for call in celery_app.CALLS}
    assert len(lines) >= 5
    in_compose: set[str] = set()
    for line in lines:
        assert re.match(r"celery -A runtime\.celery_app (worker|beat)\b", line), line
        queues = set(re.findall(r"-Q (\S+)", line)[0].split(",")) if " -Q " in line else set()
        assert queues <= every, line
        in_compose |= queues
    assert in_compose == every
    (unit,) = [line for line in lines if line.count(",") == len(every) - 1]
    assert unit


def test_gunicorn_is_given_what_is_there() -> None:
    lines = {line for line in commands() if line.startswith("gunicorn")}
    assert lines == {"gunicorn -c gunicorn.conf.py wsgi:app"}
    assert (ROOT / "gunicorn.conf.py").is_file() and "app = create_app" in text(Path("wsgi.py"))


@pytest.mark.parametrize("which", PAGES, ids=lambda p: p.name)
def test_every_setting_named_is_read(which: Path) -> None:
    named = set(re.findall(r"ROADBOOK_([A-Z_]+)", which.read_text("utf-8")))
    assert named <= known_settings()


def test_the_example_of_an_environment_starts(tmp_path: Path) -> None:
    lines = re.findall(r"^(?:# )?(ROADBOOK_[A-Z_]+)=(.*)$", text(Path("deploy/roadbook.env.example")), re.M)
    given = {**dict(lines), "ROADBOOK_VAR": str(tmp_path), "ROADBOOK_SECRET_KEY": "s" * 64}
    found = settings.load(given)
    assert found.production and found.database_pooled and found.broker_url


def test_containers_are_given_settings_that_start(tmp_path: Path) -> None:
    given = dict(COMPOSE["x-roadbook"]["environment"])
    given = {name: re.sub(r"\$\{[^}]*\}", "s" * 64, str(value)) for name, value in given.items()}
    image = dict(re.findall(r"(ROADBOOK_[A-Z_]+)=(\S+)", text(Path("deploy/Dockerfile"))))
    found = settings.load({**image, **given, "ROADBOOK_VAR": str(tmp_path)})
    assert found.production and found.log_format == "json"
    assert COMPOSE["services"]["web"]["ports"] == [f"{found.port}:{found.port}"]
    assert re.findall(r"^EXPOSE (\d+)$", text(Path("deploy/Dockerfile")), re.M) == [str(found.port)]
    hosts = set(re.findall(r"@([a-z]+):\d+", " ".join(map(str, given.values()))))
    assert hosts <= set(COMPOSE["services"])
    targets = re.findall(r'"(\w+):(\d+)"', text(Path("deploy/prometheus/roadbook.yaml")))
    assert targets == [("web", str(found.port))]


def test_the_image_takes_every_room_and_nothing_that_is_not_there() -> None:
    said = text(Path("deploy/Dockerfile"))
    sources = [
        name
        for line in re.findall(r"^COPY (?!--from)(.+) \S+$", said, re.M)
        for name in line.split()
        if "*" not in name
    ]
    assert not [name for name in sources if not (ROOT / name).exists()]
    rooms = set(
        re.findall(r'"(\w+)"', re.findall(r"root_packages = \[(.+)\]", text(Path("pyproject.toml")))[0])
    )
    assert rooms | {"migrations", "settings.py", "wsgi.py"} <= set(sources)
    sent = set(re.findall(r"^!(\S+)$", text(Path(".dockerignore")), re.M))
    assert {name.split("/")[0] for name in sources} <= sent
    assert re.search(r"^USER roadbook$", said, re.M), "it does not run as root"


def test_units_name_what_is_in_the_repository() -> None:
    for unit in UNITS:
        said = unit.read_text("utf-8")
        for program in re.findall(r"\.venv/bin/(\S+)", said):
            package = {"flask": "Flask", "gunicorn": "gunicorn", "celery": "celery"}[program]
            assert re.search(rf"^{package}(\[\w+\])?==", text(Path("requirements.txt")), re.M | re.I)
        assert "User=roadbook" in said and "EnvironmentFile=" in said


def test_systemd_understands_the_units() -> None:
    program = shutil.which("systemd-analyze")
    need("systemd-analyze", program, "as root on Debian: apt-get install systemd")
    assert program
    said = subprocess.run([program, "verify", *map(str, UNITS)], capture_output=True, text=True).stderr
    # The programs are where the checkout will be, which is not this machine.
    complaints = [
        line for line in said.splitlines() if "is not executable" not in line and "roadbook" in line
    ]
    assert not complaints


def families() -> set[str]:
    """Every name that /metrics may tell."""
    from web.api import health
    from web.watching import _measured

    class Nothing:
        """A session in which there is nothing."""

        def execute(self, _: object) -> Any:
            return type(
                "Rows", (), {"one": lambda self: (0, None, None), "__iter__": lambda self: iter(())}
            )()

        def scalar(self, _: object) -> None:
            return None

    health.count_one("route", 200, 0.01)
    told = exposed(health.REGISTRY, list(_measured(Nothing()))).decode()  # type: ignore[arg-type]
    assert isinstance(health.REGISTRY, CollectorRegistry)
    return set(re.findall(r"^([a-z_]+)[ {]", told, re.M)) | set(re.findall(r"^# TYPE (\S+)", told, re.M))


@pytest.mark.parametrize("which", PAGES, ids=lambda p: p.name)
def test_every_metric_named_is_told(which: Path) -> None:
    named = set(re.findall(r"\b(roadbook_(?:queue|worker|request)\w*)", which.read_text("utf-8")))
    assert named <= families()


def test_the_dashboard_shows_every_metric() -> None:
    board = json.loads(text(Path("deploy/grafana/roadbook.json")))
    shown = " ".join(target["expr"] for panel in board["panels"] for target in panel["targets"])
    ours = {n for n in families() if n.startswith(("roadbook_queue", "roadbook_worker"))}
    assert not [name for name in ours if name not in shown]
    places = [(p["gridPos"]["x"], p["gridPos"]["y"]) for p in board["panels"]]
    assert len(set(places)) == len(places) and len({p["id"] for p in board["panels"]}) == len(places)
