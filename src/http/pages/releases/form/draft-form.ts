import { html } from 'hono/html'
import { withoutUndefined } from '../../../../foundation/rules.ts'
import { projectUrl } from '../../../../modules/projects/project-url.ts'
import { updateDraft } from '../../../../modules/publishing/draft-service.ts'
import { publishDraft } from '../../../../modules/publishing/publish-draft.ts'
import { releaseUrl, segment } from '../../../../modules/releases/release-urls.ts'
import type { Fields } from '../../../rest/kit/nested-fields.ts'
import type { RestParts } from '../../../rest/rest-routes.ts'
import { assertUnchanged, versionField } from '../../kit/edited-version.ts'
import { formOf } from '../../kit/form-fields.ts'
import type { Filled, FormPage } from '../../kit/form-page.ts'
import type { AskedOfProject } from '../../kit/pages.ts'
import { attachFiles } from './form-files.ts'
import { milestonesOf, previewIn, refsOf, rowOf, soughtTag } from './form-parts.ts'
import { filledIn } from './helping-buttons.ts'
import { compactRows, linksOf } from './link-rows.ts'
import { tagIn } from './named-release.ts'
import { FORM_BYTES, releaseFields } from './release-form.ts'
import { editedDraft } from './release-form-documents.ts'
import { fieldOf, newTagIn, valuesIn } from './release-values.ts'

const buttons = html`<p><button class="secondary" name="publish" value="1">Save and publish</button> <a href="draft/delete">Delete the draft</a></p>`

/** The draft that the path names, with what may be chosen. */
async function find({ c, context, project }: AskedOfProject, given: Fields | null) {
  const asked = { project: project.id, draft: tagIn(c, 1), tag: soughtTag(given) }
  const { project: found } = await editedDraft(context, asked)
  return found?.draft ? { draft: found.draft, project: found } : null
}

async function show(asked: AskedOfProject, filled: Filled) {
  const found = await find(asked, filled.given)
  if (!found) return null
  const { draft, project } = found
  const fields = releaseFields({
    filled,
    stored: { ...draft, isKept: true, isPublished: false, milestones: draft.milestones ?? [] },
    links: (draft.links ?? []).map((link) => rowOf(link)),
    milestones: milestonesOf(project),
    refs: refsOf(project),
    preview: await previewIn(asked, filled.given, draft.tagName),
    buttons: html`${versionField(filled, draft.updatedAt)}${buttons}`,
  })
  return {
    title: `Draft of ${draft.tagName}`,
    body: html`<h1>Draft of release ${draft.tagName}</h1>${formOf({ action: '', submit: 'Save draft', filled, fields, multipart: true })}`,
  }
}

async function write(asked: AskedOfProject, parts: RestParts, given: Fields) {
  const { c, context, project } = asked
  const found = await find(asked, null)
  await attachFiles(asked, parts, given, tagIn(c, 1))
  const again = filledIn(given)
  if (again) return { again }
  if (found) assertUnchanged(given, found.draft.updatedAt)
  const key = { projectPath: project.fullPath, tagName: tagIn(c, 1) }
  const stored = found && { ...found.draft, isKept: true, isPublished: false, milestones: found.draft.milestones ?? [] }
  const links = linksOf(compactRows(given)).map(({ id: _, isGone: __, ...link }) => link)
  const changes = withoutUndefined({ ...newTagIn(given), ...valuesIn(given, stored), links })
  await updateDraft(context, { ...key, ...changes })
  const page = `${projectUrl(context, project)}/-/releases/${segment(key.tagName)}/draft`
  return given.publish === undefined ? page : releaseUrl(context, await publishDraft(context, key))
}

export const draftForm = (parts: RestParts): FormPage<AskedOfProject> => ({
  show,
  write: (asked, given) => write(asked, parts, given),
  maxBytes: FORM_BYTES,
  fieldOf,
})
