"""What is told to be a table at intake is what an import reads as one, and what nobody tabulated is none."""

import pytest

from abs_platform.integrations import formats
from abs_platform.integrations.formats.model import Level
from abs_platform.integrations.tables import child

ROWS = ["发票号码{0}开票日期{0}客户名称{0}金额", "A-1{0}2026-01-05{0}某公司{0}10", "A-2{0}2026-01-06{0}某公司{0}12"]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("above", [[], ["销售发票列表"], ["", "销售发票列表", ""]])
@pytest.mark.parametrize("below", [[], ["合计{0}22"]])
def test_a_list_with_a_title_is_a_table_to_both_readers(separator: str, above: list[str], below: list[str]) -> None:
    data = "\n".join(row.format(separator) for row in (*above, *ROWS, *below)).encode()
    reading = formats.read(data)
    assert (reading.format, [(remark.rule, remark.level) for remark in reading.remarks]) == (
        "CSV",
        [("table", Level.ATTENTION)],
    )
    frame = child.read(data).frame
    assert frame.width == 4
    assert ("A-1", "2026-01-05", "某公司", "10") in frame.rows()


@pytest.mark.parametrize(
    "rows",
    [
        ["销售发票列表", "发票号码{0}金额", "A-1{0}10.00", "A-2{0}¥12.50"],
        ["应收账款", "单位：万元", "", "客户名称{0}余额", "某公司{0}10", "另一公司{0}-3", "合计{0}7"],
        ["Open items", "Due date{0}Invoice", "2026-01-05{0}A-1", "2026-02-05{0}A-2"],
    ],
)
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_a_list_of_two_columns_with_a_title_is_a_table_to_both_readers(separator: str, rows: list[str]) -> None:
    data = "\n".join(row.format(separator) for row in rows).encode()
    assert formats.read(data).format == "CSV"
    assert child.read(data).frame.rows()[-1] == tuple(rows[-1].split("{0}"))


def test_two_columns_with_figures_are_a_table_without_a_title() -> None:
    assert formats.read(b"Invoice,Amount\nA-1,10.00\n").format == "CSV"


@pytest.mark.parametrize(
    "text",
    [
        "Minutes\n\nPresent, as agreed\nAnna spoke, then Bert\nAll left, at last\n",
        "会议纪要\n上午,讨论合同\n下午,讨论付款\n",
        "Log\n12:00,started\n12:01,done\n12:02,ended\n",
        "Dear Sirs\nyour order of 5 March, 10\npieces of 3, arrived\n",
        "Price list\nnuts, 5\n\nWe ask you to order soon\nbolts, 7\nwashers, 1\n",
        "Recipe\nTake flour, 500\nand eggs, 3\n",
        "Dear Sirs,\n\nplease find enclosed our invoice, which is due soon.\nWe thank you for your order, and remain,\nyours\n",
        "你好，\n世界,再见\n",
        "x = 1;\ny = 2;\nfor (i = 0; i < 3; i++)\n",
        "one line, of three, cells\n",
        "Dear Sirs, we thank you\nfor your order, which\nhas arrived, at last\n",
        "nuts, 5 boxes\nbolts, 7 boxes\n",
    ],
)
def test_prose_is_no_table(text: str) -> None:
    assert formats.read(text.encode()).format == "TXT"
