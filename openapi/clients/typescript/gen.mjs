// node gen.mjs CONTRACT TARGET: the contract's types; a file is a Blob, which openapi-typescript alone calls a string.
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import openapiTS, { astToString } from "openapi-typescript";
import ts from "typescript";

const [contract, target] = process.argv.slice(2);
const blob = ts.factory.createTypeReferenceNode("Blob");

const types = await openapiTS(pathToFileURL(path.resolve(contract)), {
  alphabetize: true,
  defaultNonNullable: false, // a member with a default may be left out of a request
  transform: (schema) => (schema.format === "binary" ? blob : undefined),
});
fs.mkdirSync(path.dirname(target), { recursive: true });
fs.writeFileSync(target, astToString(types));
