import { formScript } from './form-script.ts'

/**
 * What the script of all pages does. Every page works without it. A part looks for its own elements, and does nothing on a page
 * that has none.
 */
export const script = `
for (const button of document.querySelectorAll('button[data-copy]')) {
  button.hidden = false
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(button.dataset.copy)
    const status = document.querySelector('#status')
    status.textContent = button.textContent + ': copied'
  })
}
${formScript}`
