"""The pages that machines ask (探针): /healthz and /readyz, open to everybody.

They name parts and states and nothing else.
"""

from collections.abc import Sequence
from http import HTTPStatus

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.health.readiness import Health, Report

__all__ = ["health_routes"]


def health_routes(health: Health) -> Sequence[BaseRoute]:
    """For the web server."""

    async def live(_: Request) -> Response:
        return _answer(health.live())

    async def ready(_: Request) -> Response:
        return _answer(await health.ready())

    return [Route("/healthz", live), Route("/readyz", ready)]


def _answer(report: Report) -> Response:
    return Response(
        orjson.dumps(report.as_json()),
        HTTPStatus.OK if report.good else HTTPStatus.SERVICE_UNAVAILABLE,
        {"Cache-Control": "no-store"},
        "application/json",
    )
