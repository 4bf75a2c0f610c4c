// A page of an allowed origin, one of another port of the same host, and one of another host, each in a real browser.
// CHROMIUM, API (of one host), OURS, EVIL and FAR (origins of empty pages), USERNAME, PASSWORD, CAMPAIGN. Prints JSON.
import { chromium } from "playwright-core";

const { CHROMIUM, API, OURS, EVIL, FAR, USERNAME, PASSWORD, CAMPAIGN } = process.env;
const args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"];
args.push("--disable-component-update", "--disable-sync");
const browser = await chromium.launch({ executablePath: CHROMIUM, headless: true, args });
const context = await browser.newContext();

async function page(origin) {
    const opened = await context.newPage();
    await opened.goto(origin);
    await opened.evaluate(({ api }) => {
        globalThis.ask = async (method, path, body, headers = {}, mode = "cors") => {
            const json = body === undefined ? {} : { "Content-Type": mode === "cors" ? "application/json" : "text/plain" };
            const sent = { method, mode, credentials: "include", headers: { ...json, ...headers, "Idempotency-Key": crypto.randomUUID() } };
            try {
                const answer = await fetch(api + path, { ...sent, body: body && JSON.stringify(body) });
                return [answer.status, answer.status === 204 || !answer.ok ? null : await answer.json()];
            } catch (error) {
                return [0, error.name];
            }
        };
    }, { api: API });
    return opened;
}

const MARK = { "X-Session": "cookie" };
const said = {};

async function ours() {
    const mine = await page(OURS);
    await mine.evaluate(async ({ name, password, mark, campaign, api }) => {
        const [, session] = await ask("POST", "/api/v1/sessions", { username: name, password });
        const bearer = { Authorization: `Bearer ${session.token}` };
        globalThis.kept = await ask("POST", "/api/v1/session/cookie", undefined, { ...bearer, ...mark });
        globalThis.visible = document.cookie;
        globalThis.heard = [];
        const stream = new EventSource(`${api}/api/v1/stream`, { withCredentials: true });
        stream.addEventListener("unread", (event) => heard.push([event.lastEventId !== "", JSON.parse(event.data)]));
        await new Promise((opened) => stream.addEventListener("open", opened));
        globalThis.stream = stream;
        globalThis.saved = await ask("POST", "/api/v1/applications", { campaign_id: campaign }, mark);
    }, { name: USERNAME, password: PASSWORD, mark: MARK, campaign: CAMPAIGN, api: API });
    await mine.reload(); // nothing is left but the cookie
    return mine;
}

async function foreign(origin) {
    const other = await page(origin);
    const tried = await other.evaluate(async ({ mark, campaign, api }) => {
        const body = { campaign_id: campaign };
        const drafts = "/api/v1/applications";
        const soon = (asked) => Promise.race([asked, new Promise((done) => setTimeout(done, 3000, "silent"))]);
        const loaded = (element, src) => new Promise((done) => {
            element.src = src;
            element.onload = () => done(true);
            element.onerror = () => done(false);
            document.body.append(element);
        });
        const stream = await soon(new Promise((done) => {
            const source = new EventSource(`${api}/api/v1/stream`, { withCredentials: true });
            source.onopen = () => done("open");
            source.onerror = () => done(source.readyState === EventSource.CLOSED ? "closed" : "again");
        }));
        const socket = await soon(new Promise((done) => {
            const tried = new WebSocket(`${api.replace("http", "ws")}/api/v1/stream`);
            tried.onopen = () => done("open");
            tried.onerror = () => done("refused");
        }));
        return {
            read: await soon(ask("GET", "/api/v1/account")),
            change: await soon(ask("POST", drafts, body, mark)),
            opaque: await soon(ask("POST", drafts, body, {}, "no-cors")),
            sign_out: await soon(ask("DELETE", "/api/v1/session", undefined, mark)),
            image: await soon(loaded(document.createElement("img"), `${api}/api/v1/account`)),
            script: await soon(loaded(document.createElement("script"), `${api}/api/v1/account`)),
            stream,
            socket,
        };
    }, { mark: MARK, campaign: CAMPAIGN, api: API });
    await post(other, { campaign_id: CAMPAIGN });
    return tried;
}

/** A form needs no permission: it is sent, with what cookies the browser gives it, and its answer is the next page. */
async function post(other, body) {
    for (const enctype of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]) {
        await Promise.all([
            other.waitForNavigation(),
            other.evaluate(({ api, name, enctype }) => {
                const form = Object.assign(document.createElement("form"), { method: "post", enctype });
                form.action = `${api}/api/v1/applications`;
                form.append(Object.assign(document.createElement("input"), { name, value: '"}' }));
                document.body.append(form);
                form.submit();
            }, { api: API, name: JSON.stringify(body).slice(0, -1) + ',"x":"', enctype }),
        ]);
        await other.goBack();
    }
}

try {
    const before = await ours();
    said.after_reload = await (await page(OURS)).evaluate(() => ask("GET", "/api/v1/account"));
    said.evil = await foreign(EVIL);
    said.far = await foreign(FAR);
    await before.close();
    const again = await page(OURS);
    Object.assign(said, await again.evaluate(async ({ mark, campaign, api }) => {
        const drafts = async () => (await ask("GET", "/api/v1/applications"))[1].items.length;
        const stream = new EventSource(`${api}/api/v1/stream`, { withCredentials: true });
        const unread = await new Promise((done) => stream.addEventListener("unread", (event) => done(event.data)));
        const count = await drafts();
        const saved = await ask("POST", "/api/v1/applications", { campaign_id: campaign }, mark);
        const ended = new Promise((done) => { stream.onerror = () => done(true); });
        const [unmarked] = await ask("DELETE", "/api/v1/session");
        const out = await ask("DELETE", "/api/v1/session", undefined, mark);
        return {
            visible: document.cookie,
            unread,
            drafts: count,
            saved: saved[0],
            unmarked,
            signed_out: out[0],
            stream_ended: await ended,
            afterwards: (await ask("GET", "/api/v1/account"))[0],
        };
    }, { mark: MARK, campaign: CAMPAIGN, api: API }));
    said.cookies = (await context.cookies(API)).length;
    console.log(JSON.stringify(said));
} finally {
    await browser.close();
}
