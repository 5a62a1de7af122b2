import { html } from 'hono/html'
import { notFoundOrForbidden } from '../../../foundation/errors.ts'
import type { MilestoneFormQuery } from '../../../generated/documents.ts'
import type { Milestone } from '../../../generated/prisma/client.ts'
import { createMilestone, deleteMilestone, updateMilestone } from '../../../modules/milestones/milestone-service.ts'
import { canIn, pathOf } from '../../../modules/projects/namespace.ts'
import type { Fields } from '../../rest/kit/nested-fields.ts'
import { confirmation } from '../kit/confirmation.ts'
import { assertUnchanged, versionField } from '../kit/edited-version.ts'
import { choiceField, formOf, textArea, textField } from '../kit/form-fields.ts'
import type { Filled, FormPage } from '../kit/form-page.ts'
import { choiceIn, DESCRIPTION_BYTES, dayIn, textIn } from '../kit/given.ts'
import type { Page } from '../kit/layout.ts'
import type { AskedOfNamespace } from '../kit/pages.ts'
import { findMilestoneIn, milestonesUrl } from './find-in-path.ts'
import { milestoneForm } from './form-documents.ts'

export const mayWriteMilestones = ({ context, namespace }: AskedOfNamespace): boolean =>
  canIn(context.viewer, 'milestone:write', namespace)

type Shown = MilestoneFormQuery['given']['milestones'][number]

const stateChoice = (filled: Filled, { state }: Shown) =>
  choiceField(filled, {
    ...{ name: 'state', label: 'State', stored: state },
    options: [
      ['active', 'Open'],
      ['closed', 'Closed'],
    ],
  })

function formPage(title: string, filled: Filled, stored: Shown | null): Page {
  const fields = [
    textField(filled, { name: 'title', label: 'Title', stored: stored?.title ?? '', required: true, maxLength: 255 }),
    textArea(filled, {
      name: 'description',
      label: 'Description',
      stored: stored?.description ?? '',
      hint: 'In Markdown.',
    }),
    html`<fieldset class="row"><div>${textField(filled, {
      ...{ name: 'start_date', label: 'Start', type: 'date', stored: stored?.startDate ?? null },
    })}</div><div>${textField(filled, {
      ...{ name: 'due_date', label: 'Due', type: 'date', stored: stored?.dueDate ?? null },
    })}</div></fieldset>`,
    stored ? html`${stateChoice(filled, stored)}${versionField(filled, stored.updatedAt)}` : html``,
  ]
  return { title, body: html`<h1>${title}</h1>${formOf({ action: '', submit: 'Save', filled, fields })}` }
}

const valuesOf = (given: Fields) => ({
  title: textIn(given, 'title'),
  description: textIn(given, 'description') || null,
  startDate: dayIn(given, { name: 'start_date', label: 'Start' }),
  dueDate: dayIn(given, { name: 'due_date', label: 'Due' }),
})

const common = { maxBytes: DESCRIPTION_BYTES, fieldOf: { Title: 'title', Description: 'description' } }

export const newMilestone: FormPage<AskedOfNamespace> = {
  ...common,
  show: async (asked, filled) => (mayWriteMilestones(asked) ? formPage('New milestone', filled, null) : null),
  write: async (asked, given) => {
    const { context, namespace } = asked
    const path = 'project' in namespace ? { projectPath: pathOf(namespace) } : { groupPath: pathOf(namespace) }
    const { iid } = await createMilestone(context, { ...path, ...valuesOf(given) })
    return `${milestonesUrl(asked)}/${iid}`
  },
}

async function getMilestoneIn(asked: AskedOfNamespace): Promise<Milestone> {
  const milestone = await findMilestoneIn(asked)
  if (!milestone) throw notFoundOrForbidden()
  return milestone
}

const toChange = async (asked: AskedOfNamespace) => (mayWriteMilestones(asked) ? findMilestoneIn(asked) : null)

export const editMilestone: FormPage<AskedOfNamespace> = {
  ...common,
  show: async (asked, filled) => {
    const row = await toChange(asked)
    const stored = row && (await milestoneForm(asked.context, {}, { rows: [row] })).given.milestones[0]
    return stored ? formPage(`Edit ${stored.title}`, filled, stored) : null
  },
  write: async (asked, given) => {
    const { id, iid, updatedAt } = await getMilestoneIn(asked)
    assertUnchanged(given, updatedAt)
    const state = choiceIn(given, { name: 'state', label: 'State', values: ['active', 'closed'] as const })
    await updateMilestone(asked.context, { id, ...valuesOf(given), state })
    return `${milestonesUrl(asked)}/${iid}`
  },
}

export const removeMilestone: FormPage<AskedOfNamespace> = {
  show: async (asked, filled) => {
    const milestone = await toChange(asked)
    if (!milestone) return null
    return confirmation(filled, {
      title: `Delete ${milestone.title}`,
      words: 'Its issues and releases stay, without the milestone.',
      submit: 'Delete the milestone',
      back: `${milestonesUrl(asked)}/${milestone.iid}`,
    })
  },
  write: async (asked) => {
    await deleteMilestone(asked.context, { id: (await getMilestoneIn(asked)).id })
    return milestonesUrl(asked)
  },
}
