import { z } from 'zod'
import type { Context } from '../../../context/context.ts'
import { timeAtOffset } from '../../../foundation/time.ts'
import { projectUrl } from '../../../modules/projects/project-url.ts'
import type { CommitNode } from '../../../modules/releases/commit-loaders.ts'
import { Time } from '../kit/dates.ts'

export const CommitBody = z
  .object({
    id: z.string(),
    short_id: z.string(),
    created_at: Time,
    parent_ids: z.array(z.string()),
    title: z.string(),
    message: z.string(),
    author_name: z.string(),
    author_email: z.string(),
    authored_date: Time,
    committer_name: z.string(),
    committer_email: z.string(),
    committed_date: Time,
    trailers: z.record(z.string(), z.string()),
    extended_trailers: z.record(z.string(), z.array(z.string())),
    web_url: z.string(),
  })
  .meta({ id: 'Commit', description: 'A commit. Its times keep the time zone offset of their writer.' })

export function presentCommit(context: Context, commit: CommitNode): z.output<typeof CommitBody> {
  const committed = timeAtOffset(commit.committedDate, commit.committedOffset)
  return {
    id: commit.sha,
    short_id: commit.shortId,
    created_at: committed,
    parent_ids: commit.parentIds,
    title: commit.title,
    message: commit.message,
    author_name: commit.authorName,
    author_email: commit.authorEmail,
    authored_date: timeAtOffset(commit.authoredDate, commit.authoredOffset),
    committer_name: commit.committerName,
    committer_email: commit.committerEmail,
    committed_date: committed,
    trailers: commit.trailers,
    extended_trailers: commit.extendedTrailers,
    web_url: `${projectUrl(context, commit.project)}/-/commit/${commit.sha}`,
  }
}
