// Releases and what belongs to them from GitLab, or from another Waybill (docs/contract/rest-bodies.md).
import { z } from 'zod'
import { role } from '../../../access/roles.ts'
import { day, gitlabMilestones, Shown } from './gitlab-milestones.ts'
import { gitlabPackageFiles, packageFilePath } from './gitlab-packages.ts'
import { formerRelease, gitlabReleases } from './gitlab-releases.ts'
import { type ImportSource, identifyProject, ifReadable, number, pagesOf, type SourceProject } from './source.ts'

const Issues = z.array(
  z.object({
    iid: number,
    title: z.string(),
    description: z.string().nullish(),
    state: z.enum(['opened', 'closed']),
    confidential: z.boolean().nullish(),
    milestone: Shown.nullish(),
    due_date: day,
  }),
)

const AccessLevel = z.object({
  access_level: z.int().nullish(),
  user_id: z.int().nullish(),
  group_id: z.int().nullish(),
})
const ProtectedTags = z.array(z.object({ name: z.string(), create_access_levels: z.array(AccessLevel) }))

const toIssue = ({
  due_date: dueDate,
  milestone,
  confidential,
  description,
  ...row
}: z.output<typeof Issues>[number]) =>
  milestone
    ? [
        {
          ...row,
          dueDate,
          milestone: milestone.title,
          confidential: confidential ?? false,
          description: description ?? null,
        },
      ]
    : []

type Levels = z.output<typeof ProtectedTags>[number]['create_access_levels']

/** The lowest role that is admitted. People and groups of the source are not known here, so they lose what a role does not give. */
function lowestRole(levels: Levels): number {
  const roles = levels.filter(({ user_id, group_id }) => user_id == null && group_id == null)
  const numbers = roles.map(({ access_level: level }) => level ?? 0).filter((level) => level > 0)
  const known = [role.developer, role.maintainer] as const
  return numbers.length === 0 ? 0 : (known.find((level) => level >= Math.min(...numbers)) ?? role.maintainer)
}

export function gitlabSource(source: SourceProject): ImportSource {
  const { server, from, path, leave } = source
  const project = `api/v4/projects/${encodeURIComponent(path)}`
  const list = (rest: string) => pagesOf(server, `${project}/${rest}`)
  const milestones = gitlabMilestones(list)
  const read = {
    async *issues() {
      const filter = 'issues?scope=all&milestone_id=Any&order_by=created_at&sort=asc'
      for await (const page of list(filter)) {
        const rows = Issues.parse(page)
        milestones.note(rows.flatMap(({ milestone }) => milestone ?? []))
        yield rows.flatMap(toIssue)
      }
    },
    async *protectedTags() {
      for await (const page of list('protected_tags')) {
        const rows = ProtectedTags.parse(page)
        for (const { name, create_access_levels: levels } of rows) {
          if (levels.some(({ user_id, group_id }) => user_id != null || group_id != null))
            leave(`Protected tag ${name}`, 'the people and groups that it admits beside roles are not known here')
        }
        yield rows.map(({ name, create_access_levels: levels }) => ({ name, createAccessLevel: lowestRole(levels) }))
      }
    },
  }
  return {
    gitUrl: `${from.href.replace(/\/$/, '')}/${path}.git`,
    identify: () => identifyProject(source, project),
    milestones: () => ifReadable(milestones.own(), 'Milestones', leave),
    groupMilestones: milestones.takeOfGroups,
    issues: () => ifReadable(read.issues(), 'Issues', leave),
    releases: () => gitlabReleases(source, list, (rows) => milestones.note(rows)),
    formerRelease,
    protectedTags: () => ifReadable(read.protectedTags(), 'Protected tags', leave),
    packageFiles: () => ifReadable(gitlabPackageFiles(source, project), 'Packages', leave),
    packageFilePath: (file, of = path) => packageFilePath(of, file),
    packageUrls: (names) => {
      const projects = `${from.href.replace(/\/$/, '')}/api/v4/projects`
      return names.map((name) => `${projects}/${encodeURIComponent(name)}/packages/generic/`)
    },
  }
}
