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

// Only where the page is safe (https, this machine, an onion address) do browsers calculate.
async function proof() {
  const answer = await fetch(box.dataset.proof);
  const challenge = await answer.json();
  const solution = await new Promise((resolve, reject) => {
    const worker = new Worker(box.dataset.worker);
    worker.onmessage = ({ data }) => data.solution && (resolve(data.solution), worker.terminate());
    worker.onerror = reject;
    worker.postMessage(challenge.parameters);
  });
  return btoa(JSON.stringify({ challenge, solution }));
}

let begun = null;

function isNeeded(button) {
  const signs = !button?.hasAttribute("formaction");
  const missing = !field.value && !box.querySelector("[name=no_scripts]");
  return signs && missing && (box.dataset.needed !== "without-email" || withoutEmail?.checked);
}

function withoutProof() {
  const mark = document.createElement("input");
  Object.assign(mark, { type: "hidden", name: "no_scripts", value: "y" });
  box.append(mark);
}

form?.addEventListener("submit", async (event) => {
  if (!isNeeded(event.submitter)) {
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
  form.requestSubmit(event.submitter);
});

// Somebody has pressed the button already: once the calculation is done, the form goes on by itself.
if (box?.dataset.needed === "now") {
  form.requestSubmit(form.querySelector("button[type=submit]:not([formaction])"));
}

// A form that comes back from the browser's memory must not send what was used.
window.addEventListener("pageshow", (event) => {
  if (event.persisted && field) {
    field.value = "";
  }
});
