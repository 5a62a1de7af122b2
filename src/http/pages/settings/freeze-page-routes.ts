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
import type { FormPage } from '../kit/form-page.ts'
import { isGiven, pathNumber, textIn } from '../kit/given.ts'
import type { AskedOfProject, projectPages } from '../kit/pages.ts'
import { freezesPage as ask } from './freeze-documents.ts'
import { type Freeze, freezePage, freezesPage } from './freezes-page.ts'

const listOf = (context: Context, project: Project) => `${projectUrl(context, project)}/-/deploy_freezes`

async function read({ context, project: { id } }: AskedOfProject) {
  const { project } = await ask(context, { project: id })
  const nodes = project?.freezePeriods?.nodes ?? []
  return project && { project, freezes: nodes.filter((freeze) => freeze !== null) }
}

const findFreeze = async (asked: AskedOfProject): Promise<Freeze | undefined> =>
  (await read(asked))?.freezes.find(({ number }) => number === pathNumber(asked.c))

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
    const { context, project } = asked
    if (!can(context.viewer, 'freeze-period:write', project)) return null
    const freeze = await findFreeze(asked)
    return freeze ? { title: 'Edit a freeze', body: freezePage(freeze, filled, listOf(context, project)) } : null
  },
  write: async (asked, given) => {
    const { context, project } = asked
    const freeze = await findFreeze(asked)
    if (!freeze) throw notFoundOrForbidden()
    const id = freeze.number
    if (isGiven(given, 'delete')) await deleteFreezePeriod(context, { id })
    else await updateFreezePeriod(context, { id, ...schedule(given) })
    return listOf(context, project)
  },
  fieldOf,
}

export function addFreezePages(pages: ReturnType<typeof projectPages>): void {
  pages.form('/deploy_freezes', list)
  pages.form('/deploy_freezes/:number{[1-9][0-9]{0,8}}', single)
}
