"""The sales of one platform in the order of their update times."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable
from datetime import datetime

from tests.platform_server.sales import Sale

Place = tuple[datetime, str]


class Book:
    """Finds by update time; a sale that is noted anew moves."""

    def __init__(self, sales: Iterable[Sale]) -> None:
        self.sales = {sale.order: sale for sale in sales}
        self.orders = list(self.sales)
        self._places: list[Place] = sorted(
            (each.noted, each.order) for each in self.sales.values()
        )

    def noted_between(self, start: datetime, end: datetime) -> list[Sale]:
        """Both ends included, to the second."""
        first = bisect_left(self._places, (start, ""))
        last = bisect_right(self._places, (end, "~"))
        return [self.sales[order] for _, order in self._places[first:last]]

    def forget_place(self, sale: Sale) -> None:
        """Call before a change; `note` after it."""
        del self._places[bisect_left(self._places, (sale.noted, sale.order))]

    def note(self, sale: Sale) -> None:
        sale.noted = sale.noted.replace(microsecond=0)
        if sale.order not in self.sales:
            self.sales[sale.order] = sale
            self.orders.append(sale.order)
        insort(self._places, (sale.noted, sale.order))
