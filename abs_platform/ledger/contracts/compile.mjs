// Compiles a contract and prints the artefact (compiler, ABI, bytecode) as JSON.
//
//   node compile.mjs [FOLDER with node_modules/solc; default: frontend/] [SOURCE.sol] > CheckpointRegistry.json
//
// The target is the "paris" EVM, which every consortium chain in use understands (no PUSH0). Metadata is left out of the
// bytecode, so that it depends on nothing but the source, the compiler and these settings.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const modules = resolve(process.argv[2] ?? join(here, "../../../frontend"));
const solc = createRequire(join(modules, "package.json"))("solc");
const source = resolve(process.argv[3] ?? join(here, "CheckpointRegistry.sol"));
const name = basename(source, ".sol");

const output = JSON.parse(
  solc.compile(
    JSON.stringify({
      language: "Solidity",
      sources: { [`${name}.sol`]: { content: readFileSync(source, "utf8") } },
      settings: {
        evmVersion: "paris",
        optimizer: { enabled: true, runs: 10000 },
        metadata: { bytecodeHash: "none", appendCBOR: false },
        outputSelection: { "*": { "*": ["abi", "evm.bytecode.object", "evm.methodIdentifiers"] } },
      },
    }),
  ),
);
const problems = (output.errors ?? []).map((problem) => problem.formattedMessage);
if (problems.length > 0) {
  console.error(problems.join("\n"));
  process.exit(1);
}
const contract = output.contracts[`${name}.sol`][name];
const artefact = {
  contract: name,
  compiler: solc.version(),
  selectors: contract.evm.methodIdentifiers,
  abi: contract.abi,
  bytecode: `0x${contract.evm.bytecode.object}`,
};
process.stdout.write(`${JSON.stringify(artefact, null, 2)}\n`);
