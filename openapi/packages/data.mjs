// node data.mjs CONTRACT FOLDER: what a client takes from the contract besides its types, as JSON files.
//
//   labels.json      the words of each vocabulary, by schema and code
//   labels_en.json   the same in English
//   operations.json  address, roles, refusals and codes of findings of each operation
//   actions.json     the acts on each resource: words, event, transitions, operations
import fs from 'node:fs';
import path from 'node:path';

const METHODS = ['get', 'put', 'post', 'patch', 'delete'];
const PROBLEM = 'application/problem+json';
const [source, folder] = process.argv.slice(2);
const contract = JSON.parse(fs.readFileSync(source, 'utf8'));
const schemas = Object.entries(contract.components.schemas);

const resolved = (node) => {
  let found = node;
  while (found.$ref) found = found.$ref.slice(2).split('/').reduce((inner, name) => inner[name], contract);
  return found;
};

/** The words of each vocabulary, as one member of its schema has them in the order of its codes. */
const labelled = (member) =>
  Object.fromEntries(
    schemas
      .filter(([, schema]) => schema.enum && schema[member])
      .map(([name, { enum: codes, ...schema }]) => [
        name,
        Object.fromEntries(codes.map((code, index) => [code, schema[member][index]])),
      ]),
  );

/** The codes of the problems that an operation may answer. */
const refusals = (operation) => {
  const contents = Object.values(operation.responses).map((each) => resolved(each).content?.[PROBLEM]?.examples ?? {});
  return [...new Set(contents.flatMap(Object.keys))].sort();
};

const described = (address, method, operation) => ({
  method,
  path: address,
  tag: operation.tags[0],
  public: operation.security.length === 0,
  roles: operation['x-roles'] ?? [],
  problems: refusals(operation),
  codes: operation['x-finding-codes'] ?? [],
});

const operations = Object.fromEntries(
  Object.entries(contract.paths).flatMap(([address, item]) =>
    METHODS.filter((method) => item[method]).map((method) => [
      item[method].operationId,
      described(address, method, item[method]),
    ]),
  ),
);

const acts = ({ properties }) =>
  Object.fromEntries(
    Object.entries(properties).map(([name, act]) => [
      name,
      {
        label: act.title,
        description: act.description,
        event: act['x-event'],
        transitions: act['x-transitions'],
        operations: act['x-operations'],
      },
    ]),
  );

const actions = Object.fromEntries(
  schemas.filter(([name]) => name.endsWith('Actions')).map(([name, schema]) => [name, acts(schema)]),
);

const data = {
  labels: labelled('x-enum-descriptions'),
  labels_en: labelled('x-enum-descriptions-en'),
  operations,
  actions,
};
fs.mkdirSync(folder, { recursive: true });
for (const [name, value] of Object.entries(data))
  fs.writeFileSync(path.join(folder, `${name}.json`), `${JSON.stringify(value, null, 1)}\n`);
