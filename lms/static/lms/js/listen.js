// "Nghe": reads the page's words aloud and marks them while they are heard. Somebody's recording
// (data-audio on what it speaks) comes first, then a voice of the device in the page's language. A
// voice of another language never reads Vietnamese: it would only confuse. Where there is neither,
// the page says to ask somebody to read. Nothing is ever read before it is asked for.

/**
 * A recording, as the page names it.
 * @typedef {{language: string, url: string, seconds: number}} Recording
 * A piece of the text of the page: where it stands, and how long it takes to say.
 * @typedef {{part: HTMLElement, range: Range, from: number, to: number}} Phrase
 */

const KEPT = 'tramngay-voice'
// A part of a recording is cut out by guess: a little earlier, a little later.
const MARGIN = 0.4

/** @type {HTMLAudioElement | null} */
let audio = null
/** @type {HTMLElement | null} */
let active = null
/** @type {(() => void) | null} */
let interrupt = null

// --- What is there to be heard

/** @returns {HTMLElement[]} the parts that can be seen, in the order of the page */
function shownParts () {
  const main = document.querySelector('main')
  if (!main) return []
  const parts = [...main.querySelectorAll('[data-speak]')].filter(isShown)
  return parts.length ? parts : [main]
}

/** @param {HTMLElement} part */
function isShown (part) {
  return part.checkVisibility ? part.checkVisibility() : part.getClientRects().length > 0
}

/** @param {HTMLElement} holder @returns {Recording[]} */
function recordingsOn (holder) {
  if (holder.dataset.voices) return JSON.parse(holder.dataset.voices)
  return [{ language: '', url: holder.dataset.audio, seconds: Number(holder.dataset.seconds) }]
}

/** @param {Recording[]} recordings @returns {Recording} the one in the language chosen before */
function chosen (recordings) {
  const language = kept()
  return recordings.find(recording => recording.language === language) || recordings[0]
}

/** @returns {string} */
function kept () {
  try {
    return localStorage.getItem(KEPT) || ''
  } catch {
    return ''
  }
}

/** @param {string} text */
const plain = text => text.normalize('NFC').replace(/\s+/g, ' ').trim()

/**
 * Find what somebody has recorded of a part: with all that stands around it, or, where the words
 * change in place, by the words.
 * @param {HTMLElement} part @returns {{recording: Recording, parts: HTMLElement[]} | null}
 */
function recorded (part) {
  const holder = part.closest('[data-audio]')
  if (holder) {
    const inside = holder.matches('[data-speak]')
      ? [holder]
      : [...holder.querySelectorAll('[data-speak]')].filter(isShown)
    // Rows that were moved are spoken in the order in which they were recorded.
    const place = p => Number(p.dataset.spoken || 0)
    inside.sort((a, b) => place(a) - place(b))
    return { recording: chosen(recordingsOn(holder)), parts: inside }
  }
  const found = byWords()[plain(part.textContent)]
  return found ? { recording: chosen(found), parts: [part] } : null
}

/** @returns {Record<string, Recording[]>} */
function byWords () {
  const found = {}
  document.querySelectorAll('[data-recorded] script').forEach(list => {
    for (const [words, recordings] of Object.entries(JSON.parse(list.textContent))) {
      found[plain(words)] = recordings
    }
  })
  return found
}

/** @param {HTMLElement} part @returns {string} */
function languageOf (part) {
  return (part.closest('[lang]')?.getAttribute('lang') || 'vi').toLowerCase()
}

/** @param {string} language @returns {Promise<SpeechSynthesisVoice | undefined>} */
function findVoice (language) {
  const synth = window.speechSynthesis
  // Only these are written; Mường and Ê Đê have no voice, and no other may read them.
  if (!synth || !/^(vi|en)\b/.test(language)) return Promise.resolve(undefined)
  const code = language.slice(0, 2)
  const pick = () => synth.getVoices().find(v => v.lang.toLowerCase().replace('_', '-').split('-')[0] === code)
  const now = pick()
  if (now || synth.getVoices().length) return Promise.resolve(now)
  return new Promise(resolve => {
    const done = () => resolve(pick())
    synth.addEventListener('voiceschanged', done, { once: true })
    setTimeout(done, 2000)
  })
}

// --- The words that are heard are marked

/**
 * Cut the words into phrases, and guess when each of them is heard: by its letters, with a breath
 * after each stop. Times are shares of the whole, from 0 to 1.
 * @param {HTMLElement[]} parts @returns {Phrase[]}
 */
function phrasesOf (parts) {
  const phrases = []
  let heard = 0
  for (const part of parts) {
    const walker = document.createTreeWalker(part, NodeFilter.SHOW_TEXT)
    while (walker.nextNode()) {
      const node = walker.currentNode
      if (!node.data.trim() || node.parentElement.closest('.visually-hidden')) continue
      for (const match of node.data.matchAll(/[^.!?;:,]+[.!?;:,]*/g)) {
        if (!match[0].trim()) continue
        const lead = match[0].length - match[0].trimStart().length
        const range = new Range()
        range.setStart(node, match.index + lead)
        range.setEnd(node, match.index + match[0].trimEnd().length)
        const from = heard
        heard += match[0].trim().length + (/[.!?]\s*$/.test(match[0]) ? 6 : 3)
        phrases.push({ part, range, from, to: heard })
      }
    }
    heard += 5
  }
  return phrases.map(phrase => ({ ...phrase, from: phrase.from / heard, to: phrase.to / heard }))
}

/** @param {HTMLElement | null} part @param {Range | null} range */
function mark (part, range) {
  document.querySelectorAll('.is-spoken').forEach(old => old.classList.remove('is-spoken'))
  if (window.CSS?.highlights && window.Highlight) {
    if (range) CSS.highlights.set('spoken', new Highlight(range))
    else CSS.highlights.delete('spoken')
  } else if (part) {
    part.classList.add('is-spoken')
  }
}

/**
 * The text of a part, and for each place in it the node where it stands.
 * @param {HTMLElement} part
 */
function textOf (part) {
  const walker = document.createTreeWalker(part, NodeFilter.SHOW_TEXT)
  const nodes = []
  let text = ''
  while (walker.nextNode()) {
    const node = walker.currentNode
    if (!node.data.trim() || node.parentElement.closest('.visually-hidden')) continue
    nodes.push({ node, start: text.length })
    text += node.data + '\n'
  }
  /** @param {number} index @returns {Range | null} the word that begins there */
  const wordAt = index => {
    const found = nodes.findLast(({ start }) => start <= index)
    if (!found) return null
    const start = Math.min(index - found.start, found.node.length)
    const word = /^\s*\S+/.exec(found.node.data.slice(start))
    if (!word) return null
    const range = new Range()
    range.setStart(found.node, start)
    range.setEnd(found.node, start + word[0].length)
    return range
  }
  return { text, wordAt }
}

// --- Hearing

/**
 * Play a recording, or of it what belongs to ``wanted``.
 * @param {Recording} recording @param {HTMLElement[]} parts @param {HTMLElement[]} wanted
 * @returns {Promise<boolean>} whether it could be heard
 */
function play (recording, parts, wanted) {
  const phrases = phrasesOf(parts)
  const asked = phrases.filter(phrase => wanted.includes(phrase.part))
  const isWhole = asked.length === phrases.length
  return new Promise(resolve => {
    const sound = new Audio(recording.url)
    audio = sound
    // A browser's own recording does not say how long it is; the server has measured it.
    const long = () => recording.seconds || (Number.isFinite(sound.duration) ? sound.duration : 1)
    const end = isWhole ? Infinity : (asked.at(-1)?.to ?? 1) * long() + MARGIN
    let frame = 0
    const finish = heard => {
      cancelAnimationFrame(frame)
      mark(null, null)
      sound.pause()
      resolve(heard)
    }
    const follow = () => {
      if (sound.currentTime >= end) return finish(true)
      const share = Math.min(sound.currentTime / long(), 0.999)
      const phrase = asked.find(p => share < p.to) || asked.at(-1)
      if (phrase) mark(phrase.part, phrase.range)
      frame = requestAnimationFrame(follow)
    }
    interrupt = () => finish(true)
    sound.addEventListener('ended', () => finish(true))
    sound.addEventListener('error', () => finish(false))
    sound.addEventListener('playing', follow, { once: true })
    if (!isWhole && asked.length) sound.currentTime = Math.max(0, asked[0].from * long() - MARGIN)
    sound.play().catch(() => finish(false))
  })
}

/** @param {HTMLElement} part @param {SpeechSynthesisVoice} voice @returns {Promise<boolean>} */
function speak (part, voice) {
  const { text, wordAt } = textOf(part)
  return new Promise(resolve => {
    const words = new SpeechSynthesisUtterance(text)
    words.voice = voice
    words.lang = voice.lang
    words.rate = 0.9
    const finish = heard => {
      mark(null, null)
      resolve(heard)
    }
    interrupt = () => finish(true)
    mark(part, phrasesOf([part])[0]?.range || null)
    words.addEventListener('boundary', event => {
      const range = event.name === 'sentence' ? null : wordAt(event.charIndex)
      if (range) mark(part, range)
    })
    words.addEventListener('end', () => finish(true))
    words.addEventListener('error', () => finish(false))
    window.speechSynthesis.speak(words)
  })
}

function stop () {
  audio?.pause()
  audio = null
  window.speechSynthesis?.cancel()
  active?.setAttribute('aria-pressed', 'false')
  active = null
  interrupt?.()
  interrupt = null
  mark(null, null)
}

/** @param {HTMLElement} button @param {HTMLElement[]} wanted */
async function read (button, wanted) {
  stop()
  active = button
  button.setAttribute('aria-pressed', 'true')
  let heard = false
  const left = [...wanted]
  while (left.length) {
    const part = left.shift()
    const found = recorded(part)
    let spoken = false
    if (found) {
      // All that was recorded together is heard together.
      const together = [part, ...left.filter(other => found.parts.includes(other))]
      spoken = await play(found.recording, found.parts, together)
      if (active !== button) return
      if (spoken) left.splice(0, left.length, ...left.filter(other => !together.includes(other)))
    }
    if (!spoken) {
      const voice = await findVoice(languageOf(part))
      if (active !== button) return
      spoken = voice ? await speak(part, voice) : false
      if (active !== button) return
    }
    heard = spoken || heard
  }
  stop()
  const sorry = document.querySelector('[data-listen-sorry]')
  if (sorry) sorry.hidden = heard
}

// --- A button beside each part that can be heard

/** @param {HTMLElement} part */
async function addButton (part) {
  const pattern = document.querySelector('template[data-say-pattern]')
  if (!pattern || part.dataset.say) return
  part.dataset.say = 'waits'
  // Where nothing can be heard no button promises it: the bar below says whom to ask.
  if (!recorded(part) && !(await findVoice(languageOf(part)))) return
  if (!part.isConnected) return
  part.id ||= `say-${Math.random().toString(36).slice(2)}`
  part.dataset.say = 'there'
  const button = pattern.content.firstElementChild.cloneNode(true)
  button.dataset.listen = part.id
  button.setAttribute('aria-label', `${plain(button.textContent)}: ${plain(part.textContent).slice(0, 60)}`)
  const choice = part.closest('button, label, a')
  if (choice) {
    // A button cannot stand in a button: the two stand side by side.
    const pair = document.createElement('div')
    pair.className = 'said'
    choice.replaceWith(pair)
    pair.append(choice, button)
  } else if (getComputedStyle(part.parentElement).display.includes('flex')) {
    part.after(button)
  } else {
    part.before(button)
    // The words of a question are its name; the button is not one of them.
    const legend = part.closest('legend')
    legend?.parentElement.setAttribute('aria-labelledby', part.id)
  }
}

function addButtons () {
  document.querySelectorAll('main [data-speak]').forEach(addButton)
}

/** @param {HTMLElement} chooser */
function showChoice (chooser) {
  const buttons = [...chooser.querySelectorAll('button')]
  const now = buttons.find(button => button.dataset.voice === kept()) || buttons[0]
  buttons.forEach(button => button.setAttribute('aria-pressed', String(button === now)))
  chooser.hidden = false
}

document.addEventListener('click', event => {
  const voice = event.target.closest('button[data-voice]')
  if (voice) {
    try {
      localStorage.setItem(KEPT, voice.dataset.voice)
    } catch { /* It is only not remembered. */ }
    document.querySelectorAll('[data-voice-choice]').forEach(showChoice)
    return read(voice, shownParts()).then(() => document.querySelectorAll('[data-voice-choice]').forEach(showChoice))
  }
  const button = event.target.closest('button[data-listen]')
  if (!button) return
  if (button === active) return stop()
  const one = button.dataset.listen && document.getElementById(button.dataset.listen)
  return read(button, one ? [one] : shownParts())
})

window.addEventListener('pagehide', stop)
document.addEventListener('visibilitychange', () => { if (document.hidden) stop() })
document.querySelectorAll('[data-voice-choice]').forEach(showChoice)
addButtons()
// Words that come later, in a practice or in a lesson kept on the telephone, are heard as well.
const main = document.querySelector('main')
if (main) new MutationObserver(addButtons).observe(main, { childList: true, subtree: true })
