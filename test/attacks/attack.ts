import type { Agent } from 'node:http'
import type { Demo } from '../../src/demo/demo-file.ts'

/** Status of a request whose connection was closed without an answer. */
export const CUT_OFF = 0
/** Status of a request that nobody has answered or ended by the time that the attack is over. */
export const STILL_OPEN = -1

export type Answer = {
  status: number
  /** As they came, names in lower case. */
  headers: Readonly<Record<string, string>>
  /** The beginning of it. */
  body: string
  /** Of the whole body. */
  bytes: number
  ms: number
}

/** What an attacker knows of the server, and where the attack comes from. */
export type Target = {
  host: string
  port: number
  url: string
  /** Of the server's process. */
  pid: number
  dataDir: string
  tokens: Demo['tokens']
  /** Where the attack comes from: each has an address of its own, so that no limit of one counts for another. */
  address: string
  /** Keeps connections from that address. */
  agent: Agent
  /** Aborts when the attack is over: whatever is still open is closed. */
  signal: AbortSignal
}

export type Send = (target: Target) => Promise<Answer[]>

export type Attack = {
  /** A sentence: what is sent. */
  name: string
  send: Send
  /** What every answer's status is one of. */
  statuses: readonly number[]
  /** From the first byte sent to the last answer; 2,000 when absent. */
  ms?: number
  /** What the server and the programs that it runs may hold more than an idle server does; 150 when absent. */
  megabytes?: number
  /** How many programs, git above all, the server may run at the same time. */
  programs?: number
  /** Throws when the answers are wrong in another way. */
  check?: (answers: readonly Answer[], target: Target) => void | Promise<void>
}

export const DEFAULT_MS = 2_000
export const DEFAULT_MEGABYTES = 150
/** Of every question to `/ready` while an attack runs. */
export const READY_MS = 1_000
