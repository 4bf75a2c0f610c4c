// node try.mjs CHROMIUM ADDRESS USERNAME PASSWORD: uses the page of the contract as people do, in a real browser, and
// prints what it found as JSON; the test that runs it says what must be found.
import { chromium } from 'playwright-core';

const [executablePath, address, username, password] = process.argv.slice(2);
const found = { foreign: [], errors: [], tooWide: [] };
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
const page = await browser.newPage({ viewport: { width: 390, height: 844 } });
page.setDefaultTimeout(90_000);
page.on('request', (request) => request.url().startsWith(`${address}/`) || found.foreign.push(request.url()));
page.on('console', (message) => message.type() === 'error' && found.errors.push(message.text()));
page.on('pageerror', (error) => found.errors.push(String(error)));

async function measure(width) {
  await page.setViewportSize({ width, height: 844 });
  const isTooWide = () => document.documentElement.scrollWidth > document.documentElement.clientWidth;
  if (await page.evaluate(isTooWide)) found.tooWide.push(width);
}

async function search(words) {
  await page.keyboard.press('Control+k');
  await page.keyboard.type(words);
  const options = page.getByRole('listbox').getByRole('option');
  await options.first().waitFor();
  const found = await options.allInnerTexts();
  await page.keyboard.press('Escape');
  return found.slice(0, 3);
}

async function signIn() {
  await page.getByLabel('用户名', { exact: true }).fill(username);
  await page.getByLabel('密码', { exact: true }).fill(password);
  await page.getByRole('button', { name: '登录', exact: true }).click();
  await page.getByText('已登录').waitFor();
  return page.getByLabel('角色', { exact: true }).inputValue();
}

/** Sends a request from the page; the server's answer tells whether it carried the token. */
async function tryOut(name, path) {
  await page.evaluate((hash) => (location.hash = hash), `tag/${name}/GET${path}`);
  await page.getByRole('button', { name: `(get ${path})` }).click();
  const [answer] = await Promise.all([
    page.waitForResponse(`${address}${path}`),
    page.getByRole('button', { name: /^发送/ }).click(),
  ]);
  return answer.status();
}

await page.goto(`${address}/api/docs`);
await page.getByRole('heading', { name: 'Refusals' }).waitFor();
await measure(390);
await measure(1280);
found.navigation = await page.locator('aside').first().innerText();
found.nearest = await search('盖章');
found.role = await signIn();
found.tried = await tryOut('sessions', '/api/v1/session');
console.log(JSON.stringify(found));
await browser.close();
