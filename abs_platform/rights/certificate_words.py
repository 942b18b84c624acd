"""The words of a right's certificate (确权凭证), Chinese and English; those about the log and its chains are a document's
(documents/certificate_words.py)."""

from typing import Final

PAIRS: Final[dict[str, tuple[str, str]]] = {
    "title": ("确权凭证", "Certificate of a Confirmed Right"),
    "subtitle": ("Certificate of a Confirmed Right", "确权凭证"),
    "number": ("权利编号", "Right"),
    "footer": (
        "本凭证由系统生成，只反映出具之时；每一级的签署原文与存证包见附件，与正文不一致的，以附件核验结果为准。",
        "Made by computer, as of its time of issue. The signed statement and proof of each rung are attached and decide where checking them says otherwise.",
    ),
    "finding": (
        "截至出具之时，{seller}就订单 {order} 对{buyer}的权利处于第 {rung} 级（{name}），可支持金额 {amount}{capitals}，{due}，{state}。",
        "At the time of issue the right of {seller} against {buyer} from order {order} stands on rung {rung} ({name}) and supports {amount}{capitals}; "
        "{due}; its state is: {state}.",
    ),
    "provisional": ("（暂无编号）", "(not numbered yet)"),
    "capitals": ("（{words}）", " ({words})"),
    "due_on": ("{day} 到期（{basis}）", "it is due on {day} ({basis})"),
    "due_unknown": ("到期日尚不能确定", "when it is due is not known yet"),
    # the right
    "right": ("权利", "The right"),
    "seller": ("债权人（供应商）", "Creditor (supplier)"),
    "buyer": ("债务人（核心企业）", "Debtor (core enterprise)"),
    "order": ("订单号", "Order"),
    "standing": ("所处阶梯", "Stands on"),
    "rung": ("第 {rung} 级 · {name}", "Rung {rung} · {name}"),
    "state": ("状态", "State"),
    "due": ("到期日", "Due"),
    "no_due": ("未定", "not fixed"),
    "poolable": ("入池基本条件", "Basic pool condition"),
    "poolable_yes": (
        "已满足：已履约，金额与到期日确定；能否入池另须符合合格标准",
        "Met: performed, amount and due date are certain; a pool also asks for its eligibility criteria (合格标准)",
    ),
    "poolable_no": ("未满足", "Not met"),
    "poolable_source": ("中基协发〔2025〕5号", "中基协发〔2025〕5号 (AMAC)"),
    # the amount
    "amount": ("金额", "The amount"),
    "value": ("货值", "Value"),
    "tax": ("税额", "Tax"),
    "reduction": ("减：{reason} {document}", "Less: {reason} {document}"),
    "base": ("基数", "Base"),
    "rate": ("比例", "Rate"),
    "rate_note": (
        "平台按阶梯的缺省比例；资金方可另定",
        "The platform's default for the rung; a financier may set another",
    ),
    "supported": ("可支持金额", "Supported amount"),
    # the ladder
    "ladder": ("确权阶梯", "The ladder"),
    "ladder_lead": (
        "每一级都是一份签名并存证的事实：谁认可了哪些字段，哪些仍可争议。金额按达到该级之时。",
        "Each rung is a signed fact on record: who agreed to which fields, and what stays disputable.",
    ),
    "event": ("事实", "Fact"),
    "lost": ("{event}：{reason}", "{event}: {reason}"),
    "agreed": ("认可", "Agreed by"),
    "agreed_value": ("{organisation} · {person}", "{organisation} · {person}"),
    "agreed_note": ("{fields} · {time} · SM2 签名（{holder}）", "{fields} · {time} · signed with SM2 ({holder})"),
    "as_received": ("平台：如实记录所收到的单据", "The platform, as it received the documents"),
    "by_tax_office": ("平台：依税务查验结果", "The platform, by the tax office's word"),
    "custodial": ("平台托管密钥", "key held by the platform"),
    "own": ("企业自持密钥", "its own key"),
    "disputable": ("仍可争议", "Still disputable"),
    "nothing": ("无", "nothing"),
    "evidence": ("所依据的单据", "Rests on"),
    "evidence_note": ("文件的 SM3 {digest}", "SM3 of the file {digest}"),
    "more": ("另有 {n} 份，见附件", "{n} more, see the attachment"),
    "statement": ("签署原文的 SM3", "SM3 of the statement"),
    "ledger": ("账本记录", "Ledger record"),
    "ledger_note": ("第 {index} 条，含于 {size} 条记录的检查点", "entry {index}, in the checkpoint of {size} entries"),
    "pending": ("尚待写入检查点，通常几秒", "its place in a checkpoint is awaited, usually a few seconds"),
    "anchored": ("上链：{chain}", "Anchored on {chain}"),
    "anchored_value": ("区块 {block} · {time}", "Block {block} · {time}"),
    "not_anchored": ("上链", "Anchored"),
    "not_anchored_value": ("尚未上链：请稍后重新下载", "Not yet: download this again later"),
    "stamped": ("时间戳：{authority}", "Stamped by {authority}"),
}

LISTS: Final[dict[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "proves": (
        (
            "各级事实的签署原文自上链之时起未被改动，且由平台签名；核心企业认可的，原文内含其自己的签名。",
            "认可的范围仅限所列字段；列为“仍可争议”的，核心企业并未放弃抗辩。",
        ),
        (
            "That the statement of each rung has not changed since it was anchored, and was signed by the platform; where the core "
            "enterprise agreed, its own signature stands within.",
            "Agreement to the fields named and to no others: what is listed as still disputable, the core enterprise has not waived.",
        ),
    ),
    "proves_not": (
        (
            "出具之后的状态：权利会因付款、贷项、质押而改变，以平台当时所示为准。",
            "未在他处融资。平台之间以链上登记防止重复；平台以外请查询中登网（民法典第七百六十八条）。",
            "付款承诺。第 5 级以前，本凭证不是付款确认书，也不代替履约。",
        ),
        (
            "What holds after the time of issue: payments, credit notes and pledges change a right.",
            "That it was not financed elsewhere. Platforms of one consortium keep each other from it on chain; beyond them search the "
            "movables registry (Civil Code, article 768).",
            "A promise to pay. Below rung 5 this is no payment confirmation, and it replaces no performance.",
        ),
    ),
    "by_page": (
        (
            "从本 PDF 取出附件：每一级有原文 rung-….json 和存证包 rung-….json.proof.json。",
            "打开 {url}，一次放入一级的两个文件。计算都在浏览器内完成，文件不会上传。",
        ),
        (
            "Take the attachments out of this PDF: for each rung the statement rung-….json and its proof rung-….json.proof.json.",
            "Open {url} and drop in the two files of one rung. All is computed in the browser; nothing is uploaded.",
        ),
    ),
    "by_oneself": (
        (
            "从平台以外的可信渠道取得信任文件 trust.json 和核验程序 abs_verify.py（单个文件，只用 Python 标准库）。",
            "对每一级运行：python3 abs_verify.py rung-….json.proof.json rung-….json --trust trust.json --rpc 链名=自选节点的地址",
            "返回码 0 为有效，5 为无效。原文 agreed 内的签名可用任何 SM2 程序核对。",
        ),
        (
            "Get the trust file trust.json and the program abs_verify.py (one file, Python's standard library only) from a source "
            "other than the platform.",
            "For each rung run: python3 abs_verify.py rung-….json.proof.json rung-….json --trust trust.json --rpc CHAIN=URL-of-a-node-of-your-choice",
            "Exit code 0 is valid, 5 invalid. The signatures under `agreed` in a statement can be checked by any SM2 program.",
        ),
    ),
}
