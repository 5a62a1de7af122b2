import { can } from '../../../access/abilities.ts'
import type { Context } from '../../../context/context.ts'
import { notFoundOrForbidden } from '../../../foundation/errors.ts'
import type { Project } from '../../../generated/prisma/client.ts'
import {
  createFreezePeriod,
  deleteFreezePeriod,
  updateFreezePeriod,
} from '../../../modules/freezes/freeze-period-service.ts'
import { projectUrl } from '../../../modules/projects/project-url.ts'
import type { Fields } from '../../rest/kit/nested-fields.ts'
import { confirmation } from '../kit/confirmation.ts'
import type { FormPage } from '../kit/form-page.ts'
import { pathNumber, textIn } from '../kit/given.ts'
import type { AskedOfProject, projectPages } from '../kit/pages.ts'
import { freezesPage as ask } from './freeze-documents.ts'
import { type Freeze, freezePage, freezesPage } from './freezes-page.ts'

const listOf = (context: Context, project: Project) => `${projectUrl(context, project)}/-/deploy_freezes`

async function read({ context, project: { id } }: AskedOfProject) {
  const { project } = await ask(context, { project: id })
  const nodes = project?.freezePeriods?.nodes ?? []
  return project && { project, freezes: nodes.filter((freeze) => freeze !== null) }
}

/** The freeze that the path names. Null for viewers who may not change it. */
async function toChange(asked: AskedOfProject): Promise<Freeze | null> {
  const { c, context, project } = asked
  if (!can(context.viewer, 'freeze-period:write', project)) return null
  return (await read(asked))?.freezes.find(({ number }) => number === pathNumber(c)) ?? null
}

async function getToChange(asked: AskedOfProject): Promise<Freeze> {
  const freeze = await toChange(asked)
  if (!freeze) throw notFoundOrForbidden()
  return freeze
}

const schedule = (given: Fields) => ({
  freezeStart: textIn(given, 'freeze_start'),
  freezeEnd: textIn(given, 'freeze_end'),
  cronTimezone: textIn(given, 'cron_timezone'),
})

const fieldOf = { freezeStart: 'freeze_start', freezeEnd: 'freeze_end', cronTimezone: 'cron_timezone' }

const list: FormPage<AskedOfProject> = {
  show: async (asked, filled) => {
    const { context, project } = asked
    // To a Guest freezes are no empty list but a page that is missing.
    if (!can(context.viewer, 'freeze-period:read', project)) return null
    const found = await read(asked)
    const url = listOf(context, project)
    const isWriter = can(context.viewer, 'freeze-period:write', project)
    const editOf = isWriter ? ({ number }: Freeze) => `${url}/${number}` : null
    return found && { title: `Deploy freezes of ${project.name}`, body: freezesPage({ ...found, filled, editOf }) }
  },
  write: async ({ context, project }, given) => {
    await createFreezePeriod(context, { projectPath: project.fullPath, ...schedule(given) })
    return listOf(context, project)
  },
  fieldOf,
}

const single: FormPage<AskedOfProject> = {
  show: async (asked, filled) => {
    const freeze = await toChange(asked)
    return freeze && { title: 'Edit a freeze', body: freezePage(freeze, filled, listOf(asked.context, asked.project)) }
  },
  write: async (asked, given) => {
    const { context, project } = asked
    await updateFreezePeriod(context, { id: (await getToChange(asked)).number, ...schedule(given) })
    return listOf(context, project)
  },
  fieldOf,
}

const removal: FormPage<AskedOfProject> = {
  show: async (asked, filled) => {
    const freeze = await toChange(asked)
    if (!freeze) return null
    return confirmation(filled, {
      title: 'Delete a freeze',
      words: `The freeze from ${freeze.startCron} to ${freeze.endCron} (${freeze.cronTimezone}) is gone then.`,
      submit: 'Delete the freeze',
      back: `${listOf(asked.context, asked.project)}/${freeze.number}`,
    })
  },
  write: async (asked) => {
    await deleteFreezePeriod(asked.context, { id: (await getToChange(asked)).number })
    return listOf(asked.context, asked.project)
  },
}

const ONE = '/deploy_freezes/:number{[1-9][0-9]{0,8}}'

export function addFreezePages(pages: ReturnType<typeof projectPages>): void {
  pages.form('/deploy_freezes', list)
  pages.form(ONE, single)
  pages.form(`${ONE}/delete`, removal)
}
