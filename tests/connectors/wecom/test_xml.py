"""XML from outside: six files made to hurt, and what WeCom really sends."""

from __future__ import annotations

import pytest

from connectors.wecom import xml
from connectors.wecom.xml import BadXml
from tests.quickest import quickest

LAUGHS = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
HOSTILE = {
    "billion laughs": f'<!DOCTYPE x [<!ENTITY a0 "ha">{LAUGHS}]><xml>&a9;</xml>'.encode(),
    "quadratic": b'<!DOCTYPE x [<!ENTITY a "' + b"a" * 20_000 + b'">]><xml>' + b"&a;" * 10_000 + b"</xml>",
    "a local file": b'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/hostname">]><xml><a>&f;</a></xml>',
    "another machine": b'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd"><xml><a>1</a></xml>',
    "deep": b"<a>" * 200_000 + b"</a>" * 200_000,
    "deep but small": b"<a>" * 9_000 + b"</a>" * 9_000,
    "large": b"<xml><a>" + b"x" * 70_000 + b"</a></xml>",
    "many": b"<xml>" + b"<a/>" * 10_000 + b"</xml>",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_refused_within_20_ms(name: str) -> None:
    def refused() -> None:
        with pytest.raises(BadXml):
            xml.read(HOSTILE[name])

    assert quickest(refused, 0.020, tries=20) < 0.020


@pytest.mark.parametrize(
    "data", [b"", b"x", b"<xml>", b"<xml></a>", b"\xff\xfe", b"<xml>hi</xml>", b"\x00" * 50]
)
def test_what_is_no_message_is_refused(data: bytes) -> None:
    with pytest.raises(BadXml):
        xml.read(data)


def test_what_is_written_is_read_again() -> None:
    fields = {
        "ToUserName": "ww1",
        "CreateTime": 5,
        "Text": "a]]>b & <c> 你好",
        "Tags": {"Tag": ["x", "y"]},
        "None": "",
    }
    assert xml.read(xml.write(fields).encode()) == {**fields, "CreateTime": "5"}


def test_32_inside_each_other_are_read_and_33_are_not() -> None:
    assert xml.read(b"<a>" * 32 + b"x" + b"</a>" * 32)
    with pytest.raises(BadXml):
        xml.read(b"<a>" * 33 + b"x" + b"</a>" * 33)
