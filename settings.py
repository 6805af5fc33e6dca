"""Every setting of the product, read from the environment in this one place and nowhere else."""

from __future__ import annotations

import ipaddress
import os
import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

PREFIX = "ROADBOOK_"
HERE = Path(__file__).resolve().parent
ENVIRONMENTS = ("development", "production")
LOG_FORMATS = ("text", "json")
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
SHORTEST_SECRET = 32


class BadSettings(ValueError):
    """The environment asks for something Roadbook will not start with; each line says what to change."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))


@dataclass(frozen=True)
class Settings:
    """What the environment decided. Sizes are bytes, `session_hours` hours, `var` a directory that exists."""

    var: Path
    database_url: str
    secret_key: str
    environment: str = "development"
    test_mode: bool = False
    #: True if the first start makes a workspace to look at, with an invented shop in it.
    demo: bool = True
    host: str = "127.0.0.1"
    port: int = 8000
    log_level: str = "INFO"
    #: How workers write their log; the web's lines for requests are JSON in any case.
    log_format: str = "text"
    #: Where spans are sent by OpenTelemetry, if it is installed; none unless said.
    otel_endpoint: str | None = None
    #: Where the wakings of PostgreSQL are heard when `database_url` is a pooler's address.
    database_direct_url: str | None = None
    #: True if a pooler in transaction mode stands before PostgreSQL.
    database_pooled: bool = False
    broker_url: str | None = None
    session_hours: int = 12
    max_body_bytes: int = 2 * 1024 * 1024
    #: Files are kept piece by piece as they come in; workbooks have a smaller limit of their own.
    max_import_bytes: int = 2 * 1024 * 1024 * 1024
    #: How many proxies of our own stand before the web and tell the visitor's address; 0 believes nobody.
    trusted_proxies: int = 0
    #: Keys of before, with which secrets at rest may still be sealed.
    old_secret_keys: tuple[str, ...] = ()
    #: Subnets and ports that connectors may reach besides the open internet at the usual ports.
    allow_subnets: tuple[str, ...] = ()
    allow_ports: tuple[int, ...] = ()
    #: How many whole months of the trail are kept besides the running one; 0 keeps everything.
    trail_months: int = 0
    #: For how many months it is known who was in a segment and left it; 0 keeps everything.
    segment_months: int = 24
    #: For how many months it is known which attributes of a contact changed, and from what; 0 keeps everything.
    attribute_months: int = 24

    @property
    def secret_keys(self) -> tuple[str, ...]:
        """The key that seals secrets, then those that may still have to open some."""
        return (self.secret_key, *self.old_secret_keys)

    @property
    def production(self) -> bool:
        """True when real people are served: cookies then travel over TLS only and the test clock is away."""
        return self.environment == "production"

    def __repr__(self) -> str:
        """Name the settings without the secret and without a database password, so that it can be logged."""
        database = self.database_url.split("://", 1)[0]
        return (
            f"Settings({self.environment}, {database}, {self.host}:{self.port}, test_mode={self.test_mode})"
        )


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from `environ` (default: the process environment).

    Raises BadSettings naming every problem at once.
    """
    given = _Given(os.environ if environ is None else environ)
    var = Path(given.text("VAR") or HERE / "var").expanduser().resolve()
    environment = given.one_of("ENVIRONMENT", ENVIRONMENTS, "development")
    test_mode = given.flag("TEST_MODE")
    if test_mode and environment == "production":
        given.complain(
            "TEST_MODE",
            "lets anybody turn the clock: unset it, or leave production (ROADBOOK_ENVIRONMENT=development)",
        )
    # In test mode the clock belongs to the tests, and in production nobody wants invented customers.
    demo = given.flag("DEMO", "1") and not test_mode and environment != "production"
    pooled = given.flag("DATABASE_POOLED")
    host = given.text("HOST") or Settings.host
    port = given.number("PORT", Settings.port, 1, 65535)
    log_level = given.one_of("LOG_LEVEL", LOG_LEVELS, Settings.log_level)
    log_format = given.one_of("LOG_FORMAT", LOG_FORMATS, Settings.log_format)
    session_hours = given.number("SESSION_HOURS", Settings.session_hours, 1, 24 * 90)
    body = given.number("MAX_BODY_BYTES", Settings.max_body_bytes, 1024, 1 << 30)
    upload = given.number("MAX_IMPORT_BYTES", Settings.max_import_bytes, 1024, 1 << 34)
    proxies = given.number("TRUSTED_PROXIES", Settings.trusted_proxies, 0, 5)
    trail_months = given.number("TRAIL_MONTHS", 0, 0, 1200)
    segment_months = given.number("SEGMENT_MONTHS", Settings.segment_months, 0, 1200)
    attribute_months = given.number("ATTRIBUTE_MONTHS", Settings.attribute_months, 0, 1200)
    secret = given.text("SECRET_KEY")
    if secret is not None and len(secret) < SHORTEST_SECRET:
        given.complain(
            "SECRET_KEY", f"must be at least {SHORTEST_SECRET} characters, for example 64 random hex digits"
        )
    old_secrets = given.listed("OLD_SECRET_KEYS")
    if any(len(key) < SHORTEST_SECRET for key in old_secrets):
        given.complain(
            "OLD_SECRET_KEYS", f"has keys of at least {SHORTEST_SECRET} characters, separated by commas"
        )
    subnets, ports = given.subnets("ALLOW_SUBNETS"), given.ports("ALLOW_PORTS")
    given.refuse()

    var.mkdir(parents=True, exist_ok=True)
    return Settings(
        var=var,
        database_url=given.text("DATABASE_URL") or f"sqlite:///{var / 'roadbook.db'}",
        secret_key=secret or _kept_secret(var / "secret.key"),
        environment=environment,
        test_mode=test_mode,
        demo=demo,
        host=host,
        port=port,
        log_level=log_level,
        log_format=log_format,
        otel_endpoint=given.text("OTEL_ENDPOINT"),
        database_direct_url=given.text("DATABASE_DIRECT_URL"),
        database_pooled=pooled,
        broker_url=given.text("BROKER_URL"),
        session_hours=session_hours,
        max_body_bytes=body,
        max_import_bytes=upload,
        trusted_proxies=proxies,
        trail_months=trail_months,
        segment_months=segment_months,
        attribute_months=attribute_months,
        old_secret_keys=old_secrets,
        allow_subnets=subnets,
        allow_ports=ports,
    )


class _Given:
    """The environment as it was given, collecting complaints instead of stopping at the first."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ
        self.problems: list[str] = []

    def complain(self, name: str, sentence: str) -> None:
        self.problems.append(f"{PREFIX}{name} {sentence}.")

    def refuse(self) -> None:
        if self.problems:
            raise BadSettings(self.problems)

    def text(self, name: str) -> str | None:
        return self.environ.get(PREFIX + name, "").strip() or None

    def flag(self, name: str, default: str = "0") -> bool:
        value = (self.text(name) or default).lower()
        if value not in ("0", "1", "true", "false", "yes", "no"):
            self.complain(name, f"is {value!r}: use 1 or 0")
        return value in ("1", "true", "yes")

    def number(self, name: str, default: int, least: int, most: int) -> int:
        value = self.text(name)
        if value is None:
            return default
        if not (value.isascii() and value.isdigit()) or not least <= int(value) <= most:
            self.complain(name, f"is {value!r}: use a whole number from {least} to {most}")
            return default
        return int(value)

    def subnets(self, name: str) -> tuple[str, ...]:
        found = self.listed(name)
        for one in found:
            try:
                ipaddress.ip_network(one, strict=False)
            except ValueError:
                self.complain(name, f"has {one!r}: use subnets such as 10.0.0.0/8, separated by commas")
        return found

    def ports(self, name: str) -> tuple[int, ...]:
        found = self.listed(name)
        if not all(one.isascii() and one.isdigit() and 0 < int(one) < 65536 for one in found):
            self.complain(name, "has port numbers from 1 to 65535, separated by commas")
            return ()
        return tuple(map(int, found))

    def listed(self, name: str) -> tuple[str, ...]:
        return tuple(one.strip() for one in (self.text(name) or "").split(",") if one.strip())

    def one_of(self, name: str, allowed: tuple[str, ...], default: str) -> str:
        value = self.text(name) or default
        for choice in allowed:
            if value.lower() == choice.lower():
                return choice
        self.complain(name, f"is {value!r}: use one of {', '.join(allowed)}")
        return default


def _kept_secret(path: Path) -> str:
    """Return the secret kept in `path`, making it on the first start; two first starts agree on one.

    The finished file is linked into place, so a reader never meets half a secret.
    """
    if not path.exists():
        descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=".secret-")  # mkstemp gives mode 0600
        try:
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.write(secrets.token_hex(32))
            try:
                os.link(draft, path)
            except FileExistsError:
                return _kept_secret(path)  # the other process was first: its secret is the one
        finally:
            os.unlink(draft)
    secret = path.read_text(encoding="ascii").strip()
    if len(secret) < SHORTEST_SECRET:
        raise BadSettings(
            [f"{path} holds no usable secret: delete it and a new one is made (everybody signs in again)."]
        )
    return secret
