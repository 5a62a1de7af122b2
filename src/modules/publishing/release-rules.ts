import { RuleViolation } from '../../foundation/errors.ts'
import { lengthProblem, maxCharacters } from '../../foundation/text-limits.ts'
import { RENDERER_VERSION, renderMarkdown } from '../../markdown/render.ts'

type Texts = { [Name in keyof typeof rules]?: string | null | undefined }

const rules = {
  name: { label: 'Name', max: maxCharacters.releaseName },
  description: { label: 'Description', max: maxCharacters.description },
  tagMessage: { label: 'Tag message', max: maxCharacters.tagMessage },
} as const

/** Refuses texts that are too long. A text that is not changed stays, however long it is. */
export function assertTextsFit(texts: Texts, stored: Texts = {}): void {
  const names = Object.keys(rules) as (keyof typeof rules)[]
  const problems = names.flatMap((name) => {
    const { label, max } = rules[name]
    const text = texts[name]
    const problem = text == null || text === stored[name] ? null : lengthProblem(max, text)
    return problem === null ? [] : [{ name, label, problem }]
  })
  if (problems.length === 0) return
  throw new RuleViolation(
    'INVALID',
    `Validation failed: ${problems.map(({ label, problem }) => `${label} ${problem}`).join(', ')}`,
    Object.fromEntries(problems.map(({ name, problem }) => [name, [problem]])),
  )
}

/** The notes and their HTML, which is made when the notes are written. */
export const renderedNotes = (description: string | null, projectId: number) => ({
  description,
  descriptionHtml: renderMarkdown(description, { projectId }),
  rendererVersion: RENDERER_VERSION,
})
