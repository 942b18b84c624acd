"""The words of a certificate, Chinese and English side by side. What is in braces is filled in; nothing else changes."""

from collections.abc import Mapping
from typing import Final

from abs_platform.core.words import LANGUAGES, Language

PAIRS: Final[dict[str, tuple[str, str]]] = {
    "title": ("存证证明", "Certificate of Evidence Preservation"),
    "subtitle": ("Certificate of Evidence Preservation", "存证证明"),
    "number": ("证明编号", "Certificate no."),
    "issued": ("出具时间", "Issued"),
    "platform": ("{operator} · {origin}", "{operator} · {origin}"),
    "qr": ("扫码核验", "Scan to verify"),
    "page": ("第 {page} 页 共 {pages} 页", "Page {page} of {pages}"),
    "footer": (
        "本证明由系统生成，附件 {attachment} 为其组成部分；正文与附件核验结果不一致的，以核验结果为准。",
        "Made by computer. The attached {attachment} is part of it and decides where checking it says otherwise.",
    ),
    "finding": (
        "SM3 摘要如下的文件，最迟于 {time}已经存在：其存证记录载于{places}，上述时间是其中最早的。此后文件哪怕改动一个字节，核验即不能通过。",
        "A file with the SM3 digest below existed no later than {time}: its record is held by {places}, and that is the earliest "
        "of their times. Any change to the file since then, were it a single byte, shows when it is checked.",
    ),
    "one_chain": ("一条区块链", "one blockchain"),
    "chains": ("{n}\u00a0条区块链", "{n} blockchains"),
    "one_authority": ("一家时间戳服务机构签发的时间戳", "a time-stamp of one authority"),
    "authorities": ("{n}\u00a0家时间戳服务机构签发的时间戳", "time-stamps of {n} authorities"),
    "and": ("和", " and "),
    "time": ("{beijing} 北京时间（UTC+8）", "{utc} UTC"),
    "time_note": ("即 {utc} UTC", "{beijing} in Beijing (UTC+8)"),
    # the file
    "file": ("文件", "The file"),
    "filename": ("文件名", "File name"),
    "size": ("大小", "Size"),
    "bytes": ("{n} 字节", "{n} bytes"),
    "sm3": ("SM3 摘要", "SM3 digest"),
    "sm3_note": (
        "GB/T 32905-2016；对原文件计算一次即可比对",
        "GB/T 32905-2016; computed from the original file and compared",
    ),
    "owner": ("提交方", "Deposited by"),
    "owner_note": ("平台登记的名称，不在链上证明之列", "As registered with the platform; not proven by the chains"),
    "received": ("接收时间", "Received"),
    "platform_clock": ("平台时钟，仅供参考", "By the platform's clock, for reference only"),
    # the record
    "record": ("存证记录", "The record"),
    "template": ("记录类型", "Kind of record"),
    "record_time": ("记录时间", "Recorded"),
    "commitment": ("承诺值", "Commitment"),
    "commitment_note": (
        "加盐后的摘要；盐值见附件，记录本身不泄露文件内容",
        "The salted digest. The salt is in the attachment; the record alone tells nothing of the file",
    ),
    "log": ("日志", "Log"),
    "log_value": ("{origin}（{hash}，RFC 9162）", "{origin} ({hash}, RFC 9162)"),
    "index": ("日志位置", "Entry"),
    "index_value": ("第 {index} 条（自 0 计）", "No. {index}, counted from 0"),
    "checkpoint": ("检查点", "Checkpoint"),
    "checkpoint_value": ("含 {size} 条记录", "{size} entries"),
    "root": ("根哈希", "Root hash"),
    # where it is anchored
    "anchors": ("上链与时间", "Anchors and their times"),
    "anchors_lead": (
        "上述检查点的根哈希已写入下列各处。每一处独立成立，时间以各自来源为准，并非本平台时钟。",
        "The checkpoint's root hash was written to each of the places below. Each stands by itself; the time is that of its own "
        "source, not the platform's clock.",
    ),
    "chain_kind": ("区块链 · 链编号 {id}", "Blockchain · chain id {id}"),
    "block": ("区块", "Block"),
    "block_time": ("区块时间", "Block time"),
    "block_time_source": (
        "时间来源：出块节点写入区块的时间戳",
        "Source: written into the block by its producer",
    ),
    "block_hash": ("区块哈希", "Block hash"),
    "tx": ("交易", "Transaction"),
    "contract": ("合约", "Contract"),
    "contract_value": ("{address}，第 {index} 号检查点", "{address}, checkpoint no. {index}"),
    "authority_kind": ("时间戳服务机构 · RFC 3161", "Time-stamp authority · RFC 3161"),
    "authority_time": ("签发时间", "Stamped"),
    "authority_time_source": (
        "时间来源：该机构签发的时间戳令牌（见附件），用 openssl ts -verify 核验",
        "Source: the authority's signed token, in the attachment; checked by openssl ts -verify",
    ),
    # who signed
    "signatures": ("检查点的签名", "Signatures of the checkpoint"),
    "signatures_lead": (
        "公钥应与从平台以外的可信渠道（监管机构、印刷件等）取得的信任文件比对，不以本证明所载为准。",
        "Compare the public keys with a trust file from a source other than the platform (the regulator, print); what this "
        "certificate says of them proves nothing by itself.",
    ),
    "publisher": ("平台", "Publisher"),
    "witness": ("见证方", "Witness"),
    "sm2-sm3": ("SM2 / SM3 · GB/T 32918", "SM2 with SM3 · GB/T 32918"),
    "ed25519": ("Ed25519 · RFC 8032", "Ed25519 · RFC 8032"),
    "cosignature/v1": ("Ed25519 联署 · C2SP", "Ed25519 cosignature · C2SP"),
    "key": ("公钥", "Public key"),
    "key_id": ("密钥编号", "Key id"),
    "witness_time": ("见证时间", "Cosigned"),
    "witness_time_source": ("时间来源：见证方时钟", "Source: the witness's clock"),
    # what it is worth
    "worth": ("证明什么，不证明什么", "What this proves, and what it does not"),
    "proves": ("本证明能够证明", "It proves"),
    "proves_not": ("本证明不能证明", "It does not prove"),
    "checking": ("如何核验", "How to check it"),
    "by_page": ("在验证页", "On the verify page"),
    "by_oneself": ("不依赖本平台", "Without this platform"),
    "operator": ("平台运营方与利害关系", "Who runs the platform, and its interest"),
    "operator_text": (
        "本平台由{operator}运营。运营方为提交方及其交易相对方提供服务，并可能因相关融资而获益，与本文件所涉交易可能存在利害关系。核验所需的程序、格式和链上数据"
        "均可在平台以外取得，结论不以对运营方的信任为前提。各区块链由谁出块、是否独立于运营方，决定其区块时间的分量，本证明对此不作陈述。",
        "The platform is run by {operator}. It serves the depositor and the other side of its trades and may gain from financing "
        "them, so it may have an interest in what this file is about. The program, the formats and the chains' data needed for "
        "checking can be had elsewhere; no conclusion rests on trust in the operator. Who produces each chain's blocks, and "
        "whether independently of the operator, gives its time its weight; this certificate says nothing of that.",
    ),
}

LISTS: Final[dict[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "proves": (
        (
            "完整性。所持文件的 SM3 摘要与上列一致且核验通过的，该文件自上链之时起未被改动。区块链存储的电子数据经技术核验一致的，人民法院可以认定其上链后未经篡改，但有相反证据"
            "足以推翻的除外（最高人民法院《人民法院在线诉讼规则》第十六条）。",
            "时间。文件最迟在上列最早的时间已经存在。",
        ),
        (
            "Integrity. Where the SM3 digest of the file in hand is the one above and the check succeeds, the file has not changed "
            "since it was anchored. A people's court may find that data kept by blockchain and technically verified were not tampered "
            "with after being put on chain, unless there is sufficient evidence to the contrary (Supreme People's Court, Rules of "
            "Online Litigation of People's Courts, article 16).",
            "Time. The file existed no later than the earliest time above.",
        ),
    ),
    "proves_not": (
        (
            "文件所载内容真实。上链之前的真实性不在证明之列；当事人提出异议的，人民法院可以要求就数据来源、生成机制、存储过程等另行举证（第十八条）。",
            "文件形成的时间。早于上列时间多久，不得而知。",
            "提交方的身份、文件中签章的效力，以及文件所涉交易是否真实、是否已在别处融资。",
            "人民法院必须采信。对上链后的真实性有异议并有合理理由的，由人民法院结合存证平台的资质、其与当事人的利害关系、信息系统及存证技术和过程是否合乎标准等因素判断（第十七条）。",
        ),
        (
            "That what the file says is true. Truth before anchoring is not covered; where a party disputes it, the court may require "
            "evidence of where the data came from and how they were made and kept (article 18).",
            "When the file was made. How long before the time above is not known.",
            "Who the depositor is, the validity of signatures or seals within the file, or that the trade is real and not financed "
            "elsewhere.",
            "That a court must accept it. Where there is a reasoned objection to integrity after anchoring, the court weighs the "
            "platform's qualification, its interest in the parties' case, and the standards its systems and methods meet (article 17).",
        ),
    ),
    "by_page": (
        (
            "从本 PDF 取出附件 {attachment}（阅读器的“附件”面板，或 pdfdetach -saveall）。",
            "打开 {url}，放入原文件和 {attachment}。计算都在浏览器内完成，文件不会上传。",
        ),
        (
            "Take the attachment {attachment} out of this PDF: the reader's attachments panel, or pdfdetach -saveall.",
            "Open {url} and drop in the original file and {attachment}. All is computed in the browser; the file is not uploaded.",
        ),
    ),
    "by_oneself": (
        (
            "从平台以外的可信渠道取得信任文件 trust.json 和核验程序 abs_verify.py（单个文件，只用 Python 标准库）。",
            "运行：python3 abs_verify.py {attachment} 原文件 --trust trust.json --rpc 链名=自选节点的地址",
            "返回码 0 为有效，5 为无效；程序逐项列出每一环是否成立，并直接向所选节点查询链上数据。",
        ),
        (
            "Get the trust file trust.json and the program abs_verify.py (one file, Python's standard library only) from a source "
            "other than the platform.",
            "Run: python3 abs_verify.py {attachment} FILE --trust trust.json --rpc CHAIN=URL-of-a-node-of-your-choice",
            "Exit code 0 is valid, 5 invalid; every link is listed, and the chain's data are asked from the node that you chose.",
        ),
    ),
}


class Words:
    """The words in one language; `pairs` and `lists` of another kind of certificate come before those of a document's."""

    def __init__(
        self,
        language: Language,
        pairs: Mapping[str, tuple[str, str]] = PAIRS,
        lists: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = LISTS,
    ) -> None:
        self.language = language
        self._at = LANGUAGES.index(language)
        self._pairs = {**PAIRS, **pairs}
        self._lists = {**LISTS, **lists}

    def __call__(self, key: str, **values: object) -> str:
        """A text; what stands in braces is filled in."""
        return _filled(self._pairs[key][self._at], values)

    def items(self, key: str, **values: object) -> list[str]:
        """A list of texts."""
        return [_filled(text, values) for text in self._lists[key][self._at]]


def _filled(text: str, values: dict[str, object]) -> str:
    """Not str.format: a value may have braces of its own, and {page} is left to the layout."""
    parts = text.split("{")
    filled = [parts[0]]
    for part in parts[1:]:
        name, closed, rest = part.partition("}")
        filled.append(f"{values[name]}{rest}" if closed and name in values else "{" + part)
    return "".join(filled)
