// Tell the server that a letter left through a link or a copy button: a number by channel, never whose it was.

const token = document.querySelector('meta[name="csrf-token"]')?.content ?? "";

for (const control of document.querySelectorAll("[data-made]")) {
  control.addEventListener("click", () => {
    fetch(control.dataset.made, {
      method: "POST",
      // The mail program may take over before the answer arrives.
      keepalive: true,
      headers: { "X-CSRFToken": token },
      body: new URLSearchParams({ channel: control.dataset.channel }),
    }).catch(() => {});
  });
}
