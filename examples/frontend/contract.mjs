// node contract.mjs OPENAPI-DOCUMENT FOLDER: what this frontend knows of the contract, written into FOLDER:
// contract.ts (types), labels.ts (the words of the states, Chinese and English), counting.json (the rule of 字数).
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import openapiTS, { astToString } from "openapi-typescript";
import ts from "typescript";

const VOCABULARIES = ["ApplicationStatus"];
const [document, folder] = process.argv.slice(2);
const blob = ts.factory.createTypeReferenceNode("Blob");

const types = await openapiTS(pathToFileURL(path.resolve(document)), {
  alphabetize: true,
  defaultNonNullable: false, // a member with a default may be left out of a request
  transform: (schema) => (schema.format === "binary" ? blob : undefined), // openapi-typescript alone calls a file a string
});
const { components } = JSON.parse(fs.readFileSync(document, "utf8"));
const labels = VOCABULARIES.map((name) => {
  const { enum: codes, "x-enum-descriptions": chinese, "x-enum-descriptions-en": english } = components.schemas[name];
  const pairs = Object.fromEntries(codes.map((code, place) => [code, { "zh-CN": chinese[place], en: english[place] }]));
  return `export const ${name} = ${JSON.stringify(pairs, null, 2)} as const;\n`;
});

fs.mkdirSync(folder, { recursive: true });
fs.writeFileSync(path.join(folder, "contract.ts"), astToString(types));
fs.writeFileSync(path.join(folder, "labels.ts"), labels.join("\n"));
fs.copyFileSync(path.join(path.dirname(document), "counting.json"), path.join(folder, "counting.json"));
