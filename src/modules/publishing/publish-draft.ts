import type { Context } from '../../context/context.ts'
import type { Project, ReleaseDraft } from '../../generated/prisma/client.ts'
import { once } from '../../idempotency/once.ts'
import { getProjectFor } from '../projects/find-project.ts'
import { planWithProtectedTags } from '../protected-tags/protected-tag-loaders.ts'
import type { ReleaseNode } from '../releases/release-loaders.ts'
import { findMade, publishRelease, type ReleaseCreate } from './create-release.ts'
import { getDraft, milestonesOfDraft } from './draft-loaders.ts'

async function inputOf(context: Context, project: Project, draft: ReleaseDraft): Promise<ReleaseCreate> {
  return {
    ...draft,
    projectPath: project.fullPath,
    tagName: draft.tag,
    makeLatest: draft.makesLatest ? 'YES' : 'AUTO',
    links: JSON.parse(draft.links) as NonNullable<ReleaseCreate['links']>,
    milestones: { ids: (await milestonesOfDraft(context, { ...draft, project })).map(({ id }) => id), isKept: true },
  }
}

/** Publishes the release of a draft as if it were created now, by whoever publishes it. The draft goes in the same transaction. */
export const publishDraft = once(
  async (
    context: Context,
    { projectPath, tagName }: { projectPath: string; tagName: string },
  ): Promise<ReleaseNode> => {
    const project = await getProjectFor(context, 'release:create', projectPath, planWithProtectedTags)
    const draft = await getDraft(project, tagName)
    return publishRelease(context, project, { input: await inputOf(context, project, draft), draft, announces: true })
  },
  findMade,
)
