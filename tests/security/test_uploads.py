"""Files that somebody sends to the console: their names lead nowhere, and they end (上传)."""

import pytest
from sqlalchemy import select

from bot.store.tables import document_imports, uploaded_parts
from tests.security.asking import Heard
from tests.security.conftest import Application

NAMES = (
    "../../../../etc/cron.d/evil.csv",
    "..\\..\\windows\\evil.csv",
    "/etc/passwd",
    "evil\u202evsc.exe",
    "\"; filename*=UTF-8''x.csv",
    "x" * 5000 + ".csv",
    "NUL",
)
BOUNDARY = "a-boundary"


def sent(name: str, content: bytes) -> bytes:
    quoted = name.replace('"', "%22")
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{quoted}"'
    return f"{head}\r\n\r\n".encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode()


async def upload(application: Application, body: bytes, **headers: str) -> Heard:
    kind = {"content-type": f"multipart/form-data; boundary={BOUNDARY}"}
    owner = application.owner()
    return await owner.ask("POST", "/console/imports", body=body, headers=kind | headers)


async def test_a_name_leads_nowhere(application: Application) -> None:
    for name in NAMES:
        # 400: a name of five thousand letters is no form
        assert (await upload(application, sent(name, b"a,b\n1,2\n"))).status in (303, 400)
    with application.engine.connect() as connection:
        kept = list(connection.execute(select(document_imports.c.name)).scalars())
    assert len(kept) >= len(NAMES) - 1
    assert [name for name in kept if "/" in name or "\\" in name or len(name) > 255] == []


async def test_more_than_a_page_takes_is_not_read_on(application: Application) -> None:
    too_long = str((256 << 20) + 1)
    refused = await upload(application, b"", **{"content-length": too_long})
    assert refused.status == 413
    with application.engine.connect() as connection:
        assert connection.execute(select(uploaded_parts.c.upload)).all() == []


@pytest.mark.parametrize("content", [b"", b"\x00" * 1000])
async def test_a_form_that_is_none_is_refused(application: Application, content: bytes) -> None:
    heard = await upload(application, content)
    assert heard.status in (400, 422)
