import { z } from 'zod'
import { mutate, mutation } from './send-mutation.ts'
import type { Namespace, Server } from './server-connection.ts'

const Path = z.object({ fullPath: z.string() }).nullable()

export const MemberRow = z
  .object({
    user: z.object({ username: z.string() }),
    role: z.string(),
    expiresAt: z.string().nullable(),
    project: Path,
    group: Path,
  })
  .transform(({ user, role, expiresAt, project, group }) => ({
    path: (project ?? group)?.fullPath ?? '',
    username: user.username,
    role: role.toLowerCase(),
    expiresAt,
  }))

export type Member = z.output<typeof MemberRow>

export const MEMBER_FIELDS = 'user { username } role expiresAt project { fullPath } group { fullPath }'
const MEMBER = `member { ${MEMBER_FIELDS} }`

const memberSet = mutation('memberSet', MEMBER, MemberRow)
const memberRemove = mutation('memberRemove', MEMBER, MemberRow)

type Setting = { username: string; role: string; expiresAt: Date | undefined }

export const setMember = (server: Server, where: Namespace, { role, ...setting }: Setting): Promise<Member> =>
  mutate(server, memberSet, { ...where, ...setting, role: role.toUpperCase() })

export const removeMember = (server: Server, where: Namespace, username: string): Promise<Member> =>
  mutate(server, memberRemove, { ...where, username })
