// node npm.mjs CONTRACT DATA FOLDER: the sources of @pinpai/contract, to be compiled by tsc and packed by npm.
import fs from 'node:fs';
import path from 'node:path';

const [source, data, folder] = process.argv.slice(2);
const { version, license } = JSON.parse(fs.readFileSync(source, 'utf8')).info;
const names = ['labels', 'labels_en', 'operations', 'actions'];
const constant = (name) => `export const ${name} = ${fs.readFileSync(path.join(data, `${name}.json`), 'utf8').trim()} as const;`;

const index = `${names.map(constant).join('\n')}

/** The version of the contract, and of this package. */
export const version = ${JSON.stringify(version)};

export type OperationName = keyof typeof operations;
/** The codes that findings of an operation may have. */
export type FindingCodeOf<Name extends OperationName> = (typeof operations)[Name]['codes'][number];
/** The problems that an operation may answer: the end of their \`type\`. */
export type ProblemOf<Name extends OperationName> = (typeof operations)[Name]['problems'][number];
/** The roles that an operation may succeed for. */
export type RoleOf<Name extends OperationName> = (typeof operations)[Name]['roles'][number];
export type Vocabulary = keyof typeof labels;
export type { components, operations as Operations, paths, webhooks } from './contract.js';
`;

const manifest = {
  name: '@pinpai/contract',
  version,
  description: "Pinpai's contract: the OpenAPI document, its types, and its vocabularies as data.",
  license: license.identifier,
  type: 'module',
  sideEffects: false,
  exports: {
    '.': { types: './index.d.ts', default: './index.js' },
    './openapi.json': './openapi.json',
    './counting.json': './counting.json',
    ...Object.fromEntries(names.map((name) => [`./${name}.json`, `./${name}.json`])),
  },
  files: ['*.js', '*.d.ts', '*.json', '*.md', 'LICENSE'],
};

fs.writeFileSync(path.join(folder, 'index.ts'), index);
fs.writeFileSync(path.join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
