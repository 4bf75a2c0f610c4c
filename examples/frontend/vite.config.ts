import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// The API seems to come from our own origin, in development as behind a reverse proxy: no CORS, and `connect-src 'self'`.
const proxy = { "/api": process.env["PINPAI_API"] ?? "http://127.0.0.1:8000" };
const host = "127.0.0.1";

export default defineConfig({
  plugins: [react()],
  server: { host, proxy, port: 5173 },
  preview: { host, proxy, port: 4173 },
  build: { target: "es2022", chunkSizeWarningLimit: 600 },
});
