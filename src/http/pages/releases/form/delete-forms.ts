// Pages that ask before a release or a draft goes.
import { html } from 'hono/html'
import { RuleViolation } from '../../../../foundation/errors.ts'
import { projectUrl } from '../../../../modules/projects/project-url.ts'
import { deleteRelease } from '../../../../modules/publishing/delete-release.ts'
import { deleteDraft } from '../../../../modules/publishing/draft-service.ts'
import { formOf } from '../../kit/form-fields.ts'
import type { FormPage } from '../../kit/form-page.ts'
import type { AskedOfProject } from '../../kit/pages.ts'
import { releaseNumberIn, tagIn } from './named-release.ts'
import { editedDraft, editedRelease } from './release-form-documents.ts'

const listOf = ({ context, project }: AskedOfProject) => `${projectUrl(context, project)}/-/releases`

async function findRelease(asked: AskedOfProject) {
  const number = await releaseNumberIn(asked)
  if (number === null) return null
  const { project } = await editedRelease(asked.context, { project: asked.project.id, number })
  return project?.may.deletes && project.release?.links?.editUrl ? project.release : null
}

export const deleteReleaseForm: FormPage<AskedOfProject> = {
  async show(asked, filled) {
    const release = await findRelease(asked)
    if (!release) return null
    const fields = html`<p>Its links and its evidence go with it. The tag <code>${release.tagName}</code> and the milestones stay.</p>
<p><a href="${release.links?.selfUrl}">Keep the release</a></p>`
    return {
      title: `Delete ${release.name}`,
      body: html`<h1>Delete release ${release.name}?</h1>${formOf({ action: '', submit: 'Delete the release', filled, fields })}`,
    }
  },
  async write(asked) {
    const release = await findRelease(asked)
    if (!release?.tagName) throw new RuleViolation('NOT_FOUND', 'Release does not exist')
    await deleteRelease(asked.context, { projectPath: asked.project.fullPath, tagName: release.tagName })
    return listOf(asked)
  },
}

export const deleteDraftForm: FormPage<AskedOfProject> = {
  async show({ c, context, project }, filled) {
    const found = await editedDraft(context, { project: project.id, draft: tagIn(c, 2), tag: null })
    const draft = found.project?.draft
    if (!draft) return null
    const fields = html`<p>A draft has made no tag. If the tag <code>${draft.tagName}</code> exists, it stays.</p><p><a href="../draft">Keep the draft</a></p>`
    return {
      title: `Delete the draft of ${draft.tagName}`,
      body: html`<h1>Delete the draft of ${draft.tagName}?</h1>${formOf({ action: '', submit: 'Delete the draft', filled, fields })}`,
    }
  },
  async write(asked) {
    await deleteDraft(asked.context, { projectPath: asked.project.fullPath, tagName: tagIn(asked.c, 2) })
    return listOf(asked)
  },
}
