import { z } from 'zod'
import type { Context } from '../../../context/context.ts'
import { placeInRest } from '../../../context/field-place.ts'
import { timeAtOffset } from '../../../foundation/time.ts'
import type { Project, Release } from '../../../generated/prisma/client.ts'
import type { Tag } from '../../../git/tags.ts'
import { matchesTag } from '../../../modules/protected-tags/matches.ts'
import { tagRulesOf } from '../../../modules/protected-tags/protected-tag-loaders.ts'
import { descriptionOf } from '../../../modules/releases/release-text.ts'
import { Time } from '../kit/dates.ts'
import { CommitBody } from './present-commit.ts'
import { presentCommitAt } from './repository-routes.ts'

export const TagBody = z
  .object({
    name: z.string(),
    message: z.string(),
    target: z.string(),
    commit: CommitBody.nullable(),
    release: z.object({ tag_name: z.string(), description: z.string().nullable() }).nullable(),
    protected: z.boolean(),
    created_at: Time.nullable(),
  })
  .meta({
    id: 'Tag',
    description:
      '`created_at` is the time of the tagger. It is null for a lightweight tag. An annotated tag of more than 1 MiB is shown ' +
      'without this time and without its message.',
  })

export type TagNode = Tag & { release: Release | null }

export async function presentTag(
  context: Context,
  project: Project,
  { release, ...tag }: TagNode,
): Promise<z.output<typeof TagBody>> {
  const { name, sha, message, tagger } = tag
  const protectedTags = await tagRulesOf(context, project)
  return {
    name,
    message: message ?? '',
    target: sha,
    commit: await presentCommitAt(context, project, sha),
    release: release && {
      tag_name: release.tag,
      description: await descriptionOf(context, release, () => placeInRest(context, 'release.description')),
    },
    protected: protectedTags.some((pattern) => matchesTag(pattern.name, name)),
    created_at: tagger && timeAtOffset(tagger.date, tagger.offset),
  }
}
