/* Words to send on: through the telephone's own sheet (Zalo is in it), or by copying. The text can be
   selected and copied by hand where none of this is there. */

for (const box of document.querySelectorAll("[data-share]")) {
  const text = box.querySelector("[data-share-text]");
  const send = box.querySelector("[data-share-send]");
  const copy = box.querySelector("[data-share-copy]");
  const said = box.querySelector("[data-share-said]");

  if (navigator.share) {
    send.hidden = false;
    send.addEventListener("click", async () => {
      try {
        await navigator.share({ text: text.value });
      } catch (refusal) {
        // Whoever closes the sheet has changed his mind; that is no failure.
        if (refusal.name !== "AbortError") said.textContent = said.dataset.failed;
      }
    });
  }

  copy.hidden = false;
  copy.addEventListener("click", async () => {
    said.textContent = (await copied(text)) ? said.dataset.copied : said.dataset.failed;
  });
}

async function copied(text) {
  try {
    await navigator.clipboard.writeText(text.value);
    return true;
  } catch {
    // Over plain http there is no clipboard; the old way needs a selection.
    text.focus();
    text.select();
    return document.execCommand("copy");
  }
}
