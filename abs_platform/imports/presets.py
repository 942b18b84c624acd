"""What columns are called: in the exports of ERP systems, and in spreadsheets at large. Pure Python.

Headers are compared folded: case, width, white space, 万元 at the end and what stands in brackets do not count. A system's own words come
first; a table is a system's when most of its headers are among them. Sources: the field labels of SAP's list reports
(MB51, ME2M, VA05, VL06O, VF05, FBL5N, in English and Chinese), and of the list exports of 用友 U8, NC and 金蝶 K/3, Cloud.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from abs_platform.imports import fields

_BRACKETS = re.compile(r"[(\[【（].*?[)\]】）]")
_UNIT = re.compile(r"(?<=.)[十百千]?[百千万亿]元$")
_JOINTS = re.compile(r"[\s_\-./:：*#]+")


def folded(header: str) -> str:
    """A header for comparing."""
    text = unicodedata.normalize("NFKC", header).casefold()
    text = _UNIT.sub("", _JOINTS.sub("", _BRACKETS.sub("", text))) or _JOINTS.sub("", text)
    if text.isprintable():
        return text
    return "".join(c for c in text if unicodedata.category(c)[0] != "C")


@dataclass(frozen=True, slots=True)
class System:
    """An ERP and the words of its exports, by field."""

    code: str
    name: str
    words: dict[str, tuple[str, ...]]


# Words that serve every kind; `_BY_KIND` come before them.
_COMMON: dict[str, tuple[str, ...]] = {
    "number": ("单据编号", "单据号", "单号", "编号", "凭证号", "document number", "document no", "doc no", "number", "no"),
    "issue_date": ("单据日期", "业务日期", "日期", "制单日期", "过账日期", "凭证日期", "document date", "posting date", "issue date", "date"),
    "buyer_name": ("客户名称", "客户", "购买方名称", "购方名称", "购货单位", "购货方", "买方", "买方名称", "采购方", "buyer", "buyer name", "customer", "customer name", "sold-to party name", "name 1"),
    "buyer_id": ("购买方税号", "购方税号", "购买方纳税人识别号", "购买方统一社会信用代码", "统一社会信用代码", "纳税人识别号", "客户税号", "税号", "buyer id", "buyer tax id", "buyer company id", "tax number", "vat registration no"),
    "seller_name": ("销售方名称", "销方名称", "供应商名称", "供应商", "供货单位", "卖方", "seller", "seller name", "vendor", "vendor name", "supplier", "supplier name"),
    "seller_id": ("销售方税号", "销方税号", "销售方纳税人识别号", "供应商税号", "seller id", "seller tax id"),
    "currency": ("币种", "货币", "币别", "结算币种", "currency", "document currency", "crcy", "curr"),
    "due_date": ("到期日", "到期日期", "付款到期日", "收款到期日", "应收到期日", "due date", "net due date", "payment due date"),
    "payment_terms": ("付款条件", "收款条件", "付款条款", "结算方式", "账期", "payment terms", "terms of payment", "payt terms"),
    "contract_number": ("合同号", "合同编号", "合同编码", "框架合同", "contract number", "contract no", "outline agreement", "agreement"),
    "total": ("价税合计总额", "单据总额", "总金额", "合计金额", "应付总额", "total", "grand total", "payable", "total amount", "invoice total"),
    "line_id": ("行号", "序号", "行项目", "项目", "项目号", "分录号", "分录", "行次", "item", "line", "line no", "line number", "itm", "pos"),
    "item_name": ("物料名称", "存货名称", "商品名称", "产品名称", "品名", "货物名称", "货物或应税劳务名称", "项目名称", "物料描述", "名称", "item name", "material description", "description", "short text", "product", "item description"),
    "item_description": ("规格型号", "规格", "型号", "规格说明", "specification", "spec", "model"),
    "seller_item_id": ("物料编码", "物料代码", "存货编码", "商品编码", "产品编码", "物料", "物料号", "货号", "料号", "material", "material number", "material no", "item code", "sku", "article"),
    "buyer_item_id": ("客户物料编码", "客户物料号", "客户料号", "客户存货编码", "customer material", "customer material number", "buyer item"),
    "unit": ("单位", "计量单位", "主计量单位", "主计量", "销售单位", "基本单位", "unit", "uom", "unit of measure", "bun", "su", "order unit", "unit of entry", "eun"),
    "quantity": ("数量", "主数量", "quantity", "qty"),
    "rejected": ("拒收数量", "不合格数量", "退货数量", "不良数量", "rejected", "rejected quantity", "quantity rejected"),
    "price": ("单价", "不含税单价", "无税单价", "未税单价", "本币无税单价", "原币无税单价", "净价", "unit price", "price", "net price"),
    "amount": ("金额", "不含税金额", "无税金额", "未税金额", "原币无税金额", "本币无税金额", "净值", "净额", "amount", "net amount", "net value", "line amount", "net order value", "amount in document currency", "amount in doc curr"),
    "tax": ("税额", "原币税额", "本币税额", "tax", "tax amount", "vat", "vat amount"),
    "tax_percent": ("税率", "税率%", "tax rate", "vat rate", "tax percent", "tax %"),
    "order_number": ("订单号", "订单编号", "采购订单号", "采购订单编号", "采购订单", "订单号码", "客户订单号", "客户订单编号", "销售订单号", "销售订单", "来源订单号", "源单单号", "purchase order", "purchase order number", "purchasing document", "po number", "po no", "p.o. no", "p.o. number", "po nr", "po", "purchase order no", "order number", "order no", "customer reference", "customer purchase order", "purch doc"),
    "order_line_id": ("订单行号", "采购订单行号", "销售订单行号", "源单行号", "order line", "po item", "purchase order item", "sales document item"),
    "despatch_number": ("发货单号", "发货单", "交货单", "交货单号", "发货通知单号", "送货单号", "delivery", "delivery number", "delivery note", "despatch number", "despatch advice"),
    "receipt_number": ("收货单号", "入库单号", "验收单号", "收货单", "material document", "goods receipt", "receipt number", "grn"),
    "invoice_number": ("发票号", "发票号码", "发票编号", "invoice number", "invoice no", "billing document", "invoice reference"),
    "note": ("备注", "摘要", "说明", "行备注", "note", "text", "remark", "remarks", "comment"),
}  # fmt: skip

_BY_KIND: dict[str, dict[str, tuple[str, ...]]] = {
    "order": {
        "number": ("订单号", "订单编号", "采购订单号", "采购订单编号", "采购订单", "订单号码", "销售订单号", "销售订单", "客户订单号", "客户订单编号", "purchase order", "purchase order number", "purchasing document", "order number", "order no", "po number", "po no", "p.o. no", "p.o. number", "po nr", "po", "purchase order no", "sales document", "customer reference"),
        "issue_date": ("订单日期", "下单日期", "采购日期", "order date", "purchase order date"),
        "quantity": ("订单数量", "订货数量", "采购数量", "销售数量", "order quantity", "ordered quantity", "cumulative order quantity"),
        "total": ("订单总额", "订单金额"),
    },
    "despatch_advice": {
        "number": ("发货单号", "发货单编号", "出库单号", "交货单", "交货单号", "送货单号", "delivery", "delivery number", "despatch number"),
        "issue_date": ("发货日期", "出库日期", "交货日期", "实际发货日期", "despatch date", "delivery date", "actual gi date", "ship date"),
        "quantity": ("发货数量", "出库数量", "交货数量", "实发数量", "delivery quantity", "delivered quantity", "quantity shipped"),
    },
    "receipt_advice": {
        "number": ("收货单号", "入库单号", "验收单号", "物料凭证", "物料凭证编号", "material document", "receipt number", "goods receipt", "grn", "mat doc"),
        "issue_date": ("收货日期", "入库日期", "验收日期", "receipt date", "posting date", "pstng date"),
        "quantity": ("收货数量", "入库数量", "实收数量", "验收数量", "quantity in unit of entry", "qty in une", "received quantity"),
    },
    "invoice": {
        "number": ("发票号码", "发票号", "发票编号", "数电票号码", "数电发票号码", "全电发票号码", "billing document", "invoice number", "invoice no", "reference"),
        "issue_date": ("开票日期", "发票日期", "billing date", "invoice date"),
        "quantity": ("开票数量", "billed quantity", "invoiced quantity"),
        "total": ("发票总额",),
    },
    "remittance_advice": {
        "number": ("收款单号", "付款单号", "回单编号", "交易流水号", "流水号", "clearing document", "payment number", "remittance number"),
        "issue_date": ("收款日期", "付款日期", "到账日期", "交易日期", "clearing date", "payment date", "value date"),
        "buyer_name": ("付款方", "付款人", "付款单位", "对方户名", "付款方名称", "payer", "payer name"),
        "amount": ("收款金额", "付款金额", "到账金额", "核销金额", "贷方金额", "payment amount", "amount paid", "amount in local currency"),
        "invoice_number": ("发票号", "发票号码", "核销发票号", "assignment", "reference"),
    },
}  # fmt: skip

SYSTEMS: tuple[System, ...] = (
    System("sap", "SAP", {
        "number": ("material document", "mat. doc.", "purchasing document", "purch.doc.", "billing document", "delivery", "document number", "documentno", "物料凭证", "采购凭证", "出具发票凭证", "交货", "凭证编号"),
        "issue_date": ("posting date", "pstng date", "document date", "doc. date", "billing date", "过帐日期", "凭证日期", "出具发票日期"),
        "seller_item_id": ("material", "物料"),
        "item_name": ("material description", "short text", "物料描述", "短文本"),
        "unit": ("unit of entry", "eun", "base unit of measure", "bun", "order unit", "oun", "条目单位"),
        "quantity": ("qty in unit of entry", "qty in une", "order quantity", "以录入项单位表示的数量"),
        "order_number": ("purchase order", "po", "采购订单"),
        "buyer_name": ("name 1", "sold-to party", "customer", "售达方"),
        "amount": ("net order value", "net value", "amount in doc. curr.", "amount in document currency", "凭证货币金额"),
        "due_date": ("net due date", "净到期日"),
        "invoice_number": ("reference", "assignment"),
        "currency": ("crcy", "curr.", "document currency"),
    }),
    System("u8", "用友 U8", {
        "number": ("发票号", "发货单号", "订单号", "入库单号", "单据编号"),
        "issue_date": ("单据日期", "开票日期", "日期", "发货日期"),
        "buyer_name": ("客户简称", "客户名称"),
        "seller_item_id": ("存货编码",),
        "item_name": ("存货名称",),
        "item_description": ("规格型号",),
        "unit": ("主计量", "主计量单位", "销售单位"),
        "price": ("无税单价", "本币无税单价"),
        "amount": ("无税金额", "本币无税金额"),
        "total": ("价税合计总额",),
        "tax_percent": ("税率", "表体税率"),
    }),
    System("nc", "用友 NC", {
        "number": ("单据号", "发票号", "订单编号", "出库单号"),
        "issue_date": ("单据日期", "开票日期", "订单日期", "出库日期"),
        "buyer_name": ("客户", "开票客户"),
        "seller_item_id": ("物料编码",),
        "item_name": ("物料名称",),
        "unit": ("主单位",),
        "quantity": ("主数量",),
        "price": ("主无税净价", "主无税单价"),
        "amount": ("无税金额",),
        "order_number": ("来源单据号", "源头单据号"),
    }),
    System("k3", "金蝶 K/3", {
        "number": ("单据号", "发票号码", "编号"),
        "issue_date": ("日期",),
        "buyer_name": ("购货单位", "购货单位名称"),
        "seller_item_id": ("产品代码", "物料代码", "产品长代码"),
        "item_name": ("产品名称",),
        "item_description": ("规格型号",),
        "quantity": ("基本单位数量",),
        "price": ("单价", "不含税单价"),
        "amount": ("金额", "不含税金额"),
        "order_number": ("订单单号", "源单单号", "合同单号"),
    }),
    System("cloud", "金蝶云星空", {
        "number": ("单据编号",),
        "issue_date": ("业务日期", "日期"),
        "buyer_name": ("客户", "客户.名称"),
        "seller_item_id": ("物料编码", "物料编码.编码"),
        "item_name": ("物料名称", "物料编码.名称"),
        "unit": ("计价单位", "销售单位", "库存单位"),
        "quantity": ("计价数量", "销售数量", "实发数量"),
        "price": ("单价",),
        "amount": ("不含税金额", "金额"),
        "tax": ("税额",),
        "order_number": ("销售订单号", "源单编号"),
        "currency": ("结算币别", "币别"),
    }),
)  # fmt: skip
BY_CODE = {system.code: system for system in SYSTEMS}


@cache
def _folded_word(word: str) -> str:
    """One of the words below, for comparing."""
    return folded(word)


def words_of(kind: str, system: System | None = None) -> dict[str, dict[str, int]]:
    """By folded header, the fields that it may mean with their rank: a system's own words first, then the kind's, then all's."""
    return _ranked(kind, system.words if system else {}, _BY_KIND[kind], _COMMON)


def own_words(kind: str, system: System) -> dict[str, dict[str, int]]:
    """The same of the system's own words alone."""
    return _ranked(kind, system.words)


def _ranked(kind: str, *vocabularies: dict[str, tuple[str, ...]]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    known = {each.name for each in fields.of(kind)}
    for place, words in enumerate(vocabularies):
        for name, headers in words.items():
            if name in known:
                for rank, header in enumerate(headers):
                    found.setdefault(_folded_word(header), {}).setdefault(name, 1_000 * place + rank)
    return found


def system_of(headers: Sequence[str]) -> System | None:
    """The system whose words most of the headers are, if at least three and a third of them are, more than any other's."""
    stated = {folded(header) for header in headers if header.strip()}
    scores = {
        system.code: sum(any(_folded_word(word) in stated for word in words) for words in system.words.values())
        for system in SYSTEMS
    }
    best = max(scores.values(), default=0)
    leaders = [code for code, score in scores.items() if score == best]
    return BY_CODE[leaders[0]] if best >= 3 and best * 3 >= len(stated) and len(leaders) == 1 else None


def guess(headers: Sequence[str], *, kind: str) -> tuple[dict[str, int], System | None]:
    """The columns by field that the headers suggest, the best match for each field, and whose export it seems to be."""
    system = system_of(headers)
    return columns_by(headers, kind=kind, system=system), system


def columns_by(headers: Sequence[str], *, kind: str, system: System | None) -> dict[str, int]:
    """The columns by field, the best match for each field, where the headers are taken for those of `system`."""
    words = words_of(kind, system)
    claims = sorted(
        (rank, index, name)
        for index, header in enumerate(headers)
        for name, rank in words.get(folded(header), {}).items()
    )
    columns: dict[str, int] = {}
    for _, index, name in claims:
        if name not in columns and index not in columns.values():
            columns[name] = index
    return columns


def header_row(rows: Sequence[Sequence[str]], *, kind: str) -> int:
    """Which of the first rows holds the headers: the one with most known words, else with most texts. The first is 1."""
    words = words_of(kind)
    scored = [
        (sum(folded(cell) in words for cell in row), sum(bool(cell.strip()) for cell in row), -position)
        for position, row in enumerate(rows)
    ]
    known = max(scored, default=(0, 0, 0))
    if known[0] >= 2:
        return 1 - known[2]
    widest = max(((filled, position) for _, filled, position in scored), default=(0, 0))
    return 1 - widest[1]
