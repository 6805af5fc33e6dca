"""Texts know a few tags and no others, twice over: the words of the markup are looked at, and the language lacks the rest."""

from __future__ import annotations

import pytest
from liquid import Environment
from liquid.exceptions import LiquidSyntaxError

from content.bodies import body_problems
from content.language import LANGUAGE, LIBRARY_TAGS
from content.markup import TAGS, bracket_problems
from content.rendering import BadText, problems, render, scene

SCENE = scene(name="林", attributes={"x": "1"})


def known_to_the_library() -> set[str]:
    everything = Environment()
    everything.setup_tags_and_filters(extra=True)
    return set(everything.tags)


#: Those of the library, with more of the kind that other versions of Liquid have, and those of other languages.
REFUSED = sorted(
    (known_to_the_library() - LIBRARY_TAGS)
    | {"include", "render", "layout", "extends", "macro", "call", "block", "import", "from", "section", "raw"}
    | {"include_relative", "tablerow", "capture", "cycle", "increment", "decrement", "liquid", "echo", "with"}
    | {"python", "exec", "eval", "load", "Include", "RENDER", "if2"}
)
FORMS = (
    "{{% {} 'x' %}}",
    "{{%- {} 'x' -%}}",
    "{{%{} x%}}",
    "{{%\n{}\n'x'\n%}}",
    "好{{% {} %}}{{{{ contact.x }}}}",
)


@pytest.mark.parametrize("tag", REFUSED)
def test_a_tag_that_is_not_of_the_list_is_refused_at_saving_and_at_rendering(tag: str) -> None:
    for form in FORMS:
        text = form.format(tag)
        found = problems(text, "body.text")
        assert found and found[0].path == "body.text", text
        assert f"不能使用标签“{tag}”" in found[0].words["zh"] and f"no tag “{tag}”" in found[0].words["en"]
        assert body_problems("email", {"subject": text, "text": "x", "html": f"<p>{text}</p>"})
        with pytest.raises(BadText):
            render(text, SCENE)


@pytest.mark.parametrize("tag", REFUSED)
def test_the_language_itself_lacks_it(tag: str) -> None:
    assert tag not in LANGUAGE.tags
    for form in FORMS:
        with pytest.raises(LiquidSyntaxError):
            LANGUAGE.from_string(form.format(tag))


def test_the_words_of_the_markup_are_looked_at_by_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    everything = Environment()
    everything.setup_tags_and_filters(extra=True)
    monkeypatch.setattr(LANGUAGE, "tags", everything.tags)
    for tag in REFUSED:
        text = f"{{% {tag} 'y' %}}{{{{ contact.x }}}}"
        assert problems(text) and bracket_problems(text, "text"), tag
        with pytest.raises(BadText):
            render(text, SCENE)


def test_what_the_language_knows_is_the_list_and_no_more() -> None:
    assert LANGUAGE.tags.keys() <= LIBRARY_TAGS
    assert TAGS - {"comment", "#"} <= LANGUAGE.tags.keys()
    ours = (
        "{% assign a = contact.x %}{% if a %}{% for t in contact.tags %}{% break %}{% continue %}{% endfor %}"
        "{% endif %}{% unless a %}{% endunless %}{% case a %}{% when '1' %}一{% else %}二{% endcase %}"
        "{% comment %}x{% endcomment %}{% # y %}"
    )
    assert problems(ours) == [] and render(ours, SCENE).text == "一"
