/* "All on this page" ticks everybody, and the page says how many are ticked. Without this the server
   understands the same box. */

for (const form of document.querySelectorAll("[data-ticks]")) {
  const all = form.querySelector("[data-tick-all]");
  const boxes = [...form.querySelectorAll("input[name=resident]")];
  const said = form.querySelector("[data-tick-count]");

  const count = () => {
    const ticked = boxes.filter((box) => box.checked).length;
    all.checked = ticked === boxes.length;
    said.textContent = `${said.dataset.words} ${ticked}/${boxes.length}`;
  };

  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
    count();
  });
  for (const box of boxes) box.addEventListener("change", count);
  // The browser may have kept the ticks of a page that was left and came back.
  count();
}
