import type { ChildProcess } from 'node:child_process'
import { startSpan } from '../foundation/tracing.ts'

let running = 0

/** The git processes of this process that run now. */
export const countGitProcesses = (): number => running

/** Every git process is counted until it has ended, or could not be started. One that stays is no part of what started it. */
export function countProcess(child: ChildProcess, args: readonly string[], stays = false): void {
  const span = stays ? null : startSpan(() => spanOf(args))
  running += 1
  let counts = true
  const end = (exitCode: number | Error | null) => {
    if (!counts) return
    running -= 1
    counts = false
    span?.end(typeof exitCode === 'number' ? { attributes: { 'process.exit.code': exitCode } } : { failure: exitCode })
  }
  child.once('exit', end)
  child.once('error', end)
}

/** Commands that a span may name. The other arguments are paths, tags and addresses. */
const COMMANDS =
  /^(?:archive|cat-file|count-objects|diff-tree|fast-import|fetch|for-each-ref|fsck|grep|hash-object|http-backend|init|log|ls-remote|ls-tree|merge-base|mktag|pack-refs|push|repack|rev-list|show-ref|symbolic-ref|update-ref)$/

const spanOf = (args: readonly string[]) => ({
  name: `git ${args.find((arg) => COMMANDS.test(arg)) ?? ''}`.trim(),
  kind: 'client' as const,
})
