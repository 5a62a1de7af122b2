/** The most places that are remembered. A replica that is further behind has been left out for long. */
const MOST = 600

type Noted = { position: number; at: number }

/**
 * How far a replica is behind, in bytes of the primary's log and in time. The replica tells the position that it has replayed. Its own
 * clock, and the time of the last transaction, would tell nothing while nobody writes.
 */
export class Lag {
  /** Places that the primary had reached and the replica has not, the oldest first. */
  #ahead: Noted[] = []
  #written = Number.NaN
  #replayed = Number.NaN

  /** Notes where the primary writes now. `at` is a time in milliseconds. */
  note(position: number, at: number): void {
    this.#written = position
    if (this.#ahead.length < MOST) this.#ahead.push({ position, at })
  }

  noteReplayed(position: number): void {
    this.#replayed = position
    this.#ahead = this.#ahead.filter((place) => place.position > position)
  }

  /** NaN until both are known. */
  bytes(): number {
    return Math.max(0, this.#written - this.#replayed)
  }

  milliseconds(now = performance.now()): number {
    const [oldest] = this.#ahead
    return oldest ? now - oldest.at : 0
  }
}
