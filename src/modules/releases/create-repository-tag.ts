import type { Context } from '../../context.ts'
import { db } from '../../db.ts'
import { RuleViolation } from '../../errors.ts'
import { recordAuditEvent } from '../audit/audit-service.ts'
import { getProjectFor } from '../projects/find-project.ts'
import { mayChangeTag } from './release-access.ts'
import { assertTextsFit } from './release-rules.ts'
import { planTag } from './release-tag.ts'

export type RepositoryTagCreate = {
  projectPath: string
  tagName: string
  ref: string
  /** Makes the tag annotated. */
  message?: string | null | undefined
}

/** Makes a tag without a release. */
export async function createRepositoryTag(context: Context, input: RepositoryTagCreate): Promise<void> {
  const { projectPath, tagName, ref, message } = input
  const project = await getProjectFor(context, 'code:write', projectPath)
  if (!(await mayChangeTag(context, project, tagName))) {
    throw new RuleViolation('FORBIDDEN', 'You are not allowed to create this tag as it is protected.')
  }
  assertTextsFit({ tagMessage: message })
  const tag = await planTag(context, project, { tagName, ref, tagMessage: message })
  // Of several who make it at once, only one does.
  if (!tag.make) throw new RuleViolation('INVALID', `Tag ${tagName} already exists`)
  await tag.make()
  await db.$transaction((tx) =>
    recordAuditEvent(tx, context, {
      type: 'repository_tag_created',
      scope: { projectId: project.id },
      target: { type: 'Project', id: project.id, details: tagName },
      message: `Created tag ${tagName} at ${tag.sha}`,
    }),
  )
}
