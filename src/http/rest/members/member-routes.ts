import { z } from 'zod'
import type { Context } from '../../../context/context.ts'
import { Prisma, type Project, type User } from '../../../generated/prisma/client.ts'
import { userById } from '../../../modules/users/user-loaders.ts'
import { type PageInput, readPage } from '../../../rows/numbered-page.ts'
import { isoTime, Time } from '../kit/dates.ts'
import { endpoint } from '../kit/endpoint.ts'
import { integer } from '../kit/fields.ts'
import { answerPage, pageFields } from '../kit/pagination.ts'
import { notFound } from '../kit/rest-errors.ts'
import { projectFor } from '../kit/subjects.ts'
import { projectId } from '../releases/release-input.ts'
import { presentUser, UserBody } from '../users/present-user.ts'

const tag = 'Members'
const MEMBERS = '/projects/:id/members/all'

const MemberBody = z
  .object({
    ...UserBody.shape,
    access_level: z.int(),
    created_at: Time,
    expires_at: z.string().meta({ format: 'date' }).nullable(),
    membership_state: z.literal('active'),
  })
  .meta({ id: 'Member', description: 'With the highest role of the project and of the groups above it.' })

type Member = { userId: number; role: number; createdAt: Date; expiresAt: Date | null }

const columns = Prisma.sql`m.user_id AS "userId", m.role, m.created_at AS "createdAt", m.expires_at AS "expiresAt"`

/** Of each account the membership with the highest role. */
const membersOf = (project: Project) => Prisma.sql`(
  SELECT DISTINCT ON (user_id) user_id, role, created_at, expires_at
  FROM (
    SELECT user_id, role, created_at, expires_at FROM project_members WHERE project_id = ${project.id}
    UNION ALL
    SELECT user_id, role, created_at, expires_at FROM group_members WHERE group_id = ANY (${project.ancestorIds}::int[])
  ) AS memberships
  WHERE expires_at IS NULL OR expires_at > now()
  ORDER BY user_id, role DESC
) AS m`

async function present(context: Context, { userId, ...member }: Member): Promise<z.output<typeof MemberBody>> {
  // It is there: a foreign key holds it.
  const user = (await userById(context).load(userId)) as User
  return {
    ...presentUser(context, user),
    access_level: member.role,
    created_at: isoTime(member.createdAt),
    expires_at: member.expiresAt && isoTime(member.expiresAt).slice(0, 10),
    membership_state: 'active',
  }
}

const readMembers = (project: Project, where: Prisma.Sql, page: PageInput) =>
  readPage<Member>(
    { statement: 'rest.members', columns, from: membersOf(project), where, orderBy: Prisma.sql`m.user_id` },
    page,
  )

const list = endpoint({
  method: 'get',
  path: MEMBERS,
  operationId: 'listAllProjectMembers',
  tag,
  summary: 'The members of a project and of the groups above it',
  input: z.object({ id: projectId, ...pageFields }),
  answers: { 200: z.array(MemberBody) },
  find: projectFor('member:read'),
  handle: async (call) => {
    const page = await readMembers(call.found, Prisma.sql`true`, call.input)
    return answerPage(call, page, (member) => present(call.context, member))
  },
})

const single = endpoint({
  method: 'get',
  path: `${MEMBERS}/:user_id`,
  operationId: 'getAnyProjectMember',
  tag,
  summary: 'A member of a project or of the groups above it',
  input: z.object({ id: projectId, user_id: integer().describe('Number of the account.') }),
  answers: { 200: MemberBody },
  find: projectFor('member:read'),
  handle: async ({ context, input, found }) => {
    const { rows } = await readMembers(found, Prisma.sql`m.user_id = ${input.user_id}`, {})
    const [member] = rows
    if (!member) throw notFound()
    return Response.json(await present(context, member))
  },
})

export const memberEndpoints = [list, single]
