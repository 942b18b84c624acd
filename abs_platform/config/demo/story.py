"""What has happened before the curtain rises.

林澄 of the bearings maker has a trade that is fully confirmed and opened to the bank, one that the bank has lent on, one that
waits for its receipt, and one whose invoice it uploaded twice. The castings maker's receipt is disputed, its invoice bills more than arrived and a credit
note takes part of it back; the factor may no longer look. The harness maker has an order and a request to answer. What is lent is told in lending.py.
"""

import io
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from abs_platform.config.demo import cast, lending
from abs_platform.config.demo.cast import Player
from abs_platform.config.sample import make
from abs_platform.config.sample import trade as sample
from abs_platform.config.sample.make import Company, SampleLine
from abs_platform.consent import services as consent
from abs_platform.core import clock, jobs
from abs_platform.documents import receiving
from abs_platform.documents import services as documents
from abs_platform.documents.models import Document
from abs_platform.parties.actor import Actor
from abs_platform.trade import selectors as trades
from abs_platform.trade import services as trade_services
from abs_platform.trade import sharing, signing, statements
from abs_platform.trade.models import Trade, TradeDocument

READING = ("documents.extract", "documents.unpack", "trade.file", "trade.refile", "rights.compute")
PATIENCE = timedelta(seconds=30)
NOT_DUE_YET = timedelta(days=30)
Files = Mapping[str, bytes]


def tell(players: Mapping[str, Player]) -> None:
    """Play the story through the same services that the API calls."""
    today = clock.today()
    supplier, castings, harness = (players[name].actor for name in ("supplier", "supplier2", "supplier3"))
    core, project = players["core"].actor, players["project"].actor

    _upload(supplier, sample.files(due=max(sample.DUE, today + NOT_DUE_YET)))
    _confirm(core, sample.ORDER_NUMBER, {"order", "receipt_advice", "invoice"})
    _upload(supplier, _lent_on(today))
    _confirm(core, lending.LENT_ON, {"order", "receipt_advice", "invoice"})
    lent = lending.begin(players)
    _upload(supplier, _second_trade(today))
    _confirm(project, "LYF-2026-0077", {"order"})
    _upload_twice(supplier, today)
    _confirm(core, "LY-PO-2026-0431", {"order", "receipt_advice"})

    _upload(castings, _castings(today))
    _confirm(core, "LY-PO-2026-0409", {"order", "receipt_advice"})
    _upload(castings, _castings_disputed(today))
    _confirm(core, "LY-PO-2026-0412", {"order"})
    _dispute(core, "LY-PO-2026-0412", "receipt_advice", "实收40件，其中6件有砂眼，已拒收，请按34件重新提交收货单。")

    _upload(harness, _harness(today))

    _share(players["financier"], players["supplier"], [sample.ORDER_NUMBER, "LYF-2026-0077"])
    _revoked(players["financier2"], players["supplier2"])
    consent.request_access(
        actor=players["financier"].actor,
        owner_id=players["supplier3"].actor.home,
        purpose="financing",
        days=90,
        purpose_note="订单融资尽调：核实线束订单与交付能力",
        order_number="LY-PO-2026-0440",
    )
    lending.tell(players, lent)


def _upload(actor: Actor, files: Files) -> None:
    for name, content in files.items():
        receiving.receive(actor=actor, filename=name, stream=io.BytesIO(content), size=len(content))
    _settle()


def _settle() -> None:
    """Have everything uploaded so far read, filed and computed; sealing and anchoring go on beside."""
    jobs.drain(kinds=READING, patience=PATIENCE)


def _filed(order_number: str, kind: str) -> TradeDocument:
    return TradeDocument.objects.select_related("trade").get(trade__order_number=order_number, kind=kind)


def _decide(actor: Actor, order_number: str, kind: str, decision: str, reason: str = "") -> None:
    row = trades.queued(actor=actor, document_id=_filed(order_number, kind).document_id)
    digest = statements.digest_of(statements.content_of(row, trades.compared(row.trade)))
    signing.decide(actor=actor, document_id=row.document_id, decision=decision, content_digest=digest, reason=reason)
    _settle()


def _confirm(actor: Actor, order_number: str, kinds: set[str]) -> None:
    for kind in sorted(kinds, key=("order", "receipt_advice", "invoice").index):
        _decide(actor, order_number, kind, "confirm")


def _dispute(actor: Actor, order_number: str, kind: str, reason: str) -> None:
    _decide(actor, order_number, kind, "dispute", reason)


def _share(financier: Player, owner: Player, order_numbers: Sequence[str]) -> None:
    request = consent.request_access(
        actor=financier.actor,
        owner_id=owner.actor.home,
        purpose="financing",
        days=60,
        purpose_note="应收账款融资额度核定",
        order_number=order_numbers[0],
    )
    picked = _trade_ids(owner.actor, order_numbers)
    sharing.grant(actor=owner.actor, request_id=request.id, trade_ids=picked, document_ids=[], whole=False, days=60)
    trade_services.look(actor=financier.actor, trade_id=picked[0])
    for document in Document.objects.filter(trade_id=picked[0]).order_by("id")[:2]:
        documents.look(actor=financier.actor, document_id=document.id, action="viewed")


def _revoked(financier: Player, owner: Player) -> None:
    request = consent.request_access(
        actor=financier.actor,
        owner_id=owner.actor.home,
        purpose="due_diligence",
        days=30,
        purpose_note="保理业务尽职调查",
    )
    picked = _trade_ids(owner.actor, ["LY-PO-2026-0409"])
    granted = sharing.grant(
        actor=owner.actor, request_id=request.id, trade_ids=picked, document_ids=[], whole=False, days=30
    )
    trade_services.look(actor=financier.actor, trade_id=picked[0])
    consent.revoke(actor=owner.actor, grant_id=granted.id)


def _trade_ids(owner: Actor, order_numbers: Sequence[str]) -> list[UUID]:
    found = dict(
        Trade.objects.filter(seller_id=owner.home, order_number__in=order_numbers).values_list("order_number", "id")
    )
    return [found[number] for number in order_numbers]


def _trade(
    seller: Company,
    buyer: Company,
    number: str,
    first: date,
    lines: Sequence[SampleLine],
    *,
    received: Sequence[SampleLine] = (),
    invoiced: Sequence[SampleLine] = (),
    invoice_number: str = "",
    delivered: bool = True,
) -> dict[str, bytes]:
    """The documents of one trade, a week apart, named by their kind."""
    files: dict[str, bytes] = {
        f"采购订单-{number}.xml": make.order_xml(
            seller=seller,
            buyer=buyer,
            number=number,
            issue_date=first,
            lines=lines,
            delivery_date=first + timedelta(days=14),
            payment_terms="验收合格后60天付款",
        )
    }
    if delivered:
        files[f"发货单-FH-{number[-4:]}.xml"] = make.despatch_xml(
            seller=seller,
            buyer=buyer,
            number=f"FH-{number[-4:]}",
            issue_date=first + timedelta(days=7),
            order_number=number,
            lines=lines,
        )
    if received:
        files[f"收货单-RK-{number[-4:]}.xml"] = make.receipt_xml(
            seller=seller,
            buyer=buyer,
            number=f"RK-{number[-4:]}",
            issue_date=first + timedelta(days=9),
            order_number=number,
            despatch_number=f"FH-{number[-4:]}",
            lines=received,
        )
    if invoiced:
        files[f"发票-{invoice_number}.xml"] = make.invoice_xml(
            seller=seller,
            buyer=buyer,
            number=invoice_number,
            issue_date=first + timedelta(days=11),
            order_number=number,
            lines=invoiced,
            due_date=first + timedelta(days=69),
            payment_terms="验收合格后60天付款",
        )
    return files


def _lent_on(today: date) -> Files:
    lines = [
        SampleLine(
            "1", "圆锥滚子轴承", Decimal(180), Decimal("486.00"), specification="32228", seller_item_id="CR-32228"
        )
    ]
    first = today - timedelta(days=40)
    return _trade(
        cast.BEARINGS,
        cast.GROUP,
        lending.LENT_ON,
        first,
        lines,
        received=lines,
        invoiced=lines,
        invoice_number="26322000000003980016",
    )


def _second_trade(today: date) -> Files:
    lines = [
        SampleLine(
            "1",
            "主轴调心滚子轴承",
            Decimal(24),
            Decimal("18650.00"),
            specification="230/600CA/W33",
            seller_item_id="CR-230600",
        ),
        SampleLine(
            "2", "偏航轴承", Decimal(6), Decimal("96800.00"), specification="PZ-2300-4", seller_item_id="CR-PZ2300"
        ),
    ]
    return _trade(cast.BEARINGS, cast.PROJECT, "LYF-2026-0077", today - timedelta(days=20), lines)


def _upload_twice(actor: Actor, today: date) -> None:
    lines = [
        SampleLine(
            "1",
            "直线导轨",
            Decimal(320),
            Decimal("268.00"),
            unit="SET",
            specification="HGR25-1500",
            seller_item_id="CR-HGR25",
        )
    ]
    number = "26322000000004310021"
    files = _trade(
        cast.BEARINGS,
        cast.GROUP,
        "LY-PO-2026-0431",
        today - timedelta(days=34),
        lines,
        received=lines,
        invoiced=lines,
        invoice_number=number,
    )
    _upload(actor, files)
    # The same invoice exported again by another program: other prefixes and white space, other bytes, the same claim.
    again = (
        files[f"发票-{number}.xml"].replace(b"cbc:", b"b:").replace(b"xmlns:cbc", b"xmlns:b").replace(b">\n", b">\n ")
    )
    _upload(actor, {"发票-重新导出.xml": again})


def _castings(today: date) -> Files:
    lines = [
        SampleLine(
            "1", "行星架铸件", Decimal(120), Decimal("1860.00"), specification="QT400-18AL", seller_item_id="HY-XJ-120"
        ),
        SampleLine(
            "2", "轮毂法兰锻件", Decimal(80), Decimal("925.00"), specification="42CrMo", seller_item_id="HY-FL-080"
        ),
    ]
    received = [replace(lines[0], quantity=Decimal(112), short=Decimal(8)), lines[1]]
    first = today - timedelta(days=45)
    number = "26332000000004090007"
    files = _trade(
        cast.CASTINGS,
        cast.GROUP,
        "LY-PO-2026-0409",
        first,
        lines,
        received=received,
        invoiced=lines,
        invoice_number=number,
    )
    files["红字发票-CN-0409.xml"] = make.credit_note_xml(
        seller=cast.CASTINGS,
        buyer=cast.GROUP,
        number="CN-0409",
        issue_date=first + timedelta(days=18),
        invoice_number=number,
        reason="短少8件，冲红相应金额",
        lines=[replace(lines[0], quantity=Decimal(8))],
    )
    return files


def _castings_disputed(today: date) -> Files:
    lines = [
        SampleLine(
            "1", "减速机箱体", Decimal(40), Decimal("5240.00"), specification="HT250", seller_item_id="HY-XT-040"
        )
    ]
    return _trade(cast.CASTINGS, cast.GROUP, "LY-PO-2026-0412", today - timedelta(days=16), lines, received=lines)


def _harness(today: date) -> Files:
    lines = [
        SampleLine(
            "1",
            "变桨控制线束",
            Decimal(150),
            Decimal("1280.00"),
            unit="SET",
            specification="YL-BJ-3.6MW",
            seller_item_id="YL-BJ36",
        ),
        SampleLine(
            "2",
            "塔筒照明线束",
            Decimal(150),
            Decimal("346.50"),
            unit="SET",
            specification="YL-TT-120",
            seller_item_id="YL-TT120",
        ),
    ]
    return _trade(cast.HARNESS, cast.GROUP, "LY-PO-2026-0440", today - timedelta(days=4), lines, delivered=False)
