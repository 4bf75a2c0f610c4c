import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./App";
import { Speaking } from "./language";
import { Signing } from "./session";
import "./styles.css";

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no root");
createRoot(root).render(
  <StrictMode>
    <Speaking>
      <Signing>
        <App />
      </Signing>
    </Speaking>
  </StrictMode>,
);
