// The contract as a reference reads best: the same operations, but what refuses them stands once for all, and a role
// sees what it may do. Only the page reads it: what others build from is the contract itself.

const METHODS = ['get', 'put', 'post', 'patch', 'delete'];

/** The document that is shown to a role; to everybody without one. */
export function viewFor(contract, role) {
  const shown = structuredClone(contract);
  const refusals = refusalsOf(shown);
  for (const [path, methods] of Object.entries(shown.paths)) {
    for (const method of METHODS.filter((each) => methods[each])) {
      if (mayAsk(methods[method], role)) tellOnce(shown, methods[method]);
      else delete methods[method];
    }
    if (!METHODS.some((each) => methods[each])) delete shown.paths[path];
  }
  keepUsedTags(shown);
  delete shown.components.responses;
  shown.info.description += sectionOf(refusals);
  return shown;
}

/** The words of a vocabulary, by its codes. */
export function labelsOf(contract, name) {
  const { enum: codes, 'x-enum-descriptions': labels } = contract.components.schemas[name];
  return new Map(codes.map((code, index) => [code, labels[index]]));
}

/** An operation without `x-roles` asks for no session: anybody may. */
function mayAsk(operation, role) {
  return !role || (operation['x-roles']?.includes(role) ?? true);
}

/** Answers that succeed stay; of the others only their codes, each explained in the section that all share. */
function tellOnce(document, operation) {
  const answers = Object.entries(operation.responses);
  const codes = answers.filter(([status]) => status >= '400').flatMap(([, answer]) => codesOf(document, answer));
  operation.responses = Object.fromEntries(answers.filter(([status]) => status < '400'));
  const roles = operation['x-roles']?.map((role) => labelsOf(document, 'Role').get(role)).join('、') ?? '无需登录';
  const names = [...new Set(codes)].sort().map((code) => `\`${code}\``).join(' ');
  operation.description = `${operation.description ?? ''}\n\n**角色** ${roles}\n\n**拒绝** ${names} — [说明](#description/refusals)`;
}

function codesOf(document, answer) {
  const shared = answer.$ref?.split('/').pop();
  const content = (shared ? document.components.responses[shared] : answer).content?.['application/problem+json'];
  return Object.keys(content?.examples ?? {});
}

/** Every problem that some operation answers, by its code. */
function refusalsOf(document) {
  const answers = Object.values(document.paths).flatMap((methods) =>
    METHODS.flatMap((method) => Object.values(methods[method]?.responses ?? {})),
  );
  const shared = [...Object.values(document.components.responses ?? {}), ...answers];
  const examples = shared.flatMap((answer) => Object.entries(answer.content?.['application/problem+json']?.examples ?? {}));
  return new Map(examples.map(([code, { value }]) => [code, value]).sort(([one], [other]) => (one < other ? -1 : 1)));
}

function sectionOf(refusals) {
  const rows = [...refusals].map(([code, { status, title, detail }]) => `| ${status} \`${code}\` | ${title}：${detail} |`);
  return `
## Refusals

Every refusal is an RFC 9457 problem; its \`type\` is \`urn:problem-type:pinpai:<code>\`. Each operation lists the codes
it may answer.

| status, code | title, and detail as an example |
|---|---|
${rows.join('\n')}
`;
}

/** Tags with the term that their description begins with; groups and tags without an operation are gone. */
function keepUsedTags(document) {
  const operations = Object.values(document.paths).flatMap((methods) => METHODS.map((each) => methods[each]));
  const used = new Set(operations.flatMap((operation) => operation?.tags ?? []));
  document.tags = document.tags.filter(({ name }) => used.has(name));
  for (const tag of document.tags) tag['x-displayName'] = `${tag.description.split(':')[0]} ${tag.name}`;
  document['x-tagGroups'] = document['x-tagGroups']
    ?.map((group) => ({ ...group, tags: group.tags.filter((name) => used.has(name)) }))
    .filter(({ tags }) => tags.length > 0);
}
