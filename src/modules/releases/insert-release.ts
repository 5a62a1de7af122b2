import { columnsOf } from '../../connections/columns.ts'
import type { Context } from '../../context.ts'
import { onUniqueViolation } from '../../database/unique-violation.ts'
import { db } from '../../db.ts'
import { RuleViolation } from '../../errors.ts'
import { type LinkType, type Milestone, Prisma, type Project, type Release } from '../../generated/prisma/client.ts'
import type { LinkValues } from '../assets/link-rules.ts'
import { insertAuditEvent } from '../audit/audit-service.ts'
import { evidenceJob } from '../evidence/evidence-schedule.ts'
import { reviveRelease } from './release-loaders.ts'

export const RELEASE_EXISTS = 'Release already exists'

export type NewRelease = {
  project: Project
  values: Pick<
    Release,
    | 'tag'
    | 'sha'
    | 'name'
    | 'description'
    | 'descriptionHtml'
    | 'rendererVersion'
    | 'authorId'
    | 'semverKey'
    | 'prerelease'
    | 'createdAt'
    | 'releasedAt'
  >
  links: readonly (LinkValues & { linkType: LinkType })[]
  milestones: readonly Milestone[]
}

const insertRow = ({ project, values }: NewRelease) => Prisma.sql`
  INSERT INTO releases (project_id, tag, sha, name, description, description_html, renderer_version, author_id,
    semver_key, prerelease, created_at, updated_at, released_at)
  VALUES (${project.id}, ${values.tag}, ${values.sha}, ${values.name}, ${values.description}, ${values.descriptionHtml},
    ${values.rendererVersion}::smallint, ${values.authorId}::int, ${values.semverKey}, ${values.prerelease},
    ${values.createdAt}::timestamptz, ${values.createdAt}::timestamptz, ${values.releasedAt}::timestamptz)
  RETURNING *`

const insertLinks = ({ links }: NewRelease) => Prisma.sql`
  INSERT INTO asset_links (release_id, name, url, filepath, link_type)
  SELECT r.id, link.name, link.url, link.filepath, link.type::"LinkType"
  FROM r, unnest(${links.map(({ name }) => name)}::text[], ${links.map(({ url }) => url)}::text[],
    ${links.map(({ filepath }) => filepath)}::text[], ${links.map(({ linkType }) => linkType)}::text[]
  ) AS link (name, url, filepath, type)`

const insertMilestones = ({ milestones }: NewRelease) => Prisma.sql`
  INSERT INTO milestone_releases (milestone_id, release_id)
  SELECT milestone, r.id FROM r, unnest(${milestones.map(({ id }) => id)}::int[]) AS milestone`

function insertEvent(context: Context, { project, values, milestones }: NewRelease): Prisma.Sql {
  const titles = milestones.map(({ title }) => title).join(', ')
  const event = {
    type: 'release_created',
    scope: { projectId: project.id },
    target: { type: 'Release', details: values.name ?? values.tag },
    message: `Created release ${values.tag}${titles ? ` with milestones ${titles}` : ''}`,
  } as const
  return insertAuditEvent(context, event, { targetId: Prisma.sql`r.id`, from: Prisma.sql`FROM r` })
}

const onTaken = onUniqueViolation({
  releases_project_id_tag_key: () => new RuleViolation('CONFLICT', RELEASE_EXISTS),
})

/**
 * Writes a release with its links, milestones, audit event and evidence job: one statement, and so one transaction. Prisma's
 * own would be seven round trips.
 */
export async function insertRelease(context: Context, release: NewRelease): Promise<Release> {
  const columns = columnsOf('r', Prisma.ReleaseScalarFieldEnum)
  const [row] = await db.$queryRaw<{ json: string }[]>`
    WITH r AS (${insertRow(release)}),
      links AS (${insertLinks(release)}),
      milestones AS (${insertMilestones(release)}),
      event AS (${insertEvent(context, release)})
    SELECT (SELECT row_to_json(row)::text FROM (SELECT ${columns}) AS row) AS json,
      ${evidenceJob(release.values, Prisma.sql`r.id`)} IS NOT NULL AS scheduled
    FROM r`.catch(onTaken)
  if (!row) throw new Error('A release that was inserted was not returned')
  return { ...reviveRelease(JSON.parse(row.json) as Release), linksCount: release.links.length }
}
