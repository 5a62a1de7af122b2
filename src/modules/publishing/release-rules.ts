import { RuleViolation } from '../../foundation/errors.ts'
import { lengthProblem, maxCharacters } from '../../foundation/text-limits.ts'
import { RENDERER_VERSION, renderMarkdown } from '../../markdown/render.ts'
import { capitalized } from '../../rows/columns.ts'
import { versionKeyOf } from '../releases/tag-name.ts'

/** The texts of a release, by their names in `text-limits.ts`. */
const limits = { name: 'releaseName', description: 'description', tagMessage: 'tagMessage' } as const

type Texts = { [Name in keyof typeof limits]?: string | null | undefined }

/** `tagMessage` becomes `Tag message`. */
const inWords = (name: string) => capitalized(name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`))

/** Refuses texts that are too long. A text that is not changed stays, however long it is. */
export function assertTextsFit(texts: Texts, stored: Texts = {}): void {
  const names = Object.keys(limits) as (keyof typeof limits)[]
  const problems = names.flatMap((name) => {
    const text = texts[name]
    const problem = text == null || text === stored[name] ? null : lengthProblem(maxCharacters[limits[name]], text)
    return problem === null ? [] : [{ name, problem }]
  })
  if (problems.length === 0) return
  throw new RuleViolation(
    'INVALID',
    `Validation failed: ${problems.map(({ name, problem }) => `${inWords(name)} ${problem}`).join(', ')}`,
    Object.fromEntries(problems.map(({ name, problem }) => [name, [problem]])),
  )
}

/** The notes and their HTML, which is made when the notes are written. */
export const renderedNotes = (description: string | null, projectId: number) => ({
  description,
  descriptionHtml: renderMarkdown(description, { projectId }),
  rendererVersion: RENDERER_VERSION,
})

/** What a person said of the release wins over the version in its tag. Null: nobody said anything. */
export const prereleaseValues = (tag: string, mark: boolean | null) => ({
  prereleaseMark: mark,
  prerelease: mark ?? versionKeyOf(tag).prerelease,
})
