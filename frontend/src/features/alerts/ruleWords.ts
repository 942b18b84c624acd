import type { Pair } from "../../shared/i18n/messages";

/** What each rule looks for and why it matters. */
export const RULE_WORDS: Readonly<Record<string, Pair | undefined>> = {
  ledger_tampered: [
    "审计从记录重新推算整个账本，与数据库、签名检查点和链上存证逐一比对，发现这一行与当初签名的内容不符。请保持数据库现状，用备份和链上数据核对这一行。",
    "An audit derived the ledger again from its records and compared it with the database, the signed checkpoints and the chains: this row is not what was signed. Keep the database as it is, and compare the row with a backup and the chains.",
  ],
  automatic_limit_reached: [
    "这家供应商当日自动确认的金额达到了两位经办人设定的上限，其余单据等待人工确认。若并非业务量增加，请核对今天自动确认的单据。",
    "What was confirmed automatically for this supplier today reached the limit that two people set; the rest waits for people. Unless business has grown, look at what was confirmed today.",
  ],
  duplicate_invoice: [
    "同一卖方、同一买方、同一编号且内容相同的发票出现了两次（不论文件字节是否相同）。重复的一份不计入贸易；重复提交可能意味着重复融资。",
    "An invoice of the same seller, buyer, number and content arrived twice, whether or not its bytes are the same. The copy is not counted; repeating one may mean financing it twice.",
  ],
  number_conflict: [
    "两份单据的卖方、买方、类型和编号相同，内容却不同。其中一份可能被改动过。",
    "Two documents share seller, buyer, kind and number but differ in content. One of them may have been altered.",
  ],
  double_financing_flag: [
    "会计数据文件写明该发票的债权已经保理、转让或证券化。再次融资即为重复融资；请向供应商和原资金方核实。",
    "An accounting file says that this invoice's claim was factored, sold or securitised already. Financing it again finances it twice: ask the supplier and whoever financed it.",
  ],
  number_resembles: [
    "两份单据的编号只在标点、空格或零的写法上不同。可能是同一份单据换了写法再次提交；单据已照常归入，请核对。",
    "Two document numbers differ only in punctuation, spaces or zeros. One may be the other, submitted again in disguise; it was filed as usual, so compare them.",
  ],
  near_duplicate: [
    "同一卖方开给同一买方的发票，金额、日期或编号与另一张非常接近（例如编号错一位、字母 O 换成数字 0、同额再开、一张拆成几张），可能是同一笔债权换了写法再次融资。单据已照常归入，请比对两张发票。",
    "Invoices of one seller to one buyer that are very close in amount, date or number (one sign of the number off, O for 0, the amount billed again, one split into several): one claim may be financed twice under another guise. They were filed as usual, so compare them.",
  ],
  invoice_red_lettered: [
    "税务局的记录显示，这张发票已被红冲（全部或部分）。红冲的金额不再支持融资；已按原金额融资的，需要补救。",
    "The tax office's books show that this invoice was red-lettered, in full or in part. What was taken back supports no financing; what was financed on it needs cover.",
  ],
  invoice_voided: ["税务局的记录显示，这张发票已作废，不再支持融资。", "The tax office's books show that this invoice was voided; it supports no financing any more."],
  invoice_voided_after_right: [
    "已有权利依赖这张发票，之后它在税务局被作废。权利已立即按无此发票重新计算；已融资的，需要补救。",
    "A right rested on this invoice when it was voided at the tax office. The right was computed anew at once, without it; what was financed on it needs cover.",
  ],
  invoice_lost_control: ["税务局把这张发票列为失控发票，它不再支持融资；开票方可能已失联或走逃。", "The tax office lists this invoice as out of control: it supports no financing any more, and its issuer may have vanished."],
  invoice_abnormal: ["税务局把这张发票列为异常凭证，它不再支持融资，直到异常解除。", "The tax office lists this invoice as abnormal: it supports no financing until that is cleared."],
  invoice_claimed_before: ["税务查验显示，这张发票此前已被他人查验登记，可能在别处使用过。", "The tax service says that somebody else claimed this invoice before; it may have been used elsewhere."],
  registry_refused: [
    "共享权利登记合约拒绝了本平台的一步操作。质押或占用被拒，说明同一笔债权已由其他权利质押或结清（可能在另一平台）；本平台只知道“已被占用”，不知道是谁。放款已被拦住，请勿另行放款。",
    "The shared registry of rights refused a step of this platform. Where a pledge or a claim is refused, the same claim backs another right that is pledged or settled, perhaps on another platform; all that is known here is that it is taken. Disbursement is held back: do not pay out another way.",
  ],
  zhongdeng_expiring: [
    "一项质押或转让在中登网的登记将在 30 天内到期（或已到期），而平台上仍在质押。过期即失去先登记的顺位：请资金方到中登网展期，再录入展期。",
    "The Zhongdeng registration of a pledge or assignment that stands here expires within 30 days, or has expired. With it goes the place of who registered first: have the financier extend it at Zhongdeng, then record the extension.",
  ],
  zhongdeng_left_standing: [
    "质押或转让已结束两周，中登网的登记仍未注销。《动产和权利担保统一登记办法》要求十个工作日内注销；不注销会妨碍供应商在别处融资。请资金方注销后录入。",
    "A pledge or assignment has been over for two weeks and its Zhongdeng registration still stands. The rules on unified registration have it cancelled within ten working days; left standing it keeps the supplier from financing elsewhere. Have the financier cancel it, then record that.",
  ],
  registry_differs: [
    "本平台数据库与链上权利登记合约不一致。系统不会自行修补：请保持现状，核对是谁、在哪一边作了改动。",
    "The database and the registry of rights on the chain differ. Nothing is mended by itself: keep both as they are, and find out who changed which.",
  ],
  right_not_computable: ["这笔贸易的数字大得无法计算或自相矛盾，权利按零处理。请核对各单据。", "The figures of this trade are too large or contradict each other, so its right counts as nothing. Check the documents."],
  received_over_ordered: ["收货数量超过订单数量。超出部分没有订单依据。", "More was received than was ordered. The excess rests on no order."],
  item_differs: ["单据的品项与它所引用的订单行不同。所引用的行可能写错，也可能换了货物。", "The document's item is not the one of the order line that it names. The reference may be wrong, or the goods were exchanged."],
  unit_missing: ["单据没有写明计量单位，数量无法可靠比较。", "The document states no unit, so its quantities cannot be compared with certainty."],
  invoiced_over_received: ["发票数量超过买方收货数量。超出部分没有履约依据，不支持融资。", "The invoice bills more than the buyer received. The excess is not performed and supports no financing."],
  invoiced_over_ordered: ["发票数量超过订单数量，而且还没有收货单。", "The invoice bills more than was ordered, and there is no receipt yet."],
  despatched_over_ordered: ["发货数量超过订单数量。", "More was despatched than was ordered."],
  received_over_despatched: ["收货数量超过发货数量。", "More was received than was despatched."],
  unit_price_differs: ["发票单价与订单单价不一致。权利按较低的单位价值计算。", "The invoice's unit price differs from the order's. The right is valued at the lower unit value."],
  unit_differs: ["各单据的计量单位不一致，数量无法直接比较。", "The documents use different units, so quantities cannot be compared."],
  order_changed: ["买方变更了订单。变更前确认的订单数量不再支持订单融资，需要按变更后的内容重新确认。", "The buyer changed the order. What was confirmed before no longer supports pre-financing; the order has to be confirmed anew."],
  order_cancelled: ["买方取消了订单。订单不再支持订单融资；已按订单融资的，需要补救。", "The buyer cancelled the order. It supports no pre-financing any more; what was financed on it needs cover."],
  amount_over_ordered: ["发票金额合计超过订单行金额，且超出双方约定的容差。", "The invoices bill more than the order line's amount, beyond what the two sides allow."],
  line_consumed_twice: [
    "同一行已收货或已开票的数量，被另一张单据再次使用。重复部分没有履约依据，不支持融资。",
    "What a line received or billed was used up, and another document uses it again. The repeated part is not performed and supports no financing.",
  ],
  paid_over_invoiced: [
    "付款超过了发票还剩的应付金额。可能重复付款、同一笔付款登记了两次，或写错了发票号。请核对付款通知。",
    "A payment is more than its invoice still had open. It may be made or told twice, or name the wrong invoice. Check the remittance advice.",
  ],
  credited_over_invoiced: [
    "贷项通知单冲减的金额超过了发票还剩的应付金额。可能重复冲减，或写错了发票号。",
    "A credit note takes back more than its invoice still had open. It may repeat another, or name the wrong invoice.",
  ],
  match_differs: ["保存的匹配结果与由单据重新计算的不同：数据在平台之外被改动过，或程序有误。结果未被改写，请联系运营核查。", "The stored matching is not what the documents make it: it was changed behind the platform's back, or a program is wrong. Nothing was mended; ask the operator to look."],
  currency_differs: ["各单据的币种不一致。", "The documents use different currencies."],
  item_not_ordered: ["发货、收货或发票里有订单没有的品项。", "Something was despatched, received or invoiced that was not ordered."],
  right_reduced_by_credit_note: ["贷项通知单冲减了已形成的权利；已按原金额融资的，需要补救。", "A credit note took back part of a right; what was financed on it needs cover."],
};
