import { RuleViolation } from '../../errors.ts'
import { RENDERER_VERSION, renderMarkdown } from '../markdown/render.ts'

const MAX_DESCRIPTION_CHARACTERS = 1_000_000

/** Characters as PostgreSQL counts them: an emoji is one of them and two of JavaScript's. */
function isTooLong(text: string): boolean {
  if (text.length <= MAX_DESCRIPTION_CHARACTERS) return false
  let characters = 0
  for (const _character of text) characters += 1
  return characters > MAX_DESCRIPTION_CHARACTERS
}

export function assertDescriptionFits(description: string | null | undefined): void {
  if (!description || !isTooLong(description)) return
  const problem = `is too long (maximum is ${MAX_DESCRIPTION_CHARACTERS} characters)`
  throw new RuleViolation('INVALID', `Validation failed: Description ${problem}`, { description: [problem] })
}

/** The notes and what is kept of them: they are rendered when they are written. */
export const renderedNotes = (description: string | null) => ({
  description,
  descriptionHtml: renderMarkdown(description),
  rendererVersion: RENDERER_VERSION,
})
