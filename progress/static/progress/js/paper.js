// A telephone's photo has ten megabytes, and the village one bar of signal: it is made small before
// it is sent. Without this script, or where it fails, the server does so.
const LONGEST = 2000;
const SMALL = 700 * 1024;

async function makeSmall(file) {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.82));
  if (!blob || blob.size >= file.size) return file;
  return new File([blob], "photo.jpg", { type: "image/jpeg" });
}

async function shrink(input) {
  const kept = new DataTransfer();
  for (const file of input.files) {
    kept.items.add(file.size <= SMALL ? file : await makeSmall(file).catch(() => file));
  }
  input.files = kept.files;
}

for (const form of document.querySelectorAll("form[data-shrink]")) {
  let isSmall = false;
  form.addEventListener("submit", async (event) => {
    if (isSmall) return;
    event.preventDefault();
    for (const input of form.querySelectorAll("input[type=file]")) {
      await shrink(input).catch(() => {});
    }
    isSmall = true;
    form.requestSubmit(event.submitter);
  });
  // Whoever comes back with the browser's arrow may choose others.
  form.addEventListener("change", () => {
    isSmall = false;
  });
}
