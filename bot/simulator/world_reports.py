"""The reports of the sample world, in the platforms' own columns, words and encodings."""

import csv
import io
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from decimal import Decimal

from bot.simulator.world_sales import Sale, rate_of, world
from settlement.model import Platform
from settlement.money import share, share_to_fen

__all__ = ["exported"]

Cells = Mapping[str, str]


def exported(platform: Platform, sales: Iterable[Sale]) -> bytes:
    """Write the lines of one platform as it would export them."""
    export = world()["exports"][platform]
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(export["header"])
    for number, sale in enumerate(sales, start=1):
        cells = {"序号": str(number), **_CELLS[platform](sale)}
        writer.writerow([cells.get(name) or export["absent"] for name in export["header"]])
    return text.getvalue().encode(export["encoding"])


def _taobao(sale: Sale) -> Cells:
    income = share_to_fen(sale.paid - sale.refunded, sale.rate)
    technical_rate = rate_of(world()["taobao_technical_rate"])
    settled = sale.settled is not None
    return {
        "创建时间": _slashed(sale.ordered),
        "付款时间": "" if sale.status == "拍下未付款" else _slashed(sale.ordered),
        "结算时间": _slashed(sale.settled),
        "商品标题": sale.item,
        "掌柜旺旺": sale.shop,
        "店铺名称": sale.shop,
        "商品ID": _item_id(sale),
        "商品数量": "1",
        "商品单价": str(sale.paid),
        "付款金额": str(sale.paid),
        "淘宝订单编号": sale.number,
        "淘宝子订单号": _child(sale, "1889"),
        "订单状态": sale.status,
        "订单类型": "天猫",
        "结算金额": str(sale.paid - sale.refunded) if settled else "0.00",
        "佣金比率": _percent(sale.rate),
        "收入比率": _percent(sale.rate),
        "提成": _percent(sale.rate),
        "技术服务费率": _percent(technical_rate),
        "技术服务费": str(share_to_fen(income, technical_rate)) if settled else "0.00",
        "付款预估收入": str(share_to_fen(sale.paid, sale.rate)),
        "结算预估收入": str(income) if settled else "0.00",
        "产品类型": "常规推广",
        "推广者身份": "二方",
        "媒体名称": sale.creator,
        "推广位名称": _promoter(sale, "position"),
        "维权标签": "维权" if sale.disputed else "",
        "专项服务费率": "0.00%",
        "预估专项服务费": "0.00",
        "结算专项服务费": "0.00",
    }


def _jd(sale: Sale) -> Cells:
    jd_share = rate_of(world()["jd_share"])
    rate = share(sale.rate, jd_share)
    left = sale.paid - sale.refunded
    return {
        "下单时间": _dashed(sale.ordered),
        "完成时间": _dashed(sale.received),
        "结算时间": f"{sale.settles:%Y-%m-%d}" if sale.settles else "",
        "订单号": sale.number,
        "主单号": sale.parent or "0",
        "订单状态": sale.status,
        "商品名称": sale.item,
        "店铺名": sale.shop,
        "商品数量": "1",
        "售后数量": str(sale.in_after_sale),
        "退货数量": str(sale.returned),
        "预估计佣金额": str(sale.paid),
        "预估佣金": str(share_to_fen(sale.paid, rate)),
        "佣金比例": _percent(sale.rate),
        "分成比例": _percent(jd_share),
        "实际计佣金额": str(left) if sale.received else "0.00",
        "实际佣金": str(share_to_fen(left, rate)) if sale.received else "0.00",
        "推广位": _promoter(sale, "position"),
    }


def _douyin(sale: Sale) -> Cells:
    total = share_to_fen(sale.paid, sale.rate)
    agency = share_to_fen(total, sale.agency_share)
    return {
        "订单id": f"\t{sale.number}",
        "商品id": _item_id(sale),
        "商品名称": sale.item,
        "店铺名称": sale.shop,
        "订单状态": sale.status,
        "超时未结算原因": sale.reason,
        "成交金额": str(sale.paid),
        "佣金率": _percent(sale.rate),
        "总佣金收入": str(total),
        "预估佣金收入-达人": str(total - agency),
        "预估佣金收入-机构": str(agency),
        "结算佣金收入-达人": str(total - agency) if sale.settled else "",
        "订单支付时间": _dashed(sale.ordered),
        "收货时间": _dashed(sale.received),
        "订单结算时间": _dashed(sale.settled),
        "流量来源": "直播",
        "作者账号": _promoter(sale, "author"),
        "冻结比例": sale.frozen,
    }


def _alibaba1688(sale: Sale) -> Cells:
    return {
        "主订单号": sale.number,
        "子订单号": _child(sale, "1689"),
        "商品名称": sale.item,
        "商品ID": _item_id(sale),
        "成交金额": str(sale.paid),
        "成交数量": "1",
        "创建时间": _dashed(sale.ordered),
        "确认收货时间": _dashed(sale.received),
        "结算时间": _dashed(sale.settled),
        "订单状态": sale.status,
        "结算状态": sale.settle,
        "维权状态": sale.rights,
        "佣金比例": _percent(sale.rate),
        "佣金金额": str(share_to_fen(sale.paid, sale.rate)),
        "推广位": _promoter(sale, "position"),
    }


def _promoter(sale: Sale, hint: str) -> str:
    promoters: Mapping[str, str] = world()["creators"][sale.creator]["promoters"][sale.platform]
    return promoters[hint]


def _child(sale: Sale, prefix: str) -> str:
    """Number a line of an order: the order's number with another beginning and its place."""
    return f"{prefix}{sale.number[4:-4]}{int(sale.number[-3:]):03}{sale.line}"


def _item_id(sale: Sale) -> str:
    return f"68{sum(map(ord, sale.item)):010}"


def _percent(rate: Decimal) -> str:
    return f"{share(rate, Decimal(100)):.2f}%"


def _dashed(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}" if moment else ""


def _slashed(moment: datetime | None) -> str:
    return f"{moment:%Y/%m/%d %H:%M:%S}" if moment else ""


_CELLS: Mapping[Platform, Callable[[Sale], Cells]] = {
    Platform.TAOBAO: _taobao,
    Platform.JD: _jd,
    Platform.DOUYIN: _douyin,
    Platform.ALIBABA_1688: _alibaba1688,
}
