// What REST takes and shows of a release that GitLab does not have. A release has it in `_waybill`, and only for a client that asks
// for that, because strict clients refuse keys that they do not know.
import { z } from 'zod'
import type { DraftMarksFragment, ReleaseMarksFragment } from '../../../generated/documents.ts'
import { flag, optional } from '../kit/fields.ts'
import { presenter } from '../kit/present.ts'

/** The parameters. */
export const markFields = {
  prerelease: optional(flag).describe(
    'Whether it is a prerelease. Null: the version in the tag says it. Not in GitLab.',
  ),
  make_latest: optional(z.enum(['auto', 'yes'])).describe(
    'Whether to mark it as the latest release. `auto` takes its mark away. Not in GitLab.',
  ),
}

const makeLatest = { auto: 'AUTO', yes: 'YES' } as const

type Given = z.output<z.ZodObject<typeof markFields>>

/** What use cases take. */
export const markValuesOf = ({ prerelease, make_latest }: Given) => ({
  prerelease,
  makeLatest: make_latest ? makeLatest[make_latest] : undefined,
})

export const MarksBody = z
  .object({ prerelease: z.boolean().nullable(), make_latest: z.enum(['auto', 'yes']) })
  .meta({ id: 'ReleaseMarks', description: 'What GitLab does not have. Only with `waybill=true`.' })

export const releaseMarksFragment = /* GraphQL */ `
  fragment ReleaseMarks on Release {
    prerelease
    make_latest: makeLatest
  }
`

export const draftMarksFragment = /* GraphQL */ `
  fragment DraftMarks on ReleaseDraft {
    prerelease
    make_latest: makeLatest
  }
`

const present = presenter(MarksBody)

export const toMarks = (marks: ReleaseMarksFragment | DraftMarksFragment) =>
  present({ ...marks, make_latest: marks.make_latest === 'YES' ? 'yes' : 'auto' })
