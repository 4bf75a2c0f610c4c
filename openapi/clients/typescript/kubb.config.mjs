// The contract as zod schemas, in one file.
import { defineConfig } from "@kubb/core";
import { pluginOas } from "@kubb/plugin-oas";
import { pluginZod } from "@kubb/plugin-zod";

export default defineConfig({
  root: process.cwd(),
  input: { path: process.env.CONTRACT },
  output: { path: "clients/generated/kubb", clean: true, format: false, lint: false },
  plugins: [
    pluginOas({ generators: [] }),
    pluginZod({ output: { path: "zod.ts", barrelType: false }, typed: false, version: "4" }),
  ],
});
