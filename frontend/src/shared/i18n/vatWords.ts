/** Words for invoices of China: why a file is refused, and what is remarked on it. */
import type { Pair } from "./messages";

/** Why a file is refused. */
export const VAT_REFUSALS = {
  number_shape: ["发票号码“{found}”的位数不对：数电票为 20 位，原增值税发票为 10 或 12 位代码加 8 位号码；没有读取", "The invoice number “{found}” has the wrong shape: 20 digits, or a code of 10 or 12 and a number of 8; not read"],
  figure_invalid: ["数字“{found}”（{field}）无法读取；请从开票平台重新下载", "The figure “{found}” ({field}) cannot be read; download the file again"],
  day_invalid: ["日期“{found}”无法读取；请从开票平台重新下载", "The date “{found}” cannot be read; download the file again"],
  ofd_damaged: ["OFD 文件不完整，没有读取；请从开票平台重新下载", "The OFD file is incomplete and was not read; download it again"],
} satisfies Record<string, Pair>;

/** What is remarked on an invoice that was read. */
export const VAT_REMARKS = {
  ...VAT_REFUSALS,
  line_tax_arithmetic: ["第 {line} 行：金额 × 税率得 {expected}，税额写的是 {found}", "Line {line}: amount × rate gives {expected}, the tax says {found}"],
  tax_total: ["各行税额合计 {expected}，单据写的是 {found}", "The lines' tax adds up to {expected}, the document says {found}"],
  amount_in_words: ["大写金额“{found}”与小写 {expected} 不一致", "The amount in words, “{found}”, is not the {expected} in figures"],
  check_code_shape: ["校验码“{found}”不是 20 位数字", "The check code “{found}” has not 20 digits"],
  company_id_check_digit: ["统一社会信用代码“{found}”不正确（校验位或字符有误）", "“{found}” is no valid unified social credit code: its check digit or characters are wrong"],
  number_digits: ["号码“{found}”有 {count} 位：数电票应为 20 位，原增值税发票为 10 或 12 位代码加 8 位号码；请核对", "The number “{found}” has {count} digits; a fully digital invoice has 20, an earlier VAT invoice a code of 10 or 12 and a number of 8. Please check it"],
  due_before_issue: ["到期日 {found} 早于开票日期 {expected}", "The due date {found} lies before the date of issue, {expected}"],
  date_in_future: ["开票日期 {found} 晚于今天", "The date {found} lies in the future"],
  date_long_ago: ["开票日期 {found} 距今已超过五年", "The date {found} lies more than five years back"],
  already_financed: ["文件写明该发票的债权已经保理、转让或证券化", "The file says that this claim was factored, sold or securitised already"],
  signature_not_verified: ["带有电子签名或签章，平台没有验证", "It carries an electronic signature or seal, which was not verified here"],
  signature_digest_differs: ["签章后内容被改动：{found}", "Changed after it was signed: {found}"],
  seen_differs_from_stated: ["版面上看到的{name}是 {found}，数据里写的是 {expected}；请核对", "What is seen ({name} {found}) is not what its data states ({expected}); compare them"],
  numbers_differ: ["文件头的号码是 {found}，税务监制信息里是 {expected}", "The header says number {found}, the tax authority's part says {expected}"],
  read_from_print: ["由版面文字读取，请与原件核对", "Read from print; please compare it with the original"],
  lines_not_read: ["明细行没有可靠地读出，没有采用", "The lines could not be read reliably and were left out"],
  lines_from_print: ["明细行由版面文字读取", "The lines were read from the print on the page"],
  no_structured_data: ["没有可读取的结构化数据；作为附件保存，请对照原件手工录入", "It holds no structured data; kept as an attachment, enter the fields beside it"],
} satisfies Record<string, Pair>;

/** Rules of alerts. */
export const VAT_RULES = {
  double_financing_flag: ["发票已被标记为保理、转让或证券化", "An invoice is flagged as factored, sold or securitised"],
} satisfies Record<string, Pair>;
