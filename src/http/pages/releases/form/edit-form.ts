import { html } from 'hono/html'
import { RuleViolation } from '../../../../foundation/errors.ts'
import { withoutUndefined } from '../../../../foundation/rules.ts'
import type { EditedReleaseQuery } from '../../../../generated/documents.ts'
import { assertLinksValid } from '../../../../modules/assets/link-rules.ts'
import { createLink, deleteLink, updateLink } from '../../../../modules/assets/link-service.ts'
import { updateRelease } from '../../../../modules/publishing/update-release.ts'
import type { Fields } from '../../../rest/kit/nested-fields.ts'
import type { RestParts } from '../../../rest/rest-routes.ts'
import { assertUnchanged, versionField } from '../../kit/edited-version.ts'
import { formOf } from '../../kit/form-fields.ts'
import type { Filled, FormPage } from '../../kit/form-page.ts'
import type { AskedOfProject } from '../../kit/pages.ts'
import { attachFiles } from './form-files.ts'
import { milestonesOf, previewIn, rowOf } from './form-parts.ts'
import { filledIn } from './helping-buttons.ts'
import { compactRows, type GivenLink, type LinkRow, linksOf } from './link-rows.ts'
import { releaseNumberIn } from './named-release.ts'
import { FORM_BYTES, releaseFields } from './release-form.ts'
import { editedRelease } from './release-form-documents.ts'
import { fieldOf, type Stored, valuesIn } from './release-values.ts'

type Release = NonNullable<NonNullable<EditedReleaseQuery['project']>['release']>

/** The release that the path names, if the viewer may edit it. */
async function find(asked: AskedOfProject) {
  const number = await releaseNumberIn(asked)
  if (number === null) return null
  const { project } = await editedRelease(asked.context, { project: asked.project.id, number })
  const { release } = project ?? {}
  return release?.links?.editUrl && release.tagName
    ? { project, release, tag: release.tagName, url: release.links.selfUrl ?? '' }
    : null
}

const storedOf = (release: Release, tagName: string): Stored => ({
  ...release,
  tagName,
  isKept: true,
  isPublished: true,
})

const storedRows = ({ assets }: Release): LinkRow[] =>
  // The newest comes first in lists, and last in a form, where people add rows at the end.
  (assets?.links ?? []).map((link) => rowOf(link, String(link.number))).reverse()

async function show(asked: AskedOfProject, filled: Filled) {
  const found = await find(asked)
  if (!found?.project) return null
  const { project, release, tag, url } = found
  const fields = releaseFields({
    ...{
      filled,
      stored: storedOf(release, tag),
      links: storedRows(release),
      milestones: milestonesOf(project),
      refs: null,
    },
    preview: await previewIn(asked, filled.given, tag),
    buttons: versionField(filled, release.updatedAt),
  })
  return {
    title: `Edit ${release.name}`,
    body: html`<h1>Edit release <a href="${url}">${release.name}</a></h1>${formOf({ action: '', submit: 'Save changes', filled, fields, multipart: true })}`,
  }
}

type Key = { projectPath: string; tagName: string }

const isChanged = (link: GivenLink, row: LinkRow | undefined) =>
  !row ||
  (['name', 'url', 'linkType'] as const).some((name) => link[name] !== row[name]) ||
  (link.filepath ?? '') !== row.filepath

/** What has to be done to the stored links. Throws before anything is written. */
function planLinks(links: readonly GivenLink[], stored: readonly LinkRow[]) {
  const rowOfLink = ({ id }: GivenLink) => stored.find((row) => row.id === String(id))
  for (const [at, link] of links.entries()) {
    if (link.id !== null && !rowOfLink(link)) {
      const gone = { [`links.${at}.name`]: ['was deleted meanwhile'] }
      throw new RuleViolation(
        'INVALID',
        `Link ${link.name} was deleted meanwhile: empty its row, or reload the page`,
        gone,
      )
    }
  }
  const changed = links.filter((link) => link.isGone || link.id === null || isChanged(link, rowOfLink(link)))
  if (changed.length > 0) assertLinksValid(links.filter(({ isGone }) => !isGone))
  return changed
}

async function writeLinks({ context }: AskedOfProject, key: Key, changed: readonly GivenLink[]): Promise<void> {
  const [gone, kept] = [changed.filter(({ isGone }) => isGone), changed.filter(({ isGone }) => !isGone)]
  for (const { id } of gone) if (id !== null) await deleteLink(context, { id })
  for (const { id, isGone: _, ...values } of kept) {
    await (id === null ? createLink(context, { ...key, ...values }) : updateLink(context, { id, ...values }))
  }
}

async function write(asked: AskedOfProject, parts: RestParts, given: Fields) {
  const { context, project } = asked
  const found = await find(asked)
  if (!found) throw new RuleViolation('NOT_FOUND', 'Release does not exist')
  await attachFiles(asked, parts, given, found.tag)
  const again = filledIn(given)
  if (again) return { again }
  assertUnchanged(given, found.release.updatedAt)
  const key = { projectPath: project.fullPath, tagName: found.tag }
  const { milestones, ...values } = valuesIn(given, storedOf(found.release, found.tag))
  const links = planLinks(linksOf(compactRows(given)), storedRows(found.release))
  const before = new Set(found.release.milestones.map(({ number }) => number))
  const isSame =
    !milestones.ids || (milestones.ids.length === before.size && milestones.ids.every((id) => before.has(id)))
  const { releasedAt, ...rest } = values
  const changes = withoutUndefined({
    ...rest,
    releasedAt: releasedAt ?? undefined,
    milestones: isSame ? undefined : milestones,
  })
  if (Object.keys(changes).length > 0) await updateRelease(context, { ...key, ...changes })
  await writeLinks(asked, key, links)
  return found.url
}

export const editForm = (parts: RestParts): FormPage<AskedOfProject> => ({
  show,
  write: (asked, given) => write(asked, parts, given),
  maxBytes: FORM_BYTES,
  fieldOf,
})
