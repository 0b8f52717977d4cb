// allauth's script says nothing when a passkey does not work out; we do.
const sorry = document.querySelector('[data-passkey-sorry]')

document.addEventListener('allauth.error', event => {
  event.preventDefault()
  if (sorry) sorry.hidden = false
})
