"""The pages that machines ask (探针): /healthz and /readyz for everybody, /metrics for few."""

from collections.abc import Sequence
from http import HTTPStatus

import orjson
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from bot.health.access import may_read
from bot.health.figures import Figures
from bot.health.readiness import Health, Report

__all__ = ["health_routes"]


def health_routes(
    health: Health, figures: Figures, metrics_token: str | None = None
) -> Sequence[BaseRoute]:
    """For the web server; see `bot.health.access` for who may read the figures."""

    async def live(_: Request) -> Response:
        return _answer(health.live())

    async def ready(_: Request) -> Response:
        return _answer(await health.ready())

    async def metrics(request: Request) -> Response:
        host = request.client.host if request.client else None
        if not may_read(host, request.headers, metrics_token):
            return PlainTextResponse("not for you\n", HTTPStatus.FORBIDDEN)
        return Response(
            await figures.exposition(),
            headers={"Cache-Control": "no-store"},
            media_type=CONTENT_TYPE_LATEST,
        )

    return [Route("/healthz", live), Route("/readyz", ready), Route("/metrics", metrics)]


def _answer(report: Report) -> Response:
    return Response(
        orjson.dumps(report.as_json()),
        HTTPStatus.OK if report.good else HTTPStatus.SERVICE_UNAVAILABLE,
        {"Cache-Control": "no-store"},
        "application/json",
    )
