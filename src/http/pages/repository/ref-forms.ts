import { html } from 'hono/html'
import { can } from '../../../access/abilities.ts'
import { notFoundOrForbidden } from '../../../foundation/errors.ts'
import { createRepositoryTag } from '../../../modules/publishing/create-repository-tag.ts'
import { createBranch, deleteBranch } from '../../../modules/pushes/branch-service.ts'
import { deleteTag } from '../../../modules/pushes/delete-pushed-tag.ts'
import { mayChangeTag } from '../../../modules/releases/release-access.ts'
import { branchesOf } from '../../../modules/repository/refs.ts'
import { confirmation } from '../kit/confirmation.ts'
import { formOf, textArea, textField } from '../kit/form-fields.ts'
import type { Filled, FormPage } from '../kit/form-page.ts'
import { DESCRIPTION_BYTES, textIn } from '../kit/given.ts'
import type { Markup } from '../kit/layout.ts'
import type { AskedOfProject } from '../kit/pages.ts'
import { queryText } from '../kit/query-values.ts'
import { areaUrl } from './ref-address.ts'
import { oneTag, refForm } from './ref-documents.ts'

type Form = FormPage<AskedOfProject>

const mayWrite = ({ context, project }: AskedOfProject): boolean => can(context.viewer, 'code:write', project)

function assertMayWrite(asked: AskedOfProject): void {
  if (!mayWrite(asked)) throw notFoundOrForbidden()
}

/** The rules of a push, as far as they do not depend on what happens meanwhile. */
export const mayDeleteTag = async ({ context, project }: AskedOfProject, name: string, hasRelease: boolean) =>
  can(context.viewer, 'code:write', project) &&
  (!hasRelease || can(context.viewer, 'release:delete', project)) &&
  mayChangeTag(context, project, name)

const nameField = (filled: Filled) =>
  textField(filled, { name: 'name', label: 'Name', required: true, maxLength: 1024 })

async function formPage({ context, project }: AskedOfProject, title: string, filled: Filled, more: Markup[] = []) {
  const stored = (await refForm(context, { project: project.id })).project?.repository?.headBranch
  const ref = { name: 'ref', label: 'Branch, tag or commit', stored, required: true, maxLength: 1024 }
  const fields = [nameField(filled), textField(filled, { ...ref, hint: 'What it begins at.' }), ...more]
  return { title, body: html`<h1>${title}</h1>${formOf({ action: '', submit: 'Create', filled, fields })}` }
}

export const newTag: Form = {
  maxBytes: DESCRIPTION_BYTES,
  show: async (asked, filled) => {
    if (!mayWrite(asked)) return null
    const hint = 'Makes the tag annotated.'
    const message = textArea(filled, { name: 'message', label: 'Message', rows: 6, hint })
    return formPage(asked, 'New tag', filled, [message])
  },
  write: async ({ context, project }, given) => {
    const [tagName, ref, message] = [textIn(given, 'name'), textIn(given, 'ref'), textIn(given, 'message') || null]
    await createRepositoryTag(context, { projectPath: project.fullPath, tagName, ref, message })
    return areaUrl(context, project, 'tags', tagName)
  },
}

export const newBranch: Form = {
  show: async (asked, filled) => (mayWrite(asked) ? formPage(asked, 'New branch', filled) : null),
  write: async (asked, given) => {
    assertMayWrite(asked)
    const { context, project } = asked
    await createBranch(context, project, { name: textIn(given, 'name'), ref: textIn(given, 'ref') })
    return areaUrl(context, project, 'branches')
  },
}

/** The name is in the query, because names may be like any path. */
const nameIn = ({ c }: AskedOfProject): string => queryText(c, 'name', 'tag') ?? ''

export const removeTag: Form = {
  show: async (asked, filled) => {
    const { context, project } = asked
    const name = nameIn(asked)
    const tag = (await oneTag(context, { project: project.id, tag: name })).project?.repository?.tag
    if (!tag || !(await mayDeleteTag(asked, name, tag.release !== null))) return null
    return confirmation(filled, {
      title: `Delete ${name}`,
      words: tag.release === null ? 'The tag is gone then.' : 'The tag and its release are gone then.',
      submit: 'Delete the tag',
      back: areaUrl(context, project, 'tags', name),
    })
  },
  write: async (asked) => {
    assertMayWrite(asked)
    await deleteTag(asked.context, asked.project, nameIn(asked))
    return areaUrl(asked.context, asked.project, 'tags')
  },
}

export const removeBranch: Form = {
  show: async (asked, filled) => {
    const { context, project } = asked
    const name = nameIn(asked)
    const branch = mayWrite(asked) && (await branchesOf(context, project)).find((one) => one.name === name)
    if (!branch || branch.isDefault) return null
    return confirmation(filled, {
      title: `Delete ${name}`,
      words: 'The branch is gone then, with the commits that no other branch or tag has.',
      submit: 'Delete the branch',
      back: areaUrl(context, project, 'branches'),
    })
  },
  write: async (asked) => {
    assertMayWrite(asked)
    await deleteBranch(asked.context, asked.project, nameIn(asked))
    return areaUrl(asked.context, asked.project, 'branches')
  },
}
