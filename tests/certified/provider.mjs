// A certified OpenID provider on loopback: `node provider.mjs PORT CLIENT SECRET REDIRECT_URI LOGOUT_URI`.
// Whoever types a name in its page is that subject; it says when it is ready, and ends with its standard input.
import Provider from "oidc-provider";

const [port, id, secret, redirect, logout] = process.argv.slice(2);
const provider = new Provider(`http://127.0.0.1:${port}`, {
    clients: [
        {
            client_id: id,
            client_secret: secret,
            redirect_uris: [redirect],
            grant_types: ["authorization_code"],
            response_types: ["code"],
            backchannel_logout_uri: logout,
            backchannel_logout_session_required: true,
        },
    ],
    features: { backchannelLogout: { enabled: true } },
    fetch: (url, options) => fetch(url, { ...options, dispatcher: undefined }), // its own refuses loopback
    findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ sub }) }),
});
provider.on("backchannel.error", (_, error) => console.error("no sign-out was told:", error.message, error.cause ?? ""));
provider.listen(Number(port), "127.0.0.1", () => console.log("ready"));
process.stdin.resume().on("end", () => process.exit());
