// Clients that publish, push, delete tags, upload and replace at once.
import { createHash, randomBytes } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { runGit } from '../../src/git/git.ts'

type Target = { url: string; projectId: number; path: string; token: string }

const PAUSE_MS = 20
/** A machine that others use may be too slow for a moment. The client would try again. */
const BUSY = 503

export function createLoad({ url, projectId, path, token }: Target, clone: string) {
  let ended = false
  const published: string[] = []
  const failures: string[] = []
  const counts: Record<string, number> = {}
  const rest = `${url}/api/v4/projects/${projectId}`
  const basic = `Basic ${Buffer.from(`x:${token}`).toString('base64')}`
  const send = async (method: string, at: string, body?: BodyInit, more: Record<string, string> = {}) => {
    const answer = await fetch(at, { method, headers: { 'private-token': token, ...more }, ...(body ? { body } : {}) })
    const text = await answer.text()
    if (!answer.ok && answer.status !== BUSY) failures.push(`${method} ${at}: ${answer.status} ${text.slice(0, 200)}`)
    return answer.ok
  }
  const json = { 'content-type': 'application/json' }
  const remote = `${url.replace('://', `://x:${token}@`)}/${path}.git`
  const git = (...args: string[]) => runGit(clone, args, { env: { GIT_CONFIG_COUNT: '0' } })
  let head = ''

  const kinds: Record<string, (n: number) => Promise<unknown>> = {
    async release(n) {
      const tag = `v${n}.0.0`
      const message = n % 2 ? { tag_message: `signed ${n}` } : {}
      const made = await send(
        'POST',
        `${rest}/releases`,
        JSON.stringify({ tag_name: tag, ref: 'main', name: tag, ...message }),
        json,
      )
      if (made) published.push(tag)
    },
    // Each version is uploaded again, so the file before is removed soon.
    package: (n) => send('PUT', `${rest}/packages/generic/app/1.${n % 7}/app.bin`, randomBytes(20_000)),
    upload(n) {
      const form = new FormData()
      form.append('file', new Blob([`picture ${n}`]), 'a.png')
      return send('POST', `${rest}/uploads`, form)
    },
    lfs() {
      const content = randomBytes(5_000)
      const oid = createHash('sha256').update(content).digest('hex')
      const at = `${url}/${path}.git/gitlab-lfs/objects/${oid}/${content.length}`
      return send('PUT', at, content, { authorization: basic })
    },
    report: (n) => send('PUT', `${rest}/report_artifacts/${'a'.repeat(40)}/${n % 5}.xml`, `<tests n="${n}"/>`),
    async push(n) {
      const tree = (await git('mktree')).trim()
      const parents = head ? ['-p', head] : []
      const identity = ['-c', 'user.name=A', '-c', 'user.email=a@example.com']
      head = (await git(...identity, 'commit-tree', tree, ...parents, '-m', `push ${n}`)).trim()
      const gone = n > 2 ? [`:refs/tags/pushed-${n - 2}`] : []
      await git('push', '-q', remote, `+${head}:refs/heads/work`, `${head}:refs/tags/pushed-${n}`, ...gone)
    },
  }
  const run = async ([name, act]: [string, (n: number) => Promise<unknown>]) => {
    for (let n = 0; !ended; n++) {
      await act(n).catch((error) => String(error).includes(String(BUSY)) || failures.push(`${name}: ${error}`))
      counts[name] = n + 1
      await setTimeout(PAUSE_MS)
    }
  }
  const running = Promise.all(Object.entries(kinds).map(run))
  return {
    counts,
    failures,
    /** The tags whose releases exist. */
    published: () => [...published],
    async end() {
      ended = true
      await running
    },
  }
}
