// Reading a lesson aloud into the telephone. What is recorded goes into the form's own file field,
// so that it is sent as a chosen file would be. Without a microphone the file field is what there is.

// Telephones of every make play the first; most browsers write only the others.
const FORMS = ['audio/mp4;codecs=mp4a.40.2', 'audio/webm;codecs=opus', 'audio/ogg;codecs=opus']
const BITS = 24000

/** @type {(() => void) | null} */
let stopRunning = null

/** @returns {string | undefined} the best form that this browser writes */
function form () {
  return FORMS.find(name => window.MediaRecorder.isTypeSupported(name))
}

/** @param {number} seconds @returns {string} */
function clock (seconds) {
  return `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`
}

/**
 * Show how loud it is, until the returned function is called.
 * @param {MediaStream} stream @param {HTMLMeterElement} meter @returns {() => void}
 */
function listenTo (stream, meter) {
  const context = new AudioContext()
  const ear = context.createAnalyser()
  context.createMediaStreamSource(stream).connect(ear)
  const heard = new Uint8Array(ear.fftSize)
  const timer = setInterval(() => {
    ear.getByteTimeDomainData(heard)
    meter.value = Math.min(1, Math.max(...heard.map(v => Math.abs(v - 128))) / 64)
  }, 100)
  return () => {
    clearInterval(timer)
    context.close()
  }
}

/** @param {HTMLFormElement} row @param {number} most seconds */
function prepare (row, most) {
  /** @param {string} name @returns {HTMLElement} */
  const part = name => row.querySelector(`[data-${name}]`)
  const file = row.elements.sound
  part('live').hidden = false

  async function start () {
    stopRunning?.()
    part('sorry').hidden = true
    let stream
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: true })
    } catch {
      part('sorry').hidden = false
      row.querySelector('details').open = true
      return
    }
    const type = form()
    const recorder = new MediaRecorder(stream, { mimeType: type, audioBitsPerSecond: BITS })
    const pieces = []
    recorder.addEventListener('dataavailable', event => pieces.push(event.data))
    recorder.addEventListener('stop', () => keep(new Blob(pieces, { type })))
    const deafen = listenTo(stream, part('level'))
    const began = Date.now()
    const timer = setInterval(() => {
      const seconds = (Date.now() - began) / 1000
      part('time').textContent = clock(seconds)
      if (seconds >= most) stopRunning?.()
    }, 200)
    stopRunning = () => {
      stopRunning = null
      clearInterval(timer)
      deafen()
      if (recorder.state !== 'inactive') recorder.stop()
      stream.getTracks().forEach(track => track.stop())
      show(false)
    }
    part('time').textContent = clock(0)
    part('done').hidden = true
    show(true)
    part('stop').focus()
    recorder.start()
  }

  /** @param {boolean} running */
  function show (running) {
    part('start').hidden = running
    part('stop').hidden = !running
    part('running').hidden = !running
  }

  /** @param {Blob} sound */
  function keep (sound) {
    const files = new DataTransfer()
    files.items.add(new File([sound], 'recording', { type: sound.type }))
    file.files = files.files
    const preview = part('preview')
    if (preview.src) URL.revokeObjectURL(preview.src)
    preview.src = URL.createObjectURL(sound)
    part('done').hidden = false
    part('start').classList.remove('is-primary')
    part('done').querySelector('button').focus()
  }

  part('start').addEventListener('click', start)
  part('stop').addEventListener('click', () => stopRunning?.())
}

const rows = document.querySelectorAll('form[data-recorder]')
if (window.MediaRecorder && navigator.mediaDevices && form()) {
  const most = Number(document.querySelector('[data-most-seconds]')?.dataset.mostSeconds || 180)
  rows.forEach(row => prepare(row, most))
} else {
  rows.forEach(row => { row.querySelector('details').open = true })
}
window.addEventListener('pagehide', () => stopRunning?.())
