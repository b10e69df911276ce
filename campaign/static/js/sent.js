// "I posted it" pressed twice is still one letter: the form is sent once. Without a script the server sees to it.

for (const form of document.querySelectorAll(".sent form")) {
  let sent = false;
  form.addEventListener("submit", (event) => {
    if (sent) {
      event.preventDefault();
    }
    sent = true;
  });
  // A page that comes back from the browser's memory can be used again.
  window.addEventListener("pageshow", () => {
    sent = false;
  });
}
