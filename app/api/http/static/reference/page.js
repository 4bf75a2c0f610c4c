// Shows the contract, to a role if one is chosen; signs in, so that what is tried out carries the session's token.

import { labelsOf, viewFor } from './view.js';

const bar = document.forms.namedItem('bar');
const said = bar.querySelector('output');
const contract = await (await fetch(document.body.dataset.contract)).json();
let token = '';
let challenge = '';

const reference = Scalar.createApiReference('#page', configuration());
offerRoles();
bar.role.addEventListener('change', show);
bar.addEventListener('submit', (event) => {
  event.preventDefault();
  signIn().catch(() => say('无法连接服务器'));
});

/** Everything that would ask another host, or keep the token, is off. */
function configuration() {
  return {
    content: viewFor(contract, bar.role.value),
    authentication: { preferredSecurityScheme: 'session', securitySchemes: { session: { token } } },
    localization: { locale: 'zh-CN' },
    baseServerURL: location.origin,
    persistAuth: false,
    telemetry: false,
    withDefaultFonts: false,
    agent: { disabled: true },
    mcp: { disabled: true },
    showDeveloperTools: 'never',
    hideClientButton: true,
    hideModels: true,
    documentDownloadType: 'none',
    defaultHttpClient: { targetKey: 'shell', clientKey: 'curl' },
  };
}

function show() {
  reference.updateConfiguration(configuration());
}

function offerRoles() {
  const labels = labelsOf(contract, 'Role');
  const asking = new Set(Object.values(contract.paths).flatMap(Object.values).flatMap((each) => each['x-roles'] ?? []));
  bar.role.append(...[...asking].map((role) => new Option(labels.get(role), role)));
}

/** With the second factor where the account has one: the first answer brings the challenge, the next sends its code. */
async function signIn() {
  const body = challenge
    ? { challenge, code: bar.code.value }
    : { username: bar.username.value, password: bar.password.value };
  const answer = await fetch(challenge ? 'v1/sessions/second-step' : 'v1/sessions', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'Accept-Language': 'zh-CN' },
    body: JSON.stringify(body),
  });
  const opened = await answer.json();
  challenge = opened.challenge ?? '';
  bar.code.hidden = !challenge;
  if (!answer.ok) return say(opened.detail);
  bar.password.value = bar.code.value = '';
  token = opened.token;
  bar.role.value = opened.account.role;
  say(`已登录：${opened.account.name}`);
  show();
}

function say(sentence) {
  said.textContent = sentence;
}
