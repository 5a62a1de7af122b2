import type { Agent } from 'node:http'
import type { Demo } from '../../src/demo/demo-file.ts'

/** Status of a request whose connection was closed without an answer. */
export const CUT_OFF = 0
/** Status of a request that was neither answered nor closed by the end of the attack. */
export const STILL_OPEN = -1

export type Answer = {
  status: number
  /** In the order in which they came, with names in lower case. */
  headers: Readonly<Record<string, string>>
  /** The beginning of the body. */
  body: string
  /** The size of the whole body. */
  bytes: number
  ms: number
}

/** What an attacker knows of the server, and where the attack comes from. */
export type Target = {
  host: string
  port: number
  url: string
  /** The server's process. */
  pid: number
  dataDir: string
  tokens: Demo['tokens']
  /**
   * The address that the attack comes from. Each attack has its own, so that the limits of one address do not affect another
   * attack.
   */
  address: string
  /** Keeps connections open from that address. */
  agent: Agent
  /** Aborts when the attack is over, and closes what is still open. */
  signal: AbortSignal
}

export type Send = (target: Target) => Promise<Answer[]>

export type Attack = {
  /** A sentence that says what is sent. */
  name: string
  send: Send
  /** The statuses that an answer may have. */
  statuses: readonly number[]
  /** The time from the first byte sent to the last answer. Without it: 2,000. */
  ms?: number
  /** The memory that the server and its programs may hold above an idle server. Without it: 150. */
  megabytes?: number
  /** How many programs, git above all, the server may run at the same time. */
  programs?: number
  /** Throws when the answers are wrong in another way than by their status. */
  check?: (answers: readonly Answer[], target: Target) => void | Promise<void>
}

export const DEFAULT_MS = 2_000
export const DEFAULT_MEGABYTES = 150
/** The longest time that `/ready` may take while an attack runs. */
export const READY_MS = 1_000
