// The command line as one file, which a pipeline takes from the server that it talks to.
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { type Context, Hono } from 'hono'
import { version } from '../foundation/version.ts'
import { isKnown } from './entity-tag.ts'

const NAME = 'waybill.mjs'
const file = new URL(`../../dist/cli/${NAME}`, import.meta.url)

type Answer = { body: Uint8Array<ArrayBuffer>; type: string; headers: Record<string, string> }

async function readAnswers(): Promise<Record<'program' | 'digest', Answer>> {
  const body = new Uint8Array(await readFile(file))
  const digest = createHash('sha256').update(body).digest('hex')
  const headers = {
    // Asked for again each time, because an upgrade changes the file and its digest at once.
    ...{ 'cache-control': 'public, no-cache', etag: `"${digest}"` },
    ...{ 'x-checksum-sha256': digest, 'x-waybill-version': version },
  }
  const line = new TextEncoder().encode(`${digest}  ${NAME}\n`)
  return {
    program: { body, type: 'text/javascript; charset=utf-8', headers },
    digest: { body: line, type: 'text/plain; charset=utf-8', headers },
  }
}

/** Not counted, because all jobs of a company may come from one address, and nothing but memory is read. */
export function commandLineRoutes(): Hono {
  let answers: ReturnType<typeof readAnswers> | undefined
  const answer = async (c: Context, which: 'program' | 'digest') => {
    answers ??= readAnswers()
    const { body, type, headers } = (await answers)[which]
    if (isKnown(c.req.raw.headers, { etag: headers.etag ?? '' })) return c.body(null, 304, headers)
    return c.body(body, 200, { ...headers, 'content-type': type, 'content-length': String(body.length) })
  }
  return new Hono()
    .get(`/-/cli/${NAME}`, (c) => answer(c, 'program'))
    .get(`/-/cli/${NAME}.sha256`, (c) => answer(c, 'digest'))
}
