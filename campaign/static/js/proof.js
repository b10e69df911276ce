// Lets the browser calculate for a few seconds before a signature is sent, where the site asks for that.

const box = document.querySelector("[data-proof]");
const form = box?.closest("form");
const [field] = box ? box.querySelectorAll("input[name=proof]") : [];
const places = document.querySelectorAll("[data-proof-status]");
const withoutEmail = form?.elements.without_email;

function say(sentence) {
  for (const place of places) {
    place.textContent = sentence;
    place.hidden = false;
  }
}

function solution(parameters, signal) {
  return new Promise((resolve, reject) => {
    const worker = new Worker(box.dataset.worker);
    const end = (settle, what) => {
      worker.terminate();
      settle(what);
    };
    worker.onmessage = ({ data }) => {
      if (data.solution) {
        end(resolve, data.solution);
      } else if (data.failed) {
        end(reject);
      }
    };
    worker.onerror = () => end(reject);
    signal.addEventListener("abort", () => end(reject));
    worker.postMessage(parameters);
  });
}

// Browsers calculate only where the page is safe: over https, from this machine, from an onion address.
async function proof() {
  if (!window.isSecureContext || !window.crypto?.subtle) {
    throw new Error("This browser does not calculate here.");
  }
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), Number(box.dataset.seconds) * 1000);
  try {
    const answer = await fetch(box.dataset.proof, { signal: patience.signal });
    const challenge = await answer.json();
    return btoa(JSON.stringify({ challenge, solution: await solution(challenge.parameters, patience.signal) }));
  } finally {
    clearTimeout(timer);
  }
}

let begun = null;
let leaving = false;

function isNeeded(button) {
  const signs = !button?.hasAttribute("formaction") && button?.name !== "no_scripts";
  const missing = !field.value && !box.querySelector("[name=no_scripts]");
  return signs && missing && (box.dataset.needed !== "without-email" || withoutEmail?.checked);
}

function withoutProof() {
  const mark = document.createElement("input");
  Object.assign(mark, { type: "hidden", name: "no_scripts", value: "y" });
  box.append(mark);
}

form?.addEventListener("submit", async (event) => {
  leaving = !isNeeded(event.submitter);
  if (leaving) {
    return;
  }
  event.preventDefault();
  if (begun) {
    return;
  }
  say(box.dataset.working);
  begun = proof();
  try {
    field.value = await begun;
  } catch {
    say(box.dataset.failed);
    withoutProof();
  }
  begun = null;
  if (!leaving) {
    // In a task of its own: while a form is being sent, browsers ignore that it should be sent.
    setTimeout(() => form.requestSubmit(event.submitter));
  }
});

// Somebody has pressed the button already: once the calculation is done, the form goes on by itself.
if (box?.dataset.needed === "now") {
  form.requestSubmit(form.querySelector("button[type=submit]:not([formaction])"));
}

// A form that comes back from the browser's memory must not send what was used.
window.addEventListener("pageshow", (event) => {
  if (event.persisted && field) {
    field.value = "";
    box.querySelector("[name=no_scripts]")?.remove();
  }
});
