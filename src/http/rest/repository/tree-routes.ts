import { z } from 'zod'
import { assertAnswerFits } from '../../../context/answer-size.ts'
import type { Context } from '../../../context/context.ts'
import type { TreeEntry } from '../../../git/tree-entries.ts'
import { entriesOf, isFilePath } from '../../../modules/repository/read-files.ts'
import { shaOf } from '../../../modules/repository/read-repository.ts'
import { pageOf } from '../../../rows/numbered-page.ts'
import { type Call, endpointsOf } from '../kit/endpoint.ts'
import { flag, optional, text } from '../kit/fields.ts'
import { answerPage, pageFields, shownUrl } from '../kit/pagination.ts'
import { badRequest, notFound, orNotFound } from '../kit/rest-errors.ts'
import { projectFor } from '../kit/subjects.ts'
import { projectId } from '../releases/release-input.ts'
import { assertInside } from './repository-paths.ts'

const rest = endpointsOf('Repository')

const TreeEntryBody = z
  .object({
    id: z.string(),
    name: z.string(),
    type: z.enum(['tree', 'blob', 'commit']),
    path: z.string(),
    mode: z.string(),
  })
  .meta({ id: 'TreeEntry', description: 'A folder, a file or link, or a submodule.' })

const present = ({ id, type, path, mode }: TreeEntry): z.output<typeof TreeEntryBody> => ({
  ...{ id, name: path.slice(path.lastIndexOf('/') + 1), type, path, mode },
})

/** The position behind the entry of the token: its ID, and its position where several entries have the ID. */
function positionAfter(entries: readonly TreeEntry[], token: string): number {
  const [id = '', position] = token.split('.')
  const at = position === undefined ? entries.findIndex((entry) => entry.id === id) : Number(position)
  if (entries[at]?.id !== id) throw badRequest('page_token is invalid')
  return at + 1
}

type TreeCall = Pick<Call, 'context' | 'url'> & { input: { per_page?: number | null | undefined } }

function answerAfter(call: TreeCall, entries: readonly TreeEntry[], start: number): Response {
  const { rows, size } = pageOf(entries.slice(start), { per_page: call.input.per_page })
  const last = start + rows.length - 1
  const next = shownUrl(call.context, call.url)
  next.searchParams.set('page_token', `${entries[last]?.id}.${last}`)
  next.searchParams.set('per_page', String(size))
  const link: Record<string, string> = last + 1 < entries.length ? { link: `<${next.href}>; rel="next"` } : {}
  return Response.json(rows.map(present), { headers: link })
}

function answerAll(context: Context, entries: readonly TreeEntry[]): Response {
  const text = JSON.stringify(entries.map(present))
  assertAnswerFits(context, Buffer.byteLength(text))
  return new Response(text, { headers: { 'content-type': 'application/json' } })
}

const tree = rest.get('/projects/:id/repository/tree', {
  summary: 'The files and folders of a folder, folders first',
  description:
    'A name that is not UTF-8 has U+FFFD in the place of other bytes: ask for its blob by the id. A folder with more than about ' +
    '100,000 entries is refused (413).',
  input: z.object({
    id: projectId,
    ref: text('ref').nullish().describe('A branch, a tag or a commit; without it the default branch.'),
    path: text('ref').nullish().describe('The folder; the root without it.'),
    recursive: optional(flag).describe('Whether what is in folders is listed, too.'),
    pagination: optional(z.enum(['legacy', 'keyset', 'none'])).describe(
      '`legacy`: pages by number. `keyset`: pages by `page_token`. `none`: all at once, with `recursive=true` only.',
    ),
    page_token: text('ref').nullish().describe('Id of the last entry of the page before, or what its `Link` says.'),
    ...pageFields,
  }),
  answers: { 200: z.array(TreeEntryBody) },
  find: projectFor('code:read'),
  handle: async (call) => {
    const { context, input, found: project } = call
    const recursive = input.recursive ?? false
    if (input.pagination === 'none' && !recursive) throw badRequest('pagination is invalid without recursive=true')
    const path = (input.path ?? '').replace(/^\/+|\/+$/g, '')
    assertInside('path', path)
    const sha = await shaOf(context, project, input.ref ?? '')
    if (sha === null || (path !== '' && !isFilePath(path))) throw notFound('Tree')
    const entries = orNotFound(await entriesOf(context, project, { sha, path, recursive }), 'Tree')
    if (input.pagination === 'none') return answerAll(context, entries)
    if (input.pagination !== 'keyset') return answerPage(call, pageOf(entries, input), present)
    return answerAfter(call, entries, input.page_token ? positionAfter(entries, input.page_token) : 0)
  },
})

export const treeEndpoints = [tree]
