// The bodies of events, to the letter of GitLab's (docs/contract/webhooks.md). A body is made once, whoever receives it, with
// the title as it is: Maintainers of a project and Owners of a group read the code, unless the repository is switched off.
import { z } from 'zod'
import type { Group, Project, WebhookEvent } from '../../generated/prisma/client.ts'
import { readPushedCommits } from '../../git/pushed-commits.ts'
import { titleOf } from '../releases/release-title.ts'
import { releaseUrl, sourceFormats, sourceUrl } from '../releases/release-urls.ts'
import { type BodyParts, commitFacts, type ProjectWithGroup, projectFacts } from './project-facts.ts'
import { pushBody } from './push-body.ts'

export type QueuedEvent = Pick<WebhookEvent, 'trigger' | 'source'> & {
  project: ProjectWithGroup | null
  group: Group | null
}

const Release = z.object({
  action: z.string(),
  release: z.object({
    id: z.int(),
    tag: z.string(),
    sha: z.string().nullable(),
    name: z.string().nullable(),
    description: z.string().nullable(),
    createdAt: z.coerce.date(),
    releasedAt: z.coerce.date(),
  }),
  links: z.array(z.object({ id: z.int(), linkType: z.string(), name: z.string(), url: z.string() })),
})

const Milestone = z.object({
  action: z.string(),
  milestone: z.object({
    id: z.int(),
    iid: z.int(),
    title: z.string(),
    description: z.string().nullable(),
    state: z.string(),
    createdAt: z.coerce.date(),
    updatedAt: z.coerce.date(),
    dueDate: z.string().nullable(),
    startDate: z.string().nullable(),
    projectId: z.int().nullable(),
    groupId: z.int().nullable(),
  }),
})

/** `2026-11-24 16:02:11 UTC` */
const utc = (time: Date) => `${time.toISOString().slice(0, 19).replace('T', ' ')} UTC`

const day = (date: string | null) => date?.slice(0, 10) ?? null

/**
 * An image with a relative target. What stands in code is no image. Its parts hold no bracket with which another could begin, so that the
 * time grows with the text and not with its square.
 */
const IMAGE = /```[\s\S]*?```|`[^`\n]{0,1000}`|!\[([^[\]\n]{0,1000})\]\((?!https?:\/\/|\/\/)([^()\n]{1,2000})\)/g

function withAbsoluteImages(notes: string, project: Project, baseUrl: string): string {
  return notes.replace(IMAGE, (whole, title: string | undefined, target: string | undefined) => {
    if (target === undefined) return whole
    const path = target.startsWith('/uploads') ? `/${project.fullPath}${target}` : target.replace(/^(?!\/)/, '/')
    return `![${title}](${baseUrl}${path})`
  })
}

async function releaseBody(source: unknown, project: ProjectWithGroup, parts: BodyParts) {
  const { action, release, links } = Release.parse(source)
  const directory = parts.directory(project.id)
  const named = { tag: release.tag, project }
  const [commit] = release.sha === null ? [] : await readPushedCommits(directory, [release.sha], parts.signal)
  return {
    id: release.id,
    created_at: utc(release.createdAt),
    description: release.description && withAbsoluteImages(release.description, project, parts.baseUrl),
    name: titleOf(release),
    released_at: utc(release.releasedAt),
    tag: release.tag,
    object_kind: 'release',
    project: await projectFacts(project, parts),
    url: releaseUrl(parts, named),
    action,
    assets: {
      count: links.length + sourceFormats.length,
      links: links.map(({ id, linkType, name, url }) => ({ id, link_type: linkType, name, url })),
      sources: sourceFormats.map((format) => ({ format, url: sourceUrl(parts, named, format) })),
    },
    commit: commit ? commitFacts(commit, project, parts) : null,
  }
}

async function milestoneBody(source: unknown, { project, group }: QueuedEvent, parts: BodyParts) {
  const { action, milestone } = Milestone.parse(source)
  const owner = project
    ? { project: await projectFacts(project, parts) }
    : {
        group: group && {
          group_id: group.id,
          group_name: group.name,
          group_path: group.path,
          full_path: group.fullPath,
        },
      }
  return {
    object_kind: 'milestone',
    event_type: 'milestone',
    ...owner,
    object_attributes: {
      id: milestone.id,
      iid: milestone.iid,
      title: milestone.title,
      description: milestone.description,
      state: milestone.state,
      created_at: utc(milestone.createdAt),
      updated_at: utc(milestone.updatedAt),
      due_date: day(milestone.dueDate),
      start_date: day(milestone.startDate),
      project_id: milestone.projectId,
      group_id: milestone.groupId,
    },
    action,
  }
}

export async function bodyOf(event: QueuedEvent, parts: BodyParts): Promise<object> {
  const { trigger, source, project } = event
  if (trigger === 'milestone_events') return milestoneBody(source, event, parts)
  if (!project) throw new Error(`An event of ${trigger} has no project`)
  if (trigger === 'push_events' || trigger === 'tag_push_events') return pushBody(trigger, source, project, parts)
  return releaseBody(source, project, parts)
}
