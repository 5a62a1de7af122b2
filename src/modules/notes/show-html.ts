import { type Ability, can } from '../../access/abilities.ts'
import type { Viewer } from '../../access/viewer.ts'
import { doNotKeep } from '../../context/answer-life.ts'
import { type Context, perRequest } from '../../context/context.ts'
import type { Project } from '../../generated/prisma/client.ts'
import {
  type Addresses,
  fillPlaceholders,
  hasPlaceholders,
  nameOfReference,
  type Reference,
  type ReferenceKind,
  referencesIn,
} from '../../markdown/placeholders.ts'
import { segment } from '../releases/release-urls.ts'
import { createTargets, type Target, type Targets } from './find-references.ts'

/** Where a text belongs: its project, and the tag or branch at which its relative addresses are read. */
export type Belongs = { project: Project; ref: string }

type Server = Pick<Context, 'baseUrl' | 'repositories'>

/** What somebody needs in the project of a text, so that it is looked for what the text names. */
const needs: Partial<Record<ReferenceKind, Ability>> = {
  commit: 'code:read',
  milestone: 'milestone:read',
  title: 'milestone:read',
}

function mayName(viewer: Viewer, project: Project, { kind }: Reference): boolean {
  const ability = needs[kind]
  return ability === undefined || can(viewer, ability, project)
}

/** The path of BASE_URL, without a slash at its end. */
const rootOf = ({ baseUrl }: Pick<Context, 'baseUrl'>) => new URL(baseUrl).pathname.replace(/\/$/, '')

type Found = ReadonlyMap<string, Target>

/** Without code access no address names the tag. */
function fill(server: Server, viewer: Viewer, html: string, { project, ref }: Belongs, found: Found): string {
  const root = rootOf(server)
  const readsCode = can(viewer, 'code:read', project)
  const file: Addresses['file'] = (area, path) => {
    if (path.startsWith('/')) return root + path
    return readsCode ? `${root}/${project.fullPath}/-/${area}/${segment(ref)}/${path}` : null
  }
  const reference: Addresses['reference'] = (named) => {
    const target = found.get(nameOfReference(named))
    return target?.isShownTo(viewer) ? `${root}/${target.path}` : null
  }
  return fillPlaceholders(html, { file, reference })
}

async function findTargets(targets: Targets, project: Project, references: readonly Reference[]): Promise<Found> {
  const found = new Map<string, Target>()
  const load = async (reference: Reference) => {
    const target = await targets.load({ ...reference, project })
    if (target) found.set(nameOfReference(reference), target)
  }
  await Promise.all(references.map(load))
  return found
}

const targetsOf = perRequest(({ repositories }) => createTargets(repositories))

/** Rendered Markdown as the viewer sees it. */
export function showHtml(context: Context, html: string, belongs: Belongs): string | Promise<string> {
  if (!hasPlaceholders(html)) return html
  const { viewer } = context
  const references = referencesIn(html)
  if (references.length === 0) return fill(context, viewer, html, belongs, new Map())
  // The content versions do not count what may be named: issues, groups, other projects.
  doNotKeep(context)
  const named = references.filter((reference) => mayName(viewer, belongs.project, reference))
  return findTargets(targetsOf(context), belongs.project, named).then((found) =>
    fill(context, viewer, html, belongs, found),
  )
}

/** The same for viewers who have the same abilities in the project as the first. They cost as many statements as one. */
export async function showHtmlToMany(
  server: Server,
  first: Viewer,
  html: string,
  belongs: Belongs,
): Promise<(viewer: Viewer) => string> {
  const named = referencesIn(html).filter((reference) => mayName(first, belongs.project, reference))
  const found = await findTargets(createTargets(server.repositories), belongs.project, named)
  return (viewer) => fill(server, viewer, html, belongs, found)
}
