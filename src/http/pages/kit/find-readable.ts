// The project and the release that a page is about. Null for missing ones and for hidden ones.

import { can } from '../../../access/abilities.ts'
import type { Context } from '../../../context/context.ts'
import type { Project } from '../../../generated/prisma/client.ts'
import { findProject } from '../../../modules/projects/find-project.ts'
import { findReleaseById } from '../../../modules/releases/find-release.ts'
import { findReleaseByTag, type ReleaseNode } from '../../../modules/releases/release-loaders.ts'

/** A project whose releases the viewer may read. */
export async function findReadableProject(context: Context, fullPath: string): Promise<Project | null> {
  const project = await findProject(context, fullPath)
  return project && can(context.viewer, 'release:read', project) ? project : null
}

/** A tag is looked up only for viewers who may see tags. */
export async function findReadableRelease(
  context: Context,
  project: Project,
  named: { id: number } | { tag: string },
): Promise<ReleaseNode | null> {
  if ('tag' in named) {
    return can(context.viewer, 'code:read', project) ? findReleaseByTag(context, project, named.tag) : null
  }
  const release = await findReleaseById(context, named.id)
  return release?.projectId === project.id ? release : null
}
