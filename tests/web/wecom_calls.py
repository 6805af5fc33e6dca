"""A connection with WeCom and calls to it, sealed by wechatpy: somebody else's reading of the same rules."""

from __future__ import annotations

import itertools
import time
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree

from wechatpy.enterprise.crypto import WeChatCrypto

from connectors.wecom import xml
from store import clock
from store.database import begin_write, db
from store.secrets import Vault
from store.tables_connections import Connection
from tests.web.conftest import House

TOKEN, AES_KEY, CORP = "QDG6eK", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C", "wx5823bf96d3bd56c7"


@dataclass
class Line:
    """One connection's callback address and the secrets of the other side."""

    house: House
    callback_id: str = "cb-main"
    token: str = TOKEN
    key: str = AES_KEY
    corp: str = CORP
    numbers: Any = field(default_factory=lambda: itertools.count(1))

    @property
    def path(self) -> str:
        return f"/callbacks/wecom/{self.callback_id}"

    def seal(
        self, fields: dict[str, Any], *, at: int | None = None, nonce: str | None = None, raw: str = ""
    ) -> tuple[dict[str, str], bytes]:
        """The query and the body of a call, as wechatpy would make them."""
        stamp, nonce = str(at or int(time.time())), nonce or f"n{next(self.numbers)}"
        crypto = WeChatCrypto(self.token, self.key, self.corp)
        sealed = crypto.encrypt_message(raw or xml.write(fields), nonce, stamp)
        signature = ElementTree.fromstring(sealed).findtext("MsgSignature") or ""
        return {"msg_signature": signature, "timestamp": stamp, "nonce": nonce}, sealed.encode()

    def post(self, query: dict[str, str], body: bytes, path: str | None = None) -> Any:
        return self.house.app.test_client().post(path or self.path, query_string=query, data=body)

    def tell(self, change: str, **more: Any) -> Any:
        return self.post(*self.seal(friend(change, **more)))


def friend(change: str, **more: Any) -> dict[str, Any]:
    """An event about a customer."""
    return {
        "ToUserName": CORP,
        "FromUserName": "sys",
        "CreateTime": int(time.time()),
        "MsgType": "event",
        "Event": "change_external_contact",
        "ChangeType": change,
        "UserID": "zhangsan",
        "ExternalUserID": "wmEXTERNAL1",
        **more,
    }


def connect(
    house: House, slug: str = "main", callback_id: str = "cb-main", token: str = TOKEN, corp: str = CORP
) -> Line:
    """Make a connection with WeCom in a workspace."""
    with house.app.app_context():
        session = db.session()
        begin_write(session)
        now = clock.system()
        row = Connection(
            workspace_id=house.ids[slug], connector="wecom", name="企业微信", carriers=["wecom_direct"],
            settings={"corp_id": corp}, callback_id=callback_id, created_at=now, updated_at=now,
        )  # fmt: skip
        session.add(row)
        session.flush()
        secrets = {"callback_token": token, "callback_aes_key": AES_KEY}
        row.secrets = Vault(house.app.config["ROADBOOK"].secret_keys).seal(
            secrets, f"connection:{row.workspace_id}:{row.id}"
        )
        session.commit()
    return Line(house, callback_id, token, corp=corp)
