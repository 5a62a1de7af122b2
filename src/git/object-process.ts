import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { traced } from '../foundation/tracing.ts'
import { type GitError, gitFailure, READER_MEMORY, spawnGit } from './git.ts'
import { type GitObject, ObjectParser } from './object-parser.ts'

/** The most bytes of one answer. Further objects are null, like an object that is too large by itself. */
const MAX_BATCH_BYTES = 12 * 1024 ** 2

type Batch = {
  size: number
  bytes: number
  objects: (GitObject | null)[]
  resolve: (objects: (GitObject | null)[]) => void
  reject: (error: GitError) => void
}

/** One running `git cat-file --batch`. A question need not wait for earlier ones, because git answers in order. */
export class ObjectProcess {
  readonly #git: ChildProcessWithoutNullStreams
  readonly #batches: Batch[] = []
  readonly #ended: Promise<void>
  #failure: GitError | null = null
  #stderr = ''

  constructor(repository: string) {
    this.#git = spawnGit(repository, ['cat-file', '--batch'], { maxMemory: READER_MEMORY, stays: true })
    this.#ended = new Promise((resolve) => {
      const end = (exitCode: number | null, otherwise: string) => {
        this.#fail(exitCode, otherwise)
        resolve()
      }
      this.#git.on('error', ({ message }) => end(null, message))
      this.#git.on('close', (exitCode, signal) => end(exitCode, signal ?? `exit code ${exitCode}`))
    })
    this.#connect()
  }

  /** Fails with a GitError when git ends before it has answered everything. The names must not contain a line feed. */
  read(names: readonly string[]): Promise<(GitObject | null)[]> {
    if (this.#failure) return Promise.reject(this.#failure)
    const answer = new Promise<(GitObject | null)[]>((resolve, reject) => {
      this.#batches.push({ size: names.length, bytes: 0, objects: [], resolve, reject })
      this.#git.stdin?.write(names.map((name) => `${name}\n`).join(''))
    })
    return traced(
      () => ({ name: 'git cat-file', kind: 'client' }),
      () => answer,
    )
  }

  /** Lets git answer the open questions and end. */
  end(): Promise<void> {
    this.#git.stdin?.end()
    return this.#ended
  }

  #connect(): void {
    // Without free file descriptors the child has no pipes, contrary to their types, and an `error` event follows.
    if (!this.#git.stdin) return
    const parser = new ObjectParser((object) => this.#answer(object))
    this.#git.stdout.on('data', (chunk: Buffer) => parser.push(chunk))
    this.#git.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-4096)
    })
    // The `close` event that follows a broken pipe knows the reason.
    this.#git.stdin.on('error', () => {})
  }

  #answer(object: GitObject | null): void {
    const batch = this.#batches[0]
    if (!batch) return
    batch.bytes += object?.content.length ?? 0
    batch.objects.push(batch.bytes > MAX_BATCH_BYTES ? null : object)
    if (batch.objects.length < batch.size) return
    this.#batches.shift()
    batch.resolve(batch.objects)
  }

  #fail(exitCode: number | null, otherwise: string): void {
    this.#failure ??= gitFailure('cat-file', { exitCode, stderr: this.#stderr, otherwise })
    for (const batch of this.#batches.splice(0)) batch.reject(this.#failure)
  }
}
