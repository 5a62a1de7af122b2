import type { MilestoneChoicesFragment, RefChoicesFragment } from '../../../../generated/documents.ts'
import { previewNotes } from '../../../../modules/notes/preview-notes.ts'
import type { Fields } from '../../../rest/kit/nested-fields.ts'
import type { AskedOfProject } from '../../kit/pages.ts'
import type { LinkRow } from './link-rows.ts'
import { textIn } from './release-values.ts'

type Named = { number: number; title: string }

const rowsOf = <Row>(connection: { nodes: readonly (Row | null)[] | null } | null | undefined): Row[] =>
  (connection?.nodes ?? []).filter((row) => row !== null)

export const milestonesOf = ({ milestones, group }: MilestoneChoicesFragment): Named[] => [
  ...rowsOf(milestones),
  ...rowsOf(group?.milestones),
]

export const refsOf = ({ repository }: RefChoicesFragment) => ({
  defaultBranch: repository?.headBranch ?? null,
  branches: rowsOf(repository?.branches).map(({ name }) => name),
  tags: rowsOf(repository?.tags).map(({ name }) => name),
})

type Link = { name: string | null; url: string | null; directAssetPath: string | null; linkType: string | null }

export const rowOf = ({ name, url, directAssetPath, linkType }: Link, id = ''): LinkRow => ({
  ...{ id, name: name ?? '', url: url ?? '', filepath: directAssetPath ?? '' },
  linkType: (linkType ?? 'OTHER').toLowerCase(),
})

/** The tags are sought by what was typed, where that was asked for. */
export const soughtTag = (given: Fields | null): string | null =>
  given?.find_tags === undefined ? null : (textIn(given, 'tag_name') ?? '').trim()

export const previewIn = async ({ context, project }: AskedOfProject, given: Fields | null, ref: string) =>
  given?.preview === undefined
    ? null
    : await previewNotes(context, project, { text: textIn(given, 'description') ?? '', ref })
