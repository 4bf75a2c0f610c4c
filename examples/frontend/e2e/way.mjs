// An application's way from draft to receipt in a real browser: three people, axe on every screen, and pictures of some.
// Set PINPAI_ADDRESS, CHROMIUM, PASSWORD, UNIT, COMMITTEE, OFFICE (user names), FILES (a folder with five .jpg and
// scan.pdf); SHOTS names a folder for the pictures. The page must be built before (`npm run build`).
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { chromium } from "playwright-core";
import { preview } from "vite";

const { PINPAI_ADDRESS, CHROMIUM, PASSWORD, UNIT, COMMITTEE, OFFICE, FILES, SHOTS } = process.env;
const axe = fs.readFileSync(path.join(import.meta.dirname, "../node_modules/axe-core/axe.min.js"), "utf8");
const LONG = "居民点单、志愿者接单，邻里互助站把好事做到家门口。".repeat(16);
const checked = [];

const site = await preview({ logLevel: "error", preview: { port: 0, strictPort: false, proxy: { "/api": PINPAI_ADDRESS } } });
const home = `http://127.0.0.1:${site.httpServer.address().port}/`;
const browser = await chromium.launch({
  executablePath: CHROMIUM,
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});

async function as(username) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, locale: "zh-CN", reducedMotion: "reduce" });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  page.on("pageerror", (error) => assert.fail(error.message));
  await page.goto(home);
  if (checked.length === 0) await accessible(page, "sign in");
  await page.getByLabel("用户名").fill(username);
  await page.getByLabel("密码", { exact: true }).fill(PASSWORD);
  await page.getByLabel("密码", { exact: true }).press("Enter");
  await page.getByRole("navigation").waitFor();
  return page;
}

async function accessible(page, name) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 160))}`), [], name);
  checked.push(name);
}

const shot = (page, name) => SHOTS && page.screenshot({ path: path.join(SHOTS, `${name}.png`), animations: "disabled" });
const box = (page, name) => page.getByRole("textbox", { name, exact: true }).first();
const saved = (page) => page.getByText("已保存", { exact: true }).waitFor();

async function begun(page) {
  await page.getByRole("button", { name: "开始申报" }).click();
  await page.getByRole("heading", { name: "提交前需处理" }).waitFor();
  assert.equal(await page.getByRole("button", { name: "提交" }).getAttribute("aria-disabled"), "true");
  return page.url();
}

async function filled(page) {
  await box(page, "品牌名称").fill("“红马甲”邻里互助站");
  await box(page, "申报单位负责人").fill("李文博");
  await box(page, "职务").fill("党支部书记");
  await box(page, "联系电话").fill("电话");
  await page.getByLabel("内容分类").selectOption("qingman");
  await box(page, "开始时间").fill("2015-04-21");
  await page.getByLabel("至今").check();
  await saved(page);
  await page.locator(".field", { has: box(page, "联系电话") }).locator(".findings .error").waitFor(); // beside its cell
  await box(page, "联系电话").fill("0315-3724062");
  for (const text of ["创新特点", "主要做法", "社会效果"]) await box(page, text).fill(LONG);
  await page.getByRole("button", { name: "添加图片" }).scrollIntoViewIfNeeded();
  await saved(page);
}

/** Cells of the campaign's own, which RJSF draws. */
async function filledOwn(page) {
  await page.locator("#cells_slogan").fill("小红帽 大温暖");
  await page.locator("#cells_pledge").check();
  await saved(page);
}

async function illustrated(page) {
  const pictures = fs.readdirSync(FILES).filter((name) => name.endsWith(".jpg")).map((name) => path.join(FILES, name));
  await page.locator("input[type=file]").setInputFiles(pictures);
  await page.locator("progress").first().waitFor();
  await page.locator(".picture img").nth(pictures.length - 1).waitFor();
  const first = await page.locator(".picture img").first().getAttribute("src");
  await page.getByRole("button", { name: "图片 1：后移" }).click();
  await page.waitForFunction((src) => document.querySelectorAll(".picture img")[1]?.src === src, first);
  for (const [place, words] of ["志愿者集合", "入户走访", "邻里议事", "节日慰问", "义诊现场"].entries()) {
    const caption = page.getByLabel(`图片 ${place + 1}：图片说明`);
    await caption.fill(words);
    await caption.blur();
    await page.locator(`.picture:nth-child(${place + 1}) img[alt="${words}"]`).waitFor();
  }
}

/** Somebody else saves two cells meanwhile: one is merged, of the other both texts are shown. */
async function conflicting(page, address) {
  const api = async (method, href, { token, etag, ...body } = {}) => {
    const headers = { "Content-Type": "application/json", ...(token && { Authorization: `Bearer ${token}` }), ...(etag && { "If-Match": etag }) };
    const answer = await fetch(`${PINPAI_ADDRESS}/api/v1/${href}`, { method, headers, ...(method !== "GET" && { body: JSON.stringify(body) }) });
    assert.ok(answer.ok, href);
    return answer.json();
  };
  const { token } = await api("POST", "sessions", { username: UNIT, password: PASSWORD });
  const href = `applications/${address.split("/").at(-1)}`;
  const { etag } = await api("GET", href, { token });
  await api("PATCH", href, { token, etag, leader_name: "王秀兰", leader_title: "社区主任" });
  await box(page, "申报单位负责人").fill("李文博（代）");
  const conflict = page.getByRole("alert", { name: "有人同时修改了以下栏目" });
  await conflict.waitFor();
  assert.equal(await box(page, "职务").inputValue(), "社区主任");
  await accessible(page, "conflict");
  await conflict.getByRole("button", { name: "采用已保存的" }).click();
  await conflict.waitFor({ state: "detached" });
  assert.equal(await box(page, "申报单位负责人").inputValue(), "王秀兰");
}

async function submitted(page) {
  await page.getByText("内容齐全，可以提交。").waitFor();
  assert.match(await page.locator(".meter strong").innerText(), /三项合计 1200 字/u);
  await accessible(page, "form");
  await page.locator(".narrative .field").nth(2).scrollIntoViewIfNeeded();
  await shot(page, "form");
  await page.setViewportSize({ width: 390, height: 844 });
  await accessible(page, "form on a phone");
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 390, "the form is wider than a phone");
  await page.setViewportSize({ width: 1280, height: 860 });
  await page.getByRole("button", { name: "提交", exact: true }).press("Enter");
  await page.locator("h1 .state", { hasText: "已提交" }).waitFor();
}

async function sealed(page) {
  await page.getByLabel("状态").selectOption("submitted");
  await page.getByText("1 条").waitFor();
  await accessible(page, "table");
  await page.getByRole("link", { name: "“红马甲”邻里互助站" }).click();
  await page.getByRole("heading", { name: "操作" }).waitFor();
  await page.locator(".picture img").nth(4).waitFor();
  await accessible(page, "application, read");
  const [paper] = await Promise.all([page.context().waitForEvent("page"), page.getByRole("button", { name: "打印申报表（PDF）" }).click()]);
  await paper.waitForURL(/^blob:/u).catch(() => undefined);
  await paper.close();
  await page.locator(".act input[type=file]").setInputFiles(path.join(FILES, "scan.pdf"));
  await page.locator("h1 .state", { hasText: "已审核盖章" }).waitFor();
}

async function filed(page) {
  await page.getByRole("link", { name: "上报" }).click();
  await page.getByRole("button", { name: "“红马甲”邻里互助站：前移" }).press("Enter");
  await accessible(page, "filing");
  await shot(page, "filing");
  await page.getByRole("button", { name: /上报选中的/u }).click();
  await page.getByRole("heading", { name: "上报成功" }).waitFor();
  await page.getByRole("button", { name: "回执（PDF）" }).waitFor();
  await accessible(page, "receipt");
  return page.locator(".note.good strong").innerText();
}

async function watched(page) {
  await page.locator(".bar .filed").first().waitFor();
  await accessible(page, "progress");
  await shot(page, "progress");
  await page.getByRole("link", { name: /通知/u }).click();
  await page.getByRole("heading", { name: /通知/u }).waitFor();
  await accessible(page, "notifications");
  await page.getByRole("button", { name: "English" }).click();
  await page.getByRole("heading", { name: /Notifications/u }).waitFor();
  assert.equal(await page.evaluate(() => document.documentElement.lang), "en");
}

try {
  const unit = await as(UNIT);
  const address = await begun(unit);
  await filled(unit);
  await filledOwn(unit);
  await illustrated(unit);
  await conflicting(unit, address);
  await submitted(unit);
  const committee = await as(COMMITTEE);
  await sealed(committee);
  const receipt = await filed(committee);
  await watched(await as(OFFICE));
  console.log(`receipt ${receipt}; no violation on ${checked.length} screens: ${checked.join(", ")}`);
} finally {
  await browser.close();
  await site.close();
}
