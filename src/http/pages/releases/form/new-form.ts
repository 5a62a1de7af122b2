import { html } from 'hono/html'
import { projectUrl } from '../../../../modules/projects/project-url.ts'
import { createRelease } from '../../../../modules/publishing/create-release.ts'
import { createDraft } from '../../../../modules/publishing/draft-service.ts'
import { releaseUrl, segment } from '../../../../modules/releases/release-urls.ts'
import type { Fields } from '../../../rest/kit/nested-fields.ts'
import type { RestParts } from '../../../rest/rest-routes.ts'
import { checkbox, formOf } from '../../kit/form-fields.ts'
import type { Filled, FormPage } from '../../kit/form-page.ts'
import type { AskedOfProject } from '../../kit/pages.ts'
import { attachFiles } from './form-files.ts'
import { milestonesOf, previewIn, refsOf, soughtTag } from './form-parts.ts'
import { filledIn } from './helping-buttons.ts'
import { compactRows, linksOf } from './link-rows.ts'
import { FORM_BYTES, releaseFields } from './release-form.ts'
import { newRelease } from './release-form-documents.ts'
import { fieldOf, newTagIn, textIn, valuesIn } from './release-values.ts'

const buttons = (filled: Filled) => html`
${checkbox(filled, { name: 'generate_notes', label: 'Append notes from what was done since the previous version' })}
<p><button class="secondary" name="draft" value="1">Save as draft</button></p>`

const tagIn = (given: Fields) => (textIn(given, 'tag_name') ?? '').trim()

async function show(asked: AskedOfProject, filled: Filled) {
  const { c, context, project } = asked
  const { project: found } = await newRelease(context, { project: project.id, tag: soughtTag(filled.given) })
  if (!found?.may.creates) return null
  const given = filled.given ?? (c.req.query('tag_name') === undefined ? null : { tag_name: c.req.query('tag_name') })
  const fields = releaseFields({
    ...{ filled: { ...filled, given }, stored: null, links: [], milestones: milestonesOf(found), refs: refsOf(found) },
    preview: await previewIn(asked, given, tagIn(given ?? {})),
    buttons: buttons(filled),
  })
  return {
    title: `New release of ${project.name}`,
    body: html`<h1>New release</h1>${formOf({ action: '', submit: 'Publish release', filled, fields, multipart: true })}`,
  }
}

async function write(asked: AskedOfProject, parts: RestParts, given: Fields) {
  const { context, project } = asked
  await attachFiles(asked, parts, given, tagIn(given))
  const again = filledIn(given)
  if (again) return { again }
  const links = linksOf(compactRows(given)).map(({ id: _, isGone: __, ...link }) => link)
  const values = {
    ...{ projectPath: project.fullPath, tagName: tagIn(given), links },
    ...newTagIn(given),
    ...valuesIn(given, null),
  }
  if (given.draft !== undefined) {
    const draft = await createDraft(context, values)
    return `${projectUrl(context, project)}/-/releases/${segment(draft.tag)}/draft`
  }
  return releaseUrl(
    context,
    await createRelease(context, { ...values, generateNotes: given.generate_notes !== undefined }),
  )
}

export const newForm = (parts: RestParts): FormPage<AskedOfProject> => ({
  show,
  write: (asked, given) => write(asked, parts, given),
  maxBytes: FORM_BYTES,
  fieldOf,
})
