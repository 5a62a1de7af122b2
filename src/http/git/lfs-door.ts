// Git LFS (docs/contract/git.md#git-lfs): the contents of large files, with the credentials of git.
import type { HttpBindings } from '@hono/node-server'
import { Hono, type Context as HonoContext } from 'hono'
import { can } from '../../access/abilities.ts'
import { anonymous } from '../../access/viewer.ts'
import type { Context } from '../../context/context.ts'
import type { BoundedQueue } from '../../foundation/bounded-queue.ts'
import type { Project } from '../../generated/prisma/client.ts'
import { findLfsObject } from '../../modules/lfs/lfs-objects.ts'
import { uploadLfsObject } from '../../modules/lfs/upload-lfs-object.ts'
import { projectUrl } from '../../modules/projects/project-url.ts'
import { costOf } from '../../request/rate-limits/rate-limits.ts'
import { admit, type ContextParts } from '../../request/request-context.ts'
import type { FileStorage } from '../../storage/file-storage.ts'
import { readFailure } from '../../storage/storage-failure.ts'
import { withBasic } from '../basic-credentials.ts'
import { sendStoredFile } from '../files/send-stored-file.ts'
import { noteRoute, scopeIn } from '../hono-context.ts'
import { bodyOf, inTurn } from '../rest/kit/uploaded-file.ts'
import { authorise, challengeOf, decodePath, toRefusal } from './git-door.ts'
import { Refusal } from './git-refusal.ts'
import { answerBatch, readBatch } from './lfs-batch.ts'

type LfsParts = ContextParts & { storage: FileStorage; uploads: BoundedQueue }

const LFS_PATH = /^\/(.+)\.git(\/(?:info\/lfs|gitlab-lfs)\/.+)$/
const LFS_TYPE = 'application/vnd.git-lfs+json'
const DOCUMENTATION = 'https://github.com/git-lfs/git-lfs/blob/main/docs/api/README.md'

/** Whether Git LFS asks for this path: `/<project>.git/info/lfs/...`. */
export const isLfsPath = (path: string): boolean => LFS_PATH.test(path)

const partsOf = (request: Request) => LFS_PATH.exec(new URL(request.url).pathname) ?? []

const json = (body: object, status = 200, headers: Record<string, string> = {}) =>
  Response.json(body, { status, headers: { 'cache-control': 'no-store', ...headers, 'content-type': LFS_TYPE } })

const missing = () => new Refusal(404, 'The object does not exist')

export function lfsDoor(parts: LfsParts): Hono {
  const routes = new Hono({ getPath: (request) => partsOf(request)[2] ?? '' })
  routes.use(noteRoute('/:project.git'))

  const begin = async (c: HonoContext): Promise<Context> =>
    admit(parts, scopeIn(c), withBasic(c.req.raw.headers), costOf(c.req.method))
  const open = (c: HonoContext, context: Context, isPush: boolean): Promise<Project> =>
    authorise(context, {
      projectPath: decodePath(partsOf(c.req.raw)[1] ?? ''),
      service: isPush ? 'git-receive-pack' : 'git-upload-pack',
    })

  routes.post('/info/lfs/objects/batch', async (c) => {
    const context = await begin(c)
    // Before the body is read, whoever may not even fetch is refused.
    await open(c, context, false)
    const batch = await readBatch((c.env as HttpBindings).incoming)
    const project = await open(c, context, batch.operation === 'upload')
    const place = {
      url: `${projectUrl(context, project)}.git`,
      authorization: c.req.header('authorization') ?? null,
      isOpenToAll: can(anonymous(), 'code:read', project),
    }
    return json(await answerBatch(project, batch, place))
  })
  routes.get('/gitlab-lfs/objects/:oid{[0-9a-f]{64}}', async (c) => {
    const project = await open(c, await begin(c), false)
    const object = await findLfsObject(project, c.req.param('oid'))
    const about = { 'content-type': 'application/octet-stream', 'content-disposition': 'attachment' }
    const answer = object && (await sendStoredFile(c.req.raw, parts.storage, object, about))
    if (!answer) throw missing()
    return answer
  })
  routes.put('/gitlab-lfs/objects/:oid{[0-9a-f]{64}}/:size{[0-9]{1,15}}', async (c) => {
    scopeIn(c).streams = true
    const context = await begin(c)
    const project = await open(c, context, true)
    const { oid: sha256, size } = c.req.param()
    const { raw: request } = c.req
    const sent = { sha256, size: Number(size), body: bodyOf(request) }
    await inTurn({ uploads: parts.uploads, context, request }, () =>
      uploadLfsObject(context, parts.storage, { project, sent }),
    )
    return json({})
  })
  routes.all('/info/lfs/objects/:oid?', () => {
    throw new Refusal(501, 'Only batches are served: use Git LFS 1.0 or later')
  })
  routes.notFound(() => {
    throw new Refusal(404, 'Not found. There are no locks here.')
  })
  routes.onError((error, c) => {
    const { status, message, headers } = toRefusal(readFailure(error, scopeIn(c).log), scopeIn(c))
    return json({ message, documentation_url: DOCUMENTATION }, status, { ...headers, ...challengeOf(status) })
  })
  return routes
}
