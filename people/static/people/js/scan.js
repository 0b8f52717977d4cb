// Read a card with the camera, where the browser can. The button stays hidden where it cannot.
const button = document.querySelector('[data-scan]')
const video = document.querySelector('[data-scan-video]')
const sorry = document.querySelector('[data-scan-sorry]')

if (button && 'BarcodeDetector' in window && navigator.mediaDevices) {
  button.hidden = false
  button.addEventListener('click', scan)
}

async function scan () {
  const detector = new window.BarcodeDetector({ formats: ['qr_code'] })
  let stream
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } })
  } catch {
    sorry.hidden = false
    return
  }
  button.hidden = true
  video.hidden = false
  video.srcObject = stream
  await video.play()
  const look = async () => {
    const [found] = await detector.detect(video).catch(() => [])
    const token = found && found.rawValue.split('#')[1]
    if (!token) return requestAnimationFrame(look)
    stream.getTracks().forEach(track => track.stop())
    const form = document.querySelector('[data-card]')
    form.elements.token.value = token
    form.submit()
  }
  look()
}
