import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { App } from "./app/App";
import "./app/styles/tokens.css";
import "./app/styles/base.css";
import "./app/styles/frame.css";
import "./app/styles/parts.css";
import "./app/styles/tables.css";
import "./app/styles/sequences.css";

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
