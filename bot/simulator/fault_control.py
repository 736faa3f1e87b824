"""Ordering mishaps over HTTP: which share of the calls fails how, from which seed."""

import time

from aiohttp import web

from bot.simulator.bot_api import BotApi
from bot.simulator.control_api import served
from bot.simulator.faults import FaultRates, SeededFaults, no_faults
from bot.simulator.parameters import Parameters
from bot.simulator.refusal import bad_request
from bot.simulator.updates import once

__all__ = ["FaultControl"]

SHARES = ("flood", "global_flood", "server_error", "lost_answer", "redelivery")
LONGEST_DELAY_MS = 60_000


class FaultControl:
    """Serves `/demo/faults`: GET what is ordered and what has happened, POST a new order.

    An order is a JSON object: `seed`, shares from 0 to 1 under their names (`flood` 0.05),
    `delay_ms` as [from, to], `retry_after` in seconds, `methods`; an empty one ends all faults.
    """

    def __init__(self, bot_api: BotApi) -> None:
        """Make mishaps in this Bot API."""
        self._bot_api = bot_api
        self._ordered: SeededFaults | None = None

    def add_to(self, application: web.Application) -> None:
        """Register the routes."""
        application.router.add_get("/demo/faults", served(self._read))
        application.router.add_post("/demo/faults", served(self._order))

    async def _read(self, _request: web.Request, _parameters: Parameters) -> object:
        ordered = self._ordered
        if ordered is None:
            return {"seed": None, "counted": {}}
        shares = {name: getattr(ordered.rates, name) for name in SHARES}
        return {"seed": ordered.seed, **shares, "counted": dict(ordered.counted)}

    async def _order(self, request: web.Request, parameters: Parameters) -> object:
        if parameters.values:
            self._ordered = SeededFaults(
                _rates(parameters), parameters.number("seed"), time.monotonic
            )
            self._bot_api.faults = self._ordered
            self._bot_api.world.updates.comes_again = self._ordered.comes_again
        else:
            self._ordered = None
            self._bot_api.faults = no_faults
            self._bot_api.world.updates.comes_again = once
        return await self._read(request, parameters)


def _rates(parameters: Parameters) -> FaultRates:
    shares = {name: _share(parameters, name) for name in SHARES}
    least, most = _delays(parameters.structure("delay_ms") or [0, 0])
    methods = parameters.structure("methods") or ["sendMessage"]
    if not isinstance(methods, list) or not all(isinstance(each, str) for each in methods):
        raise bad_request("methods must be a list of method names")
    rates = FaultRates(
        **shares,
        delay_from=least / 1000,
        delay_to=most / 1000,
        retry_after=max(1, parameters.number("retry_after", 1)),
        methods=frozenset(each.lower() for each in methods),
    )
    if rates.any > 1:
        raise bad_request("the shares of failing calls add up to more than 1")
    return rates


def _share(parameters: Parameters, name: str) -> float:
    value = parameters.values.get(name, 0)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise bad_request(f"{name} must be a share from 0 to 1")
    return float(value)


def _delays(value: object) -> tuple[float, float]:
    match value:
        case [int() | float() as least, int() | float() as most]:
            if 0 <= least <= most <= LONGEST_DELAY_MS:
                return least, most
    raise bad_request(f"delay_ms must be [from, to] within 0 to {LONGEST_DELAY_MS}")
