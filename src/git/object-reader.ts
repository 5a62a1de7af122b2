import { assertRepository } from './assert-repository.ts'
import { GitError } from './git.ts'
import type { GitObject } from './object-parser.ts'
import { ObjectProcess } from './object-process.ts'
import { FULL_ID, isValidRefName } from './ref-names.ts'

export type WarnLog = { warn(fields: object, message: string): void }

export type ObjectPool = {
  /**
   * The objects with the given names, in the same order. A name is a full ID or `<full ref name or ID>^{commit}`. An object that
   * is missing, too large or wrongly named is null. Fails with a GitError when the repository is missing or broken.
   */
  ask(repository: string, names: readonly string[]): Promise<(GitObject | null)[]>
  /** Like `ask`, but returns nulls and logs a warning when the repository is missing or broken. */
  read(repository: string, names: readonly string[]): Promise<(GitObject | null)[]>
  /** Ends every process after it has answered its open questions. */
  close(): Promise<void>
}

const COMMIT_OF = '^{commit}'

/** Git is asked for no other names, because a line feed in a name would be a second question and shift all later answers. */
function isObjectName(name: string): boolean {
  if (FULL_ID.test(name)) return true
  const target = name.slice(0, -COMMIT_OF.length)
  return name.endsWith(COMMIT_OF) && (isValidRefName(target) || /^[0-9a-f]{4,64}$/i.test(target))
}

type Slot = { process: Promise<ObjectProcess>; readers: number; idle?: NodeJS.Timeout }

/** One process for each repository, started on demand. At most `maxProcesses` run, and each ends after `idleMs` without use. */
class Slots {
  // The least recently used comes first.
  readonly #slots = new Map<string, Slot>()
  readonly #maxProcesses: number
  readonly #idleMs: number

  constructor(maxProcesses: number, idleMs: number) {
    this.#maxProcesses = maxProcesses
    this.#idleMs = idleMs
  }

  has(repository: string): boolean {
    return this.#slots.has(repository)
  }

  async read(repository: string, names: readonly string[]): Promise<(GitObject | null)[]> {
    const slot = this.#slots.get(repository) ?? this.#open(repository)
    this.#slots.delete(repository)
    this.#slots.set(repository, slot)
    slot.readers += 1
    clearTimeout(slot.idle)
    try {
      return await (await slot.process).read(names)
    } catch (error) {
      this.#remove(repository, slot)
      throw error
    } finally {
      slot.readers -= 1
      if (slot.readers === 0) slot.idle = setTimeout(() => this.#end(repository, slot), this.#idleMs).unref()
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#slots].map(([repository, slot]) => this.#end(repository, slot)))
  }

  #open(repository: string): Slot {
    const replaced = this.#slots.size < this.#maxProcesses ? undefined : this.#leastUseful()
    return { process: this.#start(repository, replaced && this.#end(...replaced)), readers: 0 }
  }

  /** A new process waits until the process that it replaces has ended, so that the bound holds under any load. */
  async #start(repository: string, free: Promise<void> | undefined): Promise<ObjectProcess> {
    await free
    return new ObjectProcess(repository)
  }

  #leastUseful(): [string, Slot] | undefined {
    const oldestFirst = [...this.#slots]
    return oldestFirst.find(([, slot]) => slot.readers === 0) ?? oldestFirst[0]
  }

  #remove(repository: string, slot: Slot): void {
    if (this.#slots.get(repository) === slot) this.#slots.delete(repository)
  }

  async #end(repository: string, slot: Slot): Promise<void> {
    clearTimeout(slot.idle)
    this.#remove(repository, slot)
    // The readers of a process that could not be started get the reason, so it is ignored here.
    const started = await slot.process.catch(() => null)
    await started?.end()
  }
}

export function createObjectPool(options: { maxProcesses?: number; idleMs?: number; log: WarnLog }): ObjectPool {
  const { maxProcesses = 16, idleMs = 30_000, log } = options
  const slots = new Slots(maxProcesses, idleMs)
  const reads = new Set<Promise<unknown>>()

  async function readSlot(repository: string, names: readonly string[]): Promise<(GitObject | null)[]> {
    // Checked before a slot is taken, because git would fail and might have replaced a useful process.
    if (!slots.has(repository)) await assertRepository(repository)
    const wasRunning = slots.has(repository)
    try {
      return await slots.read(repository, names)
    } catch (error) {
      // A new process fails because the repository is broken. An older process may have died for any reason, so we try again.
      if (!wasRunning) throw error
      return slots.read(repository, names)
    }
  }

  async function ask(repository: string, names: readonly string[]): Promise<(GitObject | null)[]> {
    const asked = [...new Set(names.filter(isObjectName))]
    if (asked.length === 0) return names.map(() => null)
    const reading = readSlot(repository, asked)
    reads.add(reading)
    const objects = await reading.finally(() => reads.delete(reading))
    const byName = new Map(asked.map((name, at) => [name, objects[at]]))
    return names.map((name) => byName.get(name) ?? null)
  }

  async function read(repository: string, names: readonly string[]): Promise<(GitObject | null)[]> {
    try {
      return await ask(repository, names)
    } catch (error) {
      if (!(error instanceof GitError)) throw error
      log.warn({ repository, exitCode: error.exitCode, stderr: error.stderr }, error.message)
      return names.map(() => null)
    }
  }

  async function close(): Promise<void> {
    await Promise.allSettled(reads)
    await slots.close()
  }

  return { ask, read, close }
}
