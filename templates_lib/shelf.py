"""The shelf of industry templates: a folder each, with the journey, its materials and what it is about."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


class NoSuchTemplate(LookupError):
    """There is no template of this name; see the list of templates."""

    code, status = "no-such-template", 404


@dataclass(frozen=True, slots=True)
class Template:
    """One template as it lies on the shelf."""

    slug: str
    #: {"zh", "en"}
    name: dict[str, str]
    industry: dict[str, str]
    summary: dict[str, str]
    #: Event names that the journey needs.
    events: tuple[str, ...]
    definition: dict[str, Any]
    #: [{"key", "name", "carrier", "body"}]
    materials: tuple[dict[str, Any], ...]
    #: What it needs in a workspace beside them, by kind; see templates_lib.needs.
    needs: dict[str, list[dict[str, Any]]]
    #: {"zh", "en"}: what it does, what it needs, what is to come.
    readme: dict[str, str]


@cache
def shelf() -> dict[str, Template]:
    """Every template by its slug; read once."""
    return {t.slug: t for t in map(_read, sorted(HERE.glob("*/template.json")))}


def every() -> list[Template]:
    """Every template, by slug."""
    return list(shelf().values())


def take(slug: str) -> Template:
    """The template of this slug; raises NoSuchTemplate."""
    try:
        return shelf()[slug]
    except KeyError:
        raise NoSuchTemplate(NoSuchTemplate.__doc__) from None


def _read(path: Path) -> Template:
    folder = path.parent
    about = json.loads(path.read_text("utf-8"))
    return Template(
        slug=about["slug"],
        name=about["name"],
        industry=about["industry"],
        summary=about["summary"],
        events=tuple(about["events"]),
        definition=json.loads((folder / "journey.json").read_text("utf-8")),
        materials=tuple(json.loads((folder / "materials.json").read_text("utf-8"))),
        needs=json.loads((folder / "needs.json").read_text("utf-8")),
        readme={
            "zh": (folder / "README.zh-CN.md").read_text("utf-8"),
            "en": (folder / "README.md").read_text("utf-8"),
        },
    )
