// Post what stands behind the # of a card's address. It must not stay in the history of a phone
// that several people use.
const form = document.querySelector('[data-card]')
const token = location.hash.slice(1)

if (form && token) {
  history.replaceState(null, '', location.pathname)
  form.elements.token.value = token
  document.querySelector('[data-card-waiting]').hidden = false
  document.querySelector('[data-card-empty]').hidden = true
  form.submit()
}
