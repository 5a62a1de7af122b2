import { z } from 'zod'
import { PAGE_INFO, pageOf, readAllRows } from './all-rows.ts'
import { ask } from './graphql.ts'
import { NumericId } from './numeric-id.ts'
import { mutate, mutation } from './send-mutation.ts'
import type { Server } from './server-connection.ts'

const Subject = z.object({
  id: NumericId,
  fullPath: z.string(),
  name: z.string(),
  markedForDeletionOn: z.string().nullable(),
})

export type Kind = 'project' | 'group'
type Deleted = z.output<typeof Subject>

const FIELDS = 'id fullPath name markedForDeletionOn'

const operation = (kind: Kind, verb: 'Delete' | 'Restore') =>
  mutation(`${kind}${verb}`, `${kind} { ${FIELDS} }`, Subject)

export const deleteNamespace = (server: Server, kind: Kind, fullPath: string): Promise<Deleted> =>
  mutate(server, operation(kind, 'Delete'), { [`${kind}Path`]: fullPath })

export const restoreNamespace = (server: Server, kind: Kind, fullPath: string): Promise<Deleted> =>
  mutate(server, operation(kind, 'Restore'), { [`${kind}Path`]: fullPath })

/** What the account may restore. */
export function listDeleted(server: Server, kind: Kind): Promise<Deleted[]> {
  const page = {
    document: `query deleted($after: String) {
      list: ${kind}s(aimedForDeletion: true, after: $after) { nodes { ${FIELDS} } ${PAGE_INFO} }
    }`,
    data: z.object({ list: pageOf(Subject) }),
  }
  return readAllRows(async (after) => (await ask(server, page, { after })).list)
}
