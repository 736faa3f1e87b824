"""The sales of one platform in the order of their times."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from tests.platform_server.sales import Sale

Moment = Callable[[Sale], datetime | None]
Place = tuple[datetime, str]


def created(sale: Sale) -> datetime:
    return sale.created


def received(sale: Sale) -> datetime | None:
    return sale.received


def settled(sale: Sale) -> datetime | None:
    return sale.settled


def noted(sale: Sale) -> datetime:
    return sale.noted


class Book:
    """Finds sales by any of their times; a sale that changes moves."""

    def __init__(self, sales: Iterable[Sale]) -> None:
        self.sales = {sale.order: sale for sale in sales}
        self.orders = list(self.sales)
        self.narrow: timedelta | None = None
        """In a big sale, no question may ask for more than this."""
        self._indexes: dict[Moment, list[Place]] = {}

    def too_wide(self, start: datetime, end: datetime, widest: timedelta) -> bool:
        """Whether a question asks for more than its platform answers."""
        return not start <= end <= start + min(widest, self.narrow or widest)

    def between(self, moment: Moment, start: datetime, end: datetime) -> list[Sale]:
        """In the order of this time, both ends included."""
        places = self._index(moment)
        first, last = bisect_left(places, (start, "")), bisect_right(places, (end, "~"))
        return [self.sales[order] for _, order in places[first:last]]

    def take_out(self, sale: Sale) -> None:
        """Call before a change; `put_in` after it."""
        for moment, places in self._indexes.items():
            if at := moment(sale):
                del places[bisect_left(places, (at, sale.order))]

    def put_in(self, sale: Sale) -> None:
        if sale.order not in self.sales:
            self.sales[sale.order] = sale
            self.orders.append(sale.order)
        for moment, places in self._indexes.items():
            if at := moment(sale):
                insort(places, (at, sale.order))

    def _index(self, moment: Moment) -> list[Place]:
        if moment not in self._indexes:
            dated = ((moment(sale), sale.order) for sale in self.sales.values())
            self._indexes[moment] = sorted((at, order) for at, order in dated if at)
        return self._indexes[moment]
