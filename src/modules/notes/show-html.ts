import { can } from '../../access/abilities.ts'
import { doNotKeep } from '../../context/answer-life.ts'
import type { Context } from '../../context/context.ts'
import type { Project } from '../../generated/prisma/client.ts'
import {
  type Addresses,
  fillPlaceholders,
  hasPlaceholders,
  nameOfReference,
  type Reference,
  referencesIn,
} from '../../markdown/placeholders.ts'
import { segment } from '../releases/release-urls.ts'
import { referencePath } from './find-references.ts'

/** Where a text belongs: its project, and the tag or branch at which its relative addresses are read. */
export type Belongs = { project: Project; ref: string }

/** Rendered Markdown as the viewer sees it. Without code access no address names the tag. */
export function showHtml(context: Context, html: string, { project, ref }: Belongs): string | Promise<string> {
  if (!hasPlaceholders(html)) return html
  const readsCode = can(context.viewer, 'code:read', project)
  const file: Addresses['file'] = (area, path) =>
    readsCode ? `/${project.fullPath}/-/${area}/${segment(ref)}/${path}` : null
  const references = referencesIn(html)
  if (references.length === 0) return fillPlaceholders(html, { file, reference: () => null })
  // The content versions do not count what may be named: issues, groups, other projects.
  doNotKeep(context)
  return withReferences(context, project, references).then((reference) => fillPlaceholders(html, { file, reference }))
}

async function withReferences(context: Context, project: Project, references: readonly Reference[]) {
  const paths = new Map<string, string | null>()
  const load = async (reference: Reference) => {
    const path = await referencePath(context).load({ ...reference, project })
    paths.set(nameOfReference(reference), path)
  }
  await Promise.all(references.map(load))
  return (reference: Reference) => {
    const path = paths.get(nameOfReference(reference)) ?? null
    return path === null ? null : `/${path}`
  }
}
