const MIN_BYTES_PER_SECOND = 1024

/**
 * The time that a client may let git wait during its turn. The time grows again with every byte that the client takes or sends.
 */
export class ClientPace {
  readonly #graceMs: number
  readonly #onSlow: () => void
  #leftMs: number
  #waits = 0
  #since = 0
  #timer: NodeJS.Timeout | undefined

  /** For `graceMs` nothing need move. `onSlow` is called at most once. */
  constructor(graceMs: number, onSlow: () => void) {
    this.#graceMs = graceMs
    this.#leftMs = graceMs
    this.#onSlow = onSlow
  }

  /** Waits for something that the client has to do. The time that git needs does not count. */
  async wait<Value>(turn: Promise<Value>): Promise<Value> {
    if (this.#waits++ === 0) this.#start()
    try {
      return await turn
    } finally {
      if (--this.#waits === 0) this.#stop()
    }
  }

  moved(bytes: number): void {
    this.#leftMs = Math.min(this.#leftMs + (bytes / MIN_BYTES_PER_SECOND) * 1000, this.#graceMs)
  }

  #start(): void {
    this.#since = performance.now()
    this.#timer = setTimeout(this.#onSlow, this.#leftMs)
  }

  #stop(): void {
    clearTimeout(this.#timer)
    this.#leftMs = Math.max(this.#leftMs - (performance.now() - this.#since), 0)
  }
}
