// The camera as a reader of QR codes. The browser's own reader where it has one, else the script in
// vendor/qr, loaded only then. Pictures stay in memory for the moment in which they are read.
//
//   const stop = await scanner(video, (text) => …, {signal})
//
// It resolves when the camera runs, and is refused with a NotAllowedError where the person said no,
// a NotFoundError where there is no camera. `onText` hears every reading, the same code many times.

// Between two looks: enough for a hand that moves from card to card, and the battery lasts.
const PAUSE = 120;
// How large a picture the script is given: more only takes longer.
const LARGEST = 960;

/** @returns {Promise<{read: (video: HTMLVideoElement) => Promise<string[]>, forget: () => void}>} */
async function reader() {
  if (self.BarcodeDetector) {
    try {
      if ((await BarcodeDetector.getSupportedFormats()).includes("qr_code")) {
        const detector = new BarcodeDetector({ formats: ["qr_code"] });
        return { read: async (video) => (await detector.detect(video)).map(({ rawValue }) => rawValue), forget() {} };
      }
    } catch { /* It is there in name only. */ }
  }
  const { decodeQR } = await import("../../../vendor/qr/decode.js");
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d", { willReadFrequently: true });
  const read = async (video) => {
    const scale = Math.min(1, LARGEST / Math.max(video.videoWidth, video.videoHeight));
    canvas.width = Math.round(video.videoWidth * scale);
    canvas.height = Math.round(video.videoHeight * scale);
    context.drawImage(video, 0, 0, canvas.width, canvas.height);
    try {
      return [decodeQR(context.getImageData(0, 0, canvas.width, canvas.height))];
    } catch {
      return [];
    }
  };
  return { read, forget: () => { canvas.width = canvas.height = 0; } };
}

/**
 * @param {HTMLVideoElement} video @param {(text: string) => void} onText
 * @param {{signal?: AbortSignal}} [options] @returns {Promise<() => void>} stops it
 */
export async function scanner(video, onText, { signal } = {}) {
  if (!navigator.mediaDevices?.getUserMedia) throw new DOMException("", "NotFoundError");
  const { read, forget } = await reader();
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: false,
    video: { facingMode: "environment", width: { ideal: 1280 }, height: { ideal: 720 } },
  });
  let isOver = false;
  const stop = () => {
    isOver = true;
    forget();
    for (const track of stream.getTracks()) track.stop();
    video.srcObject = null;
  };
  if (signal?.aborted) {
    stop();
    return stop;
  }
  signal?.addEventListener("abort", stop, { once: true });
  video.srcObject = stream;
  video.muted = true;
  video.setAttribute("playsinline", "");
  await video.play().catch(() => {});
  (async () => {
    while (!isOver) {
      const began = performance.now();
      // Nobody looks at the page: neither does the camera.
      if (video.videoWidth && document.visibilityState === "visible") {
        for (const text of await read(video).catch(() => [])) if (text && !isOver) onText(text);
      }
      // A slow telephone gets as long to breathe as it has worked.
      const rest = Math.max(PAUSE, performance.now() - began);
      await new Promise((resolve) => setTimeout(resolve, rest));
    }
  })();
  return stop;
}

/** Say in two words what stands in the way of the camera. @param {unknown} error */
export const problemOf = (error) => (["NotAllowedError", "SecurityError"].includes(error?.name) ? "denied" : "none");

/** @type {AudioContext | null} */
let sound = null;

/** To be called from a tap: browsers let nothing sound that nobody has asked for. */
export function allowSound() {
  try {
    sound ||= new (self.AudioContext || self.webkitAudioContext)();
    sound.resume?.().catch(() => {});
  } catch { /* A telephone without sound marks as well. */ }
}

/** One high beep and a short shake for "good", two low ones for "look here". @param {boolean} isGood */
export function signal(isGood) {
  navigator.vibrate?.(isGood ? 80 : [120, 80, 120]);
  if (sound?.state !== "running") return;
  for (const [at, pitch] of isGood ? [[0, 1320]] : [[0, 330], [0.2, 262]]) {
    const tone = sound.createOscillator();
    const loudness = sound.createGain();
    tone.frequency.value = pitch;
    loudness.gain.setValueAtTime(0.25, sound.currentTime + at);
    loudness.gain.exponentialRampToValueAtTime(0.001, sound.currentTime + at + 0.15);
    tone.connect(loudness).connect(sound.destination);
    tone.start(sound.currentTime + at);
    tone.stop(sound.currentTime + at + 0.16);
  }
}
