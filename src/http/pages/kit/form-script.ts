/**
 * Buttons with `data-parts` only help to fill in a form. The script sends the form as they would, and replaces the named parts of the
 * page by those of the answer, so that nothing else is lost. Files that are dropped or pasted into an element with `data-files` are
 * sent like chosen ones. One is asked for after the other, and a form waits for all, because each sends the files that are chosen. Until
 * the answer is there nothing can be changed in the parts that it replaces.
 */
export const formScript = `
let pending = null
async function replaceParts(button) {
  const body = new FormData(button.form, button)
  const answer = await fetch(location.href, { method: 'POST', body, headers: { accept: 'text/html' } })
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
  const ids = button.dataset.parts.split(' ')
  if (!answer.ok) throw new Error((page.querySelector('[role="alert"] li') ?? page.querySelector('main p'))?.textContent)
  for (const id of ids) {
    const fresh = page.getElementById(id)
    if (fresh) document.getElementById(id)?.replaceWith(document.adoptNode(fresh))
  }
  if (!button.isConnected) document.querySelector('#' + ids.at(-1) + ' :is(input, textarea)')?.focus()
}
async function help(button, before) {
  await before
  try {
    await replaceParts(button)
    return ''
  } catch (error) {
    return error.message || 'The server cannot be reached'
  }
}
document.addEventListener('click', async (event) => {
  const button = event.target.closest('button[data-parts]')
  if (!button) return
  event.preventDefault()
  const parts = button.dataset.parts.split(' ').map((id) => document.getElementById(id)).filter((part) => part)
  for (const part of parts) part.inert = true
  button.setAttribute('aria-busy', 'true')
  const told = document.querySelector('#part-problem') ?? Object.assign(document.createElement('p'), { id: 'part-problem', className: 'problem' })
  told.setAttribute('role', 'alert')
  told.textContent = ''
  button.after(told)
  const helping = (pending = help(button, pending))
  const problem = await helping
  for (const part of parts) part.inert = false
  button.removeAttribute('aria-busy')
  told.textContent = problem
  if (problem) button.focus()
  if (pending === helping) pending = null
})
document.addEventListener('submit', async (event) => {
  if (!pending) return
  event.preventDefault()
  while (pending) await pending
  event.target.requestSubmit(event.submitter)
})
const attach = (area) => area.querySelector('button[data-parts]').click()
for (const type of ['drop', 'paste']) {
  document.addEventListener(type, (event) => {
    const area = event.target.closest?.('[data-files]')
    const { files } = event.dataTransfer ?? event.clipboardData ?? {}
    if (!area || !files?.length) return
    event.preventDefault()
    area.querySelector('input[type="file"]').files = files
    attach(area)
  })
}
document.addEventListener('dragover', (event) => {
  if (event.target.closest?.('[data-files]')) event.preventDefault()
})
document.addEventListener('change', (event) => {
  const area = event.target.closest('[data-files]')
  if (area && event.target.type === 'file' && event.target.files.length > 0) attach(area)
})
`
