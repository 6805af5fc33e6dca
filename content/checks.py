"""What a careful colleague would say of a text before customers read it: forbidden words, looks of spam, the welcome."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from content import slots
from content.bodies import body_problems, body_variables, joined
from content.sms import segments

ERROR, WARNING, INFO = "error", "warning", "info"
MOST_LINKS = 3
MOST_EXCLAIMED = 3
#: Letters of the Latin script in a text, from which on capitals are counted.
LEAST_LETTERS = 12
_LINK = re.compile(r"https?://", re.IGNORECASE)
_MARKS = re.compile(r"\{\{[^{}]{0,500}\}\}|\{%[^{}]{0,500}%\}")
_TAG = re.compile(r"<[^<>]{0,2000}>")
OPT_OUT = re.compile(r"退订|拒收|回复?\s?[TNR]\b|unsubscribe|opt.?out|reply\s+stop|stop\s+to", re.IGNORECASE)
UNSUBSCRIBE = re.compile(r"退订|取消订阅|unsubscribe|opt.?out", re.IGNORECASE)
WELCOME_TOPICS = frozenset({"welcome", "欢迎", "欢迎语"})
#: The three things that a welcome says: who speaks, what there is to get, and what to do next.
WELCOME: Mapping[str, tuple[re.Pattern[str], str, str]] = {
    "who": (
        re.compile(r"我是|我们是|这里是|workspace\.name|顾问|小助手|客服|i am|i'm|this is|we are", re.I),
        "写明了我是谁",
        "says who is speaking",
    ),
    "what": (
        re.compile(
            r"领|福利|优惠|礼|券|送|可以|专属|第一时间|每[天周月]|offer|gift|get|free|discount|you can", re.I
        ),
        "写明了能得到什么",
        "says what there is to get",
    ),
    "next": (
        re.compile(r"回复|点击|点开|扫码|告诉我|发我|填写|试试|戳|reply|click|tap|tell|scan|https?://", re.I),
        "写明了下一步做什么",
        "says what to do next",
    ),
}
UNWELCOME = {
    "who": ("欢迎语没有写明我是谁。", "The welcome does not say who is speaking."),
    "what": ("欢迎语没有写明能得到什么。", "The welcome does not say what there is to get."),
    "next": ("欢迎语没有写明下一步做什么。", "The welcome does not say what to do next."),
}


@dataclass(slots=True, frozen=True)
class Finding:
    """One remark on a material."""

    code: str
    severity: str
    path: str
    zh: str
    en: str


def look(
    carrier: str,
    body: Mapping[str, Any],
    *,
    topic: str = "",
    forbidden: Mapping[str, str] | None = None,
    known: Iterable[str] | None = None,
    promised: str = "",
) -> list[Finding]:
    """Say everything there is to say of a body, errors first; a body that is no body gets only that.

    `forbidden` is {word: list}; `known` are the attributes of contacts in this workspace, None not to ask;
    `promised` is what a channel said people would get by joining.
    """
    broken = body_problems(carrier, body)
    if broken:
        return [Finding("form", ERROR, one.path, one.words["zh"], one.words["en"]) for one in broken]
    found = [
        *_forbidden(body, forbidden or {}),
        *_variables(carrier, body, known),
        *_loud(body),
        *_links(body),
        *_ways_out(carrier, body),
        *_lengths(carrier, body),
    ]
    if topic.strip().lower() in WELCOME_TOPICS:
        found += _welcome(body, promised)
    order = (ERROR, WARNING, INFO)
    return sorted(found, key=lambda one: order.index(one.severity))


def broken_promise(code: str, phrase: str) -> Finding:
    """That a channel code promises something which the text that greets does not mention."""
    return Finding(
        "code-promise",
        WARNING,
        "body.text",
        f"渠道码“{code}”承诺了“{phrase}”，这段欢迎语里没有提到。请补上，或改渠道码的承诺。",
        f"The channel code “{code}” promises “{phrase}”, and this welcome does not mention it: "
        "say so, or change the promise.",
    )


def forbidden_in(text: str, forbidden: Mapping[str, str]) -> list[str]:
    """The forbidden words of a text, as they stand in the lists."""
    plain = _MARKS.sub(" ", text).lower()
    return [word for word in forbidden if word in plain]


def texts(body: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """(path, text) of everything that people read, without marks; HTML without its tags."""
    for name, value in body.items():
        if isinstance(value, str) and name not in ("url", "template_id", "page"):
            plain = _TAG.sub(" ", value) if name == "html" else value
            yield f"body.{name}", _MARKS.sub(" ", slots.unfold(plain)[0])
        elif isinstance(value, list):
            for number, item in enumerate(value):
                for part in ("title", "value"):
                    if isinstance(item, Mapping) and isinstance(item.get(part), str):
                        yield f"body.{name}.{number}.{part}", _MARKS.sub(" ", item[part])


def _forbidden(body: Mapping[str, Any], forbidden: Mapping[str, str]) -> Iterator[Finding]:
    for path, text in texts(body):
        for word in forbidden_in(text, forbidden):
            yield Finding(
                "forbidden-word",
                ERROR,
                path,
                f"含有禁用词“{word}”，请换个说法。",
                f"Holds the forbidden word “{word}”: say it another way.",
            )


def _variables(carrier: str, body: Mapping[str, Any], known: Iterable[str] | None) -> Iterator[Finding]:
    if known is None:
        return
    has = {*known, "name", "tags"}
    for path in body_variables(carrier, body):
        root, _, name = path.partition(".")
        if root == "contact" and name.partition(".")[0] not in has:
            yield Finding(
                "unknown-variable",
                WARNING,
                "body.text",
                f"客户没有“{name}”这个属性，写出来会是空的；请检查拼写。",
                f"Contacts have no attribute “{name}”, so nothing will stand there: check its spelling.",
            )


def _loud(body: Mapping[str, Any]) -> Iterator[Finding]:
    for path, text in texts(body):
        letters = [one for one in text if one.isascii() and one.isalpha()]
        capitals = sum(one.isupper() for one in letters)
        if len(letters) >= LEAST_LETTERS and capitals > 0.7 * len(letters):
            yield Finding(
                "all-capitals",
                WARNING,
                path,
                "几乎全是大写字母，容易被当作垃圾信息。",
                "Nearly all capitals: it looks like spam.",
            )
        marks = text.count("!") + text.count("！")
        if marks > MOST_EXCLAIMED:
            yield Finding(
                "exclamation",
                WARNING,
                path,
                f"有 {marks} 个感叹号，留 1 到 {MOST_EXCLAIMED} 个就够了。",
                f"There are {marks} exclamation marks: {MOST_EXCLAIMED} are plenty.",
            )


def _links(body: Mapping[str, Any]) -> Iterator[Finding]:
    count = sum(len(_LINK.findall(value)) for value in body.values() if isinstance(value, str))
    count += sum(
        isinstance(item, Mapping) and item.get("type") == "link" for item in body.get("attachments") or ()
    )
    if count > MOST_LINKS:
        yield Finding(
            "many-links",
            WARNING,
            "body.text",
            f"有 {count} 个链接；一条消息最好只请人做一件事。",
            f"There are {count} links: one message had better ask for one thing.",
        )


def _ways_out(carrier: str, body: Mapping[str, Any]) -> Iterator[Finding]:
    if carrier == "sms":
        whole = str(joined(carrier, body).get("text", ""))
        if not OPT_OUT.search(whole):
            yield Finding(
                "no-opt-out",
                WARNING,
                "body.opt_out",
                "营销短信须写明怎样退订，例如“拒收请回复R”。",
                "A marketing text has to say how to opt out, such as “reply R to stop”.",
            )
        if "【" not in whole:
            yield Finding(
                "no-signature",
                WARNING,
                "body.signature",
                "短信没有签名，运营商会拦下。",
                "The text has no signature: operators hold such texts back.",
            )
    elif carrier == "email":
        everything = f"{body.get('text', '')} {body.get('html', '')}"
        if not UNSUBSCRIBE.search(everything):
            yield Finding(
                "no-unsubscribe",
                INFO,
                "body.text",
                "正文没有提到退订；接通邮件后，末尾会自动加上退订链接。",
                "The text does not mention unsubscribing; a link is put at its end when it is sent.",
            )


def _lengths(carrier: str, body: Mapping[str, Any]) -> Iterator[Finding]:
    if carrier != "sms":
        return
    counted = segments(_MARKS.sub("××", slots.unfold(str(joined(carrier, body).get("text", "")))[0]))
    yield Finding(
        "segments",
        WARNING if counted.parts > 2 else INFO,
        "body.text",
        f"约 {counted.characters} 字，计 {counted.parts} 条短信；变量按两个字估计。",
        f"About {counted.characters} characters, {counted.parts} message(s); a variable counts as two.",
    )


def _welcome(body: Mapping[str, Any], promised: str) -> Iterator[Finding]:
    written = f"{body.get('text', '')} {[item.get('url') for item in body.get('attachments') or ()]}"
    for what, (pattern, zh, en) in WELCOME.items():
        if pattern.search(written):
            yield Finding(f"welcome-{what}", INFO, "body.text", f"欢迎语{zh}。", f"The welcome {en}.")
        else:
            yield Finding(f"no-{what}", WARNING, "body.text", *UNWELCOME[what])
    words = [word for word in re.split(r"[\s,，、。;；]+", promised) if len(word) > 1]
    for word in words[:20]:
        if word.lower() not in written.lower():
            yield Finding(
                "promise",
                WARNING,
                "body.text",
                f"渠道承诺了“{word}”，欢迎语里没有提到。",
                f"The channel promised “{word}”; the welcome does not mention it.",
            )
