"""The sample trade: bearings for a machine builder, with the two differences that a real one often has.

Ordered in three lines; all despatched; eight taper roller bearings never arrived, and the invoice bills them all the same;
and it bills the angular contact bearings two yuan dearer than ordered. `python -m abs_platform.config.sample.trade` writes
the files anew.
"""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from abs_platform.config.sample.make import (
    Company,
    SampleLine,
    credit_code,
    despatch_xml,
    invoice_xml,
    order_response_xml,
    order_xml,
    receipt_xml,
)

FOLDER = Path(__file__).parent / "files"

SUPPLIER = Company(
    name="苏州澄锐精密轴承有限公司",
    name_en="Suzhou Chengrui Precision Bearings Co., Ltd.",
    credit_code=credit_code("320594", "MA0DEM01"),
    city="苏州市",
    street="工业园区示例路18号",
    bank="示例银行苏州园区支行",
    account="6200000000000418018",
)
CORE_ENTERPRISE = Company(
    name="岚岳智能装备股份有限公司",
    name_en="Lanyue Intelligent Equipment Co., Ltd.",
    credit_code=credit_code("370200", "MA0DEM02"),
    city="青岛市",
    street="示例大道66号",
)

ORDER_NUMBER = "LY-PO-2026-0418"
DESPATCH_NUMBER = "FH-20261026-03"
RECEIPT_NUMBER = "RK-26-1107"
INVOICE_NUMBER = "26322000000004180018"

LINES = (
    SampleLine("1", "深沟球轴承", Decimal(2000), Decimal("18.60"), specification="6205-2RS 25×52×15 mm",
               seller_item_id="CR-6205-2RS", buyer_item_id="LY-300-01125"),
    SampleLine("2", "角接触球轴承", Decimal(600), Decimal("86.50"), specification="7208B 40×80×18 mm",
               seller_item_id="CR-7208B", buyer_item_id="LY-300-01208"),
    SampleLine("3", "圆锥滚子轴承", Decimal(400), Decimal("132.00"), specification="32212 60×110×29.75 mm",
               seller_item_id="CR-32212", buyer_item_id="LY-300-01342"),
)  # fmt: skip

DELIVERY_NOTE = f"""送货签收单（附件，非结构化）

供货单位：{SUPPLIER.name}
收货单位：{CORE_ENTERPRISE.name}
采购订单：{ORDER_NUMBER}
发 货 单：{DESPATCH_NUMBER}
到货日期：2026-10-29

司机：示例司机　　车牌：苏E·00000
备注：圆锥滚子轴承 32212 外箱一件破损，实收 392 套，缺 8 套，已当场告知供货单位。

收货人签字：（示例）
"""


DUE = date(2026, 12, 28)


def files(*, due: date = DUE) -> dict[str, bytes]:
    """File name → content of the whole sample; `due`: when its invoice is to be paid."""
    bearings, angular, taper = LINES
    received = [bearings, angular, replace(taper, quantity=Decimal(392), short=Decimal(8))]
    billed = [bearings, replace(angular, price=Decimal("88.50")), taper]
    return {
        "01-order.xml": order_xml(
            seller=SUPPLIER,
            buyer=CORE_ENTERPRISE,
            number=ORDER_NUMBER,
            issue_date=date(2026, 10, 12),
            lines=LINES,
            delivery_date=date(2026, 10, 30),
            payment_terms="验收合格后60天付款",
            contract_number="LY-KJ-2026-007",
        ),
        "02-order-response.xml": order_response_xml(
            seller=SUPPLIER,
            buyer=CORE_ENTERPRISE,
            number="QR-20261013-01",
            issue_date=date(2026, 10, 13),
            order_number=ORDER_NUMBER,
        ),
        "03-despatch-advice.xml": despatch_xml(
            seller=SUPPLIER,
            buyer=CORE_ENTERPRISE,
            number=DESPATCH_NUMBER,
            issue_date=date(2026, 10, 26),
            order_number=ORDER_NUMBER,
            lines=LINES,
        ),
        "04-receipt-advice.xml": receipt_xml(
            seller=SUPPLIER,
            buyer=CORE_ENTERPRISE,
            number=RECEIPT_NUMBER,
            issue_date=date(2026, 10, 29),
            order_number=ORDER_NUMBER,
            despatch_number=DESPATCH_NUMBER,
            lines=received,
        ),
        "05-invoice.xml": invoice_xml(
            seller=SUPPLIER,
            buyer=CORE_ENTERPRISE,
            number=INVOICE_NUMBER,
            issue_date=date(2026, 11, 2),
            order_number=ORDER_NUMBER,
            lines=billed,
            due_date=due,
            payment_terms="验收合格后60天付款",
        ),
        "delivery-note.txt": DELIVERY_NOTE.encode(),
    }


def write(folder: Path = FOLDER) -> None:
    """Writes the sample into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files().items():
        (folder / name).write_bytes(content)


if __name__ == "__main__":
    write()
