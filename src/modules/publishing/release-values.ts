// The values of a release: what people give, the rules for it, and what is stored. Publishing, changes, drafts and imports all take
// them from here.
import { RuleViolation } from '../../foundation/errors.ts'
import { type Changes, withoutUndefined } from '../../foundation/rules.ts'
import { lengthProblem, maxCharacters, type TextName } from '../../foundation/text-limits.ts'
import type { Release, ReleaseDraft } from '../../generated/prisma/client.ts'
import { RENDERER_VERSION, renderMarkdown } from '../../markdown/render.ts'
import { capitalized } from '../../rows/columns.ts'
import { assertLinksValid, type LinkValues } from '../assets/link-rules.ts'
import { versionKeyOf } from '../releases/tag-name.ts'

/** What people say of a release. A draft stores the values under the same names. */
export type GivenValues = Changes<ReleaseDraft, 'name' | 'description' | 'releasedAt' | 'prerelease'>

/** What is stored of a new release. The database adds the rest. */
export type StoredValues = Omit<Release, 'id' | 'projectId' | 'linksCount' | 'updatedAt'>

type TextIn<Values> = {
  [Name in keyof Values]-?: Values[Name] extends string | null | undefined ? Name : never
}[keyof Values]
type TextField = TextIn<GivenValues> | 'tagMessage'

/** The texts of a release and of its tag, by their names in `text-limits.ts`. */
const limits: Record<TextField, TextName> = {
  name: 'releaseName',
  description: 'description',
  tagMessage: 'tagMessage',
}

type Texts = { [Name in TextField]?: string | null | undefined }

/** `tagMessage` becomes `Tag message`. */
const inWords = (name: string) => capitalized(name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`))

/** Refuses texts that are too long. A text that is not changed stays, however long it is. */
export function assertTextsFit(texts: Texts, stored: Texts = {}): void {
  const names = Object.keys(limits) as TextField[]
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

/** The rules for what is given of a release or a draft. `stored` has what it changes. */
export function assertValuesValid(given: Texts & { links?: readonly LinkValues[] | undefined }, stored?: Texts): void {
  assertTextsFit(given, stored)
  assertLinksValid(given.links ?? [])
}

/** The notes and their HTML, which is made when the notes are written. */
export const renderedNotes = (description: string | null, projectId: number) => ({
  description,
  descriptionHtml: renderMarkdown(description, { projectId }),
  rendererVersion: RENDERER_VERSION,
})

/** What a person said of the release wins over the version in its tag. Null: nobody said anything. */
const prereleaseValues = (tag: string, mark: boolean | null) => ({
  prereleaseMark: mark,
  prerelease: mark ?? versionKeyOf(tag).prerelease,
})

type Origin = Pick<Release, 'tag' | 'sha' | 'authorId' | 'createdAt' | keyof ReturnType<typeof renderedNotes>>

/** The values of a new release, whose notes are rendered. */
export const newValues = (
  { tag, sha, authorId, createdAt, description, descriptionHtml, rendererVersion }: Origin,
  { name, releasedAt, prerelease }: Omit<GivenValues, 'description'>,
): StoredValues => ({
  ...{ tag, sha, authorId, createdAt, description, descriptionHtml, rendererVersion },
  semverKey: versionKeyOf(tag).semverKey,
  name: name ?? null,
  releasedAt: releasedAt ?? createdAt,
  ...prereleaseValues(tag, prerelease ?? null),
})

/** What changes of a release when these values are given. What is absent stays as it is. */
export const changedValues = (
  { tag, projectId }: Pick<Release, 'tag' | 'projectId'>,
  { description, prerelease, releasedAt, ...values }: GivenValues,
) =>
  withoutUndefined({
    ...values,
    releasedAt: releasedAt ?? undefined,
    ...(description === undefined ? {} : renderedNotes(description, projectId)),
    ...(prerelease === undefined ? {} : prereleaseValues(tag, prerelease)),
  })
