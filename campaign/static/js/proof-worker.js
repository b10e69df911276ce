// Solves ALTCHA's challenge beside the page: the first number whose PBKDF2 begins as the challenge says.

const PROGRESS_EVERY = 100;

function fromHex(text) {
  return Uint8Array.from(text.match(/../g), (pair) => Number.parseInt(pair, 16));
}

function toHex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function solve({ nonce, salt, cost, keyLength, keyPrefix }) {
  const password = new Uint8Array([...fromHex(nonce), 0, 0, 0, 0]);
  const number = new DataView(password.buffer, password.length - 4);
  const how = { name: "PBKDF2", hash: "SHA-256", salt: fromHex(salt), iterations: cost };
  for (let counter = 0; ; counter += 1) {
    number.setUint32(0, counter);
    const key = await crypto.subtle.importKey("raw", password, "PBKDF2", false, ["deriveBits"]);
    const derivedKey = toHex(new Uint8Array(await crypto.subtle.deriveBits(how, key, keyLength * 8)));
    if (derivedKey.startsWith(keyPrefix)) {
      return { counter, derivedKey };
    }
    if (counter % PROGRESS_EVERY === 0) {
      postMessage({ counter });
    }
  }
}

// An error in here would reach nobody: the page's "error" event does not hear of promises.
onmessage = ({ data }) => solve(data).then(
  (solution) => postMessage({ solution }),
  () => postMessage({ failed: true }),
);
