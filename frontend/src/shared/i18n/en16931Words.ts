/**
 * The rules of the European invoice standard EN 16931 in sentences a person can act on, by the rule's name. What a rule
 * is about is said in words of the trade; who wants the standard's own text finds it by the name, which is always shown.
 */
import type { Pair } from "./messages";

/** Something that a document must state and does not. */
const missing = (zh: string, en: string): Pair => [`缺少${zh}（{rule}）`, `${en} is missing ({rule})`];

/** Something that each of several parts must state and one does not. */
const missingIn = (partZh: string, partEn: string, zh: string, en: string): Pair => [
  `有${partZh}缺少${zh}（{rule}）`,
  `${partEn} lacks ${en} ({rule})`,
];

/** A figure that its parts do not make. */
const sum = (zh: string, en: string): Pair => [`${zh}，单据所写与此不符（{rule}）`, `${en}; the document says otherwise ({rule})`];

/** A code that is in none of the lists it must be taken from. */
const code = (zh: string, en: string, list: string): Pair => [
  `${zh}不在规定的代码表（${list}）中（{rule}）`,
  `${en} is not in its code list, ${list} ({rule})`,
];

/** An amount with more decimals than money has. */
const decimals = (zh: string, en: string): Pair => [`${zh}最多两位小数（{rule}）`, `${en} may have two decimals at most ({rule})`];

const line = ["行", "A line"] as const;
const tax = ["一组税额汇总", "A tax breakdown"] as const;

export const EN16931: Readonly<Record<string, Pair>> = {
  "BR-01": missing("所遵循规范的标识", "The identifier of the specification it follows"),
  "BR-02": missing("发票号码", "The invoice number"),
  "BR-03": missing("开票日期", "The issue date"),
  "BR-04": missing("发票类型代码", "The invoice type code"),
  "BR-05": missing("币种代码", "The currency code"),
  "BR-06": missing("卖方名称", "The seller's name"),
  "BR-07": missing("买方名称", "The buyer's name"),
  "BR-08": missing("卖方地址", "The seller's address"),
  "BR-09": missing("卖方地址中的国家代码", "The country in the seller's address"),
  "BR-10": missing("买方地址", "The buyer's address"),
  "BR-11": missing("买方地址中的国家代码", "The country in the buyer's address"),
  "BR-12": missing("各行金额合计", "The sum of the lines"),
  "BR-13": missing("不含税总额", "The total before tax"),
  "BR-14": missing("含税总额", "The total with tax"),
  "BR-15": missing("应付金额", "The amount due"),
  "BR-16": ["发票至少要有一行明细（{rule}）", "An invoice needs at least one line ({rule})"],
  "BR-17": missing("收款方名称", "The payee's name"),
  "BR-18": missing("税务代理人名称", "The tax representative's name"),
  "BR-19": missing("税务代理人地址", "The tax representative's address"),
  "BR-20": missing("税务代理人地址中的国家代码", "The country in the tax representative's address"),
  "BR-21": missingIn(...line, "行号", "an identifier"),
  "BR-22": missingIn(...line, "数量", "a quantity"),
  "BR-23": missingIn(...line, "计量单位代码", "a unit of measure"),
  "BR-24": missingIn(...line, "金额", "an amount"),
  "BR-25": missingIn(...line, "商品名称", "the item's name"),
  "BR-26": missingIn(...line, "不含税单价", "a net price"),
  "BR-27": ["不含税单价不能为负（{rule}）", "A net price is below zero ({rule})"],
  "BR-28": ["折扣前单价不能为负（{rule}）", "A price before discount is below zero ({rule})"],
  "BR-29": ["发票期间的结束日期早于开始日期（{rule}）", "The invoicing period ends before it begins ({rule})"],
  "BR-30": ["有行的期间结束日期早于开始日期（{rule}）", "A line's period ends before it begins ({rule})"],
  "BR-31": missingIn("整单折让", "An allowance", "金额", "an amount"),
  "BR-32": missingIn("整单折让", "An allowance", "税种类别", "a tax category"),
  "BR-33": missingIn("整单折让", "An allowance", "原因", "a reason"),
  "BR-36": missingIn("整单附加费", "A charge", "金额", "an amount"),
  "BR-37": missingIn("整单附加费", "A charge", "税种类别", "a tax category"),
  "BR-38": missingIn("整单附加费", "A charge", "原因", "a reason"),
  "BR-41": missingIn("行折让", "A line's allowance", "金额", "an amount"),
  "BR-42": missingIn("行折让", "A line's allowance", "原因", "a reason"),
  "BR-43": missingIn("行附加费", "A line's charge", "金额", "an amount"),
  "BR-44": missingIn("行附加费", "A line's charge", "原因", "a reason"),
  "BR-45": missingIn(...tax, "计税金额", "its taxable amount"),
  "BR-46": missingIn(...tax, "税额", "its tax"),
  "BR-47": missingIn(...tax, "税种类别", "its category"),
  "BR-48": missingIn(...tax, "税率", "its rate"),
  "BR-49": missing("付款方式代码", "The payment means code"),
  "BR-50": missing("收款账号", "The account to pay to"),
  "BR-51": ["不得写出完整的银行卡号（{rule}）", "A full card number must not be stated ({rule})"],
  "BR-52": missingIn("附件", "A supporting document", "编号", "its reference"),
  "BR-53": missing("以记账币种表示的税额", "The tax in the accounting currency"),
  "BR-54": missingIn("商品属性", "An item's attribute", "名称或值", "its name or value"),
  "BR-55": missingIn("原发票引用", "A preceding invoice reference", "号码", "the number"),
  "BR-56": missing("税务代理人的税号", "The tax representative's VAT number"),
  "BR-57": missing("收货地址中的国家代码", "The country in the delivery address"),
  "BR-61": ["付款方式为转账，但缺少收款账号（{rule}）", "It is to be paid by transfer and names no account ({rule})"],
  "BR-62": missing("卖方电子地址的编码体系", "The scheme of the seller's electronic address"),
  "BR-63": missing("买方电子地址的编码体系", "The scheme of the buyer's electronic address"),
  "BR-64": missing("商品标准编码的编码体系", "The scheme of an item's standard identifier"),
  "BR-65": missing("商品分类编码的编码体系", "The scheme of an item's classification"),

  "BR-CO-03": ["纳税时点的日期与代码只能写一个（{rule}）", "The tax point is stated as a date and as a code; only one may be ({rule})"],
  "BR-CO-04": missingIn(...line, "税种类别", "a tax category"),
  "BR-CO-05": ["整单折让的原因与原因代码不一致（{rule}）", "An allowance's reason and its code differ ({rule})"],
  "BR-CO-06": ["整单附加费的原因与原因代码不一致（{rule}）", "A charge's reason and its code differ ({rule})"],
  "BR-CO-07": ["行折让的原因与原因代码不一致（{rule}）", "A line allowance's reason and its code differ ({rule})"],
  "BR-CO-08": ["行附加费的原因与原因代码不一致（{rule}）", "A line charge's reason and its code differ ({rule})"],
  "BR-CO-09": ["税号须以国家代码开头（{rule}）", "A VAT number must begin with its country's code ({rule})"],
  "BR-CO-10": sum("各行金额合计应等于各行金额之和", "The sum of the lines must be what the lines add up to"),
  "BR-CO-11": sum("整单折让合计应等于各项折让之和", "The total of allowances must be what they add up to"),
  "BR-CO-12": sum("整单附加费合计应等于各项附加费之和", "The total of charges must be what they add up to"),
  "BR-CO-13": sum("不含税总额应为各行合计减折让加附加费", "The total before tax must be the lines less allowances plus charges"),
  "BR-CO-14": sum("税额合计应等于各税种税额之和", "The total tax must be what the breakdown adds up to"),
  "BR-CO-15": sum("含税总额应为不含税总额加税额", "The total with tax must be the total before tax plus the tax"),
  "BR-CO-16": sum("应付金额应为含税总额减已付加舍入", "The amount due must be the total with tax less what is paid, plus rounding"),
  "BR-CO-17": sum("税额应为计税金额乘税率，保留两位小数", "The tax must be the taxable amount times the rate, to the cent"),
  "BR-CO-18": missing("税额汇总", "The tax breakdown"),
  "BR-CO-19": missing("发票期间的开始或结束日期", "The begin or end of the invoicing period"),
  "BR-CO-20": missingIn(...line, "期间的开始或结束日期", "the begin or end of its period"),
  "BR-CO-21": missingIn("整单折让", "An allowance", "原因", "a reason"),
  "BR-CO-22": missingIn("整单附加费", "A charge", "原因", "a reason"),
  "BR-CO-23": missingIn("行折让", "A line's allowance", "原因", "a reason"),
  "BR-CO-24": missingIn("行附加费", "A line's charge", "原因", "a reason"),
  "BR-CO-25": ["有应付金额，但没有到期日或付款条件（{rule}）", "Something is due, and neither a due date nor payment terms are stated ({rule})"],
  "BR-CO-26": missing("能识别卖方的编号（登记号、税号或其他）", "A number that identifies the seller (registration, VAT or other)"),

  "BR-CL-01": code("发票类型代码", "The document type code", "UNTDID 1001"),
  "BR-CL-03": code("金额的币种", "An amount's currency", "ISO 4217"),
  "BR-CL-04": code("发票币种", "The invoice currency", "ISO 4217"),
  "BR-CL-05": code("记账币种", "The tax currency", "ISO 4217"),
  "BR-CL-06": code("纳税时点代码", "The tax point code", "UNTDID 2005"),
  "BR-CL-07": code("开票对象的编码体系", "The invoiced object's scheme", "UNTDID 1153"),
  "BR-CL-08": code("备注的主题代码", "A note's subject code", "UNTDID 4451"),
  "BR-CL-10": code("编号的编码体系", "An identifier's scheme", "ISO 6523"),
  "BR-CL-11": code("登记号的编码体系", "A registration number's scheme", "ISO 6523"),
  "BR-CL-13": code("商品分类的编码体系", "An item classification's scheme", "UNTDID 7143"),
  "BR-CL-14": code("国家代码", "A country code", "ISO 3166-1"),
  "BR-CL-15": code("原产国代码", "A country of origin", "ISO 3166-1"),
  "BR-CL-16": code("付款方式代码", "The payment means code", "UNTDID 4461"),
  "BR-CL-17": code("税种类别", "A tax category", "UNTDID 5305"),
  "BR-CL-18": code("税种类别", "A tax category", "UNTDID 5305"),
  "BR-CL-19": code("折让原因代码", "An allowance's reason code", "UNTDID 5189"),
  "BR-CL-20": code("附加费原因代码", "A charge's reason code", "UNTDID 7161"),
  "BR-CL-21": code("商品标准编码的编码体系", "A standard item number's scheme", "ISO 6523"),
  "BR-CL-22": code("免税原因代码", "A tax exemption's reason code", "VATEX"),
  "BR-CL-23": code("计量单位代码", "A unit of measure", "UN/ECE Rec 20, 21"),
  "BR-CL-24": code("附件的文件类型", "An attachment's file type", "MIME"),
  "BR-CL-25": code("电子地址的编码体系", "An electronic address's scheme", "EAS"),
  "BR-CL-26": code("收货地点的编码体系", "A delivery location's scheme", "ISO 6523"),

  "BR-DEC-01": decimals("整单折让金额", "An allowance"),
  "BR-DEC-02": decimals("整单折让的计算基数", "An allowance's base"),
  "BR-DEC-05": decimals("整单附加费金额", "A charge"),
  "BR-DEC-06": decimals("整单附加费的计算基数", "A charge's base"),
  "BR-DEC-09": decimals("各行金额合计", "The sum of the lines"),
  "BR-DEC-10": decimals("整单折让合计", "The total of allowances"),
  "BR-DEC-11": decimals("整单附加费合计", "The total of charges"),
  "BR-DEC-12": decimals("不含税总额", "The total before tax"),
  "BR-DEC-13": decimals("税额合计", "The total tax"),
  "BR-DEC-14": decimals("含税总额", "The total with tax"),
  "BR-DEC-15": decimals("以记账币种表示的税额", "The tax in the accounting currency"),
  "BR-DEC-16": decimals("已付金额", "The amount paid"),
  "BR-DEC-17": decimals("舍入金额", "The rounding"),
  "BR-DEC-18": decimals("应付金额", "The amount due"),
  "BR-DEC-19": decimals("计税金额", "A taxable amount"),
  "BR-DEC-20": decimals("税额", "A tax amount"),
  "BR-DEC-23": decimals("行金额", "A line's amount"),
  "BR-DEC-24": decimals("行折让金额", "A line's allowance"),
  "BR-DEC-25": decimals("行折让的计算基数", "The base of a line's allowance"),
  "BR-DEC-27": decimals("行附加费金额", "A line's charge"),
  "BR-DEC-28": decimals("行附加费的计算基数", "The base of a line's charge"),
};

/** VAT categories by the letters in a rule's name: BR-AE-05. */
const CATEGORIES: Readonly<Record<string, Pair>> = {
  S: ["标准税率", "standard rate"],
  Z: ["零税率", "zero rate"],
  E: ["免税", "exempt from VAT"],
  AE: ["反向征收", "reverse charge"],
  IC: ["欧盟内供货", "intra-community supply"],
  G: ["欧盟外出口", "export outside the EU"],
  O: ["不征税", "not subject to VAT"],
  AF: ["加那利群岛税（IGIC）", "Canary Islands tax (IGIC)"],
  IG: ["加那利群岛税（IGIC）", "Canary Islands tax (IGIC)"],
  AG: ["休达和梅利利亚税（IPSI）", "tax of Ceuta and Melilla (IPSI)"],
  IP: ["休达和梅利利亚税（IPSI）", "tax of Ceuta and Melilla (IPSI)"],
  B: ["意大利分拆付款", "Italian split payment"],
};

/** What the rules of one number ask, alike in every category; the category's name goes between the halves. */
const ASKS: Readonly<Record<string, readonly [zh: string, en: string]>> = {
  "01": ["税额汇总与各行、折让、附加费的该类别不对应", "the tax breakdown does not match the lines, allowances and charges of this category"],
  "02": ["有行用了该类别，但买卖双方税号的填写不符合要求", "a line uses it, and the parties' VAT numbers are not as it requires"],
  "03": ["有整单折让用了该类别，但买卖双方税号的填写不符合要求", "an allowance uses it, and the parties' VAT numbers are not as it requires"],
  "04": ["有整单附加费用了该类别，但买卖双方税号的填写不符合要求", "a charge uses it, and the parties' VAT numbers are not as it requires"],
  "05": ["行的税率不符合该类别的要求", "a line's rate is not what it requires"],
  "06": ["整单折让的税率不符合该类别的要求", "an allowance's rate is not what it requires"],
  "07": ["整单附加费的税率不符合该类别的要求", "a charge's rate is not what it requires"],
  "08": ["计税金额与该类别各行、折让、附加费之和不符", "the taxable amount is not what its lines, allowances and charges make"],
  "09": ["税额不符合该类别的要求", "the tax is not what it requires"],
  "10": ["免税原因的填写不符合该类别的要求", "the reason for exemption is stated where it must not be, or not stated where it must be"],
  "11": ["与该类别不能同时出现的内容，或缺少交付日期", "something stands beside it that must not, or the delivery date is missing"],
  "12": ["有行属于其他类别，或缺少收货国家", "a line is of another category, or the country of delivery is missing"],
  "13": ["有整单折让属于其他类别", "an allowance is of another category"],
  "14": ["有整单附加费属于其他类别", "a charge is of another category"],
};

const GENERAL: Pair = [
  "不符合欧洲电子发票标准规则 {rule}（位置：{location}）",
  "It breaks rule {rule} of the European invoice standard (at {location})",
];
const TWICE: Pair = [
  "有内容重复或不合 XML 语法约定（{rule}，位置：{location}）",
  "Something is stated twice or against the syntax rules ({rule}, at {location})",
];
const UNUSED: Pair = [
  "含有标准不使用的内容，收件方可能忽略它（{rule}，位置：{location}）",
  "It states something that the standard does not use; receivers may pass over it ({rule}, at {location})",
];
const EMPTY: Pair = ["含有空的元素（{rule}，位置：{location}）", "It has empty elements ({rule}, at {location})"];

/** Words for a rule of EN 16931, of its syntaxes and of the profiles on it; undefined for anything else. */
export function en16931Words(rule: string): Pair | undefined {
  // Factur-X EXTENDED restates some of the rules under names of its own.
  const plain = rule.replace(/-(FXEXT|FREXT)/, "");
  const own = EN16931[plain];
  if (own) return own;
  const ofCategory = /^BR-([A-Z]{1,2})-(\d\d)/.exec(plain);
  const category = ofCategory?.[1] && CATEGORIES[ofCategory[1]];
  const ask = ofCategory?.[2] && ASKS[ofCategory[2]];
  if (category && ask) return [`税种类别“${category[0]}”：${ask[0]}（{rule}）`, `VAT category “${category[1]}”: ${ask[1]} ({rule})`];
  if (/^PEPPOL-EN16931-R008$/.test(rule)) return EMPTY;
  if (/^(UBL|CII)-(CR|DT)-|^FACTUR-X$|^FX-SCH-|^ORDER-X$/.test(rule)) return UNUSED;
  if (/^(UBL|CII)-/.test(rule)) return TWICE;
  return /^(BR|PEPPOL)-/.test(rule) ? GENERAL : undefined;
}
