import { defineMessages } from "../../shared/i18n/messages";
import type { Values } from "./fields";

/** What the verdict and its links say; the same meanings as the outside verifier's texts. */
export const verdictWords = defineMessages({
  link_format: ["存证包格式", "Bundle format"],
  link_file: ["文件", "File"],
  link_commitment: ["承诺值", "Commitment"],
  link_log: ["日志", "Log"],
  link_leaf: ["记录", "Record"],
  link_inclusion: ["日志包含证明", "Inclusion in the log"],
  link_checkpoint: ["检查点", "Checkpoint"],
  link_signature: ["检查点签名", "Checkpoint's signature"],
  link_chain_id: ["{name} 链：链标识", "Chain {name}: chain id"],
  link_chain_contract: ["{name} 链：合约", "Chain {name}: contract"],
  link_chain_record: ["{name} 链：链上检查点", "Chain {name}: anchored checkpoint"],
  link_chain_block: ["{name} 链：区块", "Chain {name}: block"],
  not_object: ["{field} 不是对象", "{field} is not an object"],
  missing: ["缺少 {field}", "{field} is missing"],
  malformed: ["{field} 的格式不正确", "{field} has not the form that it must have"],
  chain_twice: ["链 {name} 有两个锚定", "chain {name} has two anchors"],
  anchored_without_proof: ["有锚定，却没有包含证明或检查点", "there are anchors but no inclusion proof or checkpoint"],
  json_malformed: ["不是合格的 UTF-8 JSON", "it is no well-formed JSON in UTF-8"],
  json_key_twice: ["同一个对象里有重复的键", "a key comes twice in one object"],
  json_not_whole: ["含有不是整数的数字", "a number is not a whole number"],
  json_digits: ["有数字位数过多", "a number has too many digits"],
  trust_large: ["超过 {limit} 字节", "it is larger than {limit} bytes"],
  format_holds: ["完整且格式正确", "complete and well-formed"],
  file_none: ["没有提供文件", "no file was given"],
  file_size: ["与记录不符：大小不是 {expected} 字节", "not the one recorded: its size is not {expected} bytes"],
  file_digest: ["与记录不符：其 SM3 摘要为 {found}，记录为 {expected}", "not the one recorded: its SM3 digest is {found}, recorded is {expected}"],
  file_holds: ["SM3 摘要 {digest}，与记录一致", "SM3 digest {digest}, as recorded"],
  commitment_differs: ["由摘要与盐值算出的承诺值与记录不符", "digest and salt do not give the commitment that was recorded"],
  commitment_holds: ["由摘要与盐值算出的承诺值与记录一致", "digest and salt give the commitment that was recorded"],
  origin_differs: ["属于日志 {found}，而不是信任文件所指的 {expected}", "it is of the log {found}, not of {expected} that the trust file names"],
  hash_differs: ["杂凑算法为 {found}，而信任文件为 {expected}", "the hash function is {found}, not {expected} as the trust file says"],
  log_holds: ["受信任的日志 {origin}，杂凑算法 {hash}", "the trusted log {origin}, hash function {hash}"],
  leaf_holds: ["叶子杂凑值 {leaf}", "leaf hash {leaf}"],
  inclusion_none: ["记录还没有写入日志", "the record is not in the log yet"],
  path_length: ["路径长度与第 {index} 条（共 {size} 条）不符", "the path does not fit record {index} of {size}"],
  root_differs: ["由路径算出的根与检查点不一致", "the path does not lead to the root of the checkpoint"],
  inclusion_holds: ["第 {index} 条（共 {size} 条），算出的根与检查点一致", "record {index} of {size}; the path leads to the checkpoint's root"],
  checkpoint_none: ["还没有检查点", "there is no checkpoint yet"],
  note_form: ["不是合格的签名检查点", "it is not a signed checkpoint"],
  checkpoint_holds: ["属于受信任的日志，共 {size} 条记录", "of the trusted log, {size} {size|record|records}"],
  signature_wrong: ["{key} 的签名不正确", "the signature of {key} is wrong"],
  signature_none: ["没有受信任密钥的签名", "no trusted key has signed"],
  signature_holds: ["由受信任密钥 {key} 签名（SM2）", "signed by the trusted key {key} (SM2)"],
  no_answer: ["无法查询：{reason}", "could not be asked: {reason}"],
  chain_id_bundle: ["存证包写的链标识为 {found}，信任文件为 {expected}", "the bundle says chain {found}, the trust file {expected}"],
  chain_id_endpoint: ["节点所服务的链标识为 {found}，信任文件为 {expected}", "the endpoint serves chain {found}, the trust file says {expected}"],
  chain_id_holds: ["链标识 {id}", "chain id {id}"],
  contract_bundle: ["存证包写的合约为 {found}，信任文件为 {expected}", "the bundle says contract {found}, the trust file {expected}"],
  contract_none: ["地址 {contract} 上没有合约", "there is no contract at {contract}"],
  contract_holds: ["受信任的合约 {contract}", "trusted contract {contract}"],
  record_none: ["合约中该日志有 {count} 个检查点，没有编号 {index}", "the contract holds {count} checkpoints of this log, none numbered {index}"],
  record_differs: ["合约中编号 {index} 的检查点大小或根不一致", "checkpoint {index} in the contract has another size or root"],
  record_holds: ["合约中编号 {index} 的检查点根一致，共 {size} 条记录", "checkpoint {index} in the contract has the same root, {size} {size|record|records}"],
  block_number: ["合约记载的区块为 {expected}，存证包为 {found}", "the contract says block {expected}, the bundle {found}"],
  block_none: ["链上没有区块 {block}", "the chain has no block {block}"],
  block_hash: ["区块 {block} 的哈希不一致", "block {block} has another hash"],
  block_time: ["区块 {block} 的时间不一致", "block {block} has another time"],
  block_holds: ["区块 {block}，时间 {time}", "block {block} of {time}"],
  verdict_valid: ["有效：该文件与记录一致，最迟自 {since} 起即已存在且未被改动，由 {chains} 链证明。", "Valid: this file is the one recorded and has existed unchanged since {since} at the latest, as chain {chains} shows."],
  verdict_valid_record: [
    "仅记录有效（未比对文件）:SM3 摘要为 {digest} 的文件最迟自 {since} 起即已存在，由 {chains} 链证明。",
    "Valid for the record only, no file was compared: a file with the SM3 digest {digest} has existed since {since} at the latest, as chain {chains} shows.",
  ],
  verdict_not_reached: ["未能查询的链：{chains}。", "Not reached: chain {chains}."],
  verdict_pending: ["待上链：该文件与记录一致，但记录还没有锚定到受信任的链上。", "Pending: this file is the one recorded, but the record is not anchored on a trusted chain yet."],
  verdict_pending_record: ["待上链（未比对文件）：记录还没有锚定到受信任的链上。", "Pending, and no file was compared: the record is not anchored on a trusted chain yet."],
  verdict_not_trusted: ["信任文件中没有链 {chains}。", "The trust file does not name chain {chains}."],
  verdict_unreachable: ["无法判定：文件与证明均成立，但无法查询 {chains} 链。", "Not decided: file and proof hold, but chain {chains} could not be asked."],
  verdict_unreachable_record: ["无法判定（未比对文件）：证明成立，但无法查询 {chains} 链。", "Not decided, and no file was compared: the proof holds, but chain {chains} could not be asked."],
  failing_link: ["{link}：{detail}", "{link}: {detail}"],
  verdict_invalid: ["无效：{failing}。", "Invalid: {failing}."],
});

export type VerdictText = keyof typeof verdictWords;

/** One step of the proof: holds (true), fails (false) or was not checked (null). */
export interface Link {
  name: string;
  ok: boolean | null;
  text: VerdictText;
  values: Values;
}
