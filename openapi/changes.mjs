// Compares the contract with the one released last, and tells what a client would notice.
//
//   node changes.mjs [CONTRACT]            fails on a break that approved-breaks.json does not explain, and where
//                                          CHANGELOG.md is not what `--write` would write
//   node changes.mjs --write [CONTRACT]    writes CHANGELOG.md
//   node changes.mjs --release [CONTRACT]  keeps the contract as released/<info.version>.json; nothing is approved then
//
// The comparison is Redocly's; what "The contract" in README.md allows within a major version is no break here.
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const HERE = dirname(fileURLToPath(import.meta.url));
const RELEASED = join(HERE, 'released');
const APPROVED = process.env.APPROVED_BREAKS ?? join(HERE, 'approved-breaks.json');
const CHANGELOG = join(HERE, 'CHANGELOG.md');
const METHODS = ['get', 'put', 'post', 'patch', 'delete'];

const read = (file) => JSON.parse(readFileSync(file, 'utf8'));

/** Files of all released contracts, the oldest first. */
function releases() {
  const byNumber = (a, b) => a.localeCompare(b, 'en', { numeric: true });
  return readdirSync(RELEASED).sort(byNumber).map((name) => join(RELEASED, name));
}

/** All differences of two contracts, each with the place and the impact that Redocly gives it. */
function differences(base, revision) {
  const folder = mkdtempSync(join(tmpdir(), 'contract-'));
  const report = join(folder, 'report.json');
  try {
    const command = ['diff', base, revision, '--format=json', '--fail-on=none', '-o', report];
    execFileSync(join(HERE, 'node_modules/.bin/redocly'), command, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
    return read(report).changes;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const parts = (pointer) => pointer.split('/').slice(1).map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));

/** A node of a document, by its names, through references. */
function at(document, names) {
  let node = document;
  for (const name of names) {
    while (node?.$ref) node = at(document, parts(node.$ref));
    node = node?.[name];
  }
  return node?.$ref ? at(document, parts(node.$ref)) : node;
}

/** The problem types that an answer may have: one is `const`, several are `oneOf`. */
function problems(document, [, path, method, , status]) {
  const media = at(document, ['paths', path, method, 'responses', status, 'content', 'application/problem+json']);
  const schema = media?.schema ?? {};
  return new Set((schema.oneOf ?? [schema]).map((each) => each.$ref));
}

/** Whether an operation refuses for one status less. */
function isNoMoreRefused(names, revision) {
  return names.length === 5 && names[3] === 'responses' && names[4] >= '400' && !at(revision, names);
}

/**
 * Whether a client that keeps to README.md goes on working: it expects new codes, and new problems, in answers. A
 * refusal that no longer comes is missed by nobody.
 */
function isAllowed(change, verdict, base, revision) {
  if (verdict.ruleId === 'enum-values-added') return verdict.message.includes('gained values');
  const names = parts(change.path);
  if (isNoMoreRefused(names, revision)) return true;
  if (names[3] !== 'responses' || names[6] !== 'application/problem+json' || names.length > 9) return false;
  const after = problems(revision, names);
  return [...problems(base, names)].every((each) => after.has(each));
}

/** Operation and place within it, in words: "GET /a → 200 items[].phone". */
function place(path) {
  const names = parts(path);
  if (names[0] !== 'paths') return names.join('/');
  const [, address, method, ...inner] = names;
  const below = inner
    .join('/')
    .replace(/^responses\/(\d+)/, '→ $1 ')
    .replace(/^requestBody/, '← ')
    .replace(/\/?content\/[^/]+\/[^/]+\/schema/, '')
    .replaceAll('/items/properties/', '[].')
    .replaceAll(/\/?(\$ref\/)?properties\//g, '.')
    .replace(/\/\$ref$/, '')
    .replaceAll(/(^|[ ])[./]+/g, '$1')
    .replaceAll(/\s+/g, ' ');
  return `${method ? `${method.toUpperCase()} ` : ''}${address} ${below}`.trim();
}

/** The place of a change: a parameter's is its name. */
function located({ path, revision, base }) {
  const name = (revision ?? base)?.value?.name;
  return name ? place(path).replace(/parameters\/\d+$/, `? ${name}`) : place(path);
}

function breaks(changes, base, revision) {
  const found = changes.flatMap((change) =>
    change.verdicts
      .filter((verdict) => verdict.impact === 'major' && !isAllowed(change, verdict, base, revision))
      .map((verdict) => `${located(change)}: ${verdict.message.replaceAll('`', '')}`),
  );
  const silent = changes.filter((each) => each.impact === 'major' && each.verdicts.length === 0);
  const rest = silent.map((each) => `${place(each.path)}: ${each.kind}`);
  return [...new Set([...found, ...rest])].sort();
}

/** What a client may use now: operations, parameters, members. */
function additions(changes, revision) {
  const told = changes.flatMap((change) => {
    if (change.kind !== 'added' || change.impact !== 'minor') return [];
    const names = parts(change.path);
    if (change.typeName === 'PathItem' && names[0] === 'paths')
      return METHODS.filter((method) => revision.paths[names[1]][method]).map((method) => `${method.toUpperCase()} ${names[1]}`);
    if (change.typeName === 'Operation' || change.typeName === 'PathItem') return [place(change.path)];
    if (change.typeName === 'Parameter') return [located(change)];
    return change.typeName === 'Schema' && names.at(-2) === 'properties' ? [place(change.path)] : [];
  });
  return [...new Set(told)].sort();
}

function section(title, older, newer) {
  const [base, revision] = [read(older), read(newer)];
  const changes = differences(older, newer);
  const [broken, added] = [breaks(changes, base, revision), additions(changes, revision)];
  const lines = (name, each) => (each.length ? ['', `### ${name}`, '', ...each.map((line) => `- \`${line}\``)] : []);
  const body = [...lines('Breaks', broken), ...lines('Added', added)];
  return { broken, text: [`## ${title}`, ...(body.length ? body : ['', 'Nothing.'])].join('\n') };
}

const HEAD = `# What changed in the contract

Written by \`node changes.mjs --write\`, by operation: \`→ 200\` is what it answers, \`←\` what it is sent, \`?\` a parameter. A schema
that several operations share is named at the first of them. Why, and for whom, is in the changelog of the product.`;

/** The changelog, newest first, and the breaks since the last release. */
function history(contract) {
  const all = releases();
  const next = section(`Since ${read(all.at(-1)).info.version}`, all.at(-1), contract);
  const past = all.slice(1).map((file, index) => section(read(file).info.version, all[index], file).text);
  const first = `## ${read(all[0]).info.version}\n\nThe first.`;
  return { broken: next.broken, text: `${[HEAD, next.text, ...past.reverse(), first].join('\n\n')}\n` };
}

function release(contract) {
  const { version } = read(contract).info;
  const kept = join(RELEASED, `${version}.json`);
  if (existsSync(kept)) throw new Error(`${version} is released: give the contract another version`);
  copyFileSync(contract, kept);
  writeFileSync(APPROVED, '{}\n');
}

function judge({ broken, text }) {
  const approved = read(APPROVED);
  const unexplained = broken.filter((each) => !approved[each]);
  const stale = Object.keys(approved).filter((each) => !broken.includes(each));
  for (const each of unexplained) console.log(`BREAK ${each}`);
  for (const each of stale) console.log(`approved, but no break: ${each}`);
  const written = existsSync(CHANGELOG) && readFileSync(CHANGELOG, 'utf8') === text;
  if (!written) console.log('CHANGELOG.md is not up to date: node changes.mjs --write');
  console.log(`RESULT ${broken.length} breaks since the last release, ${unexplained.length} unexplained`);
  return unexplained.length + stale.length === 0 && written;
}

const options = process.argv.slice(2).filter((each) => each.startsWith('--'));
const contract = resolve(process.argv.slice(2).find((each) => !each.startsWith('--')) ?? join(HERE, 'openapi.json'));
if (options.includes('--release')) release(contract);
const told = history(contract);
if (options.length) writeFileSync(CHANGELOG, told.text);
else process.exitCode = judge(told) ? 0 : 1;
